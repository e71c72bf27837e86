import {
  counted,
  type FindingGroup,
  grouped,
  placeInWords,
  type RoomAccount,
  SEVERITY_WORD,
  visible,
  wrapped,
} from '@chatferry/import';
import { ticksToText } from '../messages/ticks.js';
import type { Relation } from './hanging-rows.js';
import type { TargetValue } from './target-records.js';
import type { NoTrace, Trace, TracedHanging, TracedSource, TracedTarget } from './trace.js';
import { statesInWords } from './trace-words.js';
import type { TextDigest } from './traced-text.js';

const INDENT = '  ';
const NARROWEST = 40;
const WIDEST = 160;
/** Hanging rows of one relation that are shown. */
const ROWS_SHOWN = 20;
const TICK_VALUES: ReadonlySet<string> = new Set([
  ...['chatDate', 'nodeAddedOn', 'nodeUpdatedOn', 'prinAddedOn', 'prinUpdatedOn'],
  ...['date', 'addedOn', 'updatedOn'],
]);
const RELATIONS: readonly (readonly [Relation, string])[] = [
  ['own', 'Rows of the export that name it'],
  ['above', 'Rows of the export on categories above it, which it may inherit'],
  ['room', 'Rooms of the export that use it or were moved there'],
];

/** A trace for a terminal of `width` columns: the answer first. Ends in LF. */
export function traceText(trace: Trace | NoTrace, width: number): string {
  const used = Math.min(Math.max(width, NARROWEST), WIDEST);
  const blocks = trace.isFound ? foundBlocks(trace, used) : missingBlocks(trace, used);
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function missingBlocks({ sentence, looked, nearest }: NoTrace, width: number): string[][] {
  return [
    wrapped(visible(sentence), width),
    [`Looked in the export: ${looked.source}.`, `Looked in the package: ${looked.target}.`],
    nearest.length === 0 ? [] : ['Nearest:', ...nearest.map((label) => INDENT + visible(label))],
  ];
}

function foundBlocks(trace: Trace, width: number): string[][] {
  return [
    wrapped(visible(trace.sentence), width),
    trace.remarks.flatMap((remark) => wrapped(visible(remark), width)),
    ...trace.sources.map((source) => sourceBlock(source, width)),
    trace.target === null ? [] : targetBlock(trace.target, width),
    trace.account === null ? [] : accountBlock(trace.account),
    ...RELATIONS.map(([relation, title]) => hangingBlock(trace.hanging, relation, title)),
    findingsBlock(trace.findings, width),
  ];
}

function sourceBlock(source: TracedSource, width: number): string[] {
  const texts = source.texts.flatMap((text) => [
    ...textLines(text),
    ...(text.equalsTarget === null ? [] : [`${INDENT}${INDENT}${equality(text.equalsTarget)}`]),
  ]);
  return [
    `In the export: ${placeInWords(source.place)}, ${statesInWords([source])}`,
    ...valueLines(source.values, width),
    ...texts,
  ];
}

function equality(isEqual: boolean): string {
  return isEqual ? 'the package holds the same text' : 'the package does not hold the same text';
}

function targetBlock({ place, values, texts }: TracedTarget, width: number): string[] {
  return [
    `In the package: ${placeInWords(place)}`,
    ...valueLines(values, width),
    ...texts.flatMap(textLines),
  ];
}

function valueLines(values: readonly (readonly [string, TargetValue])[], width: number): string[] {
  const names = values.map(([name]) => visible(name));
  const widest = Math.max(0, ...names.map((name) => name.length));
  const indent = INDENT + ' '.repeat(widest + 2);
  return values.flatMap(([name, value], index) => {
    const head = `${INDENT}${(names[index] as string).padEnd(widest)}  `;
    const [first = '', ...more] = wrapped(
      valueInWords(name, value),
      Math.max(width, indent.length + NARROWEST),
      indent,
    );
    return [head + first.slice(indent.length), ...more];
  });
}

function valueInWords(name: string, value: TargetValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'string' && TICK_VALUES.has(name) && /^[0-9]{1,19}$/.test(value)) {
    return `${value} (${ticksToText(BigInt(value))})`;
  }
  return typeof value === 'string' ? `"${visible(value)}"` : String(value);
}

function textLines({ column, bytes, sha256, text }: TextDigest): string[] {
  const head = `${INDENT}${column}  ${counted(bytes, 'byte')}, SHA-256 ${sha256}`;
  if (text === null) return [head];
  return [head, ...text.split('\n').map((line) => `${INDENT}${INDENT}| ${visible(line)}`)];
}

function accountBlock(account: RoomAccount): string[] {
  const { read, carried, changed, excluded, refused, written } = account;
  const shares = Object.entries(account.byRule).flatMap(([rule, list]) =>
    list.map((share) => `${INDENT}${share.state} by ${rule}: ${grouped(share.records)}`),
  );
  const range =
    account.firstDate === null || account.lastDate === null
      ? []
      : [
          `${INDENT}written from ${ticksToText(BigInt(account.firstDate))} to ${ticksToText(BigInt(account.lastDate))}, ids ${account.lowestId} to ${account.highestId}`,
        ];
  return [
    'Its messages, by the ledger',
    `${INDENT}read ${grouped(read)} = carried ${grouped(carried)} + changed ${grouped(changed)} + excluded ${grouped(excluded)} + refused ${grouped(refused)}; written ${grouped(written)}`,
    ...shares,
    `${INDENT}bytes of text read ${grouped(account.textBytesRead)}, written ${grouped(account.textBytesWritten)}`,
    ...range,
    `${INDENT}SHA-256 of what was written ${account.sha256}`,
  ];
}

function hangingBlock(all: readonly TracedHanging[], relation: Relation, title: string): string[] {
  const rows = all.filter((row) => row.relation === relation);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, ROWS_SHOWN);
  const left = rows.length - shown.length;
  return [
    `${title} (${counted(rows.length, 'row')})`,
    ...shown.map(
      (row) =>
        `${INDENT}${visible(`${row.place.file}:${row.place.line}:${row.place.column}`)}  ${visible(row.meaning)}  ${statesInWords([row])}`,
    ),
    ...(left === 0 ? [] : [`${INDENT}and ${grouped(left)} more, which --json lists`]),
  ];
}

function findingsBlock(groups: readonly FindingGroup[], width: number): string[] {
  if (groups.length === 0) return ['No finding touches it.'];
  const lines = groups.flatMap(({ rule, severity, count, first }) => {
    const left = count - first.length;
    return [
      `${INDENT}${SEVERITY_WORD[severity]}: ${visible(rule)}`,
      ...first.flatMap(({ place, message }) => [
        ...wrapped(visible(message), width, INDENT + INDENT),
        `${INDENT}${INDENT}at ${placeInWords(place)}`,
      ]),
      ...(left === 0 ? [] : [`${INDENT}${INDENT}and ${grouped(left)} more in findings.ndjson`]),
    ];
  });
  return ['What rules and checks said (`chatferry explain <rule>` prints a page)', ...lines];
}
