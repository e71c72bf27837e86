import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { takeLock } from '../handoff/lock.js';
import { writing } from '../handoff/output-failure.js';

const MARKER = 'chatferry-view.json';
const MARK = '{"kind":"transcript view","tool":"chatferry","version":1}\n';
const ROOM_FOLDER = /^(?:room-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|room-id-[0-9]+)$/;
const PAGE = /^(?:index|(?:[0-9]{4}-[0-9]{2}|no-date)(?:-p[0-9]+)?)\.html$/;

/** A folder of pages in the making. Nothing lies under its final name before `commit`. */
export interface ViewFolder {
  /** Where pages are written; for its owner alone (0700). */
  readonly pages: string;
  /** Where messages are kept meanwhile; gone after `commit` and `abort`. */
  readonly spool: string;
  commit(): Promise<void>;
  /** Removes everything; does nothing after `commit`. */
  abort(): Promise<void>;
}

/**
 * Begins a view beside `path` under a temporary name; removes what a killed run has left there, for it is personal
 * text.
 *
 * @throws RunFailure `output-exists` (something is in the way, or another run writes the same name),
 *   `output-unwritable`.
 */
export async function beginView(path: string, replace: boolean): Promise<ViewFolder> {
  const folder = resolve(path);
  const parent = dirname(folder);
  const name = basename(folder);
  if (name === '') throw inTheWay(folder, 'is the root of a disk');
  return await writing(folder, async () => {
    const lock = await takeLock(join(parent, `.${name}.lock`));
    const temporary = join(parent, `.${name}.view-partial`);
    const pages = join(temporary, 'pages');
    const spool = join(temporary, 'spool');
    let isOver = false;
    const abort = async (): Promise<void> => {
      if (isOver) return;
      isOver = true;
      await rm(temporary, { recursive: true, force: true });
      await lock.release();
    };
    try {
      await checkFree(folder, replace);
      await rm(temporary, { recursive: true, force: true });
      for (const made of [temporary, pages, spool, join(pages, 'rooms')]) await mkdir(made, { mode: 0o700 });
      await writeFile(join(pages, MARKER), MARK, { mode: 0o600 });
    } catch (error) {
      await abort();
      throw error;
    }
    return {
      pages,
      spool,
      abort: () => writing(folder, abort),
      commit: () =>
        writing(folder, async () => {
          await checkFree(folder, replace);
          const aside = join(temporary, 'replaced');
          const isReplacing = await exists(folder);
          if (isReplacing) await rename(folder, aside);
          try {
            await rename(pages, folder);
          } catch (error) {
            if (isReplacing) await rename(aside, folder);
            throw error;
          }
          await abort();
        }),
    };
  });
}

async function checkFree(folder: string, replace: boolean): Promise<void> {
  if (!(await exists(folder))) return;
  if (!replace)
    throw inTheWay(folder, 'exists', 'Choose another name, or replace an old view with --replace.');
  const foreign = await foreignInView(folder);
  if (foreign !== null) {
    throw inTheWay(
      folder,
      `exists and is not a view of chatferry alone (${foreign}), so it was not replaced`,
    );
  }
}

/** Why a folder is not a view of ours that may be deleted, as the end of a sentence; null when it is one. */
async function foreignInView(folder: string): Promise<string | null> {
  if (!(await lstat(folder)).isDirectory()) return 'it is no folder';
  const marker = await lstat(join(folder, MARKER)).catch(() => null);
  if (marker?.isFile() !== true || (await readFile(join(folder, MARKER), 'utf8')) !== MARK) {
    return `it has no ${MARKER} of ours`;
  }
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const isOurs = entry.isFile()
      ? entry.name === MARKER || entry.name === 'index.html'
      : entry.isDirectory() && entry.name === 'rooms';
    if (!isOurs) return `it holds ${JSON.stringify(entry.name)}`;
  }
  for (const room of await readdir(join(folder, 'rooms'), { withFileTypes: true })) {
    if (!room.isDirectory() || !ROOM_FOLDER.test(room.name)) return `it holds ${JSON.stringify(room.name)}`;
    for (const page of await readdir(join(folder, 'rooms', room.name), { withFileTypes: true })) {
      if (!page.isFile() || !PAGE.test(page.name)) return `it holds ${JSON.stringify(page.name)}`;
    }
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return false;
    throw error;
  }
}

function inTheWay(folder: string, what: string, remedy = 'Choose another name.'): RunFailure {
  return new RunFailure('output-exists', `${folder} ${what}.`, remedy);
}
