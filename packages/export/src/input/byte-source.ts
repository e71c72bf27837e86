import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { RunFailure } from '../run-failure.js';
import { quoteName } from './quote-name.js';

/** Bytes that can be read from the beginning as often as needed. */
export interface ByteSource {
  /** Name inside the export, '/' separated, never absolute. */
  readonly name: string;
  /** Bytes that `open` will deliver; null when only reading tells. */
  readonly sizeInBytes: number | null;
  open(): AsyncIterable<Buffer>;
}

/** Bytes of one chunk: large enough to keep calls rare, small enough for the processor's cache. */
export const CHUNK_BYTES = 256 * 1024;

/** A file on disk. Memory held while open: one chunk. Throws `RunFailure` 'input-missing' or 'input-unreadable'. */
export function fileSource(path: string, name: string, sizeInBytes: number): ByteSource {
  return {
    name,
    sizeInBytes,
    async *open() {
      try {
        yield* createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
      } catch (error) {
        throw unreadable(name, error);
      }
    },
  };
}

/** The first `count` bytes, or all when there are fewer. Reads at most one chunk more than needed. */
export async function readStart(chunks: AsyncIterable<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= count) break;
  }
  return Buffer.concat(parts, length).subarray(0, count);
}

/** Turns an error of the file system into a `RunFailure`; a `RunFailure` stays what it is. */
export function unreadable(name: string, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RunFailure(
      'input-missing',
      `${quoteName(name)} does not exist.`,
      'Check the path; it may be a file, a folder, a ZIP, a .gz file or - for standard input.',
      { cause: error },
    );
  }
  return new RunFailure(
    'input-unreadable',
    `${quoteName(name)} cannot be read (${code}).`,
    'Check the permissions and the disk, or copy the export to a local folder and give that.',
    { cause: error },
  );
}
