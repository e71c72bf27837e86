import { Buffer } from 'node:buffer';
import type { RecordShape } from './record-shape.js';
import type { TextValue } from './text-value.js';

const HEADER_WORDS = 4;
const SLOT_WORDS = 6;

/** Stands for the traits of a value of coding CONSTANT; as in the kernel. */
const ABSENT = 64;

/** Words (of 32 bits) that a record takes in the kernel's table. */
export function recordWords(slots: number): number {
  return HEADER_WORDS + slots * SLOT_WORDS;
}

/** What a scan of the kernel has found, as `RecordBatch` takes it over. */
export interface ScannedRecords {
  readonly count: number;
  /** The kernel's table; copied. */
  readonly words: Int32Array;
  /** The decoded texts; copied. */
  readonly decoded: Buffer;
  /** Address of `decoded` in the kernel. */
  readonly decodedAt: number;
  /** What to add to an address of the kernel's window for an offset of `window`. */
  readonly shift: number;
  /** Where the records stand. */
  readonly window: Buffer;
  /** Number of the scan. */
  readonly scan: number;
}

/**
 * Records that the kernel has found in a window, one behind the other. Values are views, valid until the batch is
 * filled again or the window moves. Memory held: 16 bytes a record, 24 a value, and the texts that had to be decoded;
 * bounded by the kernel's table and window, about 0.8 MiB.
 */
export class RecordBatch {
  count = 0;
  /** Number of the kernel's scan that filled it. */
  scan = 0;
  #window: Buffer = NO_BYTES;
  #words = new Int32Array(0);
  #longs = new BigInt64Array(0);
  #decoded: Buffer = NO_BYTES;
  #decodedAt = 0;
  #shift = 0;
  #stride = 0;
  #attributeSlots = 0;

  fill(shape: RecordShape, scanned: ScannedRecords): void {
    const { words, decoded } = scanned;
    this.count = scanned.count;
    this.scan = scanned.scan;
    this.#stride = recordWords(shape.slots);
    this.#attributeSlots = shape.attributeSlots;
    if (this.#words.length < words.length) {
      this.#words = new Int32Array(roundUp(words.length));
      this.#longs = new BigInt64Array(this.#words.buffer);
    }
    this.#words.set(words);
    if (this.#decoded.length < decoded.length) {
      this.#decoded = Buffer.allocUnsafeSlow(roundUp(decoded.length));
    }
    decoded.copy(this.#decoded);
    this.#decodedAt = scanned.decodedAt;
    this.#shift = scanned.shift;
    this.#window = scanned.window;
  }

  /** Words of a record in the kernel's table. */
  get stride(): number {
    return this.#stride;
  }

  /** Offset of the record's `<` in the window. */
  start(record: number): number {
    return (this.#words[record * this.#stride] as number) + this.#shift;
  }

  /** Offset behind the record. */
  end(record: number): number {
    return (this.#words[record * this.#stride + 1] as number) + this.#shift;
  }

  /** Bit by slot: the record has a value there. */
  slots(record: number): number {
    return this.#words[record * this.#stride + 2] as number;
  }

  /** Whether the slot was filled by what has no value, such as NULL. */
  isAbsent(record: number, slot: number): boolean {
    return this.#words[record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS + 2] === ABSENT;
  }

  /** Offset of a value in the window. */
  valueStart(record: number, slot: number): number {
    return (this.#words[record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS] as number) + this.#shift;
  }

  /** Points `into` at the raw bytes of a value of any coding. */
  text(record: number, slot: number, into: TextValue): void {
    const words = this.#words;
    const at = record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS;
    const traits = words[at + 2] as number;
    const shift = this.#shift;
    into.set(
      this.#window,
      (words[at] as number) + shift,
      (words[at + 1] as number) + shift,
      (this.#attributeSlots & (1 << slot)) !== 0 ? 'attribute' : 'element',
      traits,
    );
    const from = words[at + 4] as number;
    const to = words[at + 5] as number;
    // Plain text has nothing decoded; nor has empty text.
    if (traits === 0 || from === to) return;
    into.decodedBytes = this.#decoded;
    into.decodedStart = from - this.#decodedAt;
    into.decodedEnd = to - this.#decodedAt;
    const escapedEnd = words[at + 3] as number;
    into.escapedEnd = escapedEnd === 0 ? -1 : escapedEnd - this.#decodedAt;
  }

  /** Points `into` at the digits of a number, as decoded text. */
  digits(record: number, slot: number, into: TextValue): void {
    const at = record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS;
    const start = (this.#words[at] as number) + this.#shift;
    into.set(this.#window, start, (this.#words[at + 1] as number) + this.#shift, 'decoded', 0);
  }

  /** A value of coding INT32, BIT or FLAG. */
  int32(record: number, slot: number): number {
    return this.#words[record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS + 4] as number;
  }

  /** A value of coding INT64. */
  int64(record: number, slot: number): bigint {
    return this.#longs[(record * this.#stride + HEADER_WORDS + slot * SLOT_WORDS + 4) >> 1] as bigint;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** Even, so that 64-bit views fit. */
function roundUp(size: number): number {
  let capacity = 1 << 10;
  while (capacity < size) capacity *= 2;
  return capacity;
}
