import { Buffer } from 'node:buffer';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { ByteSink } from '@chatferry/export';
import { type Layout, MessageWriter, outputFailure, type TargetMessage } from '@chatferry/import';
import type { WrittenRecords } from './shard-journal.js';

const BLOCK_BYTES = 1 << 18;
const NOTHING = Buffer.alloc(0);

/**
 * The messages of a shard, record by record as the package will hold them, without what opens and closes documents and
 * rooms. Memory held: one block of 512 KiB, more for a longer message.
 *
 * @throws RunFailure `output-unwritable` from every method.
 */
export class RecordFile {
  readonly #path: string;
  readonly #layout: Layout;
  readonly #file: number;
  readonly #sink = new ByteSink(BLOCK_BYTES * 2);
  #writer: MessageWriter;
  #roomId: number | null = null;
  #position = 0;
  #taken = 0;
  #messages = 0;
  #isOpen = true;

  constructor(path: string, layout: Layout) {
    this.#path = path;
    this.#layout = layout;
    this.#file = this.#onDisk(() => openSync(path, 'w'));
    this.#writer = new MessageWriter(layout, this.#sink);
  }

  message(message: TargetMessage): void {
    if (message.roomId !== this.#roomId) this.#beginRoom(message.roomId);
    this.#writer.message(message);
    this.#messages += 1;
    if (this.#sink.length >= BLOCK_BYTES) this.#flush();
  }

  /** Messages of a room as the layout writes them. */
  records(roomId: number, bytes: Buffer, messages: number): void {
    if (roomId !== this.#roomId) this.#beginRoom(roomId);
    this.#writer.records(roomId, bytes);
    this.#messages += messages;
    if (this.#sink.length >= BLOCK_BYTES) this.#flush();
  }

  /** What has been written since the last call. */
  take(): WrittenRecords {
    const position = this.#position + this.#sink.length;
    const written = { records: position - this.#taken, messages: this.#messages };
    this.#taken = position;
    this.#messages = 0;
    return written;
  }

  /** Back to an empty file. */
  clear(): void {
    this.#sink.clear();
    this.#onDisk(() => ftruncateSync(this.#file, 0));
    this.#position = this.#taken = this.#messages = 0;
    this.#roomId = null;
    this.#writer = new MessageWriter(this.#layout, this.#sink);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#flush();
    } finally {
      this.#onDisk(() => closeSync(this.#file));
    }
  }

  /** What the writer puts before the messages of a room is not for this file. */
  #beginRoom(roomId: number): void {
    this.#flush();
    this.#writer.records(roomId, NOTHING);
    this.#sink.clear();
    this.#roomId = roomId;
  }

  #flush(): void {
    const bytes = this.#sink.view();
    this.#onDisk(() => {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(this.#file, bytes, at, bytes.length - at, this.#position + at);
      }
    });
    this.#position += bytes.length;
    this.#sink.clear();
  }

  #onDisk<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw outputFailure(cause, this.#path);
    }
  }
}
