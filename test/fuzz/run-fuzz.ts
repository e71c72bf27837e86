import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { inTemporaryFolder } from '../support/temporary-folder.js';
import { fuzzBase } from './fuzz-cases.js';
import { type FuzzResult, fuzzOne } from './fuzz-run.js';
import { fuzzTable } from './fuzz-table.js';

const HELP = `Usage: npm run fuzz -- [options]

Damages exports, packages, handoffs, plans and unfinished runs in every way that is known, one after the other, and runs the
command that must bear it: transform or validate, in this process. Every run must end in time and memory with exit code 0, 1 or 2 and without a stack trace, leave
nothing under the final name with 2, and with 0 an independent parser must find every message that the ledger accounts for,
or the very documents that were sealed, or written without an interruption. Prints a table by kind and outcome, as Markdown; exit code 1 when there was a defect.

Options:
  --inputs <n>     damaged inputs (default 10000)
  --seed <n>       of everything that is drawn (default 1)
  --only <index>   this input alone, for one that has failed
  --keep <folder>  where the files of defects are left (default: fuzz-defects)
  --help

Example:
  npm run fuzz -- --inputs 500 --seed 7`;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string', default: 'fuzz-defects' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else process.exitCode = await inTemporaryFolder(fuzz);

async function fuzz(folder: string): Promise<number> {
  const seed = Number(values.seed);
  const indices =
    values.only === undefined ? [...Array(Number(values.inputs)).keys()] : [Number(values.only)];
  const base = await fuzzBase(folder);
  const results: FuzzResult[] = [];
  let defects = 0;
  for (const index of indices) {
    const input = join(folder, 'input');
    const result = await fuzzOne(base, input, { seed, index });
    results.push(result);
    if (result.defect !== null) {
      defects += 1;
      const kept = join(resolve(values.keep), `${seed}-${index}`);
      mkdirSync(kept, { recursive: true });
      cpSync(input, kept, { recursive: true, verbatimSymlinks: true });
      console.error(
        `${result.kind.of}: ${result.kind.name} (--seed ${seed} --only ${index}): ${result.defect}`,
      );
    }
    if (results.length % 500 === 0)
      console.error(`${results.length} of ${indices.length}, ${defects} defects`);
  }
  console.log(`${fuzzTable(results)}\n\n${results.length} inputs, ${defects} defects; ${memoryOf(results)}.`);
  return defects === 0 ? 0 : 1;
}

function memoryOf(results: readonly FuzzResult[]): string {
  const grown = results.map(({ bytes }) => bytes ?? 0).sort((a, b) => a - b);
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  const most = `held ${megabytes(grown.at(-1) ?? 0)} MB at most beyond those before, half of them less than`;
  const all = megabytes(process.memoryUsage.rss());
  return `a run ${most} ${megabytes(grown[grown.length >> 1] ?? 0)} MB; ${all} MB held at the end`;
}
