import { TextValue } from '@chatferry/export';
import type { PackageMessage } from './package-message.js';
import { readInt32, readInt64 } from './parse-number.js';
import type { RecordReader } from './record-reader.js';
import type { ValueSlot } from './value-slot.js';

const ZERO = 0x30;

/**
 * Decodes a message from the bytes of its values, without strings: this runs once for every message of the
 * package. A value that does not decode breaks the record.
 */
export class MessageValues {
  readonly #reader: RecordReader;
  readonly #message: PackageMessage;
  readonly #rtfValue: TextValue;
  readonly #room: ValueSlot | null;
  readonly #id: ValueSlot;
  readonly #date: ValueSlot;
  readonly #user: ValueSlot;
  readonly #alert: ValueSlot;
  readonly #rtf: ValueSlot;

  /** `reader` must have been made with `message.content` and `rtfValue` as homes of those fields. */
  constructor(reader: RecordReader, message: PackageMessage, rtfValue: TextValue) {
    this.#reader = reader;
    this.#message = message;
    this.#rtfValue = rtfValue;
    this.#room = reader.slot('roomId') ?? null;
    this.#id = reader.slot('id') as ValueSlot;
    this.#date = reader.slot('date') as ValueSlot;
    this.#user = reader.slot('userId') as ValueSlot;
    this.#alert = reader.slot('alert') as ValueSlot;
    this.#rtf = reader.slot('rtf') as ValueSlot;
  }

  /** Fills the message; `groupRoomId` is the room of the group around it. */
  decode(groupRoomId: number): void {
    const message = this.#message;
    message.roomId = this.#room === null ? groupRoomId : this.#readInt32(this.#room);
    message.id = this.#readInt64(this.#id, message.idDigits);
    message.date = this.#readInt64(this.#date, message.dateDigits);
    message.userId = this.#readInt32(this.#user);
    message.alert = this.#readFlag(this.#alert);
    message.rtf = this.#rtf.isSeen ? this.#rtfValue : null;
  }

  #readInt32(slot: ValueSlot): number {
    const value = readInt32(slot.value);
    if (!Number.isNaN(value)) return value;
    this.#refuse(slot, 'a whole number of 32 bits');
    return 0;
  }

  #readInt64(slot: ValueSlot, digits: TextValue): bigint {
    const value = readInt64(slot.value);
    if (value === null) {
      this.#refuse(slot, 'a whole number of 64 bits');
      return 0n;
    }
    const text = slot.value.isPlain ? slot.value : TextValue.from(value.toString());
    digits.set(text.bytes, text.start, text.end, 'decoded', 0);
    return value;
  }

  #readFlag(slot: ValueSlot): boolean {
    const { bytes, start, end } = slot.value;
    const digit = end - start === 1 ? (bytes[start] as number) - ZERO : -1;
    if (digit !== 0 && digit !== 1) this.#refuse(slot, '0 or 1');
    return digit === 1;
  }

  #refuse(slot: ValueSlot, expected: string): void {
    if (!slot.isSeen) return;
    this.#reader.isBroken = true;
    this.#reader.valueFault('layout', `Unexpected coding of ${slot.path.name}, expected ${expected}`);
  }
}
