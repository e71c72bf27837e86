import { type TextValue, TRAIT } from '@chatferry/export';

/** The length cannot be told without decoding. */
export const MUST_DECODE = -1;

const AMP = 0x26;
const SEMICOLON = 0x3b;
const HASH = 0x23;
const SMALL_X = 0x78;
const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const BLANK = 0x20;

/**
 * Bytes of the decoded text in UTF-8, told without decoding it: references to the five predefined entities and to
 * TAB, LF and CR are one byte each, and a raw CR LF becomes one (XML 1.0 sections 2.11, 3.3.3, 4.1). `MUST_DECODE`
 * for any other reference, so also for all that could hide a letter, and for what XML 1.0 forbids.
 */
export function quickLength(value: TextValue): number {
  const { bytes, start, end, traits } = value;
  if (value.isPlain) return end - start;
  if ((traits & TRAIT.FORBIDDEN) !== 0) return MUST_DECODE;
  let length = end - start;
  if ((traits & TRAIT.CARRIAGE_RETURN) !== 0) length -= returnsBeforeFeeds(bytes, start, end);
  if ((traits & (TRAIT.REFERENCE | TRAIT.CANONICAL_REFERENCE)) === 0 || value.form === 'cdata') return length;
  // Native searches: what is read behind the end is read once, up to the next reference.
  for (let at = bytes.indexOf(AMP, start); at >= 0 && at < end; at = bytes.indexOf(AMP, at)) {
    const semicolon = semicolonAfter(bytes, at);
    if (!isOneByte(bytes, at, semicolon)) return MUST_DECODE;
    length -= semicolon - at;
    at = semicolon;
  }
  return length;
}

function returnsBeforeFeeds(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i + 1 < end; i++) if (bytes[i] === CR && bytes[i + 1] === LF) count += 1;
  return count;
}

/** The scanner has seen that there is one. */
function semicolonAfter(bytes: Uint8Array, ampersand: number): number {
  let at = ampersand + 2;
  while (bytes[at] !== SEMICOLON) at += 1;
  return at;
}

/** Entities are one byte each, as they are the predefined ones; of the characters only white space counts. */
function isOneByte(bytes: Uint8Array, ampersand: number, semicolon: number): boolean {
  if (bytes[ampersand + 1] !== HASH) return true;
  const isHexadecimal = bytes[ampersand + 2] === SMALL_X;
  let code = 0;
  for (let i = ampersand + (isHexadecimal ? 3 : 2); i < semicolon && code < BLANK; i++) {
    const byte = bytes[i] as number;
    const digit = byte <= 0x39 ? byte - 0x30 : (byte & 0x0f) + 9;
    code = code * (isHexadecimal ? 16 : 10) + digit;
  }
  return code === CR || code === LF || code === TAB;
}
