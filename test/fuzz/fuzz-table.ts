import type { FuzzResult } from './fuzz-run.js';

/** Inputs by kind and outcome, as a Markdown table. */
export function fuzzTable(results: readonly FuzzResult[]): string {
  const rows = new Map<string, number[]>();
  for (const { kind, exitCode, defect } of results) {
    const name = `${kind.of}: ${kind.name}`;
    const counts = rows.get(name) ?? [0, 0, 0, 0];
    const column = defect === null ? exitCode : 3;
    counts[column] = (counts[column] ?? 0) + 1;
    rows.set(name, counts);
  }
  const total = [0, 1, 2, 3].map((i) =>
    [...rows.values()].reduce((sum, counts) => sum + (counts[i] ?? 0), 0),
  );
  return [
    '| damaged input | exit 0 | exit 1 | exit 2 | defects |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...rows, ['all', total] as const].map(([name, counts]) => `| ${name} | ${counts.join(' | ')} |`),
  ].join('\n');
}
