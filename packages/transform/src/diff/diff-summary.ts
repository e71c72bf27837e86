import { columns, type ExitCode, grouped, visible } from '@chatferry/import';
import type { ComparedKind } from './compared-kind.js';
import type { FieldValue } from './diff-record.js';
import type { Difference, KindCount } from './differences.js';

/** What a comparison has come to. */
export interface DiffSummary {
  readonly compared: ComparedKind;
  /** In the order in which kinds are told; kinds without a record on either side are left out. */
  readonly kinds: readonly KindCount[];
  readonly ignored: { readonly lineEnds: boolean; readonly columns: readonly string[] };
}

const SHOWN_UNITS = 80;
const SHOWN_DIGITS = 12;
/** Of one record on the terminal, and of one kind in the line above its records. */
const SHOWN_FIELDS = 4;
const INDENT = '  ';

/** Fields that tell people what a record is; the first that a record has is shown. */
const NAME_FIELDS = ['nodeName', 'prinUri', 'siopName', 'name', 'uri'];

type Totals = Readonly<Record<'added' | 'removed' | 'changed', number>>;

function totalsOf({ kinds }: DiffSummary): Totals {
  const sum = (of: keyof Totals): number => kinds.reduce((total, count) => total + count[of], 0);
  return { added: sum('added'), removed: sum('removed'), changed: sum('changed') };
}

/** The verdict: the exit code and the first line. Decided by the counts and nothing else. */
export function diffVerdict(summary: DiffSummary): {
  readonly exitCode: Exclude<ExitCode, 2>;
  readonly sentence: string;
} {
  const { added, removed, changed } = totalsOf(summary);
  if (added + removed + changed === 0) return { exitCode: 0, sentence: 'Equal.' };
  const counts = `${grouped(added)} added, ${grouped(removed)} removed, ${grouped(changed)} changed`;
  return { exitCode: 1, sentence: `Different: ${counts}.` };
}

/** For the terminal: verdict, what was left aside, a table of counts, the first differences of each kind. */
export function diffText(summary: DiffSummary, outputPath: string | null): string {
  const blocks = [
    [diffVerdict(summary).sentence, ...leftAside(summary)],
    countTable(summary.kinds),
    ...summary.kinds
      .filter((count) => count.first.length > 0)
      .map((count) => differenceLines(count, outputPath)),
    ...(outputPath === null ? [] : [[`Every difference: ${visible(outputPath)}`]]),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

/** For programs, as `canonicalJson` takes it. */
export function diffJson(summary: DiffSummary): object {
  const { sentence, exitCode } = diffVerdict(summary);
  const records = summary.kinds.map((count) => {
    const { kind, equal, added, removed, changed, fields } = count;
    return [kind, { ...sidesOf(count), equal, added, removed, changed, fields: Object.fromEntries(fields) }];
  });
  return {
    verdict: sentence,
    exitCode,
    compared: summary.compared,
    differences: totalsOf(summary),
    ignored: summary.ignored,
    records: Object.fromEntries(records),
  };
}

function leftAside({ ignored }: DiffSummary): string[] {
  const list = [...(ignored.lineEnds ? ['line ends'] : []), ...ignored.columns.map(visible)];
  return list.length === 0 ? [] : [`Left aside: ${list.join(', ')}.`];
}

function sidesOf({ equal, added, removed, changed }: KindCount): { before: number; after: number } {
  return { before: equal + removed + changed, after: equal + added + changed };
}

function countTable(kinds: readonly KindCount[]): string[] {
  if (kinds.length === 0) return [];
  const rows = kinds.map((count) => {
    const { before, after } = sidesOf(count);
    const cells = [before, after, count.equal, count.added, count.removed, count.changed];
    return [visible(count.kind), ...cells.map(grouped)];
  });
  return columns([['records', 'before', 'after', 'equal', 'added', 'removed', 'changed'], ...rows]);
}

function differenceLines(count: KindCount, outputPath: string | null): string[] {
  const counts = [...count.fields].map(([field, records]) => `${visible(field)} ${grouped(records)}`);
  const fields = clipped(counts, (more) => `${more} more`);
  const left = count.added + count.removed + count.changed - count.first.length;
  const where = outputPath === null ? '; -o <file> writes all' : '';
  return [
    `${visible(count.kind)}${fields.length === 0 ? '' : `, changed fields: ${fields.join(', ')}`}`,
    ...count.first.flatMap(differenceInWords).map((text) => INDENT + text),
    ...(left > 0 ? [`${INDENT}and ${grouped(left)} more${where}`] : []),
  ];
}

function differenceInWords(difference: Difference): string[] {
  if (difference.change === 'changed') {
    const key = `changed ${visible(difference.key)}`;
    const lines = difference.fields.map(
      ({ field, before, after }) => `${key} ${visible(field)}: ${inWords(before)} -> ${inWords(after)}`,
    );
    return clipped(lines, (more) => `${key} in ${more} more fields`);
  }
  const { change, record } = difference;
  const at = NAME_FIELDS.map((name) => record.names.indexOf(name)).find((index) => index >= 0);
  const name = at === undefined ? '' : ` ${inWords(record.values[at] ?? null)}`;
  return [`${change} ${visible(record.key)}${name}`];
}

/** The first of a list, and how many are left out when more than one would be. */
function clipped(list: readonly string[], rest: (more: number) => string): string[] {
  if (list.length <= SHOWN_FIELDS + 1) return [...list];
  return [...list.slice(0, SHOWN_FIELDS), rest(list.length - SHOWN_FIELDS)];
}

/** Clipped and safe to print. */
function inWords(value: FieldValue): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') {
    return `${grouped(value.bytes)} bytes (SHA-256 ${value.sha256.slice(0, SHOWN_DIGITS)}…)`;
  }
  const text = value.length > SHOWN_UNITS ? `${value.slice(0, SHOWN_UNITS).toWellFormed()}…` : value;
  return visible(JSON.stringify(text));
}
