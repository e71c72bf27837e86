import { Buffer } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, type Gunzip, type InflateRaw } from 'node:zlib';
import { RunFailure } from '../run-failure.js';
import { type ByteSource, CHUNK_BYTES } from './byte-source.js';
import { exceedsRatio, type InputLimits } from './input-limits.js';
import { quoteName } from './quote-name.js';
import { REPACK_RECIPE } from './recipes.js';

/** So many inflated bytes wait for the reader, so that inflating goes on in Node's thread pool while he is busy. */
const READ_AHEAD_BYTES = 1 << 20;

/** For a zlib engine that `inflated` reads: large chunks, as each costs the main thread a turn. */
export const INFLATE_OPTIONS = { chunkSize: CHUNK_BYTES, highWaterMark: READ_AHEAD_BYTES } as const;

/**
 * Pulls `chunks` through a zlib engine; ends, and frees both, when the reader stops early. Memory held: two chunks in,
 * 1 MiB out.
 */
export async function* inflated(
  chunks: AsyncIterable<Buffer>,
  engine: InflateRaw | Gunzip,
): AsyncGenerator<Buffer> {
  // Errors of the source destroy the engine, and so reach the loop below.
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), engine, () => {});
  yield* engine as AsyncIterable<Buffer>;
}

/**
 * So many unpacked bytes tell how well a file is packed; much more than what waits between the two ends of the engine.
 */
const GUESS_BYTES = 1 << 24;

/**
 * The content of a gzip file (RFC 1952), several members joined; zlib checks length and CRC-32.
 * Throws `RunFailure` 'archive-damaged', and 'archive-unsafe' beyond the limits.
 */
export function gzipSource(packed: ByteSource, name: string, limits: InputLimits): ByteSource {
  return {
    name,
    sizeInBytes: null,
    guessSize: () => guessSize(packed),
    async *open() {
      const engine = createGunzip(INFLATE_OPTIONS);
      let length = 0;
      try {
        for await (const chunk of inflated(copied(packed.open()), engine)) {
          length += chunk.length;
          checkLimits(packed.name, length, engine.bytesWritten, limits);
          yield chunk;
        }
      } catch (error) {
        if (error instanceof RunFailure) throw error;
        throw new RunFailure(
          'archive-damaged',
          `${quoteName(packed.name)} is a damaged gzip file: ${(error as Error).message}.`,
          'Copy the file again, or give the unpacked file.',
          { cause: error },
        );
      }
    },
  };
}

/** The engine asks for the next chunk before it is done with the last. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/**
 * The unpacked size, when all of the file is packed as its beginning is. The length that a gzip file ends with is no
 * use: it is kept modulo 2^32, and of the last member only.
 */
async function guessSize(packed: ByteSource): Promise<number> {
  const engine = createGunzip(INFLATE_OPTIONS);
  let length = 0;
  for await (const chunk of inflated(copied(packed.open()), engine)) {
    length += chunk.length;
    if (length >= GUESS_BYTES) return Math.round((length / engine.bytesWritten) * (packed.sizeInBytes ?? 0));
  }
  return length;
}

function checkLimits(name: string, output: number, input: number, limits: InputLimits): void {
  if (output <= limits.entryBytes && !exceedsRatio(output, input, limits)) return;
  const bound = Number.isFinite(limits.entryBytes) ? `, ${limits.entryBytes} bytes` : '';
  throw new RunFailure(
    'archive-unsafe',
    `${quoteName(name)} unpacks ${input} bytes to more than ${output - 1} bytes, beyond the limits (ratio ${limits.ratio}:1${bound}).`,
    REPACK_RECIPE,
  );
}
