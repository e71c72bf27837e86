import { median, peakMegabytes, secondsOf } from './bench-table.js';
import type { Outcome } from './run-contest.js';

/** Time and memory of the same programs for few and for ten times as many messages. */
export function growthTable(few: readonly Outcome[], many: readonly Outcome[]): string[][] {
  const rows = few.flatMap((small) => {
    const large = many.find(({ contender }) => contender.name === small.contender.name);
    if (large === undefined) return [];
    return [
      [
        small.contender.name,
        ...pair(median(secondsOf(small)), median(secondsOf(large)), 2),
        ...pair(peakMegabytes(small), peakMegabytes(large), 0),
      ],
    ];
  });
  return [['program', 'seconds', 'for 10 n', 'growth', 'peak MB', 'for 10 n', 'growth'], ...rows];
}

function pair(small: number | null, large: number | null, digits: number): string[] {
  if (small === null || large === null) return ['-', '-', '-'];
  return [small.toFixed(digits), large.toFixed(digits), (large / small).toFixed(2)];
}
