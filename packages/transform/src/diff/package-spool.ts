import { join } from 'node:path';
import { ByteSink, type ChatRow } from '@chatferry/export';
import type { PackageMessage } from '@chatferry/import';
import type { MessageWindow } from '../messages/message-window.js';
import { sortMessages } from '../messages/sort-messages.js';
import { RunCursor, RunFile } from '../messages/sort-run.js';
import { SpooledMessage, spoolMessage } from '../messages/spooled-message.js';

const BLOCK_BYTES = 1 << 18;
const NOWHERE = { file: '', line: 0, column: 0, record: null };
const NOTHING: ReadonlyMap<string, string | null> = new Map();

/**
 * Messages of a package on disk: a package is told message by message without a pause, and two of them must be read in
 * step. Memory held: one block of 256 KiB, or the largest message.
 */
export class PackageSpool {
  readonly #folder: string;
  readonly #file: RunFile;
  readonly #sink = new ByteSink(BLOCK_BYTES * 2);
  #isOrdered = true;
  #lastRoomId = Number.NEGATIVE_INFINITY;
  #lastId = 0n;

  /** @throws RunFailure `output-unwritable` when the folder does not take the file; so does `add`. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#file = new RunFile(join(folder, 'package.spool'));
  }

  add(message: PackageMessage): void {
    const { roomId, id } = message;
    if (roomId < this.#lastRoomId || (roomId === this.#lastRoomId && id < this.#lastId))
      this.#isOrdered = false;
    this.#lastRoomId = roomId;
    this.#lastId = id;
    spoolMessage(this.#sink, rowOf(message));
    if (this.#sink.length >= BLOCK_BYTES) this.#flush();
  }

  /** By ascending room and id; sorted only when they came otherwise. Call once, after the last `add`. */
  messages(): AsyncIterable<MessageWindow> {
    this.#flush();
    const windows = this.#windows();
    return this.#isOrdered ? windows : sortMessages({ windows, folder: this.#folder });
  }

  /** May be called again. */
  remove(): void {
    this.#file.remove();
  }

  async *#windows(): AsyncGenerator<MessageWindow> {
    yield { rows: this.#rows(), windowId: 0 };
  }

  *#rows(): Generator<ChatRow> {
    const cursor = new RunCursor(this.#file, 0);
    const row = new SpooledMessage();
    while (cursor.next()) {
      row.show(cursor.bytes, cursor.start);
      yield row;
    }
  }

  #flush(): void {
    this.#file.write(this.#sink.bytes, this.#sink.length);
    this.#sink.clear();
  }
}

/** A message of the target in the form in which messages are sorted and compared. */
function rowOf({ roomId, id, date, userId, alert, content, rtf }: PackageMessage): ChatRow {
  return {
    kind: 'chat',
    place: NOWHERE,
    channelID: roomId,
    chatID: id,
    chatDate: date,
    userId,
    isAlert: alert,
    content,
    rtf,
    extra: NOTHING,
    defects: [],
  };
}
