import { availableParallelism } from 'node:os';
import { RunFailure } from '../run-failure.js';
import { HashThread } from './hash-thread.js';
import { type HashMaker, inlineHash } from './stream-hash.js';

/** Where a run hashes. */
export interface Hashing {
  readonly makeHash: HashMaker;
  /** Ends its thread, if it has one. */
  close(): void;
}

/** With 0 workers on the calling thread, else on one of their own. */
export function startHashing(workers: number): Hashing {
  if (workers === 0) return { makeHash: inlineHash, close: () => undefined };
  const thread = new HashThread();
  return { makeHash: thread.hash, close: () => thread.close() };
}

/** One core is for the calling thread. */
export function defaultWorkers(): number {
  return Math.max(0, availableParallelism() - 1);
}

/** The argument of `--workers`; undefined gives the default. Throws `RunFailure` 'arguments'. */
export function parseWorkers(text: string | undefined): number {
  if (text === undefined) return defaultWorkers();
  if (/^[0-9]{1,3}$/.test(text)) return Number(text);
  throw new RunFailure(
    'arguments',
    `--workers ${text} is not a number of threads`,
    'Give 0 to do everything on one thread, or as many as there are cores to spare; the output is the same.',
  );
}
