import { Buffer } from 'node:buffer';
import type { Place } from '../finding.js';
import { ByteWindow } from './byte-window.js';
import {
  APOSTROPHE,
  BANG,
  BRACKET,
  DASH,
  EQUALS,
  GT,
  isNameCharacter,
  isNameStart,
  isSpace,
  LT,
  NAME_CLASS,
  QUESTION,
  QUOTE,
  SLASH,
} from './characters.js';
import { NamespaceScope } from './namespace-scope.js';
import type { RecordBatch } from './record-batch.js';
import { recordKernel } from './record-kernel.js';
import type { RecordShape } from './record-shape.js';
import { type TextForm, TextValue, TRAIT } from './text-value.js';
import { decodeUtf8At, sequenceLength } from './utf8.js';
import { MORE, ValueScanner } from './value-scanner.js';
import { declarationFault } from './xml-declaration.js';
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
  /** `records` never takes any, so that all is read token by token: the oracle for what it takes. */
  readonly readsTokensOnly?: boolean;
}

/** Bounds against hostile documents; an honest export stays far below. */
export const XML_LIMITS = {
  depth: 64,
  attributes: 1024,
  names: 20_000,
  /**
   * Of an element or attribute. An identifier of SQL Server has 128 characters, of which each may be escaped to seven.
   */
  nameBytes: 1024,
  /** Of a token, and of everything since a mark. */
  tokenBytes: 64 * 1024 * 1024,
} as const;

const CDATA_OPEN = Buffer.from('<![CDATA[');
const DOCTYPE_OPEN = Buffer.from('<!DOCTYPE');

interface Mark {
  at: number;
  readonly depth: number;
  readonly hasStarted: boolean;
  readonly rootCount: number;
  readonly passedOver: number;
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
  readonly #window = new ByteWindow();
  readonly #values: ValueScanner;
  readonly #names = new NameTable();
  readonly #stack: XmlName[] = [];
  readonly #namespaces = new NamespaceScope();
  readonly #uri = new TextValue();
  #at = 0;
  #hasStarted = false;
  #rootCount = 0;
  #passedOver = 0;
  #stamp = 0;
  #mark: Mark | null = null;
  #endsWithStart = false;
  /**
   * The start tag that is being passed over in pieces, and the quote of the value it is cut in; null between its
   * attributes.
   */
  #cutTag: { readonly element: XmlName; quote: number | null } | null = null;
  #isInCutCdata = false;
  /** Where a tag that is not whole can be gone on with, and the quote of the value that is cut there. */
  #tagStop = 0;
  #tagStopQuote: number | null = null;

  #tokenStart = 0;
  #name: XmlName | null = null;
  #previousElement: XmlName | null = null;
  #textStart = 0;
  #textEnd = 0;
  #textForm: TextForm = 'element';
  #attributeCount = 0;
  readonly #attributeNames: XmlName[] = [];
  readonly #attributeStarts = new Int32Array(XML_LIMITS.attributes);
  readonly #attributeEnds = new Int32Array(XML_LIMITS.attributes);
  readonly #attributeTraits = new Uint8Array(XML_LIMITS.attributes);

  /**
   * Tokens that do not end in the window are passed over in pieces instead of being waited for, so that what is too
   * long to be kept costs no memory: text comes in several tokens, a start tag without its attributes. Not to be
   * switched on at a mark.
   */
  cutsLongTokens = false;

  /** The first recoverable fault since it was last set to null; stays null unless the options ask to hold faults. */
  heldFault: XmlFault | null = null;

  constructor(options: XmlScannerOptions) {
    this.#options = options;
    this.#values = new ValueScanner(this.#window, options, {
      hold: (code, message, at) => this.#hold(code, message, at),
      fault: (code, message, at) => this.#fault(code, message, at),
    });
  }

  /** The name of the current `start` or `end` token. */
  get name(): XmlName {
    return this.#name as XmlName;
  }

  /** Open elements; at a `start` token its own element counts, at an `end` token no longer. */
  get depth(): number {
    return this.#stack.length;
  }

  /** Names of the open elements as they are written, the outermost first. */
  get openElements(): readonly string[] {
    return this.#stack.map(({ text }) => text);
  }

  /** Changes whenever the window's bytes move; offsets and values of an earlier window are void. */
  get windowId(): number {
    return this.#window.id;
  }

  /** The bytes that offsets and values refer to. */
  get window(): Buffer {
    return this.#window.bytes;
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
    return this.#window.limit - (this.#mark?.at ?? this.#at);
  }

  /** Comments and processing instructions inside the top element that were passed over so far. */
  get passedOver(): number {
    return this.#passedOver;
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
      this.#window.bytes,
      start,
      this.#attributeEnds[index] as number,
      'attribute',
      this.#attributeTraits[index] as number,
    );
  }

  /** The current `text` token: character data or one CDATA section. An element's text may come in several tokens. */
  textValue(into: TextValue): void {
    into.set(this.#window.bytes, this.#textStart, this.#textEnd, this.#textForm, this.#values.traits);
  }

  /** Whether the current `text` token is white space only. */
  get isBlankText(): boolean {
    for (let i = this.#textStart; i < this.#textEnd; i++)
      if (!isSpace(this.#window.bytes[i] as number)) return false;
    return true;
  }

  /** The namespace that a prefix ('' for the default) is bound to at the current token, or null. */
  namespaceOf(prefix: string): string | null {
    return this.#namespaces.lookUp(prefix);
  }

  /** Where the byte at `offset` of the window stands; the current token's start by default. */
  place(record: string | null = null, offset = this.#tokenStart): Place {
    const { line, column } = this.#window.locate(offset);
    return { file: this.#options.file, line, column, record };
  }

  /** Appends bytes. Invalidates every offset and value handed out before. */
  push(chunk: Buffer): void {
    const keep = this.#mark?.at ?? this.#at;
    if (this.#window.limit - keep + chunk.length > XML_LIMITS.tokenBytes) {
      throw this.#fault(
        'too-long',
        `Unexpected single record of more than ${XML_LIMITS.tokenBytes} bytes`,
        keep,
      );
    }
    this.#window.push(chunk, keep);
    this.#at -= keep;
    this.#tokenStart -= keep;
    if (this.#mark !== null) this.#mark.at = 0;
  }

  /** No more bytes will come: a token that is still unfinished is a fault. */
  finish(): void {
    this.#window.isFinished = true;
  }

  /** Remembers the point before the next token; `rewind` returns to it and `push` keeps the bytes after it. */
  mark(): void {
    this.#mark = {
      at: this.#at,
      depth: this.#stack.length,
      hasStarted: this.#hasStarted,
      rootCount: this.#rootCount,
      passedOver: this.#passedOver,
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
    this.#passedOver = mark.passedOver;
    this.#stack.length = mark.depth;
    this.#namespaces.close(mark.depth);
    this.#endsWithStart = false;
    this.heldFault = null;
  }

  /**
   * Takes the next whole records of a known shape at once, together with the white space before each; the next token is
   * then what follows them. What it takes is what the tokens would have told, and it stops before the first record that
   * it does not understand in every byte: a count of 0 says no more than that the tokens must be asked. To be called
   * between records. The caller vouches that the shape's names are not prefixed, and that nothing but records of this
   * element is looked for here.
   */
  records(shape: RecordShape, into: RecordBatch): number {
    into.count = 0;
    if (
      this.#options.readsTokensOnly === true ||
      this.#endsWithStart ||
      !this.#hasStarted ||
      this.#at >= this.#window.limit
    )
      return 0;
    this.#at = recordKernel().scan(shape, this.#window, this.#at, into);
    if (into.count > 0) this.#tokenStart = this.#at;
    return into.count;
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
      if (at >= this.#window.limit) return this.#window.isFinished ? this.#finishDocument() : 'more';
      if (this.#cutTag !== null) return this.#continueTag(at, this.#cutTag);
      if (this.#isInCutCdata) return this.#scanCutCdata(at);
      this.#tokenStart = at;
      if (!this.#hasStarted && !this.#beginDocument()) return 'more';
      const token =
        this.#window.bytes[this.#at] === LT ? this.#scanMarkup(this.#at) : this.#scanText(this.#at);
      if (token !== null) return token;
    }
  }

  /** The XML declaration, when there is one. False: more bytes needed to know. */
  #beginDocument(): boolean {
    const at = this.#at;
    if (this.#window.limit - at < 6 && !this.#window.isFinished) return false;
    const opening = this.#window.bytes.toString('latin1', at, Math.min(at + 6, this.#window.limit));
    if (/^<\?xml[ \t\r\n]$/.test(opening)) {
      const end = this.#window.find('?>', at);
      if (end < 0) return this.#needMore(at, 'XML declaration') !== MORE;
      const complaint = declarationFault(this.#window.bytes.toString('latin1', at + 5, end));
      if (complaint !== null) throw this.#fault('bad-declaration', complaint, at);
      this.#at = end + 2;
      this.#tokenStart = this.#at;
    }
    this.#hasStarted = true;
    return this.#at < this.#window.limit || this.#window.isFinished;
  }

  #finishDocument(): XmlToken {
    this.#tokenStart = this.#at;
    if (this.#cutTag !== null || this.#isInCutCdata) this.#needMore(this.#at, 'markup');
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
    if (at + 1 >= this.#window.limit) return this.#cutOff(at);
    const second = this.#window.bytes[at + 1] as number;
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
    this.#attributeCount = 0;
    const end = this.#scanAttributes(nameEnd, element);
    if (end === MORE) {
      if (!this.cutsLongTokens) return this.#cutOff(at);
      this.#cutOff(at);
      return this.#cutTagAt(element);
    }
    this.#open(element, at, end);
    this.#bindNamespaces(element, depth, at);
    return 'start';
  }

  #open(element: XmlName, at: number, end: number): void {
    const depth = this.#stack.length;
    if (depth === 0) this.#openRoot(at);
    if (depth >= XML_LIMITS.depth) {
      throw this.#fault('too-deep', `Unexpected nesting deeper than ${XML_LIMITS.depth} elements`, at);
    }
    this.#stack.push(element);
    this.#name = element;
    this.#endsWithStart = this.#window.bytes[end - 2] === SLASH;
    this.#at = end;
  }

  /** Gives up what has been checked of a tag. */
  #cutTagAt(element: XmlName): 'more' {
    this.#cutTag = { element, quote: this.#tagStopQuote };
    this.#at = this.#tagStop;
    return 'more';
  }

  #continueTag(at: number, tag: { readonly element: XmlName; readonly quote: number | null }): XmlToken {
    this.#cutTag = null;
    let from = at;
    if (tag.quote !== null) {
      const end = this.#values.scanQuoted(at, tag.quote);
      if (end === MORE) {
        this.#stopTag(this.#values.stoppedAt, tag.quote);
        this.#cutOff(at);
        return this.#cutTagAt(tag.element);
      }
      from = end + 1;
    }
    const end = this.#scanAttributes(from, tag.element);
    if (end === MORE) {
      this.#cutOff(at);
      return this.#cutTagAt(tag.element);
    }
    // Their values are gone, so that nobody may look at them.
    this.#attributeCount = 0;
    this.#open(tag.element, at, end);
    return 'start';
  }

  #stopTag(at: number, quote: number | null): void {
    this.#tagStop = at;
    this.#tagStopQuote = quote;
  }

  #openRoot(at: number): void {
    if (this.#rootCount > 0 && this.#options.allowsFragment !== true) {
      throw this.#fault('second-root', 'Unexpected second top element, expected one', at);
    }
    this.#rootCount += 1;
  }

  /** Attributes from `at` to the byte after `>`; the byte before tells a self-closing tag. */
  #scanAttributes(start: number, element: XmlName): number {
    const window = this.#window.bytes;
    const { limit } = this.#window;
    let at = start;
    let previous = element;
    for (;;) {
      const gap = at;
      this.#stopTag(at, null);
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
      if (at === MORE) {
        // A tag that is gone on with before its value meets the name again.
        if (this.#tagStopQuote === null) name.stamp = 0;
        return MORE;
      }
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
    const window = this.#window.bytes;
    let at = start;
    while (at < this.#window.limit && isSpace(window[at] as number)) at += 1;
    if (at >= this.#window.limit) return MORE;
    if (window[at] !== EQUALS)
      throw this.#fault('bad-markup', `Unexpected character after ${name.text}, expected =`, at);
    at += 1;
    while (at < this.#window.limit && isSpace(window[at] as number)) at += 1;
    if (at >= this.#window.limit) return MORE;
    const quote = window[at] as number;
    if (quote !== QUOTE && quote !== APOSTROPHE) {
      throw this.#fault('bad-markup', `Unexpected value of ${name.text} without quotes`, at);
    }
    const end = this.#values.scanQuoted(at + 1, quote);
    if (end === MORE) {
      this.#stopTag(this.#values.stoppedAt, quote);
      return MORE;
    }
    const index = this.#attributeCount++;
    this.#attributeNames[index] = name;
    this.#attributeStarts[index] = at + 1;
    this.#attributeEnds[index] = end;
    this.#attributeTraits[index] = this.#values.traits;
    return end + 1;
  }

  /** Character data from `at` up to the next `<`. */
  #scanText(start: number): XmlToken | null {
    const scanned = this.#values.scanText(start);
    const isCut = scanned === MORE && this.cutsLongTokens && this.#values.stoppedAt > start;
    if (scanned === MORE && !isCut) return this.#cutOff(start);
    const end = isCut ? this.#values.stoppedAt : scanned;
    this.#at = end;
    if (this.#stack.length === 0) return this.#checkOutsideText(start, end);
    this.#textStart = start;
    this.#textEnd = end;
    this.#textForm = 'element';
    return 'text';
  }

  #checkOutsideText(start: number, end: number): null {
    for (let i = start; i < end; i++) {
      if (!isSpace(this.#window.bytes[i] as number)) {
        throw this.#fault('text-outside-root', 'Unexpected text outside the top element', i);
      }
    }
    return null;
  }

  #scanEndTag(at: number): XmlToken {
    const window = this.#window.bytes;
    const open = this.#stack.at(-1);
    let end = at + 2;
    if (
      open !== undefined &&
      end + open.bytes.length < this.#window.limit &&
      startsWith(window, end, open.bytes)
    ) {
      end += open.bytes.length;
      while (end < this.#window.limit && isSpace(window[end] as number)) end += 1;
      if (end < this.#window.limit && window[end] === GT) {
        this.#at = end + 1;
        this.#pop();
        return 'end';
      }
      if (end >= this.#window.limit) return this.#cutOff(at);
    } else if (window.indexOf(GT, at) < 0 || window.indexOf(GT, at) >= this.#window.limit) {
      if (!this.#window.isFinished) return 'more';
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
    const window = this.#window.bytes;
    if (
      guess?.isQualified === true &&
      at + guess.bytes.length < this.#window.limit &&
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
    const stop = Math.min(this.#window.limit, at + XML_LIMITS.nameBytes + 1);
    while (end < stop && NAME_CLASS[window[end] as number] !== 0) {
      hash = (Math.imul(hash, 31) + (window[end] as number)) | 0;
      end += 1;
    }
    if (end - at > XML_LIMITS.nameBytes) {
      throw this.#fault('too-long-name', `Unexpected name of more than ${XML_LIMITS.nameBytes} bytes`, at);
    }
    if (end >= this.#window.limit) return MORE;
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
    const window = this.#window.bytes;
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
    const end = this.#window.find('?>', at + 2);
    if (end < 0) return this.#cutOff(at);
    const nameEnd = this.#scanName(at + 2, null);
    const target = (this.#name as XmlName).text;
    if (nameEnd === MORE || nameEnd > end || target.toLowerCase() === 'xml' || target.includes(':')) {
      throw this.#fault('bad-instruction', 'Unexpected processing instruction', at);
    }
    if (nameEnd < end && !isSpace(this.#window.bytes[nameEnd] as number)) {
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
    const window = this.#window.bytes;
    if (at + 9 > this.#window.limit && !this.#window.isFinished) return 'more';
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
    const end = this.#window.find('--', at + 4);
    if (end < 0 || end + 3 > this.#window.limit) return this.#cutOff(at);
    if (this.#window.bytes[end + 2] !== GT)
      throw this.#fault('bad-comment', 'Unexpected -- in a comment', end);
    this.#checkPassedOver(at + 4, end);
    this.#at = end + 3;
    return null;
  }

  #scanCdata(at: number): XmlToken | null {
    if (this.#stack.length === 0)
      throw this.#fault('text-outside-root', 'Unexpected text outside the top element', at);
    const end = this.#window.find(']]>', at + CDATA_OPEN.length);
    if (end < 0 && this.cutsLongTokens) {
      this.#cutOff(at);
      return this.#scanCutCdata(at + CDATA_OPEN.length);
    }
    if (end < 0) return this.#cutOff(at);
    this.#values.traits = 0;
    this.#textStart = at + CDATA_OPEN.length;
    this.#textEnd = end;
    this.#textForm = 'cdata';
    this.#values.scanLiteral(this.#textStart, end);
    this.#at = end + 3;
    return 'text';
  }

  /** The next piece of a CDATA section that does not end in the window. */
  #scanCutCdata(at: number): XmlToken {
    const found = this.#window.find(']]>', at);
    this.#isInCutCdata = found < 0;
    const end = found < 0 ? this.#wholeCharactersEnd(at) : found;
    this.#at = at;
    if (end <= at && found < 0) return this.#cutOff(at);
    this.#values.traits = 0;
    this.#textStart = at;
    this.#textEnd = end;
    this.#textForm = 'cdata';
    this.#values.scanLiteral(at, end);
    this.#at = found < 0 ? end : end + 3;
    return 'text';
  }

  /** Before the last two bytes, which may begin `]]>`, and before a sequence that may not be whole. */
  #wholeCharactersEnd(at: number): number {
    let end = this.#window.limit - 2;
    while (end > at && ((this.#window.bytes[end] as number) & 0xc0) === 0x80) end -= 1;
    return end;
  }

  /** Checks the characters of a comment or instruction, where forbidden ones have no excuse. */
  #checkPassedOver(start: number, end: number): void {
    if (this.#stack.length > 0) this.#passedOver += 1;
    const traits = this.#values.traits;
    this.#values.traits = 0;
    this.#values.scanLiteral(start, end);
    if ((this.#values.traits & TRAIT.FORBIDDEN) !== 0) {
      throw this.#fault('forbidden-character', 'Unexpected character that XML 1.0 forbids', start);
    }
    this.#values.traits = traits;
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
    if (this.#window.isFinished) {
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
    return new XmlFault(code, message, this.place(null, Math.min(at, this.#window.limit)));
  }
}
