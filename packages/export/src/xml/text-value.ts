import { Buffer } from 'node:buffer';
import { ByteSink } from './byte-sink.js';

/** How the bytes of a value are to be read. `decoded` bytes are final: no references, no line-end rules. */
export type TextForm = 'element' | 'attribute' | 'cdata' | 'decoded';

/** What a value holds beyond plain text; bits of `TextValue.traits`, set by the scanner. */
export const TRAIT = {
  /** A reference other than `&amp;` `&lt;` `&gt;` `&#xD;`. */
  REFERENCE: 1,
  /** One of the references that the package writes as well. */
  CANONICAL_REFERENCE: 2,
  /** A raw carriage return, which XML 1.0 section 2.11 turns into a line feed. */
  CARRIAGE_RETURN: 4,
  /** A raw TAB or LF in an attribute, which section 3.3.3 turns into a blank. */
  ATTRIBUTE_SPACE: 8,
  /** A raw `>`, legal in a value but written as `&gt;`. */
  GREATER_THAN: 16,
  /** A code point that XML 1.0 (section 2.2, Char) forbids, raw or as a reference. */
  FORBIDDEN: 32,
} as const;

const AMP = 0x26;
const LT = 0x3c;
const GT = 0x3e;
const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const BLANK = 0x20;
const HASH = 0x23;
const SEMICOLON = 0x3b;

const ESCAPED_AMP = Buffer.from('&amp;');
const ESCAPED_LT = Buffer.from('&lt;');
const ESCAPED_GT = Buffer.from('&gt;');
const ESCAPED_CR = Buffer.from('&#xD;');

/**
 * A piece of text as it stands in a document, still escaped: bytes `[start, end)` of a UTF-8 buffer that the
 * scanner has checked. Read it decoded, or copy it to an XML element in canonical form: `&`, `<`, `>` and CR
 * as `&amp;` `&lt;` `&gt;` `&#xD;`, everything else raw.
 *
 * A view: when it comes from a reader it is valid until the next record. Code points that XML 1.0 forbids are
 * kept as they are (surrogates in their three-byte form), so a rule must deal with them before writing.
 */
export class TextValue {
  bytes: Buffer = EMPTY_BYTES;
  start = 0;
  end = 0;
  form: TextForm = 'decoded';
  traits = 0;
  /** The text decoded already: bytes `[decodedStart, decodedEnd)` of this buffer; null when nobody has done so. */
  decodedBytes: Buffer | null = null;
  decodedStart = 0;
  decodedEnd = 0;
  /** Where the canonical form ends that begins at `decodedEnd` in the same buffer; -1 when nobody has made it. */
  escapedEnd = -1;

  /** A value of its own from a string; lone surrogates are kept. */
  static from(text: string): TextValue {
    const value = new TextValue();
    if (text.isWellFormed()) {
      value.bytes = Buffer.from(text, 'utf8');
    } else {
      const sink = new ByteSink(text.length * 3 + 4);
      for (const character of text) sink.codePoint(character.codePointAt(0) as number);
      value.bytes = Buffer.from(sink.view());
    }
    value.end = value.bytes.length;
    return value;
  }

  set(bytes: Buffer, start: number, end: number, form: TextForm, traits: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.form = form;
    this.traits = traits;
    this.decodedBytes = null;
    this.escapedEnd = -1;
  }

  /** Whether the raw bytes are the decoded text. */
  get isPlain(): boolean {
    return this.form === 'decoded' || this.traits === 0 || this.traits === TRAIT.GREATER_THAN;
  }

  /** Whether the raw bytes are what `appendEscaped` would write. */
  get isCanonical(): boolean {
    return (
      (this.form === 'element' || this.form === 'attribute') &&
      (this.traits & ~TRAIT.CANONICAL_REFERENCE) === 0
    );
  }

  /** Whether XML 1.0 forbids a code point of the text. */
  get isForbidden(): boolean {
    return (this.traits & TRAIT.FORBIDDEN) !== 0;
  }

  /** Appends the text as a conforming parser delivers it (XML 1.0 sections 2.11, 3.3.3, 4.1), in UTF-8. */
  appendDecoded(sink: ByteSink): void {
    if (this.isPlain) sink.copy(this.bytes, this.start, this.end);
    else if (this.decodedBytes !== null) sink.copy(this.decodedBytes, this.decodedStart, this.decodedEnd);
    else decodeInto(sink, this.bytes, this.start, this.end, this.form);
  }

  /**
   * Appends the text escaped for element content, in canonical form. `scratch` is overwritten when decoding is needed.
   */
  appendEscaped(sink: ByteSink, scratch: ByteSink): void {
    if (this.isCanonical) {
      sink.copy(this.bytes, this.start, this.end);
    } else if (this.decodedBytes !== null && this.escapedEnd >= 0) {
      sink.copy(this.decodedBytes, this.decodedEnd, this.escapedEnd);
    } else if (this.isPlain) {
      escapeInto(sink, this.bytes, this.start, this.end);
    } else if (this.decodedBytes !== null) {
      escapeInto(sink, this.decodedBytes, this.decodedStart, this.decodedEnd);
    } else {
      scratch.clear();
      decodeInto(scratch, this.bytes, this.start, this.end, this.form);
      escapeInto(sink, scratch.bytes, 0, scratch.length);
    }
  }

  /** The decoded text. Costs a string; not for the hot path. */
  toString(): string {
    if (this.isPlain && !this.isForbidden) return this.bytes.toString('utf8', this.start, this.end);
    const sink = new ByteSink(this.end - this.start + 4);
    this.appendDecoded(sink);
    return wtf8ToString(sink.view());
  }
}

const EMPTY_BYTES = Buffer.alloc(0);

/** Escapes decoded UTF-8 for element content: `&` `<` `>` CR; nothing else. */
export function escapeInto(sink: ByteSink, bytes: Buffer, start: number, end: number): void {
  let run = start;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte > GT || (byte !== AMP && byte !== LT && byte !== GT && byte !== CR)) continue;
    if (i > run) sink.copy(bytes, run, i);
    const escaped =
      byte === AMP ? ESCAPED_AMP : byte === LT ? ESCAPED_LT : byte === GT ? ESCAPED_GT : ESCAPED_CR;
    sink.copy(escaped, 0, escaped.length);
    run = i + 1;
  }
  if (end > run) sink.copy(bytes, run, end);
}

function decodeInto(sink: ByteSink, bytes: Buffer, start: number, end: number, form: TextForm): void {
  const isAttribute = form === 'attribute';
  const special = isAttribute ? ATTRIBUTE_SPECIAL : form === 'cdata' ? CDATA_SPECIAL : ELEMENT_SPECIAL;
  let run = start;
  let i = start;
  while (i < end) {
    const byte = bytes[i] as number;
    if (special[byte] === 0) {
      i += 1;
      continue;
    }
    if (i > run) sink.copy(bytes, run, i);
    if (byte === AMP) {
      // Values of damaged rows are decoded too, for findings: what is no reference stays as it stands.
      const semicolon = semicolonAfter(bytes, i, end);
      const code = semicolon < 0 ? -1 : referencedCodePoint(bytes, i, semicolon);
      if (code < 0) sink.byte(AMP);
      else sink.codePoint(code);
      i = code < 0 ? i + 1 : semicolon + 1;
    } else {
      sink.byte(isAttribute ? BLANK : LF);
      i += byte === CR && i + 1 < end && bytes[i + 1] === LF ? 2 : 1;
    }
    run = i;
  }
  if (end > run) sink.copy(bytes, run, end);
}

/** Bytes at which raw and decoded text differ, by form. */
const CDATA_SPECIAL = specials(CR);
const ELEMENT_SPECIAL = specials(CR, AMP);
const ATTRIBUTE_SPECIAL = specials(CR, AMP, LF, TAB);

function specials(...bytes: number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of bytes) table[byte] = 1;
  return table;
}

/**
 * The code point of the reference `bytes[ampersand, semicolon]`, or -1 when it is none of the five predefined
 * entities and no character reference up to U+10FFFF.
 */
export function referencedCodePoint(bytes: Buffer, ampersand: number, semicolon: number): number {
  const first = ampersand + 1;
  if (bytes[first] === HASH) return numericReference(bytes, first + 1, semicolon);
  const second = bytes[first + 1];
  switch (semicolon - first) {
    case 2:
      if (second !== LETTER.t) return -1;
      return bytes[first] === LETTER.l ? LT : bytes[first] === LETTER.g ? GT : -1;
    case 3:
      return isName(bytes, first, 'amp') ? AMP : -1;
    case 4:
      return isName(bytes, first, 'quot') ? 0x22 : isName(bytes, first, 'apos') ? 0x27 : -1;
    default:
      return -1;
  }
}

const LETTER = { g: 0x67, l: 0x6c, t: 0x74 } as const;

function isName(bytes: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name.charCodeAt(i)) return false;
  return true;
}

function numericReference(bytes: Buffer, start: number, end: number): number {
  const isHexadecimal = bytes[start] === 0x78;
  const base = isHexadecimal ? 16 : 10;
  let i = isHexadecimal ? start + 1 : start;
  if (i >= end) return -1;
  let code = 0;
  for (; i < end; i++) {
    const digit = digitValue(bytes[i] as number);
    if (digit < 0 || digit >= base) return -1;
    code = code * base + digit;
    if (code > 0x10ffff) return -1;
  }
  return code;
}

function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x41 + 10;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x61 + 10;
  return -1;
}

/** UTF-8 in which surrogates may stand in their three-byte form, to a string that holds those surrogates. */
function wtf8ToString(bytes: Buffer): string {
  let text = '';
  let run = 0;
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i + 1)) {
    const second = bytes[i + 1];
    if (second === undefined || second < 0xa0) continue;
    text += bytes.toString('utf8', run, i);
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | ((bytes[i + 2] as number) & 0x3f));
    run = i + 3;
  }
  return text + bytes.toString('utf8', run);
}

/** Bytes in which a reference must end; longer ones name no code point. The scanner has the same bound. */
export const LONGEST_REFERENCE = 40;

/** References are short, so a loop beats a native search. -1: none within the bound. */
function semicolonAfter(bytes: Buffer, ampersand: number, end: number): number {
  const limit = Math.min(end, ampersand + LONGEST_REFERENCE + 1);
  for (let at = ampersand + 1; at < limit; at++) if (bytes[at] === SEMICOLON) return at;
  return -1;
}
