import type { RunCursor } from './sort-run.js';

/** Yields the cursors in the order of their messages, each pointing at the message whose turn it is. */
export function* mergeRuns(cursors: readonly RunCursor[]): Generator<RunCursor, void, undefined> {
  const heap = cursors.filter((cursor) => cursor.next());
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at);
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield first;
    if (!first.next()) {
      const last = heap.pop() as RunCursor;
      if (heap.length > 0) heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Restores the heap below `at`. */
function sink(heap: RunCursor[], at: number): void {
  const cursor = heap[at];
  if (cursor === undefined) return;
  let hole = at;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right?.isBefore(heap[child] as RunCursor)) child += 1;
    if (!(heap[child] as RunCursor).isBefore(cursor)) break;
    heap[hole] = heap[child] as RunCursor;
    hole = child;
  }
  heap[hole] = cursor;
}
