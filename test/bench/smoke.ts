import { tmpdir } from 'node:os';
import process from 'node:process';
import { type BenchResult, bench, type ShapeResult } from './bench.js';
import type { BenchOptions } from './bench-options.js';

/**
 * Runs the bench at a tiny size, both tables, and exits with 1 when a row is missing or says nothing. Absent outside
 * programs may be left out, but then by name.
 */
const OUTSIDE = [
  'xmllint --stream --noout',
  'xmllint --stream --schema',
  'Python expat, same rewriting',
  'gzip -1',
];

const OURS = [
  'saxes, parse only',
  'inspect',
  'plan',
  'transform --no-read-back',
  'transform',
  'validate (of the handoff)',
];

const tiny: BenchOptions = {
  messages: 300,
  shapes: ['attributes', 'elements'],
  runs: 1,
  isGrowth: false,
  isMarkdown: true,
  folder: tmpdir(),
};
const quiet = (): void => undefined;

const table = await bench(tiny, quiet);
const growth = await bench({ ...tiny, shapes: ['elements'], isGrowth: true }, quiet);
console.log(table.text);
const faults = [
  ...rowFaults(table, [...OUTSIDE, ...OURS]),
  ...rowFaults(growth, [OUTSIDE[0] ?? '', 'inspect', 'transform', 'validate (of the handoff)']),
  ...(table.contests.length === 2 ? [] : ['not both shapes were measured']),
  ...(growth.contests.map(({ messages }) => messages).join() === '300,3000' ? [] : ['growth lacks a size']),
  ...table.contests.flatMap(({ isSameRewriting }) =>
    isSameRewriting === null && !isLeftOut(table, 'Python expat, same rewriting')
      ? ['the rewriting reference was not compared with the package']
      : [],
  ),
];
for (const fault of faults) console.error(`bench-smoke: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function rowFaults(result: BenchResult, expected: readonly string[]): string[] {
  return expected.flatMap((name) => {
    if (isLeftOut(result, name)) {
      return result.text.includes(`Left out: ${name} (`) ? [] : [`${name} was left out in silence`];
    }
    const rows = result.text.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));
    const isThere = rows.length > 0 && result.contests.every((contest) => isMeasured(contest, name));
    return isThere ? [] : [`no row for ${name}`];
  });
}

function isLeftOut({ leftOut }: BenchResult, name: string): boolean {
  return OUTSIDE.includes(name) && leftOut.some((row) => row.name === name);
}

function isMeasured({ outcomes }: ShapeResult, name: string): boolean {
  const outcome = outcomes.find(({ contender }) => contender.name === name);
  return outcome?.runs.some(({ seconds, usage }) => seconds > 0 && hasUsage(outcome, usage)) === true;
}

function hasUsage({ contender }: ShapeResult['outcomes'][number], usage: { peakBytes: number } | null) {
  return usage === null ? contender.program.command !== 'node' : usage.peakBytes > 0;
}
