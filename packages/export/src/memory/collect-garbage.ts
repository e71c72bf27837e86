import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Bytes that pass between two collections at least: long enough to cost little, short enough for their buffers to be
 * few.
 */
const BYTES_BETWEEN = 96 * 1024 * 1024;
/** A collection looks at all that is held, so that a large directory is collected in proportion less often. */
const BYTES_PER_HELD = 2;
/** A part of the work that is smaller has filled few buffers. */
const SMALL_PART = 1024 * 1024;

let collect: (() => void) | null = null;
let passed = 0;
let passedInPart = 0;
let bytesBetween = BYTES_BETWEEN;

/**
 * Tells that so many bytes have been read; now and then collects garbage. The collector by itself looks when objects
 * have piled up, of which a stream makes few, and only at 64 MiB of the buffers behind them. Costs about 10 ms each
 * time while little is held.
 */
export function bytesPassed(count: number): void {
  passed += count;
  passedInPart += count;
  if (passed >= bytesBetween) collectGarbage();
}

/**
 * For the end of a part of the work whose buffers nobody needs any more. Nothing is collected after a small part: that
 * takes longer than the part itself where much is held, and a directory may be cut into thousands of parts.
 */
export function partEnded(): void {
  if (passedInPart >= SMALL_PART) collectGarbage();
  passedInPart = 0;
}

function collectGarbage(): void {
  passed = 0;
  collect ??= collector();
  collect();
  bytesBetween = Math.max(BYTES_BETWEEN, BYTES_PER_HELD * getHeapStatistics().used_heap_size);
}

/** V8's own collector, which a context made after the flag knows by name. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
