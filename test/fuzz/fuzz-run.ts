import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf } from './command-outcome.js';
import { BYSTANDER, FUZZ_KINDS, type FuzzBase, type FuzzKind } from './fuzz-cases.js';
import { seededChoices } from './seeded-choices.js';

/** A command on a few kilobytes, or on some megabytes of noise. */
const MOST_MILLISECONDS = 30_000;
/** A command may hold so much beside what this process holds already. */
const MOST_BYTES = 150 * 1024 * 1024;
const STACK = /^\s+at .+:\d+:\d+\)?$/m;
const OF_SOMEBODY = 'root:x:0:0:root:/root:/bin/sh\n';
const PRIME = 1_000_003;

/** How one input ended: 0, 1, 2, or what was wrong with that. */
export interface FuzzResult {
  readonly kind: FuzzKind;
  readonly exitCode: number;
  /** See `CommandOutcome`. */
  readonly bytes: number | null;
  /** null when all that must hold does. */
  readonly defect: string | null;
}

/**
 * Runs input `index`; every index is of the next kind, and the same for the same seed. Its files lie in `folder`
 * afterwards.
 */
export async function fuzzOne(base: FuzzBase, folder: string, input: FuzzInput): Promise<FuzzResult> {
  const first = await runOnce(base, folder, input);
  // Garbage of earlier inputs may be collected late, and counts for this one then. Whoever needs so much needs it
  // again.
  return holdsTooMuch(first.bytes) ? await runOnce(base, folder, input) : first;
}

/** Which of all inputs. */
interface FuzzInput {
  readonly seed: number;
  readonly index: number;
}

async function runOnce(base: FuzzBase, folder: string, { seed, index }: FuzzInput): Promise<FuzzResult> {
  const kind = FUZZ_KINDS[index % FUZZ_KINDS.length] as FuzzKind;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bystander = join(folder, BYSTANDER);
  writeFileSync(bystander, OF_SOMEBODY);
  const { command, objection } = kind.prepare(base, seededChoices(seed * PRIME + index), folder);
  const { exitCode, said, milliseconds, bytes } = await outcomeOf(command);
  const result = (defect: string | null): FuzzResult => ({ kind, exitCode, bytes, defect });
  if (![0, 1, 2].includes(exitCode)) return result(`exit code ${exitCode}`);
  if (STACK.test(said) || said.includes('bug of chatferry')) return result(`told as a bug: ${said}`);
  if (readFileSync(bystander, 'latin1') !== OF_SOMEBODY) return result('wrote through a link');
  if (milliseconds > MOST_MILLISECONDS) return result(`took ${Math.round(milliseconds)} ms`);
  if (holdsTooMuch(bytes)) return result(`held ${Math.round(bytes / 1e6)} MB`);
  if (exitCode === 2) {
    if (!/[.!?)]\s*$/.test(said)) return result(`ends without a sentence: ${said}`);
    if (existsSync(join(folder, 'out'))) return result('left a handoff under its final name');
  }
  if (exitCode !== 0) return result(null);
  const against = await objection().catch((error: unknown) => `no plain reader can read it: ${error}`);
  return result(against === null ? null : `called sound, but ${against}`);
}

function holdsTooMuch(bytes: number | null): bytes is number {
  return bytes !== null && bytes > MOST_BYTES;
}
