import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { RunFailure } from '../run-failure.js';
import { quoteName } from './quote-name.js';

/** Bytes that can be read from the beginning as often as needed. */
export interface ByteSource {
  /** Name inside the export, '/' separated, never absolute. */
  readonly name: string;
  /** Bytes that `open` will deliver; null when only reading tells. */
  readonly sizeInBytes: number | null;
  /** When `sizeInBytes` is null: about how many they are, judged by the beginning. */
  guessSize?(): Promise<number>;
  /** A chunk is valid until the next one is asked for: its memory may be used again. */
  open(): AsyncIterable<Buffer>;
}

/** Bytes of one chunk: large enough to keep calls rare, small enough for the processor's cache. */
export const CHUNK_BYTES = 256 * 1024;
/** A size may be wrong, or not be known (0). */
const LEAST_CHUNK_BYTES = 4096;

/** A file on disk. Memory held while open: two chunks. Throws `RunFailure` 'input-missing' or 'input-unreadable'. */
export function fileSource(path: string, name: string, sizeInBytes: number): ByteSource {
  return {
    name,
    sizeInBytes,
    async *open() {
      try {
        yield* readAhead(path, Math.min(CHUNK_BYTES, Math.max(sizeInBytes, LEAST_CHUNK_BYTES)));
      } catch (error) {
        throw unreadable(name, error);
      }
    },
  };
}

/**
 * Reads a file into two buffers in turn, the next while one is looked at. A stream would take new memory for every
 * chunk, which the collector lets pile up to 64 MiB.
 */
async function* readAhead(path: string, chunkBytes: number): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  let reading: Promise<Buffer> | null = null;
  try {
    let [block, spare] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
    reading = readInto(handle, block);
    for (;;) {
      const bytes: Buffer = await reading;
      if (bytes.length === 0) return;
      [block, spare] = [spare, block];
      reading = readInto(handle, block);
      yield bytes;
    }
  } finally {
    // Whoever stops early leaves a read under way, and the handle must not be closed before it.
    await reading?.catch(() => undefined);
    await handle.close();
  }
}

async function readInto(handle: FileHandle, block: Buffer): Promise<Buffer> {
  const { bytesRead } = await handle.read(block, 0, block.length);
  return block.subarray(0, bytesRead);
}

/** The first `count` bytes, or all when there are fewer. Reads at most one chunk more than needed. */
export async function readStart(chunks: AsyncIterable<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk));
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
