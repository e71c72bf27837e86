import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '../run-failure.js';
import { unreadable } from './byte-source.js';

/** A temporary copy of a stream, which can be read again and at random. */
export interface Spool {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  remove(): Promise<void>;
}

/**
 * Copies a stream into a temporary file below `folder` (default: the system's), readable by its owner only.
 * Throws `RunFailure` 'output-unwritable' when the folder cannot take it, 'input-unreadable' when the stream fails;
 * then nothing is left behind. Memory held: one chunk.
 */
export async function spoolStream(stream: NodeJS.ReadableStream, folder = tmpdir()): Promise<Spool> {
  const home = await writing(folder, () => mkdtemp(join(folder, 'chatferry-')));
  const path = join(home, 'input');
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true });
  try {
    return { path, size: await copyTo(path, stream, folder), remove };
  } catch (error) {
    await remove();
    throw unreadable('standard input', error);
  }
}

async function copyTo(path: string, stream: NodeJS.ReadableStream, folder: string): Promise<number> {
  const file = await writing(folder, () => open(path, 'wx', 0o600));
  try {
    for await (const chunk of stream) await writing(folder, () => file.writeFile(chunk));
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new RunFailure(
      'output-unwritable',
      `Standard input cannot be kept in "${folder}" (${(error as NodeJS.ErrnoException).code}).`,
      'Name a folder with enough room for the whole input, or save the input to a file and give that.',
      { cause: error },
    );
  }
}
