import type { Buffer } from 'node:buffer';

/** `decodeUtf8At` found no complete sequence before the limit. */
export const CUT_OFF = -1;
/** `decodeUtf8At` found bytes that are not UTF-8 (RFC 3629). */
export const INVALID = -2;

/** Bytes of the sequence that begins with `lead` (0xC2 to 0xF4), else 0. */
export function sequenceLength(lead: number): number {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/**
 * The code point of the multi-byte sequence at `at`, or `CUT_OFF`, or `INVALID`. Overlong forms and values
 * over U+10FFFF are invalid; surrogates (U+D800 to U+DFFF in three bytes) are returned, the caller decides.
 */
export function decodeUtf8At(bytes: Buffer, at: number, limit: number): number {
  const lead = bytes[at] as number;
  const length = sequenceLength(lead);
  if (length === 0) return INVALID;
  for (let i = 1; i < length; i++) {
    if (at + i >= limit) return CUT_OFF;
    if (((bytes[at + i] as number) & 0xc0) !== 0x80) return INVALID;
  }
  const second = (bytes[at + 1] as number) & 0x3f;
  if (length === 2) return ((lead & 0x1f) << 6) | second;
  const third = (bytes[at + 2] as number) & 0x3f;
  if (length === 3) {
    const code = ((lead & 0x0f) << 12) | (second << 6) | third;
    return code < 0x800 ? INVALID : code;
  }
  const code = ((lead & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] as number) & 0x3f);
  return code < 0x10000 || code > 0x10ffff ? INVALID : code;
}
