import type { ByteSink } from '@chatferry/export';

const BILLION = 1e9;
const MOST_DIGITS = 20;
const MINUS = 0x2d;
const ZERO = 0x30;
const LARGEST_SIGNED = (1n << 63n) - 1n;

const word = new BigUint64Array(1);
const halves = new Uint32Array(word.buffer);
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const LOW = IS_LITTLE_ENDIAN ? 0 : 1;
const HIGH = 1 - LOW;

/** Appends an integer within the safe range as decimal digits. */
export function appendInteger(sink: ByteSink, value: number): void {
  if (value < 0) sink.byte(MINUS);
  const target = sink.reserve(MOST_DIGITS);
  sink.length = writeDigits(target, sink.length, Math.abs(value));
}

/**
 * Appends a bigint as decimal digits. Ids and ticks of 0 to 2^63 - 1 take no allocation: the two halves of the 64 bits
 * are divided by 10^9 in steps of 16 bits, each of which a double holds exactly.
 */
export function appendBigInt(sink: ByteSink, value: bigint): void {
  if (value < 0n || value > LARGEST_SIGNED) {
    sink.text(value.toString());
    return;
  }
  word[0] = value;
  const low = halves[LOW] as number;
  const high = halves[HIGH] as number;
  if (high < 0x200000) {
    appendInteger(sink, high * 0x100000000 + low);
    return;
  }
  const first = high % BILLION;
  const second = first * 0x10000 + (low >>> 16);
  const third = (second % BILLION) * 0x10000 + (low & 0xffff);
  const quotient =
    (Math.floor(high / BILLION) * 0x10000 + Math.floor(second / BILLION)) * 0x10000 +
    Math.floor(third / BILLION);
  const target = sink.reserve(MOST_DIGITS);
  const at = writeDigits(target, sink.length, quotient);
  writePadded(target, at, third % BILLION);
  sink.length = at + 9;
}

/** Writes a value below 2^53 and returns the end. */
function writeDigits(target: Uint8Array, start: number, value: number): number {
  if (value >= BILLION) {
    const quotient = Math.floor(value / BILLION);
    const at = writeDigits(target, start, quotient);
    writePadded(target, at, value - quotient * BILLION);
    return at + 9;
  }
  let end = start + 1;
  for (let limit = 10; value >= limit; limit *= 10) end += 1;
  let rest = value;
  for (let at = end - 1; at >= start; at--) {
    const quotient = (rest / 10) | 0;
    target[at] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return end;
}

/** Writes a value below 10^9 with leading zeros. */
function writePadded(target: Uint8Array, start: number, value: number): void {
  let rest = value;
  for (let at = start + 8; at >= start; at--) {
    const quotient = (rest / 10) | 0;
    target[at] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
}
