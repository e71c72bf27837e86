import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { outputFailure } from '@chatferry/import';
import { PLAN_DOCUMENT } from './plan-tables.js';

/** All that a plan consists of; a folder with anything else is not ours to replace. */
const PLAN_FILES: ReadonlySet<string> = new Set([
  PLAN_DOCUMENT,
  'categories.csv',
  'rooms.csv',
  'principals.csv',
]);

/** A plan in the making. Nothing lies under its final name before `commit`. */
export interface PlanFolder {
  /** Where its files are written. */
  readonly path: string;
  commit(): Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  abort(): Promise<void>;
}

/**
 * Begins a plan under a temporary name beside `path`.
 *
 * @throws RunFailure `output-exists` when something is in the way: only a plan gives way, and only with `replace`;
 * `output-unwritable`.
 */
export async function beginPlanFolder(path: string, replace: boolean): Promise<PlanFolder> {
  const folder = resolve(path);
  const temporary = join(dirname(folder), `.${basename(folder)}.partial-${process.pid}`);
  await onDisk(folder, async () => {
    await checkFree(folder, replace);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
  });
  let isOver = false;
  return {
    path: temporary,
    commit: () =>
      onDisk(folder, async () => {
        await checkFree(folder, replace);
        await moveIntoPlace(temporary, folder);
        isOver = true;
      }),
    abort: async () => {
      if (isOver) return;
      isOver = true;
      await onDisk(folder, () => rm(temporary, { recursive: true, force: true }));
    },
  };
}

/** An old plan steps aside first, so that a kill between the two renames loses neither. */
async function moveIntoPlace(temporary: string, folder: string): Promise<void> {
  const aside = `${temporary}.replaced`;
  const isReplacing = (await entriesOf(folder)) !== null;
  if (isReplacing) await rename(folder, aside);
  await rename(temporary, folder);
  if (isReplacing) await rm(aside, { recursive: true, force: true });
}

async function checkFree(folder: string, replace: boolean): Promise<void> {
  const entries = await entriesOf(folder);
  if (entries === null || entries.length === 0) return;
  if (!replace) {
    throw inTheWay(
      folder,
      'exists',
      'Choose another name, or replace the old plan and its edits with --replace.',
    );
  }
  if (!entries.includes(PLAN_DOCUMENT)) {
    throw inTheWay(folder, `exists and is no plan (it has no ${PLAN_DOCUMENT})`, 'Choose another name.');
  }
  const foreign = entries.find((name) => !PLAN_FILES.has(name));
  if (foreign !== undefined) {
    throw inTheWay(folder, `holds ${foreign}, which no plan has`, 'Move it away, or choose another name.');
  }
}

/** null when there is nothing of that name. */
async function entriesOf(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'ENOTDIR') throw inTheWay(folder, 'exists and is not a folder', 'Choose another name.');
    throw error;
  }
}

function inTheWay(folder: string, what: string, remedy: string): RunFailure {
  return new RunFailure('output-exists', `${folder} ${what}.`, remedy);
}

async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RunFailure ? error : outputFailure(error, folder);
  }
}
