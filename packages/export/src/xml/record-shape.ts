import { Buffer } from 'node:buffer';

/** How the value of a slot is coded; numbers, because the kernel switches on them (`kernel/records.ts`). */
export const CODING = {
  TEXT: 0,
  /** One to nine digits. */
  INT32: 1,
  /** One to eighteen digits. */
  INT64: 2,
  /** `0`, `1`, `true`, `false`. */
  BIT: 3,
  /** As above, without leading zeros. */
  CANONICAL_INT32: 4,
  CANONICAL_INT64: 5,
  /** `0` or `1`. */
  FLAG: 6,
  /** Nothing but the token itself, which the slot says was there. */
  CONSTANT: 7,
} as const;

export type Coding = (typeof CODING)[keyof typeof CODING];

export const MOST_SLOTS = 16;
export const MOST_NAME_BYTES = 48;
const MOST_ENTRIES = 32;
/** The longest name with `</` and `>`, and the declarations that SQL Server repeats on every row. */
const MOST_TOKEN_BYTES = 64;

const OPEN_AT = 32;
const CLOSE_AT = 96;
const ENTRIES_AT = 160;
const ENTRY_BYTES = 144;
const ENTRY_OPEN_AT = 16;
const ENTRY_CLOSE_AT = 80;

/** Bytes that the longest shape takes in the kernel's memory. */
export const SHAPE_BYTES = ENTRIES_AT + MOST_ENTRIES * ENTRY_BYTES;

/** What stands before and behind a value; the quote behind an attribute's value is no part of it. */
interface Entry {
  readonly open: Buffer;
  readonly close: Buffer;
  readonly slot: number;
  readonly coding: Coding;
}

export interface RecordShapeOptions {
  /** Slots that every record must have. */
  readonly required: readonly number[];
  /** Children stand in the order in which they were added, and white space inside the record is not accepted. */
  readonly isCompact: boolean;
  /** Texts come escaped as the package writes them as well, where the raw bytes differ. */
  readonly escapes: boolean;
}

/**
 * What a flat record looks like: the name of its element, and the attributes and child elements whose values go to
 * which slot (0 to 15). A slot is filled from attributes or from children, not from both.
 */
export class RecordShape {
  readonly name: Buffer;
  /** Bit by slot: its values stand in attributes. */
  attributeSlots = 0;
  /** Changes with every name that is added. */
  version = 0;
  readonly #options: RecordShapeOptions;
  readonly #attributes: Entry[] = [];
  readonly #children: Entry[] = [];
  #childSlots = 0;
  #slots = 0;

  /** @throws RangeError when the name is longer than `MOST_NAME_BYTES`. */
  constructor(name: Buffer, options: RecordShapeOptions) {
    if (name.length > MOST_NAME_BYTES) throw new RangeError('name too long for a record shape');
    this.name = Buffer.from(name);
    this.#options = options;
  }

  get slots(): number {
    return this.#slots;
  }

  /** False: it cannot be added, and records that have it are left to the scanner. */
  addAttribute(name: Buffer, slot: number, coding: Coding): boolean {
    return this.#addAttribute({ open: token(' ', name, '="'), close: NOTHING, slot, coding });
  }

  addChild(name: Buffer, slot: number, coding: Coding): boolean {
    return this.#addChild({ open: token('<', name, '>'), close: token('</', name, '>'), slot, coding });
  }

  /** An attribute that always has this value, as it stands in the document. */
  addConstantAttribute(name: Buffer, value: Buffer, slot: number): boolean {
    // Between apostrophes a value may hold a quote, but between quotes that would be its end.
    if (value.includes('"')) return false;
    const open = Buffer.concat([token(' ', name, '="'), value]);
    return this.#addAttribute({ open, close: NOTHING, slot, coding: CODING.CONSTANT });
  }

  /** An empty element that always stands in these bytes: a child whose value is absent. */
  addEmptyChild(element: Buffer, slot: number): boolean {
    return this.#addChild({ open: Buffer.from(element), close: NOTHING, slot, coding: CODING.CONSTANT });
  }

  /** The form in which the kernel reads it. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(SHAPE_BYTES);
    const { required, isCompact, escapes } = this.#options;
    bytes.writeUInt32LE(token('<', this.name, '').copy(bytes, OPEN_AT), 0);
    bytes.writeUInt32LE(token('</', this.name, '').copy(bytes, CLOSE_AT), 4);
    bytes.writeUInt32LE(this.#attributes.length, 8);
    bytes.writeUInt32LE(this.#children.length, 12);
    bytes.writeUInt32LE(this.#slots, 16);
    bytes.writeUInt32LE(
      required.reduce((mask, slot) => mask | (1 << slot), 0),
      20,
    );
    bytes.writeUInt32LE(isCompact ? 1 : 0, 24);
    bytes.writeUInt32LE(escapes ? 1 : 0, 28);
    let at = ENTRIES_AT;
    for (const { open, close, slot, coding } of [...this.#attributes, ...this.#children]) {
      bytes.writeUInt32LE(open.copy(bytes, at + ENTRY_OPEN_AT), at);
      bytes.writeUInt32LE(close.copy(bytes, at + ENTRY_CLOSE_AT), at + 4);
      bytes.writeUInt32LE(slot, at + 8);
      bytes.writeUInt32LE(coding, at + 12);
      at += ENTRY_BYTES;
    }
    return bytes;
  }

  #addAttribute(entry: Entry): boolean {
    if (!this.#hasRoom(entry) || (this.#childSlots & (1 << entry.slot)) !== 0) return false;
    this.attributeSlots |= 1 << entry.slot;
    this.#add(this.#attributes, entry);
    return true;
  }

  #addChild(entry: Entry): boolean {
    if (!this.#hasRoom(entry) || (this.attributeSlots & (1 << entry.slot)) !== 0) return false;
    this.#childSlots |= 1 << entry.slot;
    this.#add(this.#children, entry);
    return true;
  }

  #hasRoom({ open, close, slot }: Entry): boolean {
    return (
      slot < MOST_SLOTS &&
      Math.max(open.length, close.length) <= MOST_TOKEN_BYTES &&
      this.#attributes.length + this.#children.length < MOST_ENTRIES
    );
  }

  #add(entries: Entry[], entry: Entry): void {
    entries.push(entry);
    this.#slots = Math.max(this.#slots, entry.slot + 1);
    this.version += 1;
  }
}

const NOTHING = Buffer.alloc(0);

function token(before: string, name: Buffer, after: string): Buffer {
  return Buffer.concat([Buffer.from(before, 'latin1'), name, Buffer.from(after, 'latin1')]);
}
