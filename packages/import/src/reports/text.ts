import type { Severity } from '@chatferry/export';
import { countFindings, type FindingGroup } from './finding-sink.js';
import { COUNT_COLUMNS, sumOfCounts, sumOfText, TEXT_COLUMNS } from './ledger-rows.js';
import { remedyOf } from './rule-pages.js';
import type { PartFile, RunSummary } from './run-summary.js';
import { columns, wrapped } from './text-layout.js';
import { layoutSentence } from './verdict.js';
import { counted, grouped, optionInWords, placeInWords, SEVERITY_WORD, visible } from './wording.js';

/** How many findings of a group a terminal shows. */
const EXAMPLES = 2;
/** How many parts of a package it shows. */
const PARTS_SHOWN = 10;
const NARROWEST = 40;
const INDENT = '  ';

/** How the text is laid out. */
export interface TextOptions {
  /** Columns of the terminal; at least 40 are used. */
  readonly width: number;
  /** ANSI colours; only for a terminal that wants them. */
  readonly colour: boolean;
  /** Where report.html lies; null when none was written. */
  readonly reportPath: string | null;
}

/**
 * What a person sees when the command ends: the verdict first, what was read and written, the findings with
 * first examples and remedies, and where the full report lies. Lines end in LF and are at most `width` long.
 */
export function textReport(run: RunSummary, options: TextOptions): string {
  const width = Math.max(options.width, NARROWEST);
  const blocks = [
    verdictBlock(run, width, options.colour),
    ledgerBlock(run, width),
    packageBlock(run, width),
    optionsBlock(run, width),
    findingsBlock(run, width, options.colour),
    endBlock(run, options.reportPath, width),
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${text.join('\n\n')}\n`;
}

const COLOURS = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  note: '\u001b[1;36m',
  ready: '\u001b[1;32m',
};
const PLAIN = '\u001b[0m';

function painted(lines: readonly string[], kind: keyof typeof COLOURS, colour: boolean): string[] {
  return colour ? lines.map((line) => COLOURS[kind] + line + PLAIN) : [...lines];
}

/** The verdict once more, since the findings may have scrolled it away, and where all of it can be read. */
function endBlock(run: RunSummary, reportPath: string | null, width: number): string[] {
  if (reportPath === null) return [];
  const sentence = run.verdict.exitCode === 0 ? 'Ready to import.' : run.verdict.sentence;
  return [...wrapped(visible(sentence), width), ...wrapped(`Report: ${visible(reportPath)}`, width)];
}

function verdictBlock(run: RunSummary, width: number, colour: boolean): string[] {
  const { exitCode, sentence } = run.verdict;
  const verdict = wrapped(visible(sentence), width);
  const isSaid = sentence.includes(layoutSentence(run.layout)) || exitCode === 2;
  return [
    ...painted(verdict, exitCode === 0 ? 'ready' : 'error', colour),
    ...(isSaid ? [] : wrapped(layoutSentence(run.layout), width)),
    ...run.imbalances.flatMap((imbalance) => wrapped(visible(imbalance), width, INDENT)),
  ];
}

function ledgerBlock(run: RunSummary, width: number): string[] {
  if (run.ledger === null) return [];
  const tables = Object.entries(run.ledger.tables);
  const sum = sumOfCounts(tables.map(([, counts]) => counts));
  const records = countTable(COUNT_COLUMNS, [...tables, ['sum', sum]], { title: 'records', width });
  const bytes = countTable(TEXT_COLUMNS, [['messages', sumOfText(run.ledger)]], {
    title: 'text bytes',
    width,
  });
  return [...records, '', ...bytes];
}

/** A table, or one sentence a row where the table would be wider than the terminal. */
function countTable<C extends string>(
  names: readonly C[],
  rows: readonly (readonly [string, Readonly<Record<C, number>>])[],
  layout: { readonly title: string; readonly width: number },
): string[] {
  const cells = rows.map(([name, row]) => [visible(name), ...names.map((column) => grouped(row[column]))]);
  const table = columns([[layout.title, ...names], ...cells]);
  if (table.every((line) => line.length <= layout.width)) return table;
  return rows.flatMap(([name, row]) => {
    const parts = names.map((column) => `${column} ${grouped(row[column])}`);
    return wrapped(`${visible(name)} ${layout.title}: ${parts.join(', ')}`, layout.width);
  });
}

function packageBlock(run: RunSummary, width: number): string[] {
  if (run.parts !== undefined) return partLines(run.parts, width);
  if (run.package === null) return [];
  const { name, bytes, sha256, entries } = run.package;
  return [
    ...wrapped(
      `Package: ${visible(name)}, ${counted(bytes, 'byte')}, ${counted(entries.length, 'document')}`,
      width,
    ),
    ...wrapped(`SHA-256: ${sha256}`, width),
  ];
}

function partLines(parts: readonly PartFile[], width: number): string[] {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const left = parts.length - PARTS_SHOWN;
  return [
    ...wrapped(
      `Package: ${counted(parts.length, 'part')}, ${counted(bytes, 'byte')}; PARTS.json tells their order`,
      width,
    ),
    ...parts.slice(0, PARTS_SHOWN).flatMap((part) => wrapped(partInWords(part), width, INDENT)),
    ...(left > 0 ? wrapped(`and ${grouped(left)} more`, width, INDENT) : []),
  ];
}

function partInWords({ name, bytes, rooms, messages }: PartFile): string {
  return `${visible(name)}, ${counted(bytes, 'byte')}, ${counted(rooms, 'room')}, ${counted(messages, 'message')}`;
}

function optionsBlock(run: RunSummary, width: number): string[] {
  const decided = run.options.filter(
    (option) => option.value !== option.default || option.planned !== undefined,
  );
  if (decided.length === 0) return [];
  const lines = decided.map((option) => {
    const plan =
      option.planned === undefined ? '' : `, overrides the plan's ${optionInWords(option.planned)}`;
    return `${option.name}: ${optionInWords(option.value)} (default ${optionInWords(option.default)}${plan})`;
  });
  return [
    'Options that differ from the defaults',
    ...lines.flatMap((line) => wrapped(visible(line), width, INDENT)),
  ];
}

function findingsBlock(
  { findings: groups, pages }: Pick<RunSummary, 'findings' | 'pages'>,
  width: number,
  colour: boolean,
): string[] {
  const totals = (['error', 'warning', 'note'] as const).map((severity: Severity) =>
    counted(countFindings(groups, severity), severity),
  );
  return [
    `Findings: ${totals.join(', ')}`,
    ...groups
      .filter(({ severity }) => severity !== 'note')
      .flatMap((group) => groupLines(group, { width, colour, remedy: remedyOf(pages[group.rule]) })),
    ...noteLines(groups, width, colour),
  ];
}

/** Notes want nothing of the reader, so they are counted here and told in the report. */
function noteLines(groups: readonly FindingGroup[], width: number, colour: boolean): string[] {
  const notes = groups.filter(({ severity }) => severity === 'note');
  if (notes.length === 0) return [];
  const list = notes.map((group) => `${group.rule} ${grouped(group.count)}`).join(', ');
  return [
    '',
    ...painted(wrapped('Notes, told in the report', width), 'note', colour),
    ...wrapped(list, width, INDENT),
  ];
}

/** @param layout its remedy is the one of the rule's page, for a rule whose findings name none. */
function groupLines(
  group: FindingGroup,
  {
    width,
    colour,
    remedy: ofPage,
  }: Pick<TextOptions, 'width' | 'colour'> & { readonly remedy: string | null },
): string[] {
  const heading = wrapped(`${SEVERITY_WORD[group.severity]} ${group.rule}: ${grouped(group.count)}`, width);
  const shown = group.first.slice(0, EXAMPLES);
  const left = group.count - shown.length;
  const remedies = new Set(
    shown.flatMap((finding) => (finding.remedy === undefined ? [] : [finding.remedy])),
  );
  if (remedies.size === 0 && ofPage !== null) remedies.add(ofPage);
  return [
    '',
    ...painted(heading, group.severity, colour),
    ...shown.flatMap((finding) => [
      ...wrapped(placeInWords(finding.place), width, INDENT),
      ...wrapped(visible(finding.message), width, INDENT + INDENT),
    ]),
    ...(left > 0 ? wrapped(`and ${grouped(left)} more, all in findings.csv`, width, INDENT) : []),
    ...[...remedies].flatMap((remedy) => wrapped(`To do: ${visible(remedy)}`, width, INDENT)),
  ];
}
