/** The style sheet of report.html: light and dark by the reader's choice, and A4 on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5a6270; --paper: #fff; --line: #d4d9e0; --shade: #f3f5f8;
  --ready: #14663a; --error: #a3161d; --warning: #7a4b00; --note: #1f4f8b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a2abb8; --paper: #15181c; --line: #3a414b;
  --shade: #1f242a; --ready: #6fd49b; --error: #ff8f8f; --warning: #f2b75c; --note: #8fbcf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.3rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; }
p, ul, ol, dl { margin: .5rem 0; }
code, .id { font-family: ui-monospace, Consolas, monospace; font-size: .875em; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.verdict { padding: 1.25rem 1.5rem; border: 1px solid var(--line); border-left: .5rem solid var(--error); background: var(--shade); }
.verdict.ready { border-left-color: var(--ready); }
.verdict.ready h1 { color: var(--ready); } .verdict.not-ready h1 { color: var(--error); }
.wide { overflow-x: auto; }
table { width: 100%; margin: .75rem 0 1.25rem; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { padding: .25rem 0; text-align: left; color: var(--soft); }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, .text { text-align: left; }
thead th { border-bottom: 2px solid var(--line); } tbody th { min-width: 9rem; font-weight: 400; overflow-wrap: anywhere; }
tfoot th, tfoot td { border-top: 2px solid var(--ink); border-bottom: 0; font-weight: 700; }
tr.off th, tr.off td { color: var(--error); font-weight: 700; }
.severity { font-weight: 700; } .error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
.findings li { margin: .4rem 0; } .findings .id { color: var(--soft); }
#all-findings form { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; margin: .75rem 0; }
select, input, button { padding: .3rem .5rem; border: 1px solid var(--soft); border-radius: .2rem; background: var(--paper); color: var(--ink); font: inherit; }
:focus-visible { outline: .15rem solid var(--note); outline-offset: .1rem; } button:disabled { opacity: .5; }
.listed th, .listed td { text-align: left; overflow-wrap: anywhere; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 2.5rem 2rem; margin-top: 2.5rem; }
.sign p { margin: 0; padding-top: .25rem; border-top: 1px solid var(--ink); }
@page { size: A4; margin: 18mm 15mm; }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --line: #aaa; --shade: #fff; --ready: #14663a; --error: #a3161d;
    --warning: #7a4b00; --note: #1f4f8b; }
  body { max-width: none; padding: 0; font-size: 9.5pt; } table { font-size: 8.5pt; } .wide { overflow: visible; }
  h2, h3, caption { break-after: avoid; } tr, li, .verdict, .sign { break-inside: avoid; } thead { display: table-header-group; }
  tfoot { display: table-row-group; } #all-findings { display: none; } .id { font-size: 7.5pt; } }
`;
