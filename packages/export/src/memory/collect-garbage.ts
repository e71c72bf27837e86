import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that may pass between two collections: long enough to cost nothing, short enough for their buffers to be few. */
const BYTES_BETWEEN = 32 * 1024 * 1024;

let collect: (() => void) | null = null;
let passed = 0;

/**
 * Tells that so many bytes have been read; now and then collects garbage. The collector by itself looks when objects have piled up, of
 * which a stream makes few, and only at 64 MiB of the buffers behind them. Costs about 6 ms each 32 MiB.
 */
export function bytesPassed(count: number): void {
  passed += count;
  if (passed >= BYTES_BETWEEN) collectGarbage();
}

/** For the end of a part of the work whose buffers nobody needs any more. */
export function collectGarbage(): void {
  passed = 0;
  collect ??= collector();
  collect();
}

/** V8's own collector, which a context made after the flag knows by name. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
