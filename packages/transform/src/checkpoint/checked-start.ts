import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CheckedStart } from './checkpoint.js';
import { unusable } from './checkpoint-file.js';

const BLOCK_BYTES = 1 << 18;
export const NOTHING_CHECKED: CheckedStart = { bytes: 0, crc32: 0 };

/**
 * Reads a file on from `start` up to `end`. Memory held: 256 KiB.
 *
 * @throws RunFailure `checkpoint-unusable` when it is shorter, or no file.
 */
export async function checkedUpTo(path: string, end: number, start = NOTHING_CHECKED): Promise<CheckedStart> {
  if (start.bytes === end) return start;
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw isMissing(error) ? unusable(`needs ${basename(path)}, which is gone`) : error;
  });
  try {
    if (!(await handle.stat()).isFile()) throw unusable(`needs ${basename(path)}, which is no file`);
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - start.bytes));
    let { bytes, crc32: sum } = start;
    while (bytes < end) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, end - bytes), bytes);
      if (bytesRead === 0) throw unusable(`needs more of ${basename(path)} than there is`);
      sum = crc32(block.subarray(0, bytesRead), sum);
      bytes += bytesRead;
    }
    return { bytes, crc32: sum };
  } finally {
    await handle.close();
  }
}

/** @throws RunFailure `checkpoint-unusable` when the file does not begin as it did. */
export async function expectStart(path: string, expected: CheckedStart): Promise<void> {
  const { crc32: sum } = await checkedUpTo(path, expected.bytes);
  if (sum !== expected.crc32) throw unusable(`does not fit ${basename(path)}, which has changed`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
}
