import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { syncFolder } from './durable.js';
import { foreignInHandoff } from './own-handoff.js';

/**
 * Renames the finished handoff to its final name. An old handoff steps aside first, so that a kill between the two
 * renames loses neither.
 */
export async function moveIntoPlace(temporary: string, folder: string): Promise<void> {
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

/**
 * What lies under the final name may be nothing, an empty folder, or with `replace` a handoff of ours.
 *
 * @throws RunFailure `output-exists` for anything else.
 */
export async function checkFree(folder: string, replace: boolean): Promise<void> {
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

/** The first name with our process id, or a number after it, that nothing has. */
export async function freeName(prefix: string): Promise<string> {
  for (let number = process.pid; ; number++) {
    if ((await kindOf(prefix + number)) === 'nothing') return prefix + number;
  }
}

/** What has that name; a link is `other`, wherever it leads. */
export async function kindOf(path: string): Promise<'nothing' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return 'nothing';
    throw error;
  }
}

export function inTheWay(folder: string, what: string, remedy: string): RunFailure {
  return new RunFailure('output-exists', `${folder} ${what}.`, remedy);
}
