import { link, lstat, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { isLinkRefused } from './free-name.js';
import { isRunning, ownerOf, type ProcessOwner, parseOwner } from './process-owner.js';

/** Locks of this process, so that a lock with our process id from an earlier life is known as stale. */
const held = new Set<string>();

/** A file that says which process writes a handoff. It lies beside the handoff and holds process id and start. */
export interface Lock {
  /** Whose lock was taken over: the id of a dead process, or null when the lock did not name one; else absent. */
  readonly reclaimed?: { readonly processId: number | null };
  release(): Promise<void>;
}

/**
 * Takes the lock or refuses. A lock is taken over when its process is gone, when its process id now belongs to a
 * process that began at another time (where the system tells), and when it names no process: locks appear whole, so
 * such a file was cut by a crash. Process ids say nothing about other machines: two machines that share a folder are
 * told to remove the lock by hand.
 *
 * @throws RunFailure `output-exists` while another run holds the lock, or when something else bears its name.
 */
export async function takeLock(file: string): Promise<Lock> {
  // Before anything is waited for: a lock with our own process id is taken for one of an earlier life.
  if (held.has(file)) throw busy(file, { processId: process.pid, start: null });
  held.add(file);
  try {
    return await takeFile(file);
  } catch (error) {
    held.delete(file);
    throw error;
  }
}

async function takeFile(file: string): Promise<Lock> {
  const own = `${await ownerOf(process.pid)}\n`;
  if (await create(file, own)) return await lock(file);
  const content = await readLock(file);
  if (content !== null) {
    const owner = parseOwner(content);
    if (owner !== null && (await isHeldByAnother(owner))) throw busy(file, owner);
    await retire(file, content);
  }
  if (!(await create(file, own))) throw busy(file, null);
  if (content === null) return await lock(file);
  return await lock(file, { processId: parseOwner(content)?.processId ?? null });
}

async function isHeldByAnother(owner: ProcessOwner): Promise<boolean> {
  return owner.processId !== process.pid && (await isRunning(owner));
}

async function lock(file: string, reclaimed?: { readonly processId: number | null }): Promise<Lock> {
  await removeDrafts(file);
  let isReleased = false;
  return {
    ...(reclaimed === undefined ? {} : { reclaimed }),
    release: async () => {
      if (isReleased) return;
      isReleased = true;
      await rm(file, { force: true }).finally(() => held.delete(file));
    },
  };
}

/** What runs left that were killed while they took the lock. */
async function removeDrafts(file: string): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    const [, digits] = /\.(?:new|stale)-([1-9][0-9]{0,9})$/.exec(name) ?? [];
    if (digits === undefined || (await isRunning({ processId: Number(digits), start: null }))) continue;
    await rm(join(folder, name), { force: true });
  }
}

/** A link gives a file that is already written its name, so that nobody ever sees a lock without its content. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = `${file}.new-${process.pid}`;
  try {
    await writeNew(draft, content, 'w');
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (isLinkRefused(error)) return await createWithoutLink(file, content);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function createWithoutLink(file: string, content: string): Promise<boolean> {
  try {
    await writeNew(file, content, 'wx');
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  // Another run may have taken the file for a cut one before its content was there.
  return (await readLock(file)) === content;
}

async function writeNew(file: string, content: string, flag: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flag);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

/** Renaming lets only one of two runs win; what was renamed must still be what was judged stale. */
async function retire(file: string, content: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== content) {
    await rename(aside, file);
    throw busy(file, null);
  }
  await rm(aside, { force: true });
}

/** null when there is none. */
async function readLock(file: string): Promise<string | null> {
  try {
    const found = await lstat(file);
    if (!found.isFile()) throw inTheWay(file, found.isDirectory() ? 'a folder' : 'a link or device');
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function inTheWay(file: string, what: string): RunFailure {
  return new RunFailure(
    'output-exists',
    `${file} is ${what}, expected the lock file of this handoff or nothing.`,
    'Move it away, or choose another name for the handoff.',
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === code;
}

function busy(file: string, owner: ProcessOwner | null): RunFailure {
  const who = owner === null ? 'Another run' : `Another run (process ${owner.processId})`;
  return new RunFailure(
    'output-exists',
    `${who} is writing the same handoff.`,
    `Wait for it to end, or choose another name. If no such run exists, remove ${basename(file)} beside the handoff.`,
  );
}
