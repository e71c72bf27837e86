import type { TextValue } from '@chatferry/export';

/** At most 19 digits, so that hostile input cannot make a huge BigInt. */
const CANONICAL = /^(?:0|-?[1-9][0-9]{0,18})$/;
const INT32_LIMIT = 2 ** 31;
const INT64_LIMIT = 2n ** 63n;
const ZERO = 0x30;
/** Digits whose value a double holds exactly. */
const SAFE_DIGITS = 15;
const LOW_DIGITS = 9;
const LOW_UNIT = 1_000_000_000n;

/** An `int` column in canonical decimal digits, or null. */
export function parseInt32(text: string): number | null {
  if (!CANONICAL.test(text)) return null;
  const value = Number(text);
  return value >= -INT32_LIMIT && value < INT32_LIMIT ? value : null;
}

/** A `bigint` column in canonical decimal digits, or null. */
export function parseInt64(text: string): bigint | null {
  if (!CANONICAL.test(text)) return null;
  const value = BigInt(text);
  return value >= -INT64_LIMIT && value < INT64_LIMIT ? value : null;
}

/** `parseInt32` on bytes, NaN instead of null: no string, no allocation. */
export function readInt32(value: TextValue): number {
  if (!value.isPlain) return parseInt32(value.toString()) ?? Number.NaN;
  const { bytes, start, end } = value;
  if (end - start > LOW_DIGITS || !isCanonicalUnsigned(value)) {
    return parseInt32(value.toString()) ?? Number.NaN;
  }
  return digits(bytes, start, end);
}

/** `parseInt64` on bytes. */
export function readInt64(value: TextValue): bigint | null {
  const { bytes, start, end } = value;
  const count = end - start;
  if (!value.isPlain || count > 2 * LOW_DIGITS || !isCanonicalUnsigned(value)) {
    return parseInt64(value.toString());
  }
  if (count <= SAFE_DIGITS) return BigInt(digits(bytes, start, end));
  const middle = end - LOW_DIGITS;
  return BigInt(digits(bytes, start, middle)) * LOW_UNIT + BigInt(digits(bytes, middle, end));
}

/** Whether the plain value is `0` or digits without a leading zero. */
function isCanonicalUnsigned({ bytes, start, end }: TextValue): boolean {
  if (end === start || (bytes[start] === ZERO && end - start > 1)) return false;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

function digits(bytes: TextValue['bytes'], start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + ((bytes[i] as number) - ZERO);
  return value;
}
