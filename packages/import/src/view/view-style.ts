/** The style sheet of the transcript pages: light and dark by the reader's choice, and paper. */
export const VIEW_STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5a6270; --paper: #fff; --line: #d4d9e0; --shade: #f3f5f8;
  --warn: #7a4b00; --alert: #a3161d; --link: #1f4f8b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a2abb8; --paper: #15181c; --line: #3a414b;
  --shade: #1f242a; --warn: #f2b75c; --alert: #ff8f8f; --link: #8fbcf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); } a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { margin: .75rem 0 .5rem; font-size: 1.6rem; line-height: 1.25; } h2 { margin: 1.75rem 0 .5rem; font-size: 1.2rem; }
.notice { margin: 0; padding: .6rem .9rem; border: 1px solid var(--warn); border-left-width: .4rem; color: var(--warn); }
.soft { color: var(--soft); } .wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { position: sticky; left: 0; max-width: calc(100vw - 2.5rem); text-align: left; color: var(--soft); }
th, td { overflow-wrap: break-word; padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, .text { text-align: left; } tbody th { font-weight: 400; min-width: 9rem; overflow-wrap: anywhere; } td.text { overflow-wrap: anywhere; min-width: 8rem; }
nav { margin: .75rem 0; } nav ul, .messages { list-style: none; margin: 0; padding: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.messages > li { padding: .7rem 0; border-bottom: 1px solid var(--line); }
.card p, .number, .messages .differs { margin: .1rem 0; } .who { font-weight: 600; } .when, .number { color: var(--soft); font-size: .85rem; }
.body, pre { margin: .2rem 0; white-space: pre-wrap; font: inherit; } pre { font: .8rem/1.4 ui-monospace, Consolas, monospace;
  padding: .5rem; background: var(--shade); }
.tag { display: inline-block; padding: 0 .4rem; border: 1px solid currentColor; border-radius: .25rem; font-size: .75rem; font-weight: 600; }
.alert { color: var(--alert); } .differs { color: var(--warn); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.sides > .card { min-width: 0; padding: .5rem .75rem; background: var(--shade); border-top: .2rem solid var(--line); }
.side { font-size: .8rem; font-weight: 600; color: var(--soft); }
.unseen { padding: 0 .15rem; border: 1px dotted var(--warn); color: var(--warn); font: .75em ui-monospace, Consolas, monospace; }
.pointer { border-bottom: 1px dotted var(--link); color: var(--link); } .pointer .tag { margin-right: .25rem; }
@media (max-width: 40rem) { .sides { grid-template-columns: 1fr; } h1 { font-size: 1.3rem; } }
@page { size: A4; margin: 16mm 14mm; }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --line: #aaa; --shade: #fff; --warn: #7a4b00; --alert: #a3161d; --link: #000; }
  body { max-width: none; padding: 0; font-size: 9.5pt; } nav { display: none; } h1, h2 { break-after: avoid; } caption { max-width: none; } .card { break-inside: avoid; } .differs, .number { break-after: avoid; } }
`;
