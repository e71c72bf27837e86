import type { Buffer } from 'node:buffer';
import type { Place } from '../finding.js';
import type { ChatRow, ColumnDefect, MessageDigits } from '../source-record.js';
import type { RecordBatch } from '../xml/record-batch.js';
import { TextValue } from '../xml/text-value.js';
import { clip, parseBigint, parseBit, parseInteger } from './column-reader.js';

/** The columns of tblChat, by slot. */
export const CHAT_COLUMNS = [
  'channelID',
  'chatID',
  'chatDate',
  'userId',
  'isAlert',
  'content',
  'rtf',
] as const;
/** Slots of the columns that every message has. */
export const REQUIRED_CHAT_SLOTS = [0, 1, 2, 3, 4, 5] as const;

/** A column that nobody knows, and the slot in which the kernel leaves it. */
export interface ExtraColumn {
  readonly name: string;
  readonly slot: number;
}

const CHANNEL = 0;
const CHAT = 1;
const DATE = 2;
const USER = 3;
const ALERT = 4;
const CONTENT = 5;
const RTF = 6;

const NOTHING: ReadonlyMap<string, string | null> = new Map();
const ZERO = 0x30;
const NINE = 0x39;
const BILLION = 1_000_000_000n;
const BILLION_DIGITS = 9;

/**
 * The one ChatRow of a reader, refilled for every message, so that a message costs no garbage but its two
 * BigInts. Its values point into the scanner's window. `place` is worked out when asked for.
 */
export class ChatRowView implements ChatRow {
  readonly kind = 'chat';
  channelID = 0;
  chatID = 0n;
  chatDate = 0n;
  userId = 0;
  isAlert = false;
  content: TextValue | null = null;
  rtf: TextValue | null = null;
  digits: MessageDigits | null = null;
  extra: ReadonlyMap<string, string | null> = NOTHING;
  defects: readonly ColumnDefect[] = [];

  /** Where the columns lie; filled by the row reader. */
  readonly values: readonly TextValue[] = CHAT_COLUMNS.map(() => new TextValue());
  readonly isPresent: boolean[] = CHAT_COLUMNS.map(() => false);

  readonly #scratch = new TextValue();
  readonly #locate: () => Place;
  readonly #digits = { id: new TextValue(), date: new TextValue() };
  #defects: ColumnDefect[] = [];
  #billions = -1;
  #billionsProduct = 0n;

  constructor(locate: () => Place) {
    this.#locate = locate;
  }

  get place(): Place {
    const place = this.#locate();
    return { ...place, record: `message ${this.channelID}#${this.chatID}` };
  }

  /** Forgets the last message. */
  clear(): void {
    this.isPresent.fill(false);
    this.extra = NOTHING;
    this.digits = null;
  }

  addExtra(name: string, value: string | null): void {
    if (this.extra === NOTHING) this.extra = new Map();
    (this.extra as Map<string, string | null>).set(name, value);
  }

  /** Decodes the columns that the row reader has placed. */
  decode(): void {
    if (this.#defects.length > 0) this.#defects = [];
    this.channelID = this.#integer(CHANNEL);
    this.chatID = this.#bigint(CHAT);
    this.chatDate = this.#bigint(DATE);
    this.userId = this.#integer(USER);
    this.isAlert = this.#bit(ALERT);
    this.content = this.isPresent[CONTENT] ? (this.values[CONTENT] as TextValue) : null;
    this.rtf = this.isPresent[RTF] ? (this.values[RTF] as TextValue) : null;
    this.defects = this.#defects;
  }

  /** Takes a message that the kernel has read: nothing in it is missing or undecodable. */
  take(batch: RecordBatch, record: number, extras: readonly ExtraColumn[]): void {
    if (this.#defects.length > 0) this.#defects = [];
    this.defects = this.#defects;
    this.channelID = batch.int32(record, CHANNEL);
    this.chatID = batch.int64(record, CHAT);
    this.chatDate = batch.int64(record, DATE);
    const digits = this.#digits;
    batch.digits(record, CHAT, digits.id);
    batch.digits(record, DATE, digits.date);
    this.digits = isCanonical(digits.id) && isCanonical(digits.date) ? digits : null;
    this.userId = batch.int32(record, USER);
    this.isAlert = batch.int32(record, ALERT) !== 0;
    const content = this.values[CONTENT] as TextValue;
    batch.text(record, CONTENT, content);
    this.content = content;
    this.rtf = null;
    this.extra = NOTHING;
    if (batch.slots(record) >> RTF === 0) return;
    this.#takeOptional(batch, record, extras);
  }

  #takeOptional(batch: RecordBatch, record: number, extras: readonly ExtraColumn[]): void {
    const slots = batch.slots(record);
    if ((slots & (1 << RTF)) !== 0 && !batch.isAbsent(record, RTF)) {
      const rtf = this.values[RTF] as TextValue;
      batch.text(record, RTF, rtf);
      this.rtf = rtf;
    }
    if (extras.length > 0) this.#takeExtras(batch, record, extras);
  }

  /** In the order of the row. */
  #takeExtras(batch: RecordBatch, record: number, extras: readonly ExtraColumn[]): void {
    const slots = batch.slots(record);
    const found = extras.filter(({ slot }) => (slots & (1 << slot)) !== 0);
    if (found.length > 1) {
      found.sort((a, b) => batch.valueStart(record, a.slot) - batch.valueStart(record, b.slot));
    }
    for (const { name, slot } of found) {
      if (!batch.isAbsent(record, slot)) batch.text(record, slot, this.#scratch);
      this.addExtra(name, batch.isAbsent(record, slot) ? null : this.#scratch.toString());
    }
  }

  #integer(slot: number): number {
    const value = this.#value(slot, 'an int');
    if (value === null) return 0;
    const quick = digits(value.bytes, value.start, value.end, 9);
    if (quick >= 0) return quick;
    const text = value.toString();
    const exact = parseInteger(text);
    return exact !== null && exact >= -2147483648 && exact <= 2147483647
      ? exact
      : this.#unusable(slot, text, 'an int', 0);
  }

  #bigint(slot: number): bigint {
    const value = this.#value(slot, 'a bigint');
    if (value === null) return 0n;
    const { bytes, start, end } = value;
    const quick = digits(bytes, start, end, 15);
    if (quick >= 0) return BigInt(quick);
    const split = end - BILLION_DIGITS;
    const high = digits(bytes, start, split, BILLION_DIGITS);
    const low = digits(bytes, split, end, BILLION_DIGITS);
    if (high >= 0 && low >= 0) return this.#billionTimes(high) + BigInt(low);
    const text = value.toString();
    return parseBigint(text) ?? this.#unusable(slot, text, 'a bigint', 0n);
  }

  /** Ticks share their upper digits for minutes, so the product is remembered. */
  #billionTimes(high: number): bigint {
    if (high !== this.#billions) {
      this.#billions = high;
      this.#billionsProduct = BigInt(high) * BILLION;
    }
    return this.#billionsProduct;
  }

  #bit(slot: number): boolean {
    const value = this.#value(slot, 'a bit');
    if (value === null) return false;
    if (value.end - value.start === 1) {
      const byte = value.bytes[value.start];
      if (byte === ZERO) return false;
      if (byte === ZERO + 1) return true;
    }
    const text = value.toString();
    return parseBit(text) ?? this.#unusable(slot, text, 'a bit (0, 1, true, false)', false);
  }

  #value(slot: number, expected: string): TextValue | null {
    if (this.isPresent[slot]) return this.values[slot] as TextValue;
    this.#defects.push({ column: CHAT_COLUMNS[slot] as string, seen: null, expected });
    return null;
  }

  #unusable<T>(slot: number, text: string, expected: string, neutral: T): T {
    this.#defects.push({ column: CHAT_COLUMNS[slot] as string, seen: clip(text), expected });
    return neutral;
  }
}

/** Without leading zeros. */
function isCanonical({ bytes, start, end }: TextValue): boolean {
  return bytes[start] !== ZERO || end - start === 1;
}

/** The value of one to `most` ASCII digits, else -1. */
function digits(bytes: Buffer, start: number, end: number, most: number): number {
  if (end <= start || end - start > most) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + (byte - ZERO);
  }
  return value;
}
