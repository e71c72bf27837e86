import { Buffer } from 'node:buffer';
import { SLASH } from '../xml/characters.js';
import { RecordBatch } from '../xml/record-batch.js';
import { type HeldRecords, recordKernel } from '../xml/record-kernel.js';
import { CODING, type Coding, MOST_NAME_BYTES, MOST_SLOTS, RecordShape } from '../xml/record-shape.js';
import { TextValue } from '../xml/text-value.js';
import type { XmlName } from '../xml/xml-names.js';
import type { XmlScanner } from '../xml/xml-scanner.js';
import { type ChatRowView, type ExtraColumn, REQUIRED_CHAT_SLOTS } from './chat-row-view.js';

/** The namespace of `nil`. */
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

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

/** Messages behind the current one, all of which the kernel has read and still holds. */
export interface HeldMessages extends HeldRecords {
  /** Bit by slot: what a message holds that has every column of tblChat but rtf, and no other. */
  readonly plainSlots: number;
}

/** Takes messages from the beginning of those that are held, and returns how many. */
export type MessagesTaker = (held: HeldMessages) => number;

const OPTIONS = { required: REQUIRED_CHAT_SLOTS, isCompact: false, escapes: true } as const;

/**
 * Messages that are read many at a time. It knows nothing until a message has been read token by token: then `learn`
 * tells it the names of the row and of its columns, and from then on it takes what looks the same and leaves the rest
 * to the tokens.
 */
export class ChatBatch {
  readonly #scanner: XmlScanner;
  readonly #batch = new RecordBatch();
  readonly #value = new TextValue();
  #shape: RecordShape | null = null;
  #row: XmlName | null = null;
  #depth = 0;
  #isPaused = false;
  #at = 0;
  /** By id of the name: bit 1, it is known as an attribute; bit 2, as a child; bit 4, as a child that is NULL. */
  #known: number[] = [];
  /** Columns that nobody knows, by their names. */
  #extras: ExtraColumn[] = [];
  /** The namespace declarations that every such row repeats, as they stand there. */
  #declarations: readonly Declaration[] = [];
  #nextSlot = 0;
  #plainSlots = 0;
  /** Prefix of the `nil` that is known; '' when none is. */
  #nilPrefix = '';

  constructor(scanner: XmlScanner) {
    this.#scanner = scanner;
  }

  /** Moves to the next message, if it need not be read token by token. */
  next(): boolean {
    this.#at += 1;
    if (this.#at < this.#batch.count) return true;
    if (this.#shape === null || this.#isPaused || this.#scanner.depth !== this.#depth) return false;
    if (!this.#knowsNil()) return false;
    this.#at = 0;
    return this.#scanner.records(this.#shape, this.#batch) > 0;
  }

  /** Offset of the message in the scanner's window. */
  get start(): number {
    return this.#batch.start(this.#at);
  }

  /** Offers the messages behind the current one, and moves behind those that were taken. Returns how many these are. */
  offer(take: MessagesTaker): number {
    const held = recordKernel().held(this.#batch, this.#at + 1);
    if (held === null) return 0;
    const taken = take({ ...held, plainSlots: this.#plainSlots });
    this.#at += taken;
    return taken;
  }

  read(into: ChatRowView): void {
    into.take(this.#batch, this.#at, this.#extras);
  }

  /** Whether the names of such a row have been learned. */
  knows(row: XmlName): boolean {
    return row === this.#row;
  }

  /** Until a message has been read token by token again: what looks like one may be another table's row. */
  pause(): void {
    this.#isPaused = true;
  }

  /** A message is read from the element of the current start tag, `outerDepth` elements around it. */
  learnRow(row: XmlName, outerDepth: number): void {
    this.#isPaused = false;
    const isSame = this.#shape !== null && row === this.#row && outerDepth === this.#depth;
    if (isSame && this.#repeatsDeclarations()) return;
    this.#row = row;
    this.#depth = outerDepth;
    this.#known = [];
    this.#extras = [];
    this.#nilPrefix = '';
    this.#nextSlot = CHAT_CODINGS.length;
    this.#declarations = this.#readDeclarations();
    this.#shape = this.#newShape(row);
  }

  /** One of its columns, in the order of the row; slot -1: nobody knows it. */
  learnColumn(column: XmlName, slot: number, form: 'attribute' | 'child'): void {
    if (this.#shape === null || column.text.includes(':') || column.isDeclaration) return;
    if (this.#isKnown(column, form === 'attribute' ? 1 : 2)) return;
    const home = slot < 0 ? this.#extraSlot(column) : slot;
    const coding = CHAT_CODINGS[home] ?? CODING.TEXT;
    if (form === 'attribute') this.#shape.addAttribute(column.bytes, home, coding);
    else this.#shape.addChild(column.bytes, home, coding);
  }

  /**
   * Its column in the current start tag, which `learnColumn` has been told of, is NULL. Those that every message has
   * are never.
   */
  learnNull(column: XmlName, slot: number): void {
    const scanner = this.#scanner;
    const isRequired = slot >= 0 && (REQUIRED_CHAT_SLOTS as readonly number[]).includes(slot);
    if (this.#shape === null || isRequired || column.text.includes(':') || scanner.attributeCount !== 1)
      return;
    const element = scanner.window.subarray(scanner.tokenStart, scanner.tokenEnd);
    const { prefix } = scanner.attributeName(0);
    const isEmpty = element[element.length - 2] === SLASH && scanner.heldFault === null;
    if (!isEmpty || (this.#nilPrefix !== '' && this.#nilPrefix !== prefix)) return;
    if (this.#isKnown(column, 4)) return;
    this.#nilPrefix = prefix;
    this.#shape.addEmptyChild(element, slot < 0 ? this.#extraSlot(column) : slot);
  }

  /** Whether it has been learned already; from now on it has. */
  #isKnown(column: XmlName, bit: number): boolean {
    const known = this.#known[column.id] ?? 0;
    this.#known[column.id] = known | bit;
    return (known & bit) !== 0;
  }

  /** The slot of a column that nobody knows; behind the last when there are too many. */
  #extraSlot({ text }: XmlName): number {
    const known = this.#extras.find(({ name }) => name === text);
    if (known !== undefined) return known.slot;
    const slot = this.#nextSlot;
    if (slot === MOST_SLOTS) return slot;
    this.#nextSlot += 1;
    this.#extras.push({ name: text, slot });
    return slot;
  }

  /** Whether what was learned of `nil` still holds: around the rows its prefix may mean something else. */
  #knowsNil(): boolean {
    const prefix = this.#nilPrefix;
    if (prefix === '' || this.#declarations.some(({ declared }) => declared === prefix)) return true;
    return this.#scanner.namespaceOf(prefix) === XSI;
  }

  /** null: such rows are left to the tokens. */
  #newShape(row: XmlName): RecordShape | null {
    if (row.text.includes(':') || row.bytes.length > MOST_NAME_BYTES) return null;
    const declarations = this.#declarations;
    this.#plainSlots = slotMask(REQUIRED_CHAT_SLOTS);
    if (declarations.length === 0) return new RecordShape(row.bytes, OPTIONS);
    const first = CHAT_CODINGS.length;
    this.#nextSlot = first + declarations.length;
    // A declaration that is at fault damages the row every time.
    if (this.#scanner.heldFault !== null || this.#nextSlot > MOST_SLOTS) return null;
    const required = [...REQUIRED_CHAT_SLOTS, ...declarations.map((_, i) => first + i)];
    this.#plainSlots = slotMask(required);
    const shape = new RecordShape(row.bytes, { ...OPTIONS, required });
    const areAdded = declarations.every(({ name, value }, i) =>
      shape.addConstantAttribute(name, value, first + i),
    );
    return areAdded ? shape : null;
  }

  #readDeclarations(): Declaration[] {
    const scanner = this.#scanner;
    const declarations: Declaration[] = [];
    for (let i = 0; i < scanner.attributeCount; i++) {
      const name = scanner.attributeName(i);
      if (!name.isDeclaration) continue;
      scanner.attributeValue(i, this.#value);
      const { bytes, start, end } = this.#value;
      const value = Buffer.from(bytes.subarray(start, end));
      declarations.push({ name: name.bytes, declared: name.prefix === '' ? '' : name.local, value });
    }
    return declarations;
  }

  #repeatsDeclarations(): boolean {
    const scanner = this.#scanner;
    let count = 0;
    for (let i = 0; i < scanner.attributeCount; i++) {
      const name = scanner.attributeName(i);
      if (!name.isDeclaration) continue;
      scanner.attributeValue(i, this.#value);
      const known = this.#declarations[count++];
      const { bytes, start, end } = this.#value;
      if (known?.name !== name.bytes || known.value.compare(bytes, start, end) !== 0) return false;
    }
    return count === this.#declarations.length;
  }
}

function slotMask(slots: readonly number[]): number {
  return slots.reduce((mask, slot) => mask | (1 << slot), 0);
}

interface Declaration {
  readonly name: Buffer;
  /** The prefix that is declared; '' for the default namespace. */
  readonly declared: string;
  readonly value: Buffer;
}
