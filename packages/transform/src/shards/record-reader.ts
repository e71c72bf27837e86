import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedShard } from './open-shards.js';
import { SHARD_FILES } from './shard-files.js';
import { shardsUnusable } from './shards-unusable.js';

const BLOCK_BYTES = 1 << 18;

/** The messages of a shard from its first to its last. Memory held: one block of 256 KiB for all of them. */
export class RecordReader {
  readonly #shard: OpenedShard;
  readonly #file: number;
  readonly #block: Buffer;

  /** @param block shared by the readers of a merge; of `newRecordBlock`. */
  constructor(shard: OpenedShard, block: Buffer) {
    this.#shard = shard;
    this.#block = block;
    this.#file = openSync(join(shard.folder, SHARD_FILES.records), 'r');
  }

  /** The next `count` bytes in pieces; each is valid until the next. */
  *next(count: number): Generator<Buffer, void, undefined> {
    for (let left = count; left > 0; ) {
      const got = readSync(this.#file, this.#block, 0, Math.min(left, BLOCK_BYTES), null);
      if (got === 0) {
        throw shardsUnusable(`${this.#shard.label} has fewer messages than it says`, 'Make the shard again.');
      }
      left -= got;
      yield this.#block.subarray(0, got);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

export function newRecordBlock(): Buffer {
  return Buffer.allocUnsafeSlow(BLOCK_BYTES);
}
