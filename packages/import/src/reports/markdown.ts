import type { FindingGroup } from './finding-sink.js';
import { COUNT_COLUMNS, sumOfCounts } from './ledger-rows.js';
import type { RunSummary } from './run-summary.js';
import { layoutSentence } from './verdict.js';
import { counted, grouped, optionInWords, placeInWords, SEVERITY_WORD, visible } from './wording.js';

/** What GitHub-flavoured Markdown gives a meaning: within a line, in a bare address, at the beginning of an item. */
const ACTING = /[\\`*_[\]<>#|~&$@]|:(?=\/\/)|(?<=www)\.|^[-+=!]|(?<=^\d{1,9})[.)]/gi;

/**
 * `report.md`: what report.html tells, in the same order, for a ticket or a merge request. GitHub-flavoured Markdown; every
 * name is escaped. Of each rule the first findings; all are in findings.csv.
 */
export function markdownReport(run: RunSummary): string {
  const { verdict, layout } = run;
  const parts = [
    `# ${escaped(verdict.sentence)}`,
    ...(verdict.sentence.includes(layoutSentence(layout)) ? [] : [escaped(layoutSentence(layout))]),
    ...run.imbalances.map((imbalance) => `- ${escaped(imbalance)}`),
    section('What was read', inputs(run)),
    section('What was written', written(run)),
    ...(run.ledger === null ? [] : [section('Ledger', ledger(run.ledger))]),
    section('Findings', run.findings.length === 0 ? 'None.' : run.findings.map(group).join('\n\n')),
    ...(run.categories.length === 0 ? [] : [section('Categories, before and after', categories(run))]),
    ...(run.options.length === 0 ? [] : [section('Decisions of the plan', options(run))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Text that cannot be taken for Markdown or HTML; unseen characters and line ends as code points. */
function escaped(text: string): string {
  return visible(text)
    .replace(/[\r\n]/g, ' ')
    .replace(ACTING, (character) => `\\${character}`);
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], counts: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, at) => (at >= head.length - counts ? '---:' : '---'));
  return [head, rule, ...rows].map(line).join('\n');
}

function inputs({ inputs: files }: RunSummary): string {
  const rows = files.map(({ name, sha256, bytes }) => [
    escaped(name),
    sha256 ?? 'not read to the end',
    bytes === null ? 'not known' : grouped(bytes),
  ]);
  return files.length === 0 ? 'Nothing was read.' : table(['Document', 'SHA-256', 'Bytes'], rows, 1);
}

function written({ package: one, parts }: RunSummary): string {
  const files = parts ?? (one === null ? [] : [one]);
  const rows = files.map(({ name, sha256, bytes }) => [escaped(name), sha256, grouped(bytes)]);
  return files.length === 0 ? 'No package was written.' : table(['File', 'SHA-256', 'Bytes'], rows, 1);
}

function ledger({ tables }: NonNullable<RunSummary['ledger']>): string {
  const sum = ['sum', sumOfCounts(Object.values(tables))] as const;
  const rows = [...Object.entries(tables), sum].map(([name, counts]) => [
    escaped(name),
    ...COUNT_COLUMNS.map((column) => grouped(counts[column])),
  ]);
  return table(['Records', ...COUNT_COLUMNS], rows, COUNT_COLUMNS.length);
}

function group({ severity, rule, count, first }: FindingGroup): string {
  const left = count - first.length;
  return [
    `### ${SEVERITY_WORD[severity]} \`${rule}\`: ${counted(count, 'finding')}`,
    '',
    ...first.map(({ place, message }) => `- ${escaped(placeInWords(place))}: ${escaped(message)}`),
    ...(left > 0 ? [`- and ${grouped(left)} more, in findings\\.csv`] : []),
  ].join('\n');
}

function categories({ categories: changes }: RunSummary): string {
  const rows = changes.map(({ legacyPath, name, roomsRead, roomsWritten }) => [
    legacyPath.length === 0 ? '(made by a rule)' : escaped(legacyPath.join(' › ')),
    name === null ? 'left behind' : escaped(name),
    grouped(roomsRead),
    grouped(roomsWritten),
  ]);
  return table(['Legacy category', 'Category in the package', 'Rooms read', 'Rooms written'], rows, 2);
}

function options({ options: settings }: RunSummary): string {
  const rows = settings.map(({ name, value, default: usual }) => [
    escaped(name),
    value === usual ? escaped(optionInWords(value)) : `**${escaped(optionInWords(value))}**`,
    escaped(optionInWords(usual)),
  ]);
  return table(['Option', 'Applied', 'Default'], rows, 0);
}
