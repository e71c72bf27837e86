import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { syncFolder } from './durable.js';
import { takeLock } from './lock.js';
import { writing } from './output-failure.js';

/** A finished handoff that nobody else writes to. */
export interface LockedHandoff {
  /** Real path. */
  readonly folder: string;
  replaceFile(name: string, content: string | Uint8Array): Promise<void>;
}

/**
 * Works on a finished handoff under its lock, which lies beside it, as a run's that writes it. `replaceFile` writes a
 * file beside the handoff, flushes it and renames it into place, through no link, so that whatever happens the old or
 * the new is there.
 *
 * @throws RunFailure `input-missing`, `output-exists` (another run writes), `output-unwritable`
 */
export async function withHandoffLocked<T>(
  handoff: string,
  work: (at: LockedHandoff) => Promise<T>,
): Promise<T> {
  const folder = await realpath(handoff).catch((cause: unknown) => {
    const remedy = 'Name the folder of a handoff.';
    throw new RunFailure('input-missing', `${handoff} does not exist.`, remedy, { cause });
  });
  const beside = join(dirname(folder), `.${basename(folder)}`);
  const lock = await writing(dirname(folder), () => takeLock(`${beside}.lock`));
  try {
    const replaceFile = async (name: string, content: string | Uint8Array): Promise<void> => {
      // We hold the lock: what bears this name was left by a run that was killed.
      const draft = `${beside}.sealing`;
      await writing(join(folder, name), async () => {
        await removeFile(draft);
        try {
          const handle = await open(draft, 'wx');
          try {
            await handle.writeFile(content);
            await handle.sync();
          } finally {
            await handle.close();
          }
          await rename(draft, join(folder, name));
        } finally {
          await removeFile(draft);
        }
        await syncFolder(folder);
      });
    };
    return await work({ folder, replaceFile });
  } finally {
    await lock.release();
  }
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ENOENT') throw error;
  });
}
