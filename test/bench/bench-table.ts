import { YARDSTICK } from './contenders.js';
import type { Outcome } from './run-contest.js';

export interface TableFacts {
  readonly outcomes: readonly Outcome[];
  readonly exportBytes: number;
  readonly messages: number;
}

const MEGABYTE = 1e6;

const HEADINGS = [
  'program',
  'seconds',
  'min..max',
  'MB/s',
  'messages/s',
  'of xmllint',
  'CPU s',
  'peak MB',
] as const;

/**
 * One row a contender, the headings first. Seconds, processor seconds (user and system) and peak resident memory (10^6
 * bytes) are medians of the runs; MB/s are 10^6 bytes of the export a second, for every row; `of xmllint` is the row's
 * rate over that of `xmllint --stream --noout` in the same run, so more is faster.
 */
export function benchTable({ outcomes, exportBytes, messages }: TableFacts): string[][] {
  const yardstick = outcomes.find(({ contender }) => contender.name === YARDSTICK);
  const yardstickSeconds = yardstick === undefined ? null : median(secondsOf(yardstick));
  const rows = outcomes.map((outcome) => {
    const all = secondsOf(outcome);
    const seconds = median(all);
    return [
      outcome.contender.name,
      seconds.toFixed(2),
      `${Math.min(...all).toFixed(2)}..${Math.max(...all).toFixed(2)}`,
      rate(exportBytes / seconds),
      grouped(messages / seconds),
      yardstickSeconds === null ? '-' : (yardstickSeconds / seconds).toFixed(2),
      medianOf(outcome, ({ userSeconds, systemSeconds }) => userSeconds + systemSeconds)?.toFixed(2) ?? '-',
      peakMegabytes(outcome)?.toFixed(0) ?? '-',
    ];
  });
  return [[...HEADINGS], ...rows];
}

export function secondsOf({ runs }: Outcome): number[] {
  return runs.map(({ seconds }) => seconds);
}

/** 10^6 bytes; null when it was not measured. */
export function peakMegabytes(outcome: Outcome): number | null {
  const bytes = medianOf(outcome, ({ peakBytes }) => peakBytes);
  return bytes === null ? null : bytes / MEGABYTE;
}

function medianOf(
  { runs }: Outcome,
  value: (usage: NonNullable<Outcome['runs'][number]['usage']>) => number,
): number | null {
  const values = runs.flatMap(({ usage }) => (usage === null ? [] : [value(usage)]));
  return values.length === 0 ? null : median(values);
}

/** The middle value; of an even number the mean of the two in the middle. @throws RangeError for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined) throw new RangeError('Unexpected median of nothing.');
  return (low + high) / 2;
}

/** Columns for a terminal: the first to the left, figures to the right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(rows);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The same as a Markdown table. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [headings = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings),
    line(headings.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...body.map(([name = '', ...figures]) => line([`\`${name}\``, ...figures])),
  ].join('\n');
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
}

function rate(bytesPerSecond: number): string {
  const megabytes = bytesPerSecond / MEGABYTE;
  return megabytes.toFixed(megabytes < 100 ? 1 : 0);
}

function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, ',');
}
