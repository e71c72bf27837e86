import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Report, RunFailure } from '@chatferry/export';
import { syncFolder, syncTree } from './durable.js';
import { type Lock, takeLock } from './lock.js';
import { writing } from './output-failure.js';
import { foreignInHandoff } from './own-handoff.js';
import { type BagOptions, type BagSummary, writeBag } from './write-bag.js';

/**
 * What becomes of an unfinished handoff that holds a checkpoint: `refuse` to begin (the work of a day is not thrown away unasked),
 * `discard` it, `resume` it, or `keep` it where it is for another run. One without a checkpoint is removed in any case.
 */
export type UnfinishedPolicy = 'refuse' | 'discard' | 'resume' | 'keep';

const CHECKPOINT_FOLDER = 'checkpoint';
/** In the folder for checkpoints: when it is there, the unfinished handoff can be resumed. */
export const CHECKPOINT_FILE = 'checkpoint.json';

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

/** An old handoff steps aside first, so that a kill between the two renames loses neither. */
async function moveIntoPlace(temporary: string, folder: string): Promise<void> {
  const parent = dirname(folder);
  const aside = join(parent, `.${basename(folder)}.replaced-${process.pid}`);
  const isReplacing = (await kindOf(folder)) === 'folder';
  if (isReplacing) await rename(folder, aside);
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (isReplacing) await rename(aside, folder);
    throw error;
  }
  await syncFolder(parent);
  if (isReplacing) await rm(aside, { recursive: true, force: true });
}

async function checkFree(folder: string, replace: boolean): Promise<void> {
  const kind = await kindOf(folder);
  if (kind === 'nothing') return;
  if (kind === 'other') throw inTheWay(folder, 'exists and is not a folder', 'Choose another name.');
  if (!replace) {
    throw inTheWay(folder, 'exists', 'Choose another name, or replace the old handoff with --replace.');
  }
  if ((await readdir(folder)).length === 0) return;
  const reason = await foreignInHandoff(folder);
  if (reason !== null) {
    throw inTheWay(
      folder,
      `exists and is not a handoff of chatferry alone (${reason}), so it was not replaced`,
      'Choose another name, or move that folder away yourself.',
    );
  }
}

interface Leftovers {
  readonly folder: string;
  readonly name: string;
  readonly parent: string;
  readonly lock: Lock;
  readonly unfinished: UnfinishedPolicy;
  readonly report: Report;
}

/** We hold the lock, so whatever carries our names belongs to no living run. */
async function putBackReplaced({ folder, name, parent, lock, report }: Leftovers): Promise<void> {
  if (lock.reclaimed !== undefined) {
    const { processId } = lock.reclaimed;
    const whose = processId === null ? 'without a process id' : `of process ${processId}, which is gone`;
    say(report, `Unexpected lock ${whose}, expected none; took it over.`);
  }
  for (const entry of await numbered(parent, `.${name}.replaced-`)) {
    const isLost = (await kindOf(folder)) === 'nothing';
    if (isLost) await rename(join(parent, entry), folder);
    else await rm(join(parent, entry), { recursive: true, force: true });
    say(
      report,
      `Unexpected replaced handoff ${entry}, expected none; ${isLost ? 'put it back' : 'removed it'}.`,
    );
  }
}

/** Returns the unfinished handoff that is to be resumed, null when there is none. */
async function clearUnfinished(leftovers: Leftovers): Promise<string | null> {
  const { folder, name, parent, unfinished, report } = leftovers;
  const partial = await numbered(parent, `.${name}.partial-`);
  const resumable: string[] = [];
  for (const entry of partial) {
    const checkpoint = join(parent, entry, CHECKPOINT_FOLDER, CHECKPOINT_FILE);
    if ((await kindOf(checkpoint)) !== 'nothing') resumable.push(entry);
  }
  const [first] = resumable;
  if (unfinished === 'refuse' && first !== undefined) throw isUnfinished(folder, first);
  if (unfinished === 'resume' && resumable.length > 1) throw areUnfinished(folder, resumable);
  for (const entry of partial) {
    const isResumable = resumable.includes(entry);
    if (isResumable && unfinished !== 'discard') continue;
    await rm(join(parent, entry), { recursive: true, force: true });
    const what = isResumable ? 'unfinished handoff with a checkpoint' : 'unfinished handoff';
    say(report, `Unexpected ${what} ${entry}, expected none; removed it.`);
  }
  if (unfinished !== 'resume') return null;
  if (first !== undefined) return join(parent, first);
  say(report, 'Unexpected absence of a checkpoint to continue from, expected one; began from the start.');
  return null;
}

function isUnfinished(folder: string, entry: string): RunFailure {
  return new RunFailure(
    'output-exists',
    `An earlier run for ${folder} did not finish; what it has done lies in ${entry} beside it.`,
    'Continue it: the same command with --resume. Or discard it and begin anew: with --replace.',
  );
}

function areUnfinished(folder: string, entries: readonly string[]): RunFailure {
  return new RunFailure(
    'output-exists',
    `Several earlier runs for ${folder} did not finish: ${entries.join(', ')} lie beside it.`,
    'Move away all but the one that is to be continued, or discard them all with --replace instead of --resume.',
  );
}

/** The first name with our process id, or a number after it, that nothing has. */
async function freeName(prefix: string): Promise<string> {
  for (let number = process.pid; ; number++) {
    if ((await kindOf(prefix + number)) === 'nothing') return prefix + number;
  }
}

/** Our names end in a number; anything else that begins like one is somebody's. */
async function numbered(parent: string, prefix: string): Promise<string[]> {
  const isOurs = (entry: string): boolean =>
    entry.startsWith(prefix) && /^[0-9]+$/.test(entry.slice(prefix.length));
  return (await readdir(parent)).filter(isOurs).sort();
}

function say(report: Report, message: string): void {
  report({ rule: 'handoff-leftover', severity: 'note', place: null, message });
}

async function kindOf(path: string): Promise<'nothing' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return 'nothing';
    throw error;
  }
}

function inTheWay(folder: string, what: string, remedy: string): RunFailure {
  return new RunFailure('output-exists', `${folder} ${what}.`, remedy);
}
