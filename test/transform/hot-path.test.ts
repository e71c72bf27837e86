import type { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlScanner } from '@chatferry/export';
import { inspectExport } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { rowsOf } from '../support/export-model.js';
import { writeShape } from '../support/export-shapes.js';
import { hostileExport } from '../support/hostile-export.js';
import { failureInWords, watchKernel } from '../support/rows-read.js';
import { smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';

const MODEL = smallModel();
const numbersOf = (column: string): number[] => [
  ...new Set(rowsOf(MODEL, 'tblChat').map((row) => Number(row[column]))),
];
const SCENE = { rooms: numbersOf('channelID'), authors: numbersOf('userId'), isCalm: true };

const seen = watchKernel();
const { records } = XmlScanner.prototype;

/** Runs `work` with every record read token by token. */
async function byTokens<Result>(work: () => Promise<Result>): Promise<Result> {
  XmlScanner.prototype.records = (_, into) => {
    into.count = 0;
    return 0;
  };
  try {
    return await work();
  } finally {
    XmlScanner.prototype.records = records;
  }
}

function filesBelow(folder: string): (readonly [path: string, bytes: Buffer])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => [path, readFileSync(join(folder, path))] as const);
}

/** The inventory, and the files of the handoff or what the run ended with. */
async function carried(exportPath: string, handoffPath: string): Promise<Map<string, Buffer | string>> {
  const made = new Map<string, Buffer | string>();
  try {
    const inventory = await inspectExport({ exportPath, progress: () => undefined });
    made.set(
      'inventory',
      JSON.stringify(inventory, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    );
    const { verdict } = await transformed({ exportPath, handoffPath });
    made.set('exit code', String(verdict.exitCode));
    for (const [path, bytes] of filesBelow(handoffPath)) made.set(path, bytes);
  } catch (error) {
    made.set('failure', failureInWords(error));
  }
  rmSync(handoffPath, { recursive: true, force: true });
  return made;
}

test.serial(
  'with the kernel and without, an export gives the same inventory and the same handoff, byte for byte',
  async (t) => {
    t.timeout(24 * 3600 * 1000);
    const work = temporaryFolder(t);
    const [folder, handoff] = [join(work, 'export'), join(work, 'handoff')];
    mkdirSync(folder);
    for (const [file, bytes] of writeShape(MODEL, 'raw-attributes')) writeFileSync(join(folder, file), bytes);
    let handoffs = 0;
    const runs = fuzzRuns(25);
    await fc.assert(
      fc.asyncProperty(tapes, async (tape) => {
        writeFileSync(join(folder, 'tblChat.xml'), hostileExport(choicesFrom(tape), SCENE));
        const expected = await byTokens(() => carried(folder, handoff));
        const made = await carried(folder, handoff);
        t.deepEqual([...made.keys()], [...expected.keys()]);
        for (const [what, bytes] of expected) {
          if (String(made.get(what)) !== String(bytes))
            throw new Error(`${what}: ${made.get(what)}\n${bytes}`);
        }
        if (expected.has('exit code')) handoffs += 1;
      }),
      { ...runs, endOnFailure: true },
    );
    t.log(`${handoffs} handoffs, ${seen.taken} messages by the kernel`);
    t.true(handoffs > runs.numRuns / 3 && seen.taken > 3 * runs.numRuns);
  },
);
