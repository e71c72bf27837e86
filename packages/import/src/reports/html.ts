import { createHash } from 'node:crypto';
import { BlockFile } from './block-file.js';
import { findingBlocks } from './finding-blocks.js';
import { categoriesSection } from './html-categories.js';
import { decisionsSection } from './html-decisions.js';
import { inputsTable, packageTable } from './html-files.js';
import { findingsSection } from './html-findings.js';
import { ledgerSection } from './html-ledger.js';
import { joined, type Markup, markup } from './html-markup.js';
import { monthsSection } from './html-months.js';
import { roomsSection } from './html-rooms.js';
import { sampleSection } from './html-sample.js';
import { styleOf } from './html-style.js';
import { signOff, verdictSection } from './html-verdict.js';
import { readFindings } from './read-findings.js';
import { reportScript } from './report-script.js';
import type { RunSummary } from './run-summary.js';

/**
 * `report.html`: one page for the administrator and the auditor, verdict first, sign-off block last. It stands alone:
 * no reference to anything outside, and its own Content-Security-Policy lets nothing in but its own style and script,
 * by their hashes. Whole without the script, but for the findings beyond the first of each group; prints on A4. Every
 * name is escaped, and the text of a message is in it only when it was asked for.
 *
 * Memory held: the page without the findings, and what `findingBlocks` holds.
 *
 * @param findingsPath findings.ndjson, whole and on the disk; the page's script pages and searches them.
 * @throws RunFailure `output-unwritable`
 */
export async function writeHtmlReport(path: string, run: RunSummary, findingsPath: string): Promise<void> {
  const file = new BlockFile(path);
  try {
    file.append(reportStart(run));
    for await (const block of findingBlocks(readFindings(findingsPath), run.findings)) file.append(block);
    file.append(reportEnd());
  } finally {
    file.close();
  }
}

/** Up to the data of the findings. */
function reportStart(run: RunSummary): string {
  const sections = sectionsOf(run);
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(run)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.verdict.sentence}</title>
<style>${{ html: styleOf(run) }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${verdictSection(run)}<nav class="contents" aria-label="Contents"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${joined(sections.map(sectionMarkup))}</main>
`;
  return page.html;
}

function reportEnd(): string {
  return `<script>${reportScript()}</script>\n</body>\n</html>\n`;
}

/** Of the page's own script and style alone; data blocks are none. */
function policy(run: RunSummary): Markup {
  const script = hashOf(reportScript());
  const style = hashOf(styleOf(run));
  return {
    html: `default-src 'none'; script-src ${script}; style-src ${style}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

function sectionsOf(run: RunSummary): Section[] {
  const { categories, ledger, options } = run;
  return [
    ...(ledger === null
      ? []
      : [
          { id: 'ledger', title: 'Ledger', body: ledgerSection(ledger) },
          { id: 'by-month', title: 'Messages by month', body: monthsSection(run) },
        ]),
    { id: 'findings', title: 'Findings', body: findingsSection(run) },
    ...(categories.length === 0
      ? []
      : [
          {
            id: 'categories',
            title: 'Categories, before and after',
            body: categoriesSection(categories, ledger),
          },
        ]),
    { id: 'rooms', title: 'Settings of rooms, before and after', body: roomsSection(run) },
    { id: 'sample', title: 'Sample of messages', body: sampleSection(run) },
    ...(options.length === 0
      ? []
      : [{ id: 'decisions', title: 'Decisions of the plan', body: decisionsSection(run) }]),
    { id: 'read', title: 'What was read', body: inputsTable(run) },
    { id: 'written', title: 'What was written', body: packageTable(run) },
    { id: 'sign-off', title: 'Sign-off', body: signOff(run) },
  ];
}

function sectionMarkup({ id, title, body }: Section): Markup {
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}</section>
`;
}
