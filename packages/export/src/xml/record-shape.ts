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
} as const;

export type Coding = (typeof CODING)[keyof typeof CODING];

export const MOST_SLOTS = 16;
export const MOST_NAME_BYTES = 48;
const MOST_ENTRIES = 32;

const OPEN_AT = 32;
const CLOSE_AT = 96;
const ENTRIES_AT = 160;
const ENTRY_BYTES = 144;
const ENTRY_OPEN_AT = 16;
const ENTRY_CLOSE_AT = 80;

/** Bytes that the longest shape takes in the kernel's memory. */
export const SHAPE_BYTES = ENTRIES_AT + MOST_ENTRIES * ENTRY_BYTES;

interface Entry {
  readonly name: Buffer;
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
 * What a flat record looks like: the name of its element, and the attributes and child elements whose values go to which
 * slot (0 to 15). A slot is filled from attributes or from children, not from both.
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
    if (!this.#hasRoom(name, slot) || (this.#childSlots & (1 << slot)) !== 0) return false;
    this.attributeSlots |= 1 << slot;
    this.#add(this.#attributes, { name: Buffer.from(name), slot, coding });
    return true;
  }

  addChild(name: Buffer, slot: number, coding: Coding): boolean {
    if (!this.#hasRoom(name, slot) || (this.attributeSlots & (1 << slot)) !== 0) return false;
    this.#childSlots |= 1 << slot;
    this.#add(this.#children, { name: Buffer.from(name), slot, coding });
    return true;
  }

  /** The form in which the kernel reads it. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(SHAPE_BYTES);
    const { required, isCompact, escapes } = this.#options;
    bytes.writeUInt32LE(writeToken(bytes, OPEN_AT, '<', this.name, ''), 0);
    bytes.writeUInt32LE(writeToken(bytes, CLOSE_AT, '</', this.name, ''), 4);
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
    for (const { name, slot, coding } of this.#attributes) {
      bytes.writeUInt32LE(writeToken(bytes, at + ENTRY_OPEN_AT, ' ', name, '="'), at);
      bytes.writeUInt32LE(slot, at + 8);
      bytes.writeUInt32LE(coding, at + 12);
      at += ENTRY_BYTES;
    }
    for (const { name, slot, coding } of this.#children) {
      bytes.writeUInt32LE(writeToken(bytes, at + ENTRY_OPEN_AT, '<', name, '>'), at);
      bytes.writeUInt32LE(writeToken(bytes, at + ENTRY_CLOSE_AT, '</', name, '>'), at + 4);
      bytes.writeUInt32LE(slot, at + 8);
      bytes.writeUInt32LE(coding, at + 12);
      at += ENTRY_BYTES;
    }
    return bytes;
  }

  #hasRoom(name: Buffer, slot: number): boolean {
    return (
      slot < MOST_SLOTS &&
      name.length <= MOST_NAME_BYTES &&
      this.#attributes.length + this.#children.length < MOST_ENTRIES
    );
  }

  #add(entries: Entry[], entry: Entry): void {
    entries.push(entry);
    this.#slots = Math.max(this.#slots, entry.slot + 1);
    this.version += 1;
  }
}

/** Writes a token and returns its length. */
function writeToken(bytes: Buffer, at: number, before: string, name: Buffer, after: string): number {
  bytes.write(before, at, 'latin1');
  name.copy(bytes, at + before.length);
  bytes.write(after, at + before.length + name.length, 'latin1');
  return before.length + name.length + after.length;
}
