import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Report } from '@chatferry/export';
import { syncTree } from './durable.js';
import { checkFree, freeName, inTheWay, moveIntoPlace } from './handoff-place.js';
import {
  CHECKPOINT_FOLDER,
  clearUnfinished,
  type Leftovers,
  putBackReplaced,
  type UnfinishedPolicy,
} from './leftovers.js';
import { type Lock, takeLock } from './lock.js';
import { writing } from './output-failure.js';
import { type BagOptions, type BagSummary, writeBag } from './write-bag.js';

export interface HandoffOptions {
  /** Whether an existing handoff of that name gives way when the new one is whole. */
  readonly replace: boolean;
  /** Default: `refuse`, with `replace` `discard`. */
  readonly unfinished?: UnfinishedPolicy;
  /** Told what a killed run left behind and what was done about it. */
  readonly report: Report;
}

/** A handoff in the making. Nothing lies under its final name before `commit` has done everything else. */
export interface Handoff {
  /** The final folder, absolute. */
  readonly folder: string;
  /** Where the payload is written: `data/` of the bag, still below a temporary name. */
  readonly dataFolder: string;
  /** Where checkpoints are kept; not made yet when there is none. It does not become part of the bag. */
  readonly checkpointFolder: string;
  /** Whether this goes on with an unfinished handoff, so that `checkpointFolder` holds its checkpoint. */
  readonly isResumed: boolean;
  /** Seals the bag, waits until all of it is on the disk, renames it into place. Then nothing more may be written. */
  commit(options: BagOptions): Promise<BagSummary>;
  /** Leaves everything as it lies, for a run that resumes; does nothing after `commit` or `abort`. */
  leave(): Promise<void>;
  /** Removes everything; does nothing after `commit` or a second time. */
  abort(): Promise<void>;
}

/**
 * Begins a handoff under a temporary name beside `path`. One run at a time may write to a name.
 *
 * @throws RunFailure `output-exists` (something is in the way, or another run writes the same name) or
 * `output-unwritable`.
 */
export async function beginHandoff(path: string, options: HandoffOptions): Promise<Handoff> {
  const folder = resolve(path);
  const name = basename(folder);
  const parent = dirname(folder);
  if (name === '') throw inTheWay(folder, 'is the root of a disk', 'Choose a folder below it.');
  const unfinished = options.unfinished ?? (options.replace ? 'discard' : 'refuse');
  return await writing(folder, async () => {
    const lock = await takeLock(join(parent, `.${name}.lock`));
    try {
      const leftovers: Leftovers = { folder, name, parent, lock, unfinished, report: options.report };
      await putBackReplaced(leftovers);
      await checkFree(folder, options.replace);
      const left = await clearUnfinished(leftovers);
      const temporary = left ?? (await freeName(join(parent, `.${name}.partial-`)));
      await mkdir(join(temporary, 'data'), { recursive: true });
      return handoff({ folder, temporary, replace: options.replace, lock, isResumed: left !== null });
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

interface Begun {
  readonly folder: string;
  readonly temporary: string;
  readonly replace: boolean;
  readonly lock: Lock;
  readonly isResumed: boolean;
}

function handoff({ folder, temporary, replace, lock, isResumed }: Begun): Handoff {
  let isOver = false;
  const checkpointFolder = join(temporary, CHECKPOINT_FOLDER);
  return {
    folder,
    dataFolder: join(temporary, 'data'),
    checkpointFolder,
    isResumed,
    commit: async (options) => {
      if (isOver) throw new TypeError('The handoff is over.');
      return await writing(folder, async () => {
        const summary = await writeBag(temporary, options);
        await syncTree(temporary);
        await checkFree(folder, replace);
        // As late as can be: until now a kill costs nothing but the seal.
        await rm(checkpointFolder, { recursive: true, force: true });
        await moveIntoPlace(temporary, folder);
        isOver = true;
        await lock.release();
        return summary;
      });
    },
    leave: async () => {
      if (isOver) return;
      isOver = true;
      await writing(folder, () => lock.release());
    },
    abort: async () => {
      if (isOver) return;
      isOver = true;
      await writing(folder, async () => {
        await rm(temporary, { recursive: true, force: true });
        await lock.release();
      });
    },
  };
}
