import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, RunFailure } from '@chatferry/export';
import { listBagFiles } from './bag-files.js';
import { kindOf } from './handoff-place.js';
import type { Lock } from './lock.js';

/**
 * What becomes of an unfinished handoff that holds a checkpoint: `refuse` to begin (the work of a day is not thrown
 * away unasked), `discard` it, `resume` it, or `keep` it where it is for another run. One without a checkpoint is
 * removed in any case.
 */
export type UnfinishedPolicy = 'refuse' | 'discard' | 'resume' | 'keep';

/** In an unfinished handoff, for checkpoints. */
export const CHECKPOINT_FOLDER = 'checkpoint';
/** In the folder for checkpoints: when it is there, the unfinished handoff can be resumed. */
export const CHECKPOINT_FILE = 'checkpoint.json';

/** What a killed run may have left beside the handoff `folder`, and what is to become of it. */
export interface Leftovers {
  readonly folder: string;
  readonly name: string;
  readonly parent: string;
  readonly lock: Lock;
  readonly unfinished: UnfinishedPolicy;
  readonly report: Report;
}

/**
 * A handoff that stepped aside comes back when the new one never came. We hold the lock, so whatever carries our names
 * belongs to no living run.
 */
export async function putBackReplaced({ folder, name, parent, lock, report }: Leftovers): Promise<void> {
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

/**
 * Returns the unfinished handoff that is to be resumed, null when there is none.
 *
 * @throws RunFailure `checkpoint-unusable` when a link stands in it: what is written on would go where that leads.
 */
export async function clearUnfinished(leftovers: Leftovers): Promise<string | null> {
  const { folder, name, parent, unfinished, report } = leftovers;
  const partial = await numbered(parent, `.${name}.partial-`);
  const resumable: string[] = [];
  for (const entry of partial) {
    if (await mayHoldCheckpoint(join(parent, entry))) resumable.push(entry);
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
  if (first !== undefined) {
    const strange = await notPlain(join(parent, first));
    if (strange !== null) throw holdsOther(first, strange);
    return join(parent, first);
  }
  say(report, 'Unexpected absence of a checkpoint to continue from, expected one; began from the start.');
  return null;
}

/** Whether a checkpoint lies there, or something that stands in its way and that no run has made. */
async function mayHoldCheckpoint(folder: string): Promise<boolean> {
  for (const path of [folder, join(folder, CHECKPOINT_FOLDER)]) {
    const kind = await kindOf(path);
    if (kind !== 'folder') return kind === 'other';
  }
  return (await kindOf(join(folder, CHECKPOINT_FOLDER, CHECKPOINT_FILE))) !== 'nothing';
}

/**
 * The first thing that is neither a folder nor a file of one name, as a path inside `folder`; null when there is none.
 * What has another name, too, would be written on under both.
 */
async function notPlain(folder: string): Promise<string | null> {
  if ((await kindOf(folder)) !== 'folder') return '.';
  for (const { path, isFile } of await listBagFiles(folder, '')) {
    if (!isFile || (await lstat(join(folder, path))).nlink > 1) return path;
  }
  return null;
}

function holdsOther(entry: string, path: string): RunFailure {
  return new RunFailure(
    'checkpoint-unusable',
    `In ${entry}, which is to be continued, ${path === '.' ? 'the folder itself' : path} is a link, or has a second name, or is another thing that no run makes.`,
    'Find out who put it there; a backup by hard links must be a copy. Then begin anew with --replace instead of --resume; the unfinished run is discarded, through no link.',
  );
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

/** Our names end in a number; anything else that begins like one is somebody's. */
async function numbered(parent: string, prefix: string): Promise<string[]> {
  const isOurs = (entry: string): boolean =>
    entry.startsWith(prefix) && /^[0-9]+$/.test(entry.slice(prefix.length));
  return (await readdir(parent)).filter(isOurs).sort();
}

function say(report: Report, message: string): void {
  report({ rule: 'handoff-leftover', severity: 'note', place: null, message });
}
