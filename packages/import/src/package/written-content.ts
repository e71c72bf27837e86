import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { constants, crc32, createInflateRaw } from 'node:zlib';
import { RunFailure, type StreamHash } from '@chatferry/export';
import { PackageEntry, type PieceTaker } from './package-entry.js';
import { localHeaderBytes } from './zip-format.js';
import type { OpenEntryState } from './zip-state.js';

const BLOCK_BYTES = 1 << 20;

/** A file whose last entry has no end yet, up to its byte `end`. */
export interface WrittenFile {
  readonly handle: FileHandle;
  readonly end: number;
  readonly isStored: boolean;
}

/**
 * The entry that another process began, after its content has been read from the file, hashed and compared.
 *
 * @throws RunFailure `checkpoint-unusable` when it is another content.
 */
export async function resumedEntry(
  state: OpenEntryState,
  written: WrittenFile,
  { taker, hash }: { readonly taker: PieceTaker; readonly hash: StreamHash },
): Promise<PackageEntry> {
  const seen = { size: 0, crc32: 0 };
  const file = { ...written, crc32: 0 };
  for await (const bytes of contentOf(file, state.start + localHeaderBytes(state.name))) {
    seen.size += bytes.length;
    seen.crc32 = crc32(bytes, seen.crc32);
    hash.update(bytes);
  }
  const entry = new PackageEntry(state.name, taker, hash);
  entry.goOn(seen);
  entry.write(Buffer.from(state.rest, 'base64'));
  if (file.crc32 !== state.fileCrc32 || entry.size !== state.size || entry.crc32 !== state.crc32) {
    throw unusableArchive(`holds other content of ${state.name} than it did`);
  }
  return entry;
}

/**
 * The content of an entry as far as it was deflated; `file.crc32` sums up its bytes in the file. Memory held: a block
 * of 1 MiB and what the inflater needs.
 *
 * @throws RunFailure `checkpoint-unusable` when it cannot be inflated.
 */
async function* contentOf(file: WrittenFile & { crc32: number }, from: number): AsyncGenerator<Buffer> {
  const blocks = blocksOf(file, from);
  if (file.isStored) {
    yield* blocks;
    return;
  }
  const inflater = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: BLOCK_BYTES });
  const source = Readable.from(blocks);
  source.on('error', (error) => inflater.destroy(error));
  try {
    for await (const bytes of source.pipe(inflater) as AsyncIterable<Buffer>) yield bytes;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw typeof code === 'string' && code.startsWith('Z_') ? unusableArchive('is damaged') : error;
  }
}

async function* blocksOf(file: WrittenFile & { crc32: number }, from: number): AsyncGenerator<Buffer> {
  const { handle, end } = file;
  for (let at = from; at < end; ) {
    const size = Math.min(BLOCK_BYTES, end - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, at);
    if (bytesRead === 0) throw unusableArchive('is shorter than it was');
    at += bytesRead;
    const bytes = buffer.subarray(0, bytesRead);
    file.crc32 = crc32(bytes, file.crc32);
    yield bytes;
  }
}

/** @param what the end of the sentence. */
export function unusableArchive(what: string): RunFailure {
  return new RunFailure(
    'checkpoint-unusable',
    `The package of the run that is to be continued ${what}.`,
    'Begin anew with --replace instead of --resume; check the disk.',
  );
}
