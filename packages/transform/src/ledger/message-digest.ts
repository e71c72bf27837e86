import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { ByteSink, type MessageDigits, type StreamHash } from '@chatferry/export';
import { appendBigInt } from '@chatferry/import';

const BLOCK_BYTES = 1 << 16;
const UNIT_SEPARATOR = 0x1f;
const RECORD_SEPARATOR = 0x1e;
const DIGIT_ZERO = 0x30;
const DIGIT_ONE = 0x31;
/** The longest bigint of SQL Server: a sign and 19 digits. */
const LONGEST_NUMBER = 20;

/** A written message as its room's SHA-256 sees it. A view: it is read before the call returns. */
export interface HashedMessage {
  /** chatID. */
  readonly id: bigint;
  /** Ticks. */
  readonly date: bigint;
  /** Lower-case GUID with hyphens, in ASCII. */
  readonly authorGuid: Buffer;
  readonly alert: boolean;
  /** The decoded text as it is written, UTF-8 bytes `[start, end)`; a plain `TextValue` fits. */
  readonly content: { readonly bytes: Buffer; readonly start: number; readonly end: number };
  /** Likewise; null or left out when there is none. */
  readonly rtf?: HashedMessage['content'] | null;
  /** `id` and `date` in canonical digits, when somebody has them. */
  readonly digits?: MessageDigits | null;
}

/**
 * Feeds messages to the SHA-256 of their rooms in blocks of 64 KiB, because a call of `Hash.update` costs more
 * than hashing one message. Byte form: `RoomAccount.sha256` in the import room. Memory held: one block, whatever
 * the number of rooms; a block is handed over when it is full or when another room follows.
 */
export class MessageDigest {
  readonly #block = new ByteSink(BLOCK_BYTES);
  #hash: StreamHash | null = null;

  add(hash: StreamHash, message: HashedMessage): void {
    if (hash !== this.#hash) {
      this.flush();
      this.#hash = hash;
    }
    const { authorGuid, content, rtf } = message;
    this.#reserve(2 * LONGEST_NUMBER + authorGuid.length + 5);
    const block = this.#block;
    const { digits } = message;
    if (digits == null) appendBigInt(block, message.id);
    else block.copy(digits.id.bytes, digits.id.start, digits.id.end);
    block.byte(UNIT_SEPARATOR);
    if (digits == null) appendBigInt(block, message.date);
    else block.copy(digits.date.bytes, digits.date.start, digits.date.end);
    block.byte(UNIT_SEPARATOR);
    block.copy(authorGuid, 0, authorGuid.length);
    block.byte(UNIT_SEPARATOR);
    block.byte(message.alert ? DIGIT_ONE : DIGIT_ZERO);
    block.byte(UNIT_SEPARATOR);
    this.#addText(content.bytes, content.start, content.end);
    if (rtf != null) {
      block.byte(UNIT_SEPARATOR);
      this.#addText(rtf.bytes, rtf.start, rtf.end);
    }
    block.byte(RECORD_SEPARATOR);
  }

  /** Adds messages that are in byte form already. */
  addBytes(hash: StreamHash, bytes: Buffer): void {
    if (hash !== this.#hash) {
      this.flush();
      this.#hash = hash;
    }
    this.#addText(bytes, 0, bytes.length);
  }

  /** Hands over what is staged; call it before a room's hash is read. */
  flush(): void {
    if (this.#block.length > 0) this.#hash?.update(this.#block.view());
    this.#block.clear();
  }

  /** Drops what is staged. */
  clear(): void {
    this.#block.clear();
    this.#hash = null;
  }

  #addText(bytes: Buffer, start: number, end: number): void {
    // The separator after the text needs a byte, too.
    this.#reserve(end - start + 1);
    if (end - start < BLOCK_BYTES) {
      this.#block.copy(bytes, start, end);
    } else {
      this.#hash?.update(bytes.subarray(start, end));
    }
  }

  #reserve(count: number): void {
    if (this.#block.length + count > BLOCK_BYTES) this.flush();
  }
}

/** SHA-256 of no message at all, in hex. */
export const EMPTY_SHA256 = createHash('sha256').digest('hex');
