import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Report, RunFailure } from '@chatferry/export';
import { syncFolder, syncTree } from './durable.js';
import { type Lock, takeLock } from './lock.js';
import { writing } from './output-failure.js';
import { foreignInHandoff } from './own-handoff.js';
import { type BagOptions, type BagSummary, writeBag } from './write-bag.js';

export interface HandoffOptions {
  /** Whether an existing handoff of that name gives way when the new one is whole. */
  readonly replace: boolean;
  /** Told what a killed run left behind and what was done about it. */
  readonly report: Report;
}

/** A handoff in the making. Nothing lies under its final name before `commit` has done everything else. */
export interface Handoff {
  /** The final folder, absolute. */
  readonly folder: string;
  /** Where the payload is written: `data/` of the bag, still below a temporary name. */
  readonly dataFolder: string;
  /** Seals the bag, waits until all of it is on the disk, renames it into place. Then nothing more may be written. */
  commit(options: BagOptions): Promise<BagSummary>;
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
  const temporary = join(parent, `.${name}.partial-${process.pid}`);
  return await writing(folder, async () => {
    const lock = await takeLock(join(parent, `.${name}.lock`));
    try {
      await clearLeftovers({ folder, name, parent, lock, report: options.report });
      await checkFree(folder, options.replace);
      await mkdir(join(temporary, 'data'), { recursive: true });
    } catch (error) {
      await lock.release();
      throw error;
    }
    return handoff({ folder, temporary, replace: options.replace, lock });
  });
}

interface Begun {
  readonly folder: string;
  readonly temporary: string;
  readonly replace: boolean;
  readonly lock: Lock;
}

function handoff({ folder, temporary, replace, lock }: Begun): Handoff {
  let isOver = false;
  return {
    folder,
    dataFolder: join(temporary, 'data'),
    commit: async (options) => {
      if (isOver) throw new TypeError('The handoff is over.');
      return await writing(folder, async () => {
        const summary = await writeBag(temporary, options);
        await syncTree(temporary);
        await checkFree(folder, replace);
        await moveIntoPlace(temporary, folder);
        isOver = true;
        await lock.release();
        return summary;
      });
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
  readonly report: Report;
}

/** We hold the lock, so whatever carries these names belongs to no living run. */
async function clearLeftovers({ folder, name, parent, lock, report }: Leftovers): Promise<void> {
  if (lock.reclaimed !== undefined) {
    const { processId } = lock.reclaimed;
    const whose = processId === null ? 'without a process id' : `of process ${processId}, which is gone`;
    say(report, `Unexpected lock ${whose}, expected none; took it over.`);
  }
  for (const entry of (await readdir(parent)).sort()) {
    if (isNumbered(entry, `.${name}.partial-`)) {
      await rm(join(parent, entry), { recursive: true, force: true });
      say(report, `Unexpected unfinished handoff ${entry}, expected none; removed it.`);
    } else if (isNumbered(entry, `.${name}.replaced-`)) {
      const isLost = (await kindOf(folder)) === 'nothing';
      if (isLost) await rename(join(parent, entry), folder);
      else await rm(join(parent, entry), { recursive: true, force: true });
      say(
        report,
        `Unexpected replaced handoff ${entry}, expected none; ${isLost ? 'put it back' : 'removed it'}.`,
      );
    }
  }
}

/** Our names end in a process id; anything else that begins like one is somebody's. */
function isNumbered(entry: string, prefix: string): boolean {
  return entry.startsWith(prefix) && /^[0-9]+$/.test(entry.slice(prefix.length));
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
