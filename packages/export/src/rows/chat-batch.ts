import { RecordBatch } from '../xml/record-batch.js';
import { CODING, type Coding, MOST_NAME_BYTES, RecordShape } from '../xml/record-shape.js';
import type { XmlName } from '../xml/xml-names.js';
import type { XmlScanner } from '../xml/xml-scanner.js';
import { type ChatRowView, REQUIRED_CHAT_SLOTS } from './chat-row-view.js';

/** Coding of the columns of tblChat, by slot. */
const CHAT_CODINGS: readonly Coding[] = [
  CODING.INT32,
  CODING.INT64,
  CODING.INT64,
  CODING.INT32,
  CODING.BIT,
  CODING.TEXT,
  CODING.TEXT,
];

/**
 * Messages that are read many at a time. It knows nothing until a message has been read token by token: then `learn` tells it
 * the names of the row and of its columns, and from then on it takes what looks the same and leaves the rest to the tokens.
 */
export class ChatBatch {
  readonly #scanner: XmlScanner;
  readonly #batch = new RecordBatch();
  #shape: RecordShape | null = null;
  #row: XmlName | null = null;
  #depth = 0;
  #isPaused = false;
  #at = 0;
  /** By id of the name: bit 1, it is known as an attribute; bit 2, as a child. */
  #known: number[] = [];

  constructor(scanner: XmlScanner) {
    this.#scanner = scanner;
  }

  /** Moves to the next message, if it need not be read token by token. */
  next(): boolean {
    this.#at += 1;
    if (this.#at < this.#batch.count) return true;
    if (this.#shape === null || this.#isPaused || this.#scanner.depth !== this.#depth) return false;
    this.#at = 0;
    return this.#scanner.records(this.#shape, this.#batch) > 0;
  }

  /** Offset of the message in the scanner's window. */
  get start(): number {
    return this.#batch.start(this.#at);
  }

  read(into: ChatRowView): void {
    into.take(this.#batch, this.#at);
  }

  /** Whether the names of such a row have been learned. */
  knows(row: XmlName): boolean {
    return row === this.#row;
  }

  /** Until a message has been read token by token again: what looks like one may be another table's row. */
  pause(): void {
    this.#isPaused = true;
  }

  /** A message is read from an element of this name, `outerDepth` elements around it. */
  learnRow(row: XmlName, outerDepth: number): void {
    this.#isPaused = false;
    if (row === this.#row && outerDepth === this.#depth) return;
    this.#row = row;
    this.#depth = outerDepth;
    this.#known = [];
    const isPossible = !row.text.includes(':') && row.bytes.length <= MOST_NAME_BYTES;
    this.#shape = isPossible
      ? new RecordShape(row.bytes, { required: REQUIRED_CHAT_SLOTS, isCompact: false, escapes: true })
      : null;
  }

  /** One of its columns, in the order of the row. */
  learnColumn(column: XmlName, slot: number, form: 'attribute' | 'child'): void {
    if (this.#shape === null || column.text.includes(':') || column.isDeclaration) return;
    const bit = form === 'attribute' ? 1 : 2;
    if (((this.#known[column.id] ?? 0) & bit) !== 0) return;
    this.#known[column.id] = (this.#known[column.id] ?? 0) | bit;
    const coding = CHAT_CODINGS[slot];
    if (coding === undefined) return;
    if (form === 'attribute') this.#shape.addAttribute(column.bytes, slot, coding);
    else this.#shape.addChild(column.bytes, slot, coding);
  }
}
