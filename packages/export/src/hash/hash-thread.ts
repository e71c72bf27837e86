import { Buffer } from 'node:buffer';
import { Worker } from 'node:worker_threads';
import { RunFailure } from '../run-failure.js';
import {
  APPENDED,
  BLOCK_BYTES,
  BLOCKS,
  blockAt,
  DIGEST_BYTES,
  type HashRing,
  ORDER,
  orderAt,
  RING_BYTES,
  ringIn,
  SLEEPS,
  SLOTS,
  TAKEN,
} from './hash-ring.js';
import type { FinishedHash, StreamHash } from './stream-hash.js';

/** After so long without a sign of life the thread is taken for dead. */
const PATIENCE_MS = 60_000;

/**
 * Works out SHA-256 digests on a thread of its own: `hash` makes one, as many at a time as are wanted. Bytes are copied
 * into a shared ring, so that a call costs a copy instead of the hashing; when the ring is full the caller waits.
 *
 * Memory held: 2 MiB for the ring, and the thread (about 10 MiB). Its thread does not keep the process alive; `close`
 * ends it.
 */
export class HashThread {
  readonly #ring: HashRing;
  readonly #worker: Worker;
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, i) => SLOTS - 1 - i);
  /** Finished, oldest first, whose digests still take a slot. */
  readonly #uncollected = new Set<ThreadHash>();
  #appended = 0;
  #isClosed = false;

  constructor() {
    const memory = new SharedArrayBuffer(RING_BYTES);
    this.#ring = ringIn(memory);
    this.#worker = new Worker(new URL('./hash-worker.js', import.meta.url), {
      workerData: memory,
      // What the parent was told does not concern it, such as a profiler or a test runner.
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32, stackSizeMb: 1 },
    });
    this.#worker.unref();
  }

  readonly hash = (): StreamHash => {
    if (this.#isClosed) throw new TypeError('The hash thread has been closed.');
    return new ThreadHash(this, this.#takeSlot());
  };

  /** Ends the thread; digests that were not collected are lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#append(ORDER.CLOSE, 0, 0);
  }

  update(slot: number, bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
      const end = Math.min(bytes.length, start + BLOCK_BYTES);
      this.#awaitRoom();
      this.#ring.blocks.set(bytes.subarray(start, end), blockAt(this.#appended));
      this.#append(ORDER.UPDATE, slot, end - start);
    }
  }

  finish(hash: ThreadHash, slot: number): void {
    this.#append(ORDER.FINISH, slot, 0);
    this.#uncollected.add(hash);
  }

  /** Waits for the digest of a finished hash, and frees its slot. */
  collect(hash: ThreadHash, slot: number): string {
    const hex = this.#digest(slot);
    this.#uncollected.delete(hash);
    this.#free.push(slot);
    return hex;
  }

  /** A finished hash of what the one in `slot` has been given so far. */
  copy(slot: number): ThreadHash {
    const other = this.#takeSlot();
    const copy = new ThreadHash(this, other, 'finished');
    this.#append(ORDER.COPY, slot, other);
    this.#uncollected.add(copy);
    return copy;
  }

  discard(slot: number): void {
    if (this.#isClosed) return;
    this.#append(ORDER.DISCARD, slot, 0);
    this.#free.push(slot);
  }

  #takeSlot(): number {
    const slot = this.#free.pop() ?? this.#reclaim();
    Atomics.store(this.#ring.isDone, slot, 0);
    return slot;
  }

  /** Collects the digest that has waited longest, for its slot. */
  #reclaim(): number {
    const [oldest] = this.#uncollected;
    if (oldest === undefined) throw new RangeError(`more than ${SLOTS} hashes at once`);
    oldest.hex();
    return this.#free.pop() as number;
  }

  #digest(slot: number): string {
    while (Atomics.load(this.#ring.isDone, slot) === 0) this.#await(this.#ring.isDone, slot, 0);
    const bytes = this.#ring.digests.subarray(slot * DIGEST_BYTES, (slot + 1) * DIGEST_BYTES);
    return Buffer.from(bytes).toString('hex');
  }

  #append(order: number, slot: number, length: number): void {
    this.#awaitRoom();
    const { counters, orders } = this.#ring;
    const at = orderAt(this.#appended);
    orders[at] = order;
    orders[at + 1] = slot;
    orders[at + 2] = length;
    this.#appended = (this.#appended + 1) | 0;
    Atomics.store(counters, APPENDED, this.#appended);
    if (Atomics.load(counters, SLEEPS) === 1) Atomics.notify(counters, APPENDED);
  }

  #awaitRoom(): void {
    for (;;) {
      const taken = Atomics.load(this.#ring.counters, TAKEN);
      if (((this.#appended - taken) | 0) < BLOCKS) return;
      this.#await(this.#ring.counters, TAKEN, taken);
    }
  }

  #await(words: Int32Array, index: number, value: number): void {
    if (Atomics.wait(words, index, value, PATIENCE_MS) !== 'timed-out') return;
    throw new RunFailure(
      'bug',
      'The thread that hashes does not answer.',
      'Is the machine out of memory? Run again with --workers 0, which uses no such thread, and report it.',
    );
  }
}

/** One hash on the thread. */
class ThreadHash implements StreamHash {
  readonly #thread: HashThread;
  readonly #slot: number;
  #state: 'open' | 'finished' | 'fetched' | 'discarded';
  #hex = '';

  constructor(thread: HashThread, slot: number, state: 'open' | 'finished' = 'open') {
    this.#thread = thread;
    this.#slot = slot;
    this.#state = state;
  }

  update(bytes: Buffer): void {
    if (this.#state !== 'open') throw new TypeError('The hash has been finished.');
    this.#thread.update(this.#slot, bytes);
  }

  soFar(): FinishedHash {
    if (this.#state !== 'open') throw new TypeError('The hash has been finished.');
    return this.#thread.copy(this.#slot);
  }

  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'finished';
    this.#thread.finish(this, this.#slot);
  }

  hex(): string {
    if (this.#state === 'finished') {
      this.#hex = this.#thread.collect(this, this.#slot);
      this.#state = 'fetched';
    }
    if (this.#state !== 'fetched') throw new TypeError('The hash has not been finished.');
    return this.#hex;
  }

  discard(): void {
    if (this.#state !== 'open') return;
    this.#state = 'discarded';
    this.#thread.discard(this.#slot);
  }
}
