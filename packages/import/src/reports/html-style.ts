import type { RunSummary } from './run-summary.js';

/**
 * The style sheet of report.html, whose printed sheets are bound to each other by the package's SHA-256 and their
 * number.
 */
export function styleOf(run: Pick<RunSummary, 'package' | 'parts'>): string {
  return `${STYLE}@page { @bottom-left { content: "${boundTo(run)}"; font: 8pt sans-serif; }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
`;
}

function boundTo({ package: file, parts }: Pick<RunSummary, 'package' | 'parts'>): string {
  const [first] = parts ?? [];
  if (first !== undefined) return `Package in parts, the first ${digitsOf(first.sha256)}`;
  return file === null ? 'No package' : `Package ${digitsOf(file.sha256)}`;
}

function digitsOf(sha256: string): string {
  // What is not hex digits must not come near a style sheet.
  const [digits] = /^[0-9a-f]{16}(?=[0-9a-f]{48}$)/.exec(sha256) ?? [];
  return digits === undefined ? 'without SHA-256' : `${digits}…`;
}

/** Of pages like it: light and dark by the reader's choice, and A4 on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #565e6b; --paper: #fff; --line: #d4d9e0; --shade: #f3f5f8;
  --link: #0b57a4; --focus: #0b57a4; --ready: #14663a; --error: #a3161d; --warning: #7a4b00; --note: #1f4f8b;
  --written: #3f7cbf; --excluded: #a97a1f; --refused: #b3262d; --others: #747d8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a2abb8; --paper: #15181c; --line: #3a414b;
  --shade: #1f242a; --link: #8fbcf5; --focus: #ffd76a; --ready: #6fd49b; --error: #ff8f8f; --warning: #f2b75c; --note: #8fbcf5;
  --written: #5b9be0; --excluded: #d9a441; --refused: #f07178; --others: #7b8491; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; }
a { color: var(--link); } :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; } main:focus { outline: none; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; padding: .5rem 1rem; background: var(--paper); }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.75rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.35rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; } h4 { margin: 1rem 0 .25rem; font-size: 1rem; }
p, ul, ol, dl { margin: .5rem 0; } figure { margin: 1rem 0; }
code, .id { font-family: ui-monospace, Consolas, monospace; font-size: .875em; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.verdict { padding: 1.25rem 1.5rem; border: 1px solid var(--line); border-left: .5rem solid var(--error); background: var(--shade); }
.verdict h1 { margin: 0; color: var(--soft); font-size: 1rem; font-weight: 400; }
.sentence { margin: .25rem 0 .5rem; font-size: 1.9rem; font-weight: 700; line-height: 1.2; overflow-wrap: anywhere; }
.caveat { color: var(--warning); font-weight: 600; } .word { white-space: nowrap; }
.verdict.ready { border-left-color: var(--ready); }
.ready .sentence { color: var(--ready); } .not-ready .sentence { color: var(--error); }
.contents ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
.wide { position: relative; overflow-x: auto; }
table { width: 100%; margin: .75rem 0 1.25rem; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { position: sticky; left: 0; max-width: calc(100vw - 3rem); padding: .25rem 0; text-align: left; color: var(--soft); }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, .text { text-align: left; } th, td { overflow-wrap: break-word; }
thead th { border-bottom: 2px solid var(--line); } tbody th { min-width: 9rem; max-width: 32rem; font-weight: 400; }
#search-rows th { min-width: 0; } #sample ~ .wide :is(tbody th, td:nth-child(4)) { min-width: 14rem; } #search-rows th { white-space: nowrap; } #search-rows td:nth-child(3) { width: 60%; }
tfoot th, tfoot td { border-top: 2px solid var(--ink); border-bottom: 0; font-weight: 700; }
tr.off th, tr.off td { color: var(--error); font-weight: 700; }
.level-2 { margin-left: 1.25rem; } .level-3 { margin-left: 2.5rem; } .level-4 { margin-left: 3.75rem; } .level-5 { margin-left: 5rem; }
.level-6 { margin-left: 6.25rem; } .level-7 { margin-left: 7.5rem; } .level-8 { margin-left: 8.75rem; }
.severity, tbody th.severity { font-weight: 700; } .error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); }
.chart { display: block; width: 100%; height: auto; min-width: 40rem; max-width: 60rem; fill: var(--ink); font: 12px system-ui, "Segoe UI", sans-serif; }
.chart .grid { stroke: var(--line); } .chart .label { unicode-bidi: isolate; }
.chart .written { fill: var(--written); } .chart .excluded { fill: var(--excluded); } .chart .refused { fill: var(--refused); }
.chart .others { fill: var(--others); } .chart .error { fill: var(--error); } .chart .warning { fill: var(--warning); } .chart .note { fill: var(--note); }
figcaption { color: var(--soft); font-size: .9rem; }
.changes { display: flex; flex-wrap: wrap; gap: .1rem 1.75rem; margin: 0; padding: 0; list-style: none; } .changes b { font-weight: 600; }
summary { cursor: pointer; color: var(--link); }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
.findings li { margin: .4rem 0; overflow-wrap: anywhere; } .findings .id { color: var(--soft); }
.search { margin: 1.5rem 0; padding: .25rem 1.25rem 1rem; border: 1px solid var(--line); background: var(--shade); }
.fields { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; } .fields p { flex: 1 1 12rem; margin: 0; } label { display: block; font-size: .9rem; font-weight: 600; }
input, select, button { max-width: 100%; min-height: 2.25rem; padding: .3rem .6rem; border: 1px solid var(--soft); border-radius: .25rem;
  background: var(--paper); color: var(--ink); font: inherit; font-size: .9rem; } input, select { width: 100%; } button { cursor: pointer; }
button[aria-disabled="true"] { opacity: .55; cursor: default; }
.pager { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; } .pager span { padding: 0 .5rem; }
article { overflow-wrap: anywhere; } blockquote { margin: .25rem 0 1rem; padding: .5rem 1rem; border-left: .25rem solid var(--line); background: var(--shade); white-space: pre-wrap; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0 1rem; } .sides > * { min-width: 0; }
.side { color: var(--soft); font-size: .9rem; font-weight: 600; } .differs { color: var(--warning); }
.unseen { padding: 0 .15rem; border: 1px dotted var(--warning); color: var(--warning); font: .75em ui-monospace, Consolas, monospace; }
.pointer { border-bottom: 1px dotted var(--link); } .tag { margin-right: .25rem; font-size: .75rem; }
.sign { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem 3rem; }
.sign.one { display: block; } .sign p { margin: 2.5rem 0 0; padding-top: .25rem; border-top: 1px solid var(--ink); font-size: .9rem; }
@page { size: A4; margin: 18mm 15mm; }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --line: #aaa; --shade: #fff; --link: #000; --ready: #14663a; --error: #a3161d;
    --warning: #7a4b00; --note: #1f4f8b; --written: #3f7cbf; --excluded: #a97a1f; --refused: #b3262d; --others: #747d8a; color-scheme: light; }
  .skip, .contents, .search, .browse { display: none; } a { text-decoration: none; }
  .chart { min-width: 0; } caption { max-width: none; }
  .chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details.page { display: none; } details::details-content { content-visibility: visible; block-size: auto; } summary { color: var(--ink); list-style: none; }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.35; } h1 { font-size: 15pt; } .sentence { font-size: 20pt; } .verdict h1 { font-size: 9.5pt; }
  h2 { margin-top: 18pt; font-size: 13pt; } h3 { margin-top: 11pt; font-size: 10.5pt; } h4 { font-size: 9.5pt; } tbody th { min-width: 0; } #sample ~ .wide :is(tbody th, td:nth-child(4)) { min-width: 0; } #sample ~ .wide td { overflow-wrap: anywhere; } #sample ~ .wide td:nth-child(2) { min-width: 28mm; } table { font-size: 8.5pt; } th, td { padding: .15rem .4rem; } .findings br { display: none; } .wide { overflow: visible; }
  h2, h3, h4, h2 + p, h4 + p, p:has(+ figure), p:has(+ .wide), .side, caption, .told { break-after: avoid; } section:has(> #sign-off) { break-inside: avoid; } tr, li, .verdict, .sign, figure { break-inside: avoid; } thead { display: table-header-group; break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  tfoot { display: table-row-group; } .id { font-size: 7.5pt; } }
`;
