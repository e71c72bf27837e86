import {
  ALL_FINDINGS_END,
  allFindingsStart,
  hashSource,
  needsAllFindings,
  PAGING_SCRIPT,
} from './html-all-findings.js';
import { findingsSection } from './html-findings.js';
import { ledgerSection } from './html-ledger.js';
import { joined, type Markup, markup, NOTHING, row, table } from './html-markup.js';
import { STYLE } from './html-style.js';
import type { CategoryChange, OptionSetting, PartFile, RunSummary } from './run-summary.js';
import { layoutSentence } from './verdict.js';
import { counted, grouped, optionInWords } from './wording.js';

/**
 * `report.html`: one page for the administrator and the auditor, verdict first, sign-off block last. It stands
 * alone: no reference to anything outside (its own Content-Security-Policy forbids it), readable without scripts, prints on A4.
 * Every name is escaped, and it never holds the text of a message. Where the groups do not tell every finding, an empty list
 * of all findings and the one script that searches it stand before the sign-off, for `writeHtmlReport`. Memory held: the page.
 */
export function htmlReport(run: RunSummary): string {
  const hasList = needsAllFindings(run);
  const list = hasList ? joined([allFindingsStart(run), ALL_FINDINGS_END]) : NOTHING;
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(hasList)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.verdict.sentence}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
${verdictSection(run)}${joined(sections(run, list))}</main>
</body>
</html>
`;
  return page.html;
}

/** Nothing is fetched, and no style or script runs but the page's own. */
function policy(hasList: boolean): Markup {
  const script = hasList ? `; script-src ${hashSource(PAGING_SCRIPT)}` : '';
  return {
    html: `default-src 'none'; style-src ${hashSource(STYLE)}${script}; base-uri 'none'; form-action 'none'`,
  };
}

function sections(run: RunSummary, list: Markup): Markup[] {
  const ledger = run.ledger === null ? NOTHING : section('Ledger', ledgerSection(run.ledger));
  return [
    section('What was read', inputsTable(run)),
    section('What was written', packageTable(run)),
    ledger,
    section('Findings', findingsSection(run)),
    run.categories.length === 0
      ? NOTHING
      : section('Categories, before and after', categoriesTable(run.categories)),
    run.options.length === 0 ? NOTHING : section('Decisions of the plan', optionsTable(run.options)),
    list,
    section('Sign-off', signOff(run)),
  ];
}

function section(title: string, body: Markup): Markup {
  return markup`<section>
<h2>${title}</h2>
${body}</section>
`;
}

function verdictSection(run: RunSummary): Markup {
  const { sentence, exitCode } = run.verdict;
  const layout = layoutSentence(run.layout);
  const layoutLine =
    exitCode === 2 || sentence.includes(layout)
      ? NOTHING
      : markup`<p>${layout}</p>
`;
  const sums = run.imbalances.map((imbalance) => markup`<li>${imbalance}</li>`);
  const imbalances =
    sums.length === 0
      ? NOTHING
      : markup`<p>Sums of the ledger that do not come out:</p><ul>${sums}</ul>
`;
  const date = run.date === null ? '' : `, ${run.date}`;
  return markup`<header class="verdict ${exitCode === 0 ? 'ready' : 'not-ready'}">
<h1>${sentence}</h1>
${layoutLine}${imbalances}<p class="soft">${run.tool.name} ${run.tool.version}, ${run.command}, exit code ${exitCode}${date}</p>
</header>
`;
}

function inputsTable(run: RunSummary): Markup {
  if (run.inputs.length === 0) return markup`<p>Nothing was read.</p>`;
  const rows = run.inputs.map((input) =>
    row(input.name, [
      input.bytes === null ? 'not known' : grouped(input.bytes),
      markup`<span class="id">${input.sha256 ?? 'not read to the end'}</span>`,
    ]),
  );
  return table('Documents of the export, as stored.', ['Document', 'Bytes', markup`SHA-256`], { rows });
}

function packageTable(run: RunSummary): Markup {
  if (run.parts !== undefined) return partsTables(run.parts);
  if (run.package === null) return markup`<p>No package was written.</p>`;
  const { name, bytes, sha256, entries } = run.package;
  const rows = entries.map((entry) =>
    row(entry.name, [grouped(entry.size), markup`<span class="id">${entry.sha256}</span>`]),
  );
  return markup`<p>${name}, ${counted(bytes, 'byte')}, SHA-256 <span class="id">${sha256}</span></p>
${table('Documents inside the package, uncompressed.', ['Document', 'Bytes', markup`SHA-256`], { rows })}`;
}

function partsTables(parts: readonly PartFile[]): Markup {
  const rows = parts.map(({ name, bytes, sha256, rooms, messages }) =>
    row(name, [grouped(rooms), grouped(messages), grouped(bytes), markup`<span class="id">${sha256}</span>`]),
  );
  const documents = parts.flatMap((part) =>
    part.entries.map((entry) =>
      row(`${part.name}: ${entry.name}`, [
        grouped(entry.size),
        markup`<span class="id">${entry.sha256}</span>`,
      ]),
    ),
  );
  return markup`<p>${counted(parts.length, 'part')}, to be imported in this order (PARTS.json). Each holds rooms of its own and all users, groups, add-ins and categories.</p>
${table('Parts of the package.', ['Part', 'Rooms', 'Messages', 'Bytes', markup`SHA-256`], { rows })}${table('Documents inside the parts, uncompressed.', ['Document', 'Bytes', markup`SHA-256`], { rows: documents })}`;
}

function categoriesTable(categories: readonly CategoryChange[]): Markup {
  const rows = categories.map((category) =>
    row(category.legacyPath.length === 0 ? '(made by a rule)' : category.legacyPath.join(' › '), [
      markup`${category.name ?? 'left behind'}`,
      grouped(category.roomsRead),
      grouped(category.roomsWritten),
    ]),
  );
  const caption = 'The target has one level of categories.';
  return table(caption, ['Legacy category', markup`Category in the package`, 'Rooms read', 'Rooms written'], {
    rows,
  });
}

function optionsTable(options: readonly OptionSetting[]): Markup {
  const rows = options.map((option) => {
    const isDecided = option.value !== option.default;
    const overridden =
      option.planned === undefined ? '' : ` (command line; the plan says ${optionInWords(option.planned)})`;
    const value = optionInWords(option.value) + overridden;
    return row(option.name, [
      isDecided ? markup`<strong>${value}</strong>` : markup`${value}`,
      markup`${optionInWords(option.default)}`,
    ]);
  });
  return table('Decisions in bold differ from the default.', ['Option', markup`Applied`, markup`Default`], {
    rows,
  });
}

function signOff(run: RunSummary): Markup {
  const file =
    run.package === null
      ? NOTHING
      : markup` for the package with SHA-256 <span class="id">${run.package.sha256}</span>`;
  const lines = ['Migration administrator', 'Date', 'Auditor', 'Date'].map((line) => markup`<p>${line}</p>`);
  return markup`<p>We have read this report${file}. Its verdict: ${run.verdict.sentence}</p>
<div class="sign">${lines}</div>
`;
}
