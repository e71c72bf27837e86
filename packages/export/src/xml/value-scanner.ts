import type { Buffer } from 'node:buffer';
import type { ByteWindow } from './byte-window.js';
import {
  ATTRIBUTE_CLASS,
  BLANKED,
  BRACKET_END,
  CLOSE_BRACKET,
  CONTROL,
  GREATER,
  GT,
  isXmlCharacter,
  MARKUP,
  MULTIBYTE,
  NAME_CLASS,
  PLAIN,
  QUOTES,
  REFERENCE,
  RETURN,
  SEMICOLON,
  TEXT_CLASS,
} from './characters.js';
import { LONGEST_REFERENCE, referencedCodePoint, TRAIT } from './text-value.js';
import { CUT_OFF, decodeUtf8At, INVALID, sequenceLength } from './utf8.js';
import type { XmlFault, XmlFaultCode } from './xml-fault.js';

/** The window ends before what was looked for. */
export const MORE = -1;

export interface ValueRules {
  /** See `XmlScannerOptions`. */
  readonly forbidden: 'report' | 'refuse';
  readonly mayHoldSurrogates?: boolean;
}

/** Where faults go: `hold` may return, and then the scan goes on; `fault` makes what is to be thrown. */
export interface FaultSink {
  hold(code: XmlFaultCode, message: string, at: number): void;
  fault(code: XmlFaultCode, message: string, at: number): XmlFault;
}

/**
 * Finds the ends of text and attribute values in a window and checks every byte on the way: UTF-8 (RFC 3629),
 * characters (XML 1.0 section 2.2), references (4.1), `]]>` and `<`. What a value holds beyond plain text is left in
 * `traits`.
 */
export class ValueScanner {
  /** Bits of `TRAIT` of the value scanned last. */
  traits = 0;
  /** After MORE: the bytes before this offset were checked, and nothing that was begun before it is unfinished. */
  stoppedAt = 0;
  readonly #window: ByteWindow;
  readonly #rules: ValueRules;
  readonly #faults: FaultSink;

  constructor(window: ByteWindow, rules: ValueRules, faults: FaultSink) {
    this.#window = window;
    this.#rules = rules;
    this.#faults = faults;
  }

  /** From the byte after a quote to the offset of the closing one; leaves the value's traits in `traits`. */
  scanQuoted(start: number, quote: number): number {
    const { bytes } = this.#window;
    let at = start;
    this.traits = 0;
    for (;;) {
      while (ATTRIBUTE_CLASS[bytes[at] as number] === PLAIN) at += 1;
      if (at >= this.#window.limit) return this.#stopAt(at);
      const kind = ATTRIBUTE_CLASS[bytes[at] as number] as number;
      if (kind === QUOTES) {
        if (bytes[at] === quote) return at;
        at += 1;
      } else if (kind === MARKUP) {
        throw this.#faults.fault(
          'less-than-in-attribute',
          'Unexpected < in an attribute value, expected &lt;',
          at,
        );
      } else if (kind === BLANKED) {
        this.traits |= TRAIT.ATTRIBUTE_SPACE;
        at += 1;
      } else {
        const next = this.#scanSpecial(at, kind);
        if (next === MORE) return this.#stopAt(at);
        at = next;
      }
    }
  }

  #stopAt(at: number): typeof MORE {
    this.stoppedAt = at;
    return MORE;
  }

  /** From the first byte of character data to the offset of the next `<`, or of the document's end; MORE. */
  scanText(start: number): number {
    const { bytes } = this.#window;
    let at = start;
    this.traits = 0;
    for (;;) {
      while (TEXT_CLASS[bytes[at] as number] === PLAIN) at += 1;
      if (at >= this.#window.limit) return this.#window.isFinished ? at : this.#stopAt(at);
      const kind = TEXT_CLASS[bytes[at] as number] as number;
      if (kind === MARKUP) return at;
      const next = kind === BRACKET_END ? this.#scanBracket(at) : this.#scanSpecial(at, kind);
      if (next === MORE) return this.#stopAt(at);
      at = next;
    }
  }

  #scanBracket(at: number): number {
    const { bytes, limit, isFinished } = this.#window;
    if (at + 2 >= limit) return isFinished ? at + 1 : MORE;
    if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GT) {
      this.#faults.hold('cdata-end-in-text', 'Unexpected ]]> in text, expected ]]&gt;', at);
    }
    return at + 1;
  }

  /** Text in which `<` and `&` are plain characters. */
  scanLiteral(start: number, end: number): void {
    let at = start;
    while (at < end) {
      const kind = TEXT_CLASS[this.#window.bytes[at] as number] as number;
      if (kind === MULTIBYTE) at = this.#scanMultibyte(at);
      else if (kind === CONTROL || kind === RETURN) at = this.#scanSpecial(at, kind);
      else at += 1;
    }
  }

  /** A byte that both text and attribute values treat with care; the offset after it, or MORE. */
  #scanSpecial(at: number, kind: number): number {
    switch (kind) {
      case REFERENCE:
        return this.#scanReference(at);
      case MULTIBYTE:
        return this.#scanMultibyte(at);
      case RETURN:
        this.traits |= TRAIT.CARRIAGE_RETURN;
        return at + 1;
      case GREATER:
        this.traits |= TRAIT.GREATER_THAN;
        return at + 1;
      default:
        this.#noteForbidden(this.#window.bytes[at] as number, at);
        return at + 1;
    }
  }

  #scanMultibyte(at: number): number {
    const code = decodeUtf8At(this.#window.bytes, at, this.#window.limit);
    if (code === CUT_OFF) {
      if (!this.#window.isFinished) return MORE;
      this.#faults.hold('invalid-bytes', 'Unexpected end of the document inside a UTF-8 sequence', at);
      return this.#window.limit;
    }
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (code === INVALID || (isSurrogate && this.#rules.mayHoldSurrogates !== true)) {
      this.#faults.hold('invalid-bytes', 'Unexpected bytes that are not UTF-8', at);
      return at + 1;
    }
    if (isSurrogate || code === 0xfffe || code === 0xffff) this.#noteForbidden(code, at);
    return at + sequenceLength(this.#window.bytes[at] as number);
  }

  #scanReference(at: number): number {
    const { bytes } = this.#window;
    const end = this.#referenceEnd(at);
    if (end === MORE) return MORE;
    if (end === INVALID) {
      this.#faults.hold('bad-reference', 'Unexpected & that begins no reference, expected &amp;', at);
      return at + 1;
    }
    const code = referencedCodePoint(bytes, at, end);
    if (code < 0) {
      const text = bytes.toString('utf8', at, end + 1);
      this.#faults.hold(
        bytes[at + 1] === 0x23 ? 'bad-reference' : 'undefined-entity',
        `Unexpected reference ${text}`,
        at,
      );
    } else {
      if (!isXmlCharacter(code)) this.#noteForbidden(code, at);
      this.traits |= isCanonicalReference(bytes, at, end) ? TRAIT.CANONICAL_REFERENCE : TRAIT.REFERENCE;
    }
    return end + 1;
  }

  /** Offset of the semicolon of a reference whose ampersand is at `at`; MORE, or INVALID when it has no such form. */
  #referenceEnd(at: number): number {
    const { bytes } = this.#window;
    let i = at + 1;
    for (; i < this.#window.limit && i - at <= LONGEST_REFERENCE; i++) {
      const byte = bytes[i] as number;
      if (byte === SEMICOLON) return i === at + 1 ? INVALID : i;
      if (NAME_CLASS[byte] === 0 && !(byte === 0x23 && i === at + 1)) return INVALID;
    }
    return i >= this.#window.limit && !this.#window.isFinished ? MORE : INVALID;
  }

  #noteForbidden(code: number, at: number): void {
    if (this.#rules.forbidden === 'refuse') {
      const hexadecimal = code.toString(16).toUpperCase().padStart(4, '0');
      throw this.#faults.fault(
        'forbidden-character',
        `Unexpected character U+${hexadecimal}, which XML 1.0 forbids`,
        at,
      );
    }
    this.traits |= TRAIT.FORBIDDEN;
  }
}

/** `&amp;` `&lt;` `&gt;` `&#xD;`: exactly what the package writes. */
function isCanonicalReference(bytes: Buffer, at: number, end: number): boolean {
  const first = bytes[at + 1];
  const third = bytes[at + 3];
  switch (end - at) {
    case 3:
      return bytes[at + 2] === 0x74 && (first === 0x6c || first === 0x67);
    case 4:
      return (
        (first === 0x61 && bytes[at + 2] === 0x6d && third === 0x70) ||
        (first === 0x23 && bytes[at + 2] === 0x78 && third === 0x44)
      );
    default:
      return false;
  }
}
