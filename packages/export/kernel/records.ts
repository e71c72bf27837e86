/**
 * The inner loop of chatferry, in AssemblyScript: finds flat records (one element, its values in attributes or in child
 * elements) in a window of bytes, sixteen bytes at a time.
 *
 * It is strict and it is timid. A record is accepted only when every byte of it has been checked: well-formed markup in
 * the one form that writers of tables use, UTF-8 (RFC 3629), characters (XML 1.0 section 2.2), references (4.1), `]]>` and
 * `<`. At the first thing that it does not know (another name, a comment, CDATA, an apostrophe, a code point that XML forbids,
 * a number with a sign, the end of the window) it stops before that record, and the scanner in TypeScript decides. So it
 * never reports a fault, and it can only be wrong by accepting: `test/export/record-kernel.test.ts` holds what it accepts
 * equal to the scanner.
 *
 * Memory is laid out by `record-kernel.ts`; addresses are handed in. At least 64 zero bytes follow the window, so that
 * nothing needs a bounds check: no token matches zero, and every loop stops at it.
 */

// Bits of TextValue.traits.
const REFERENCE: u32 = 1;
const CANONICAL_REFERENCE: u32 = 2;
const CARRIAGE_RETURN: u32 = 4;
const ATTRIBUTE_SPACE: u32 = 8;
const GREATER_THAN: u32 = 16;
/** Traits of a value whose bytes are not the decoded text. */
const NEEDS_DECODING: u32 = REFERENCE | CANONICAL_REFERENCE | CARRIAGE_RETURN | ATTRIBUTE_SPACE;

// How a column is coded; as in record-shape.ts.
const TEXT: u32 = 0;
const INT32: u32 = 1;
const INT64: u32 = 2;
const BIT: u32 = 3;
const CANONICAL_INT32: u32 = 4;
const CANONICAL_INT64: u32 = 5;
const FLAG: u32 = 6;
const CONSTANT: u32 = 7;
/** Where the traits of a value would stand: there is no value, its token is all there is. */
const ABSENT: u32 = 64;

const TAB: u32 = 0x09;
const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const BLANK: u32 = 0x20;
const QUOTE: u32 = 0x22;
const HASH: u32 = 0x23;
const AMP: u32 = 0x26;
const SLASH: u32 = 0x2f;
const ZERO: u32 = 0x30;
const SEMICOLON: u32 = 0x3b;
const LT: u32 = 0x3c;
const GT: u32 = 0x3e;
const BRACKET: u32 = 0x5d;
const SMALL_X: u32 = 0x78;

// A shape: lengths of its two tokens, numbers of attributes, children and slots, mask of the slots that must be there, and
// whether its children stand in order without white space; the tokens; then the attributes, then the children.
const SHAPE_OPEN: usize = 32;
const SHAPE_CLOSE: usize = 96;
const SHAPE_ENTRIES: usize = 160;
const ENTRY_BYTES: usize = 144;
const ENTRY_OPEN: usize = 16;
const ENTRY_CLOSE: usize = 80;

// A row of the table: start, end, mask of the slots, 0; then for each slot start, end, traits, and for a number 0 and its
// 64 bits, for a text the end of its escaped form (0: there is none), the start of its decoded text, and the end of that,
// where the escaped form begins.
const ROW_HEADER: usize = 16;
const SLOT_BYTES: usize = 24;

/** Where the scan has stopped: behind the last record accepted. */
let stoppedAt: usize = 0;
/** The end of the decoded texts. */
let decodedEnd: usize = 0;
/** What the last value held. */
let traits: u32 = 0;

export function lastStop(): usize {
  return stoppedAt;
}

export function lastDecodedEnd(): usize {
  return decodedEnd;
}

/** Whether `count` bytes at `a` and `b` are equal. Reads up to seven bytes more. */
// @ts-expect-error: decorator
@inline
function equal(a: usize, b: usize, count: u32): bool {
  let left = count;
  while (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left == 0 || ((load<u64>(a) ^ load<u64>(b)) << (64 - (<u64>left << 3))) == 0;
}

// @ts-expect-error: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == BLANK || byte == LF || byte == CR || byte == TAB;
}

// @ts-expect-error: decorator
@inline
function skipSpace(at: usize): usize {
  while (isSpace(load<u8>(at))) at += 1;
  return at;
}

/** The end of the UTF-8 sequence at `at`; 0: not one that XML may hold. */
function sequenceEnd(at: usize): usize {
  const lead: u32 = load<u8>(at);
  const second: u32 = load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return lead >= 0xc2 ? at + 2 : 0;
  const third: u32 = load<u8>(at, 2);
  if ((third & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) {
    if (lead == 0xe0 && second < 0xa0) return 0;
    if (lead == 0xed && second > 0x9f) return 0;
    if (lead == 0xef && second == 0xbf && third > 0xbd) return 0;
    return at + 3;
  }
  if ((<u32>load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead > 0xf4 || (lead == 0xf4 && second > 0x8f)) return 0;
  return at + 4;
}

/** The reference at `at`: the offset behind its semicolon, its code point in `codePoint`; 0: not one that is known. */
let codePoint: u32 = 0;
function referenceEnd(at: usize): usize {
  const next: u32 = load<u8>(at, 1);
  if (next == HASH) return numericReferenceEnd(at);
  const word = load<u32>(at, 1);
  // lt; gt; amp; quot; apos; in little-endian order
  if ((word & 0xffffff) == 0x3b746c) return known(LT, at + 4);
  if ((word & 0xffffff) == 0x3b7467) return known(GT, at + 4);
  if (word == 0x3b706d61) return known(AMP, at + 5);
  const last: u32 = load<u8>(at, 5);
  if (word == 0x746f7571 && last == SEMICOLON) return known(QUOTE, at + 6);
  if (word == 0x736f7061 && last == SEMICOLON) return known(0x27, at + 6);
  return 0;
}

// @ts-expect-error: decorator
@inline
function known(code: u32, end: usize): usize {
  codePoint = code;
  return end;
}

function numericReferenceEnd(at: usize): usize {
  const isHexadecimal = load<u8>(at, 2) == SMALL_X;
  const base: u32 = isHexadecimal ? 16 : 10;
  const first = at + (isHexadecimal ? 3 : 2);
  let p = first;
  let code: u32 = 0;
  while (true) {
    const byte: u32 = load<u8>(p);
    if (byte == SEMICOLON) break;
    let digit: u32 = byte - ZERO;
    if (digit > 9) {
      digit = (byte | 0x20) - 0x61;
      if (!isHexadecimal || digit > 5) return 0;
      digit += 10;
    }
    code = code * base + digit;
    if (code > 0x10ffff || p - first > 7) return 0;
    p += 1;
  }
  if (p == first || !isXmlCharacter(code)) return 0;
  codePoint = code;
  return p + 1;
}

// @ts-expect-error: decorator
@inline
function isXmlCharacter(code: u32): bool {
  if (code < 0x20) return code == TAB || code == LF || code == CR;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

/** Whether the reference `[at, end)` is one that the package writes: `&amp;` `&lt;` `&gt;` `&#xD;`. */
// @ts-expect-error: decorator
@inline
function isCanonical(at: usize, end: usize): bool {
  if (load<u8>(at, 1) == HASH) return end - at == 5 && (load<u32>(at, 1) == 0x3b447823);
  return codePoint == AMP || codePoint == LT || codePoint == GT;
}

/** A byte that both kinds of value treat with care; the offset behind what it begins, or 0. */
// @ts-expect-error: decorator
@inline
function special(at: usize, byte: u32): usize {
  if (byte >= 0x80) return sequenceEnd(at);
  if (byte == AMP) {
    const end = referenceEnd(at);
    if (end == 0) return 0;
    traits |= isCanonical(at, end) ? CANONICAL_REFERENCE : REFERENCE;
    return end;
  }
  if (byte == CR) {
    traits |= CARRIAGE_RETURN;
    return at + 1;
  }
  return 0;
}

/** The offset of the `<` that ends the text at `at`, or 0. */
function textEnd(start: usize): usize {
  let at = start;
  traits = 0;
  while (true) {
    const v = v128.load(at);
    const whiteSpace = v128.or(i8x16.eq(v, i8x16.splat(0x09)), i8x16.eq(v, i8x16.splat(0x0a)));
    // Signed: bytes from 0x80 are negative, so they count as well.
    const control = v128.andnot(i8x16.lt_s(v, i8x16.splat(0x20)), whiteSpace);
    const markup = v128.or(i8x16.eq(v, i8x16.splat(0x3c)), i8x16.eq(v, i8x16.splat(0x3e)));
    const stops = v128.or(v128.or(control, markup), i8x16.eq(v, i8x16.splat(0x26)));
    const mask = i8x16.bitmask(stops);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    const byte: u32 = load<u8>(at);
    if (byte == LT) return at;
    if (byte == GT) {
      if (at >= start + 2 && load<u8>(at - 1) == BRACKET && load<u8>(at - 2) == BRACKET) return 0;
      traits |= GREATER_THAN;
      at += 1;
    } else {
      at = special(at, byte);
      if (at == 0) return 0;
    }
  }
}

/** The offset of the quote that ends the attribute value at `at`, or 0. */
function quotedEnd(start: usize): usize {
  let at = start;
  traits = 0;
  while (true) {
    const v = v128.load(at);
    const control = i8x16.lt_s(v, i8x16.splat(0x20));
    const markup = v128.or(i8x16.eq(v, i8x16.splat(0x3c)), i8x16.eq(v, i8x16.splat(0x3e)));
    const quotes = v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x26)));
    const mask = i8x16.bitmask(v128.or(v128.or(control, markup), quotes));
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE) return at;
    if (byte == GT) {
      traits |= GREATER_THAN;
      at += 1;
    } else if (byte == TAB || byte == LF) {
      traits |= ATTRIBUTE_SPACE;
      at += 1;
    } else {
      at = special(at, byte);
      if (at == 0) return 0;
    }
  }
}

/** Appends `[start, end)` as a conforming parser delivers it (sections 2.11, 3.3.3, 4.1) to `into`; returns its end. */
function decode(start: usize, end: usize, isAttribute: bool, into: usize): usize {
  let at = start;
  let to = into;
  const tab = i8x16.splat(isAttribute ? 0x09 : 0x0d);
  const lf = i8x16.splat(isAttribute ? 0x0a : 0x0d);
  while (true) {
    const v = v128.load(at);
    v128.store(to, v);
    const breaks = v128.or(i8x16.eq(v, tab), i8x16.eq(v, lf));
    const stops = v128.or(v128.or(i8x16.eq(v, i8x16.splat(0x26)), i8x16.eq(v, i8x16.splat(0x0d))), breaks);
    const mask = i8x16.bitmask(stops);
    const run: usize = mask == 0 ? 16 : <usize>ctz(mask);
    if (run >= end - at) return to + (end - at);
    at += run;
    to += run;
    if (mask == 0) continue;
    const byte: u32 = load<u8>(at);
    if (byte == AMP) {
      at = referenceEnd(at);
      to = encode(codePoint, to);
    } else {
      store<u8>(to, isAttribute ? BLANK : LF);
      to += 1;
      at += byte == CR && load<u8>(at, 1) == LF && at + 1 < end ? 2 : 1;
    }
    if (at >= end) return to;
  }
}

/** Writes a code point in UTF-8; returns the end. */
function encode(code: u32, to: usize): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to, 0x80 | (code & 0x3f), 1);
    return to + 2;
  }
  if (code < 0x10000) {
    store<u8>(to, 0xe0 | (code >> 12));
    store<u8>(to, 0x80 | ((code >> 6) & 0x3f), 1);
    store<u8>(to, 0x80 | (code & 0x3f), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (code >> 18));
  store<u8>(to, 0x80 | ((code >> 12) & 0x3f), 1);
  store<u8>(to, 0x80 | ((code >> 6) & 0x3f), 2);
  store<u8>(to, 0x80 | (code & 0x3f), 3);
  return to + 4;
}

/** The digits at `at` as a number in `number`; their end, or 0 unless there are one to `most`. */
let number: u64 = 0;
// @ts-expect-error: decorator
@inline
function digitsEnd(at: usize, most: usize, isCanonical: bool): usize {
  let p = at;
  let value: u64 = 0;
  while (true) {
    const digit: u32 = <u32>load<u8>(p) - ZERO;
    if (digit > 9) break;
    value = value * 10 + digit;
    p += 1;
  }
  const count = p - at;
  if (count == 0 || count > most) return 0;
  if (isCanonical && count > 1 && load<u8>(at) == ZERO) return 0;
  number = value;
  return p;
}

function bitEnd(at: usize, isFlag: bool): usize {
  const word = load<u32>(at);
  const digit: u32 = (word & 0xff) - ZERO;
  if (digit <= 1) {
    number = digit;
    return at + 1;
  }
  if (isFlag) return 0;
  // "true", "fals" in little-endian order
  if (word == 0x65757274) {
    number = 1;
    return at + 4;
  }
  if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) {
    number = 0;
    return at + 5;
  }
  return 0;
}

/** Reads the value at `at` by the entry's coding into `slot`; the offset behind it, or 0. */
function value(at: usize, coding: u32, isAttribute: bool, slot: usize): usize {
  let end: usize;
  if (coding == TEXT) {
    end = isAttribute ? quotedEnd(at) : textEnd(at);
    if (end == 0) return 0;
    store<u32>(slot, traits, 8);
    const from = decodedEnd;
    if ((traits & NEEDS_DECODING) != 0) decodedEnd = decode(at, end, isAttribute, from);
    store<u32>(slot, <u32>from, 16);
    store<u32>(slot, <u32>decodedEnd, 20);
    store<u32>(slot, 0, 12);
    // Not where the raw bytes are in that form already, nor with a raw `>`, whose escaped form may outgrow the memory.
    if (escapes && (traits & ~CANONICAL_REFERENCE) != 0 && (traits & GREATER_THAN) == 0) {
      decodedEnd = escape(from, decodedEnd, decodedEnd);
      store<u32>(slot, <u32>decodedEnd, 12);
    }
  } else if (coding == CONSTANT) {
    end = at;
    store<u32>(slot, ABSENT, 8);
  } else {
    if (coding == INT32) end = digitsEnd(at, 9, false);
    else if (coding == INT64) end = digitsEnd(at, 18, false);
    else if (coding == CANONICAL_INT32) end = digitsEnd(at, 9, true);
    else if (coding == CANONICAL_INT64) end = digitsEnd(at, 18, true);
    else end = bitEnd(at, coding == FLAG);
    if (end == 0) return 0;
    store<u32>(slot, 0, 8);
    store<u64>(slot, number, 16);
  }
  store<u32>(slot, <u32>at);
  store<u32>(slot, <u32>end, 4);
  return end;
}

/** The entry among `[first, end)` whose opening stands at `at`, looking at `guess` before the others; 0: none. */
// @ts-expect-error: decorator
@inline
function entryAt(at: usize, guess: usize, first: usize, end: usize): usize {
  if (guess < end && equal(at, guess + ENTRY_OPEN, load<u32>(guess))) return guess;
  for (let entry = first; entry < end; entry += ENTRY_BYTES) {
    if (equal(at, entry + ENTRY_OPEN, load<u32>(entry))) return entry;
  }
  return 0;
}

let mask: u32 = 0;
/** Whether texts that the package would write in other bytes are escaped as well. */
let escapes: bool = false;

/** The attributes from behind the element's name to behind the tag, which `isOpen` then tells to be open or closed; or 0. */
let isOpen: bool = false;
function attributesEnd(start: usize, shape: usize, row: usize): usize {
  const first = shape + SHAPE_ENTRIES;
  const last = first + <usize>load<u32>(shape, 8) * ENTRY_BYTES;
  let guess = first;
  let at = start;
  while (true) {
    const byte: u32 = load<u8>(at);
    if (byte == GT) {
      isOpen = true;
      return at + 1;
    }
    if (byte == SLASH) {
      isOpen = false;
      return load<u8>(at, 1) == GT ? at + 2 : 0;
    }
    const entry = byte == BLANK ? entryAt(at, guess, first, last) : 0;
    if (entry == 0) {
      const next = skipSpace(at);
      const ahead: u32 = load<u8>(next);
      if (next == at || (ahead != GT && ahead != SLASH)) return 0;
      at = next;
      continue;
    }
    const slot = load<u32>(entry, 8);
    if ((mask & (1 << slot)) != 0) return 0;
    mask |= 1 << slot;
    const end = value(at + load<u32>(entry), load<u32>(entry, 12), true, row + ROW_HEADER + <usize>slot * SLOT_BYTES);
    if (end == 0 || load<u8>(end) != QUOTE) return 0;
    at = end + 1;
    guess = entry + ENTRY_BYTES;
  }
}

/** The children from behind the record's start tag to behind its end tag, or 0. */
function childrenEnd(start: usize, shape: usize, row: usize): usize {
  const isCompact = load<u32>(shape, 24) != 0;
  const first = shape + SHAPE_ENTRIES + <usize>load<u32>(shape, 8) * ENTRY_BYTES;
  const last = first + <usize>load<u32>(shape, 12) * ENTRY_BYTES;
  let guess = first;
  let at = start;
  while (true) {
    if (!isCompact) at = skipSpace(at);
    if (load<u8>(at, 1) == SLASH) {
      const length = load<u32>(shape, 4);
      if (!equal(at, shape + SHAPE_CLOSE, length)) return 0;
      at = skipSpace(at + length);
      return load<u8>(at) == GT ? at + 1 : 0;
    }
    const entry = entryAt(at, guess, first, last);
    if (entry == 0 || (isCompact && entry < guess)) return 0;
    const slot = load<u32>(entry, 8);
    if ((mask & (1 << slot)) != 0) return 0;
    mask |= 1 << slot;
    const end = value(at + load<u32>(entry), load<u32>(entry, 12), false, row + ROW_HEADER + <usize>slot * SLOT_BYTES);
    if (end == 0) return 0;
    const length = load<u32>(entry, 4);
    if (!equal(end, entry + ENTRY_CLOSE, length)) return 0;
    at = end + length;
    guess = entry + ENTRY_BYTES;
  }
}

/**
 * Scans records of `shape` from `start` on, as many as the table `[rows, rowsEnd)` holds, decoding into `decoded`; white
 * space between them is passed over. Returns how many there are.
 */
export function scanRecords(start: usize, shape: usize, rows: usize, rowsEnd: usize, decoded: usize): u32 {
  const openLength = load<u32>(shape);
  const rowBytes = ROW_HEADER + <usize>load<u32>(shape, 16) * SLOT_BYTES;
  const required = load<u32>(shape, 20);
  let at = start;
  let row = rows;
  let count: u32 = 0;
  decodedEnd = decoded;
  escapes = load<u32>(shape, 28) != 0;
  while (row + rowBytes <= rowsEnd) {
    const begin = skipSpace(at);
    if (!equal(begin, shape + SHAPE_OPEN, openLength)) break;
    const decodedBefore = decodedEnd;
    mask = 0;
    let end = attributesEnd(begin + openLength, shape, row);
    if (end != 0 && isOpen) end = childrenEnd(end, shape, row);
    if (end == 0 || (mask & required) != required) {
      decodedEnd = decodedBefore;
      break;
    }
    store<u32>(row, <u32>begin);
    store<u32>(row, <u32>end, 4);
    store<u32>(row, mask, 8);
    row += rowBytes;
    at = end;
    count += 1;
  }
  stoppedAt = at;
  return count;
}

/** Appends decoded `[start, end)` to `into` as the package writes it: `&` `<` `>` CR escaped; returns its end. */
function escape(start: usize, end: usize, into: usize): usize {
  let at = start;
  let to = into;
  while (true) {
    const v = v128.load(at);
    v128.store(to, v);
    const markup = v128.or(i8x16.eq(v, i8x16.splat(0x3c)), i8x16.eq(v, i8x16.splat(0x3e)));
    const others = v128.or(i8x16.eq(v, i8x16.splat(0x26)), i8x16.eq(v, i8x16.splat(0x0d)));
    const mask = i8x16.bitmask(v128.or(markup, others));
    const run: usize = mask == 0 ? 16 : <usize>ctz(mask);
    if (run >= end - at) return to + (end - at);
    at += run;
    to += run;
    if (mask == 0) continue;
    const byte: u32 = load<u8>(at);
    at += 1;
    // &amp; &lt; &gt; &#xD; in little-endian order
    if (byte == AMP) {
      store<u64>(to, 0x3b706d6126);
      to += 5;
    } else if (byte == LT) {
      store<u32>(to, 0x3b746c26);
      to += 4;
    } else if (byte == GT) {
      store<u32>(to, 0x3b746726);
      to += 4;
    } else {
      store<u64>(to, 0x3b44782326);
      to += 5;
    }
    if (at >= end) return to;
  }
}

/** Characters (UTF-8 lead bytes) in `[start, end)`. */
export function countCharacters(start: usize, end: usize): u32 {
  let characters: u32 = 0;
  let at = start;
  // Continuation bytes are 0x80 to 0xBF, signed the smallest: below -64.
  for (; at + 16 <= end; at += 16) {
    characters += popcnt(i8x16.bitmask(i8x16.ge_s(v128.load(at), i8x16.splat(-64))));
  }
  for (; at < end; at++) if ((<u32>load<u8>(at) & 0xc0) != 0x80) characters += 1;
  return characters;
}

/** Line feeds in `[start, end)`. */
export function countLines(start: usize, end: usize): u32 {
  let lines: u32 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x0a))));
  }
  for (; at < end; at++) if (load<u8>(at) == LF) lines += 1;
  return lines;
}
