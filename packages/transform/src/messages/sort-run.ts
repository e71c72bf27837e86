import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { RunFailure } from '@chatferry/export';
import { spooledChannelID, spooledChatID, spooledLength } from './spooled-message.js';

const BLOCK_BYTES = 1 << 16;
const LENGTH_BYTES = 4;

/** A file of spooled messages that is written once, read once from its beginning, and removed. */
export class RunFile {
  readonly #path: string;
  readonly #file: number;
  #isOpen = true;

  /** @throws RunFailure `output-unwritable`; a file of this name must not exist. */
  constructor(path: string) {
    this.#path = path;
    this.#file = guarded(path, () => openSync(path, 'wx+'));
  }

  write(bytes: Buffer, length: number): void {
    guarded(this.#path, () => {
      for (let at = 0; at < length; ) at += writeSync(this.#file, bytes, at, length - at);
    });
  }

  /** Fills `target` from `position` of the file; fewer bytes only at its end. */
  read(target: Buffer, position: number): number {
    let count = 0;
    while (count < target.length) {
      const got = readSync(this.#file, target, count, target.length - count, position + count);
      if (got === 0) break;
      count += got;
    }
    return count;
  }

  /** Closes and removes the file; may be called again. */
  remove(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }
}

/**
 * Reads a run message by message. `bytes[start, end)` is the current one, valid until `next`.
 * Memory held: one block of 64 KiB, more when a single message is larger.
 */
export class RunCursor {
  bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  start = 0;
  end = 0;
  channelID = 0;
  chatID = 0n;
  /** Of two messages with one key the one of the lower run comes first. */
  readonly order: number;
  readonly #file: RunFile;
  #limit = 0;
  #position = 0;

  constructor(file: RunFile, order: number) {
    this.#file = file;
    this.order = order;
  }

  /** Moves to the next message; false at the end of the run. */
  next(): boolean {
    this.start = this.end;
    if (!this.#has(LENGTH_BYTES)) return false;
    const length = spooledLength(this.bytes, this.start);
    if (!this.#has(length)) throw new Error('a sort run ends within a message');
    this.end = this.start + length;
    this.channelID = spooledChannelID(this.bytes, this.start);
    this.chatID = spooledChatID(this.bytes, this.start);
    return true;
  }

  isBefore(other: RunCursor): boolean {
    if (this.channelID !== other.channelID) return this.channelID < other.channelID;
    if (this.chatID !== other.chatID) return this.chatID < other.chatID;
    return this.order < other.order;
  }

  /** Whether `count` bytes stand from `start` on, after reading more when needed. */
  #has(count: number): boolean {
    if (this.#limit - this.start >= count) return true;
    const kept = this.#limit - this.start;
    const target = count > this.bytes.length ? Buffer.allocUnsafeSlow(count + BLOCK_BYTES) : this.bytes;
    this.bytes.copy(target, 0, this.start, this.#limit);
    const got = this.#file.read(target.subarray(kept), this.#position);
    this.#position += got;
    this.bytes = target;
    this.start = 0;
    this.#limit = kept + got;
    return this.#limit >= count;
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new RunFailure(
      'output-unwritable',
      `Cannot write the temporary file ${path}: ${error instanceof Error ? error.message : String(error)}`,
      'Sorting needs room for the messages once more, twice when there are more than 1.6 GB; free space or name another folder.',
      { cause: error },
    );
  }
}
