import { Buffer } from 'node:buffer';
import type { Place } from '../finding.js';
import {
  APOSTROPHE,
  ATTRIBUTE_CLASS,
  BANG,
  BLANKED,
  BRACKET,
  BRACKET_END,
  CLOSE_BRACKET,
  CONTROL,
  DASH,
  EQUALS,
  GREATER,
  GT,
  isNameCharacter,
  isNameStart,
  isSpace,
  isXmlCharacter,
  LT,
  MARKUP,
  MULTIBYTE,
  NAME_CLASS,
  PLAIN,
  QUESTION,
  QUOTE,
  QUOTES,
  REFERENCE,
  RETURN,
  SEMICOLON,
  SLASH,
  TEXT_CLASS,
} from './characters.js';
import { NamespaceScope } from './namespace-scope.js';
import { TextPosition } from './text-position.js';
import { LONGEST_REFERENCE, referencedCodePoint, type TextForm, TextValue, TRAIT } from './text-value.js';
import { CUT_OFF, decodeUtf8At, INVALID, sequenceLength } from './utf8.js';
import { RECOVERABLE_FAULTS, XmlFault, type XmlFaultCode } from './xml-fault.js';
import { NameTable, startsWith, type XmlName } from './xml-names.js';

/** What `next` found. `more`: push bytes (or finish) and ask again. */
export type XmlToken = 'more' | 'start' | 'end' | 'text' | 'done';

export interface XmlScannerOptions {
  /** Document name for places. */
  readonly file: string;
  /**
   * Code points that XML 1.0 forbids, raw or as references, inside text and attribute values: `refuse` faults,
   * `report` delivers the value with `TRAIT.FORBIDDEN`. Elsewhere they always fault.
   */
  readonly forbidden: 'report' | 'refuse';
  /** Several top elements, or none, as `FOR XML` without ROOT writes them. */
  readonly allowsFragment?: boolean;
  /** Surrogates in three-byte form are forbidden characters, not invalid bytes: for transcoded UTF-16. */
  readonly mayHoldSurrogates?: boolean;
  /** Keep the first recoverable fault in `heldFault` and go on, instead of throwing it. */
  readonly holdsRecoverableFaults?: boolean;
}

/** Bounds against hostile documents; an honest export stays far below. */
export const XML_LIMITS = {
  depth: 64,
  attributes: 1024,
  names: 20_000,
  tokenBytes: 256 * 1024 * 1024,
} as const;

const CDATA_OPEN = Buffer.from('<![CDATA[');
const DOCTYPE_OPEN = Buffer.from('<!DOCTYPE');
const MORE = -1;
const INITIAL_CAPACITY = 1 << 19;

interface Mark {
  at: number;
  readonly depth: number;
  readonly hasStarted: boolean;
  readonly rootCount: number;
}

/**
 * A strict, non-validating XML 1.0 (fifth edition) pull scanner with namespaces, on bytes in UTF-8.
 *
 * Push chunks, pull tokens: start tags with their attributes, end tags, text. Comments, processing instructions
 * and the declaration are checked and passed over; a DTD is a fault. Every byte is checked: UTF-8 (RFC 3629),
 * characters, references, names, nesting, duplicate attributes, bound prefixes. A token is only delivered when
 * it is whole, so the way in which the bytes were cut into chunks cannot show. Nothing is decoded: values are
 * byte ranges of the window with traits (see `TextValue`), valid until the next `push`.
 *
 * Memory: the unread bytes (a mark keeps everything after it) plus one chunk, and the names.
 *
 * Throws `XmlFault` at the first thing that is not well-formed; after that the scanner must not be used.
 */
export class XmlScanner {
  readonly #options: XmlScannerOptions;
  readonly #names = new NameTable();
  readonly #position = new TextPosition();
  readonly #stack: XmlName[] = [];
  readonly #namespaces = new NamespaceScope();
  readonly #uri = new TextValue();
  #window = Buffer.allocUnsafeSlow(INITIAL_CAPACITY);
  #at = 0;
  #limit = 0;
  #isFinished = false;
  #hasStarted = false;
  #rootCount = 0;
  #stamp = 0;
  #mark: Mark | null = null;
  #endsWithStart = false;
  #windowId = 0;

  #tokenStart = 0;
  #name: XmlName | null = null;
  #previousElement: XmlName | null = null;
  #textStart = 0;
  #textEnd = 0;
  #textForm: TextForm = 'element';
  #traits = 0;
  #attributeCount = 0;
  readonly #attributeNames: XmlName[] = [];
  readonly #attributeStarts = new Int32Array(XML_LIMITS.attributes);
  readonly #attributeEnds = new Int32Array(XML_LIMITS.attributes);
  readonly #attributeTraits = new Uint8Array(XML_LIMITS.attributes);

  /** The first recoverable fault since it was last set to null; stays null unless the options ask to hold faults. */
  heldFault: XmlFault | null = null;

  constructor(options: XmlScannerOptions) {
    this.#options = options;
  }

  /** The name of the current `start` or `end` token. */
  get name(): XmlName {
    return this.#name as XmlName;
  }

  /** Open elements; at a `start` token its own element counts, at an `end` token no longer. */
  get depth(): number {
    return this.#stack.length;
  }

  /** Changes whenever the window's bytes move; offsets and values of an earlier window are void. */
  get windowId(): number {
    return this.#windowId;
  }

  /** The bytes that offsets and values refer to. */
  get window(): Buffer {
    return this.#window;
  }

  /** Offset of the current token, and of the byte after it. */
  get tokenStart(): number {
    return this.#tokenStart;
  }
  get tokenEnd(): number {
    return this.#at;
  }

  /** Bytes that were pushed and are not yet given up: the unfinished token, or everything since the mark. */
  get pendingBytes(): number {
    return this.#limit - (this.#mark?.at ?? this.#at);
  }

  get attributeCount(): number {
    return this.#attributeCount;
  }

  attributeName(index: number): XmlName {
    return this.#attributeNames[index] as XmlName;
  }

  attributeValue(index: number, into: TextValue): void {
    const start = this.#attributeStarts[index] as number;
    into.set(
      this.#window,
      start,
      this.#attributeEnds[index] as number,
      'attribute',
      this.#attributeTraits[index] as number,
    );
  }

  /** The current `text` token: character data or one CDATA section. An element's text may come in several tokens. */
  textValue(into: TextValue): void {
    into.set(this.#window, this.#textStart, this.#textEnd, this.#textForm, this.#traits);
  }

  /** Whether the current `text` token is white space only. */
  get isBlankText(): boolean {
    for (let i = this.#textStart; i < this.#textEnd; i++)
      if (!isSpace(this.#window[i] as number)) return false;
    return true;
  }

  /** The namespace that a prefix ('' for the default) is bound to at the current token, or null. */
  namespaceOf(prefix: string): string | null {
    return this.#namespaces.lookUp(prefix);
  }

  /** Where the byte at `offset` of the window stands; the current token's start by default. */
  place(record: string | null = null, offset = this.#tokenStart): Place {
    const { line, column } = this.#position.locate(this.#window, offset);
    return { file: this.#options.file, line, column, record };
  }

  /** Appends bytes. Invalidates every offset and value handed out before. */
  push(chunk: Buffer): void {
    const keep = this.#mark?.at ?? this.#at;
    const kept = this.#limit - keep;
    if (kept + chunk.length > XML_LIMITS.tokenBytes) {
      throw this.#fault(
        'too-long',
        `Unexpected single record of more than ${XML_LIMITS.tokenBytes} bytes`,
        keep,
      );
    }
    this.#position.drop(this.#window, keep);
    const needed = kept + chunk.length + 1;
    const target = needed > this.#window.length ? Buffer.allocUnsafeSlow(roundUp(needed)) : this.#window;
    this.#window.copy(target, 0, keep, this.#limit);
    chunk.copy(target, kept);
    this.#window = target;
    this.#limit = kept + chunk.length;
    this.#at -= keep;
    this.#tokenStart -= keep;
    if (this.#mark !== null) this.#mark.at = 0;
    // A sentinel that stops every fast loop, so that they need no bounds check.
    this.#window[this.#limit] = LT;
    this.#windowId += 1;
  }

  /** No more bytes will come: a token that is still unfinished is a fault. */
  finish(): void {
    this.#isFinished = true;
  }

  /** Remembers the point before the next token; `rewind` returns to it and `push` keeps the bytes after it. */
  mark(): void {
    this.#mark = {
      at: this.#at,
      depth: this.#stack.length,
      hasStarted: this.#hasStarted,
      rootCount: this.#rootCount,
    };
  }

  unmark(): void {
    this.#mark = null;
  }

  /** Back to the mark: the same tokens come again. The depth must not have fallen below the mark's. */
  rewind(): void {
    const mark = this.#mark as Mark;
    this.#at = mark.at;
    this.#tokenStart = mark.at;
    this.#hasStarted = mark.hasStarted;
    this.#rootCount = mark.rootCount;
    this.#stack.length = mark.depth;
    this.#namespaces.close(mark.depth);
    this.#endsWithStart = false;
    this.heldFault = null;
  }

  next(): XmlToken {
    if (this.#endsWithStart) {
      this.#endsWithStart = false;
      this.#tokenStart = this.#at;
      this.#pop();
      return 'end';
    }
    for (;;) {
      const at = this.#at;
      if (at >= this.#limit) return this.#isFinished ? this.#finishDocument() : 'more';
      this.#tokenStart = at;
      if (!this.#hasStarted && !this.#beginDocument()) return 'more';
      const token = this.#window[this.#at] === LT ? this.#scanMarkup(this.#at) : this.#scanText(this.#at);
      if (token !== null) return token;
    }
  }

  /** The XML declaration, when there is one. False: more bytes needed to know. */
  #beginDocument(): boolean {
    const at = this.#at;
    if (this.#limit - at < 6 && !this.#isFinished) return false;
    const opening = this.#window.toString('latin1', at, Math.min(at + 6, this.#limit));
    if (/^<\?xml[ \t\r\n]$/.test(opening)) {
      const end = this.#window.indexOf('?>', at);
      if (end < 0 || end + 2 > this.#limit) return this.#needMore(at, 'XML declaration') !== MORE;
      this.#checkDeclaration(this.#window.toString('latin1', at + 5, end), at);
      this.#at = end + 2;
      this.#tokenStart = this.#at;
    }
    this.#hasStarted = true;
    return this.#at < this.#limit || this.#isFinished;
  }

  #checkDeclaration(text: string, at: number): void {
    const grammar =
      /^[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*$/;
    if (!grammar.test(text)) {
      throw this.#fault(
        'bad-declaration',
        'Unexpected XML declaration, expected version, encoding, standalone',
        at,
      );
    }
    if (!/version[ \t\r\n]*=[ \t\r\n]*["']1\.0["']/.test(text)) {
      throw this.#fault('bad-declaration', 'Unexpected XML version, expected 1.0', at);
    }
  }

  #finishDocument(): XmlToken {
    this.#tokenStart = this.#at;
    const open = this.#stack.at(-1);
    if (open !== undefined) {
      throw this.#fault('unexpected-end', `Unexpected end of the document inside <${open.text}>`, this.#at);
    }
    if (this.#rootCount === 0 && this.#options.allowsFragment !== true) {
      throw this.#fault('no-root', 'Unexpected end of the document, expected an element', this.#at);
    }
    return 'done';
  }

  /** Markup at `at`. null: something that is passed over. */
  #scanMarkup(at: number): XmlToken | null {
    if (at + 1 >= this.#limit) return this.#cutOff(at);
    const second = this.#window[at + 1] as number;
    if (second === SLASH) return this.#scanEndTag(at);
    if (second === QUESTION) return this.#scanInstruction(at);
    if (second === BANG) return this.#scanDeclaration(at);
    return this.#scanStartTag(at);
  }

  #scanStartTag(at: number): XmlToken {
    const depth = this.#stack.length;
    const nameEnd = this.#scanName(at + 1, this.#previousElement?.nextElement ?? null);
    if (nameEnd === MORE) return this.#cutOff(at);
    const element = this.#name as XmlName;
    if (this.#previousElement !== null) this.#previousElement.nextElement = element;
    this.#previousElement = element;
    this.#stamp += 1;
    const end = this.#scanAttributes(nameEnd, element);
    if (end === MORE) return this.#cutOff(at);
    if (depth === 0) this.#openRoot(at);
    if (depth >= XML_LIMITS.depth) {
      throw this.#fault('too-deep', `Unexpected nesting deeper than ${XML_LIMITS.depth} elements`, at);
    }
    this.#stack.push(element);
    this.#name = element;
    this.#bindNamespaces(element, depth, at);
    this.#endsWithStart = this.#window[end - 2] === SLASH;
    this.#at = end;
    return 'start';
  }

  #openRoot(at: number): void {
    if (this.#rootCount > 0 && this.#options.allowsFragment !== true) {
      throw this.#fault('second-root', 'Unexpected second top element, expected one', at);
    }
    this.#rootCount += 1;
  }

  /** Attributes from `at` to the byte after `>`; the byte before tells a self-closing tag. */
  #scanAttributes(start: number, element: XmlName): number {
    const window = this.#window;
    const limit = this.#limit;
    let at = start;
    let previous = element;
    this.#attributeCount = 0;
    for (;;) {
      const gap = at;
      while (at < limit && isSpace(window[at] as number)) at += 1;
      if (at >= limit) return MORE;
      const byte = window[at] as number;
      if (byte === GT) return at + 1;
      if (byte === SLASH) {
        if (at + 1 >= limit) return MORE;
        if (window[at + 1] === GT) return at + 2;
        throw this.#fault('bad-markup', 'Unexpected / in a tag, expected />', at);
      }
      if (at === gap) throw this.#fault('bad-markup', 'Unexpected character in a tag, expected a blank', at);
      const nameEnd = this.#scanName(at, previous.follower);
      if (nameEnd === MORE) return MORE;
      const name = this.#name as XmlName;
      previous.follower = name;
      this.#noteDuplicate(name, at);
      at = this.#scanAttributeValue(nameEnd, name);
      if (at === MORE) return MORE;
      previous = name;
    }
  }

  #noteDuplicate(name: XmlName, at: number): void {
    if (name.stamp === this.#stamp)
      this.#hold('duplicate-attribute', `Unexpected second attribute ${name.text}`, at);
    name.stamp = this.#stamp;
    if (this.#attributeCount >= XML_LIMITS.attributes) {
      throw this.#fault(
        'too-many-attributes',
        `Unexpected more than ${XML_LIMITS.attributes} attributes in a tag`,
        at,
      );
    }
  }

  /** From the byte after an attribute's name to the byte after its closing quote. */
  #scanAttributeValue(start: number, name: XmlName): number {
    const window = this.#window;
    let at = start;
    while (at < this.#limit && isSpace(window[at] as number)) at += 1;
    if (at >= this.#limit) return MORE;
    if (window[at] !== EQUALS)
      throw this.#fault('bad-markup', `Unexpected character after ${name.text}, expected =`, at);
    at += 1;
    while (at < this.#limit && isSpace(window[at] as number)) at += 1;
    if (at >= this.#limit) return MORE;
    const quote = window[at] as number;
    if (quote !== QUOTE && quote !== APOSTROPHE) {
      throw this.#fault('bad-markup', `Unexpected value of ${name.text} without quotes`, at);
    }
    const end = this.#scanQuoted(at + 1, quote);
    if (end === MORE) return MORE;
    const index = this.#attributeCount++;
    this.#attributeNames[index] = name;
    this.#attributeStarts[index] = at + 1;
    this.#attributeEnds[index] = end;
    this.#attributeTraits[index] = this.#traits;
    return end + 1;
  }

  /** From the byte after a quote to the offset of the closing one; leaves the value's traits in `#traits`. */
  #scanQuoted(start: number, quote: number): number {
    const window = this.#window;
    let at = start;
    this.#traits = 0;
    for (;;) {
      while (ATTRIBUTE_CLASS[window[at] as number] === PLAIN) at += 1;
      if (at >= this.#limit) return MORE;
      const kind = ATTRIBUTE_CLASS[window[at] as number] as number;
      if (kind === QUOTES) {
        if (window[at] === quote) return at;
        at += 1;
      } else if (kind === MARKUP) {
        throw this.#fault('less-than-in-attribute', 'Unexpected < in an attribute value, expected &lt;', at);
      } else if (kind === BLANKED) {
        this.#traits |= TRAIT.ATTRIBUTE_SPACE;
        at += 1;
      } else {
        at = this.#scanSpecial(at, kind);
        if (at === MORE) return MORE;
      }
    }
  }

  /** Character data from `at` up to the next `<`. */
  #scanText(start: number): XmlToken | null {
    const window = this.#window;
    let at = start;
    this.#traits = 0;
    for (;;) {
      while (TEXT_CLASS[window[at] as number] === PLAIN) at += 1;
      if (at >= this.#limit) {
        if (!this.#isFinished) return 'more';
        break;
      }
      const kind = TEXT_CLASS[window[at] as number] as number;
      if (kind === MARKUP) break;
      if (kind === BRACKET_END) {
        if (at + 2 >= this.#limit && !this.#isFinished) return 'more';
        if (at + 2 < this.#limit && window[at + 1] === CLOSE_BRACKET && window[at + 2] === GT) {
          this.#hold('cdata-end-in-text', 'Unexpected ]]> in text, expected ]]&gt;', at);
        }
        at += 1;
      } else {
        at = this.#scanSpecial(at, kind);
        if (at === MORE) return this.#cutOff(start);
      }
    }
    this.#at = at;
    if (this.#stack.length === 0) return this.#checkOutsideText(start, at);
    this.#textStart = start;
    this.#textEnd = at;
    this.#textForm = 'element';
    return 'text';
  }

  #checkOutsideText(start: number, end: number): null {
    for (let i = start; i < end; i++) {
      if (!isSpace(this.#window[i] as number)) {
        throw this.#fault('text-outside-root', 'Unexpected text outside the top element', i);
      }
    }
    return null;
  }

  /** A byte that both text and attribute values treat with care; the offset after it, or MORE. */
  #scanSpecial(at: number, kind: number): number {
    switch (kind) {
      case REFERENCE:
        return this.#scanReference(at);
      case MULTIBYTE:
        return this.#scanMultibyte(at);
      case RETURN:
        this.#traits |= TRAIT.CARRIAGE_RETURN;
        return at + 1;
      case GREATER:
        this.#traits |= TRAIT.GREATER_THAN;
        return at + 1;
      default:
        this.#noteForbidden(this.#window[at] as number, at);
        return at + 1;
    }
  }

  #scanMultibyte(at: number): number {
    const code = decodeUtf8At(this.#window, at, this.#limit);
    if (code === CUT_OFF) {
      if (!this.#isFinished) return MORE;
      this.#hold('invalid-bytes', 'Unexpected end of the document inside a UTF-8 sequence', at);
      return this.#limit;
    }
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (code === INVALID || (isSurrogate && this.#options.mayHoldSurrogates !== true)) {
      this.#hold('invalid-bytes', 'Unexpected bytes that are not UTF-8', at);
      return at + 1;
    }
    if (isSurrogate || (code & 0xfffe) === 0xfffe) this.#noteForbidden(code, at);
    return at + sequenceLength(this.#window[at] as number);
  }

  #scanReference(at: number): number {
    const window = this.#window;
    const end = this.#referenceEnd(at);
    if (end === MORE) return MORE;
    if (end === INVALID) {
      this.#hold('bad-reference', 'Unexpected & that begins no reference, expected &amp;', at);
      return at + 1;
    }
    const code = referencedCodePoint(window, at, end);
    if (code < 0) {
      const text = window.toString('utf8', at, end + 1);
      this.#hold(
        window[at + 1] === 0x23 ? 'bad-reference' : 'undefined-entity',
        `Unexpected reference ${text}`,
        at,
      );
    } else {
      if (!isXmlCharacter(code)) this.#noteForbidden(code, at);
      this.#traits |= isCanonicalReference(window, at, end) ? TRAIT.CANONICAL_REFERENCE : TRAIT.REFERENCE;
    }
    return end + 1;
  }

  /** Offset of the semicolon of a reference whose ampersand is at `at`; MORE, or INVALID when it has no such form. */
  #referenceEnd(at: number): number {
    const window = this.#window;
    let i = at + 1;
    for (; i < this.#limit && i - at <= LONGEST_REFERENCE; i++) {
      const byte = window[i] as number;
      if (byte === SEMICOLON) return i === at + 1 ? INVALID : i;
      if (NAME_CLASS[byte] === 0 && !(byte === 0x23 && i === at + 1)) return INVALID;
    }
    return i >= this.#limit && !this.#isFinished ? MORE : INVALID;
  }

  #noteForbidden(code: number, at: number): void {
    if (this.#options.forbidden === 'refuse') {
      const hexadecimal = code.toString(16).toUpperCase().padStart(4, '0');
      throw this.#fault(
        'forbidden-character',
        `Unexpected character U+${hexadecimal}, which XML 1.0 forbids`,
        at,
      );
    }
    this.#traits |= TRAIT.FORBIDDEN;
  }

  #scanEndTag(at: number): XmlToken {
    const window = this.#window;
    const open = this.#stack.at(-1);
    let end = at + 2;
    if (open !== undefined && end + open.bytes.length < this.#limit && startsWith(window, end, open.bytes)) {
      end += open.bytes.length;
      while (end < this.#limit && isSpace(window[end] as number)) end += 1;
      if (end < this.#limit && window[end] === GT) {
        this.#at = end + 1;
        this.#pop();
        return 'end';
      }
      if (end >= this.#limit) return this.#cutOff(at);
    } else if (window.indexOf(GT, at) < 0 || window.indexOf(GT, at) >= this.#limit) {
      if (!this.#isFinished) return 'more';
    }
    const expected = open === undefined ? 'no end tag' : `</${open.text}>`;
    throw this.#fault('tag-mismatch', `Unexpected end tag, expected ${expected}`, at);
  }

  #pop(): void {
    this.#name = this.#stack.pop() as XmlName;
    this.#namespaces.close(this.#stack.length);
  }

  /** A name at `at`: the offset after it, the name in `#name`. A right guess spares the hashing. */
  #scanName(at: number, guess: XmlName | null): number {
    const window = this.#window;
    if (
      guess?.isQualified === true &&
      at + guess.bytes.length < this.#limit &&
      startsWith(window, at, guess.bytes)
    ) {
      const end = at + guess.bytes.length;
      if (NAME_CLASS[window[end] as number] === 0) {
        this.#name = guess;
        return end;
      }
    }
    let hash = 0;
    let end = at;
    while (end < this.#limit && NAME_CLASS[window[end] as number] !== 0) {
      hash = (Math.imul(hash, 31) + (window[end] as number)) | 0;
      end += 1;
    }
    if (end >= this.#limit) return MORE;
    this.#checkName(at, end);
    const name = this.#names.intern(window, at, end, hash);
    if (this.#names.size > XML_LIMITS.names) {
      throw this.#fault('too-many-names', `Unexpected more than ${XML_LIMITS.names} different names`, at);
    }
    if (!name.isQualified)
      this.#hold('bad-namespace', `Unexpected name ${name.text}, expected at most one colon`, at);
    this.#name = name;
    return end;
  }

  #checkName(start: number, end: number): void {
    const window = this.#window;
    let isValid = end > start && (NAME_CLASS[window[start] as number] as number) !== 2;
    for (let at = start; isValid && at < end; ) {
      if ((window[at] as number) < 0x80) {
        at += 1;
        continue;
      }
      const code = decodeUtf8At(window, at, end);
      isValid = code > 0 && (at === start ? isNameStart(code) : isNameCharacter(code));
      at += Math.max(1, sequenceLength(window[at] as number));
    }
    if (!isValid) throw this.#fault('bad-name', 'Unexpected character, expected a name', start);
  }

  /** Processing instruction: checked and passed over. */
  #scanInstruction(at: number): XmlToken | null {
    const end = this.#window.indexOf('?>', at + 2);
    if (end < 0 || end + 2 > this.#limit) return this.#cutOff(at);
    const nameEnd = this.#scanName(at + 2, null);
    const target = (this.#name as XmlName).text;
    if (nameEnd === MORE || nameEnd > end || target.toLowerCase() === 'xml' || target.includes(':')) {
      throw this.#fault('bad-instruction', 'Unexpected processing instruction', at);
    }
    if (nameEnd < end && !isSpace(this.#window[nameEnd] as number)) {
      throw this.#fault(
        'bad-instruction',
        'Unexpected character in a processing instruction, expected a blank',
        nameEnd,
      );
    }
    this.#checkPassedOver(nameEnd, end);
    this.#at = end + 2;
    return null;
  }

  /** Comment, CDATA section or DTD. */
  #scanDeclaration(at: number): XmlToken | null {
    const window = this.#window;
    if (at + 9 > this.#limit && !this.#isFinished) return 'more';
    if (window[at + 2] === DASH && window[at + 3] === DASH) return this.#scanComment(at);
    if (window[at + 2] === BRACKET && startsWith(window, at, CDATA_OPEN)) return this.#scanCdata(at);
    if (startsWith(window, at, DOCTYPE_OPEN)) {
      throw this.#fault(
        'doctype',
        'Unexpected document type declaration; no export has one and none is ever read',
        at,
      );
    }
    throw this.#fault('bad-markup', 'Unexpected <!', at);
  }

  #scanComment(at: number): XmlToken | null {
    const end = this.#window.indexOf('--', at + 4);
    if (end < 0 || end + 3 > this.#limit) return this.#cutOff(at);
    if (this.#window[end + 2] !== GT) throw this.#fault('bad-comment', 'Unexpected -- in a comment', end);
    this.#checkPassedOver(at + 4, end);
    this.#at = end + 3;
    return null;
  }

  #scanCdata(at: number): XmlToken | null {
    if (this.#stack.length === 0)
      throw this.#fault('text-outside-root', 'Unexpected text outside the top element', at);
    const end = this.#window.indexOf(']]>', at + CDATA_OPEN.length);
    if (end < 0 || end + 3 > this.#limit) return this.#cutOff(at);
    this.#traits = 0;
    this.#textStart = at + CDATA_OPEN.length;
    this.#textEnd = end;
    this.#textForm = 'cdata';
    this.#scanLiteral(this.#textStart, end);
    this.#at = end + 3;
    return 'text';
  }

  /** Checks the characters of a comment or instruction, where forbidden ones have no excuse. */
  #checkPassedOver(start: number, end: number): void {
    const traits = this.#traits;
    this.#traits = 0;
    this.#scanLiteral(start, end);
    if ((this.#traits & TRAIT.FORBIDDEN) !== 0) {
      throw this.#fault('forbidden-character', 'Unexpected character that XML 1.0 forbids', start);
    }
    this.#traits = traits;
  }

  /** Text in which `<` and `&` are plain characters. */
  #scanLiteral(start: number, end: number): void {
    let at = start;
    while (at < end) {
      const kind = TEXT_CLASS[this.#window[at] as number] as number;
      if (kind === MULTIBYTE) at = this.#scanMultibyte(at);
      else if (kind === CONTROL || kind === RETURN) at = this.#scanSpecial(at, kind);
      else at += 1;
    }
  }

  #bindNamespaces(element: XmlName, depth: number, at: number): void {
    let hasPrefix = element.prefix !== '';
    for (let i = 0; i < this.#attributeCount; i++) {
      const name = this.#attributeNames[i] as XmlName;
      if (name.isDeclaration) this.#declareNamespace(i, name, depth);
      else if (name.prefix !== '') hasPrefix = true;
    }
    if (!hasPrefix) return;
    this.#requireBound(element, at);
    const expanded = new Set<string>();
    for (let i = 0; i < this.#attributeCount; i++) {
      const name = this.#attributeNames[i] as XmlName;
      if (name.isDeclaration || name.prefix === '') continue;
      const key = `${this.#requireBound(name, at)} ${name.local}`;
      if (expanded.has(key))
        this.#hold('duplicate-attribute', `Unexpected second attribute ${name.text}`, at);
      expanded.add(key);
    }
  }

  #declareNamespace(index: number, name: XmlName, depth: number): void {
    const start = this.#attributeStarts[index] as number;
    this.attributeValue(index, this.#uri);
    const uri = this.#uri.toString();
    const complaint = this.#namespaces.declare(name.prefix === '' ? '' : name.local, uri, depth);
    if (complaint !== null) this.#hold('bad-namespace', complaint, start);
  }

  #requireBound(name: XmlName, at: number): string {
    if (name.prefix === '') return '';
    const uri = this.#namespaces.lookUp(name.prefix);
    if (uri === null)
      this.#hold('unbound-prefix', `Unexpected prefix ${name.prefix} without a namespace declaration`, at);
    return uri ?? name.prefix;
  }

  /** The unfinished token at `at`: `more`, or at the end of the document a fault. */
  #cutOff(at: number): 'more' {
    this.#needMore(at, 'markup');
    return 'more';
  }

  #needMore(at: number, what: string): typeof MORE {
    if (this.#isFinished) {
      const open = this.#stack.at(-1);
      const inside = open === undefined ? what : `${what} inside <${open.text}>`;
      throw this.#fault('unexpected-end', `Unexpected end of the document in ${inside}`, at);
    }
    return MORE;
  }

  #hold(code: XmlFaultCode, message: string, at: number): void {
    const fault = this.#fault(code, message, at);
    if (this.#options.holdsRecoverableFaults !== true || !RECOVERABLE_FAULTS.has(code)) throw fault;
    this.heldFault ??= fault;
  }

  #fault(code: XmlFaultCode, message: string, at: number): XmlFault {
    return new XmlFault(code, message, this.place(null, Math.min(at, this.#limit)));
  }
}

function roundUp(size: number): number {
  let capacity = INITIAL_CAPACITY;
  while (capacity < size) capacity *= 2;
  return capacity;
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
