/**
 * The memory that a thread with work to hash and the thread that hashes share: a ring of blocks, and a table of
 * digests.
 *
 * One side appends (`HashThread`), one side takes (`hash-worker.ts`); each advances its own counter and is woken by the
 * other's. Counters only grow (modulo 2^32), so the ring is full when they are `BLOCKS` apart and empty when they are
 * equal.
 */

export const BLOCKS = 16;
export const BLOCK_BYTES = 1 << 17;
/** Hashes that are under way, or whose digest has not been collected, at most. */
export const SLOTS = 1024;
export const DIGEST_BYTES = 32;

/** What to do with a block. A COPY goes into the slot that stands in the place of the bytes, and is finished there. */
export const ORDER = { UPDATE: 0, FINISH: 1, DISCARD: 2, CLOSE: 3, COPY: 4 } as const;

const ORDER_WORDS = 3;
/** Words of `counters`. */
export const APPENDED = 0;
export const TAKEN = 1;
/** 1 while the thread that hashes sleeps, or is about to: only then a wake-up is worth its price. */
export const SLEEPS = 2;

export interface HashRing {
  /** Blocks appended, blocks taken, whether the thread sleeps. */
  readonly counters: Int32Array;
  /** For each block: order, slot, bytes. */
  readonly orders: Int32Array;
  readonly blocks: Uint8Array;
  /** By slot: 1 when the digest is there. */
  readonly isDone: Int32Array;
  readonly digests: Uint8Array;
}

const COUNTERS_AT = 0;
const ORDERS_AT = 64;
const DONE_AT = ORDERS_AT + BLOCKS * ORDER_WORDS * 4;
const DIGESTS_AT = DONE_AT + SLOTS * 4;
const BLOCKS_AT = DIGESTS_AT + SLOTS * DIGEST_BYTES;
export const RING_BYTES = BLOCKS_AT + BLOCKS * BLOCK_BYTES;

export function ringIn(memory: SharedArrayBuffer): HashRing {
  return {
    counters: new Int32Array(memory, COUNTERS_AT, 3),
    orders: new Int32Array(memory, ORDERS_AT, BLOCKS * ORDER_WORDS),
    blocks: new Uint8Array(memory, BLOCKS_AT, BLOCKS * BLOCK_BYTES),
    isDone: new Int32Array(memory, DONE_AT, SLOTS),
    digests: new Uint8Array(memory, DIGESTS_AT, SLOTS * DIGEST_BYTES),
  };
}

/** First word of a block's order. */
export function orderAt(counter: number): number {
  return (counter & (BLOCKS - 1)) * ORDER_WORDS;
}

/** First byte of a block. */
export function blockAt(counter: number): number {
  return (counter & (BLOCKS - 1)) * BLOCK_BYTES;
}
