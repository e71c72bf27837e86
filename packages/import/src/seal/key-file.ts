import { Buffer } from 'node:buffer';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { RunFailure } from '@chatferry/export';

/** A key in PEM has less than 1 KB; what is larger is no key. */
const MOST_KEY_BYTES = 64 * 1024;

/**
 * The text of a key file, or of a pipe. Nothing of it is ever repeated in a message.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`
 */
export async function readKeyFile(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const bytes = Buffer.alloc(MOST_KEY_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === bytes.length) break;
      }
      if (length <= MOST_KEY_BYTES) return bytes.toString('latin1', 0, length);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOENT') {
      throw new RunFailure(
        'input-missing',
        `The key file ${file} does not exist.`,
        'Name a key file in PEM.',
        {
          cause,
        },
      );
    }
    throw new RunFailure(
      'input-unreadable',
      `The key file ${file} cannot be read (${String(code ?? 'error')}).`,
      'Name a key file in PEM that you may read.',
      { cause },
    );
  }
  throw keyUnusable(file, `is larger than ${MOST_KEY_BYTES} bytes`, 'Name a key file in PEM.');
}

/** A failure about a key file, which never tells what is in it. */
export function keyUnusable(file: string, what: string, remedy: string): RunFailure {
  return new RunFailure('input-unreadable', `The key file ${file} ${what}.`, remedy);
}

/** Whether a file lies in a folder, links followed. */
export async function liesIn(file: string, folder: string): Promise<boolean> {
  const below = relative(await real(folder), await real(file));
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/** Without links, as far as the path is there. */
async function real(path: string): Promise<string> {
  const absolute = resolve(path);
  const parent = dirname(absolute);
  return await realpath(absolute).catch(async () =>
    parent === absolute ? absolute : join(await real(parent), basename(absolute)),
  );
}
