import { createHash, type Hash } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { APPENDED, blockAt, DIGEST_BYTES, ORDER, orderAt, ringIn, SLEEPS, TAKEN } from './hash-ring.js';

/**
 * The other side of `HashThread`: takes block after block until it is told to close. Never returns to its event loop.
 */
const ring = ringIn(workerData as SharedArrayBuffer);
const hashes = new Map<number, Hash>();

for (let taken = 0; ; taken = (taken + 1) | 0) {
  // A notification that was for the block before may arrive late, so that being woken says nothing by itself.
  while (Atomics.load(ring.counters, APPENDED) === taken) {
    // What is appended before this is seen by the wait, which then does not sleep; what is appended after it wakes.
    Atomics.store(ring.counters, SLEEPS, 1);
    Atomics.wait(ring.counters, APPENDED, taken);
    Atomics.store(ring.counters, SLEEPS, 0);
  }
  const at = orderAt(taken);
  const order = ring.orders[at] as number;
  const slot = ring.orders[at + 1] as number;
  if (order === ORDER.CLOSE) break;
  if (order === ORDER.UPDATE) update(slot, blockAt(taken), ring.orders[at + 2] as number);
  else if (order === ORDER.FINISH) finish(slot);
  else if (order === ORDER.COPY) publish(ring.orders[at + 2] as number, hashes.get(slot)?.copy());
  else hashes.delete(slot);
  Atomics.add(ring.counters, TAKEN, 1);
  Atomics.notify(ring.counters, TAKEN);
}

function update(slot: number, start: number, length: number): void {
  let hash = hashes.get(slot);
  if (hash === undefined) {
    hash = createHash('sha256');
    hashes.set(slot, hash);
  }
  hash.update(ring.blocks.subarray(start, start + length));
}

function finish(slot: number): void {
  publish(slot, hashes.get(slot));
  hashes.delete(slot);
}

function publish(slot: number, hash = createHash('sha256')): void {
  ring.digests.set(hash.digest(), slot * DIGEST_BYTES);
  Atomics.store(ring.isDone, slot, 1);
  Atomics.notify(ring.isDone, slot);
}
