import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { RunFailure } from '@chatferry/export';

/** Locks of this process, so that a lock with our process id from an earlier life is known as stale. */
const held = new Set<string>();

/** A file that says which process writes a handoff. It lies beside the handoff and holds the process id. */
export interface Lock {
  /** The process id of a dead run whose lock was taken over, else null. */
  readonly reclaimedFrom: number | null;
  release(): Promise<void>;
}

/**
 * Takes the lock or refuses. A lock whose process is gone is taken over. Process ids say nothing about other machines: two
 * machines that share a folder are told to remove the lock by hand.
 *
 * @throws RunFailure `output-exists` while another run holds the lock.
 */
export async function takeLock(file: string): Promise<Lock> {
  if (await create(file)) return lock(file, null);
  const content = await readIfPresent(file);
  const owner = content === null ? null : processId(content);
  if (held.has(file) || owner === null || (owner !== process.pid && isAlive(owner))) throw busy(file, owner);
  await retire(file, content ?? '');
  if (!(await create(file))) throw busy(file, null);
  return lock(file, owner);
}

function lock(file: string, reclaimedFrom: number | null): Lock {
  held.add(file);
  return {
    reclaimedFrom,
    release: async () => {
      if (held.delete(file)) await rm(file, { force: true });
    },
  };
}

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(`${process.pid}\n`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
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

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function processId(content: string): number | null {
  return /^[1-9][0-9]{0,9}\n$/.test(content) ? Number(content) : null;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === code;
}

function busy(file: string, owner: number | null): RunFailure {
  const who = owner === null ? 'Another run' : `Another run (process ${owner})`;
  return new RunFailure(
    'output-exists',
    `${who} is writing the same handoff.`,
    `Wait for it to end, or choose another name. If no such run exists, remove ${basename(file)} beside the handoff.`,
  );
}
