import type { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { ByteSink, bytesPassed, type ChatRow, partEnded } from '@chatferry/export';
import { mergeRuns } from './merge-runs.js';
import type { MessageWindow } from './message-window.js';
import { RunCursor, RunFile } from './sort-run.js';
import { SpooledMessage, spooledChannelID, spooledLength, spoolMessage } from './spooled-message.js';

export interface SortOptions {
  readonly windows: AsyncIterable<MessageWindow>;
  /** An existing folder for temporary files; two sorts at once need two folders. */
  readonly folder: string;
  /** Bytes of messages that are sorted in memory at a time; default 12 MiB. */
  readonly runBytes?: number;
  /** Runs that are merged at a time; default and most 128. */
  readonly fanIn?: number;
}

const RUN_BYTES = 12 << 20;
const FAN_IN = 128;
/**
 * Bytes of messages, about, up to which one merge is enough, with one copy of them on the disk; beyond, there are two.
 */
export const ONE_MERGE_BYTES = RUN_BYTES * FAN_IN;
const WINDOW_BYTES = 1 << 18;
/** What the sort of a run needs beside the message's own bytes: its key, its offset, its place in the order. */
const BYTES_PER_KEY = 64;

/**
 * The messages by ascending channelID and chatID, equal ones in the order in which they came, and before all of them
 * those whose channelID cannot be read: an external merge sort. The first window is delivered after the last message
 * has been read. Rows keep everything but the form of their texts, which is `decoded`; forbidden code points stay and
 * stay marked.
 *
 * Memory held: one run, one block of 64 KiB for each run that is merged, and one window. Disk: the messages
 * once, twice while more than `fanIn` runs are merged. All files are removed at the end, after an error, and when
 * the consumer stops early.
 *
 * @throws RunFailure `output-unwritable` when the folder does not take the files, and what `windows` throws.
 */
export async function* sortMessages(options: SortOptions): AsyncGenerator<MessageWindow, void, undefined> {
  const runs = new SortRuns(options);
  try {
    for await (const window of options.windows) {
      for (const row of window.rows) runs.add(row);
    }
    yield* windowsOf(runs.merged());
  } finally {
    runs.remove();
  }
}

/** Cuts sorted messages into windows. */
function* windowsOf(sorted: Iterable<RunCursor>): Generator<MessageWindow, void, undefined> {
  const window = new ByteSink(WINDOW_BYTES * 2);
  let windowId = 0;
  for (const cursor of sorted) {
    window.copy(cursor.bytes, cursor.start, cursor.end);
    if (window.length < WINDOW_BYTES) continue;
    yield { rows: rowsOf(window), windowId };
    bytesPassed(window.length);
    window.clear();
    windowId += 1;
  }
  if (window.length > 0) yield { rows: rowsOf(window), windowId };
}

function* rowsOf({ bytes, length }: ByteSink): Generator<ChatRow, void, undefined> {
  const row = new SpooledMessage();
  for (let at = 0; at < length; at += spooledLength(bytes, at)) {
    row.show(bytes, at);
    yield row;
  }
}

/** The runs of one sort: collects messages, sorts and writes them, merges what was written. */
class SortRuns {
  readonly #folder: string;
  readonly #runBytes: number;
  readonly #fanIn: number;
  readonly #sink: ByteSink;
  readonly #output = new ByteSink(WINDOW_BYTES * 2);
  readonly #channelIDs: number[] = [];
  readonly #chatIDs: bigint[] = [];
  readonly #starts: number[] = [];
  readonly #files = new Set<RunFile>();
  #made = 0;

  constructor(options: SortOptions) {
    this.#folder = options.folder;
    this.#runBytes = options.runBytes ?? RUN_BYTES;
    // Whole from the start, and kept to the end: growing would leave as much again to the collector, and once a block
    // of this size has been freed, glibc keeps twice as much of what is freed later.
    this.#sink = new ByteSink(this.#runBytes + WINDOW_BYTES);
    this.#fanIn = Math.max(2, Math.min(options.fanIn ?? FAN_IN, FAN_IN));
  }

  add(row: ChatRow): void {
    const start = this.#sink.length;
    spoolMessage(this.#sink, row);
    this.#channelIDs.push(spooledChannelID(this.#sink.bytes, start));
    this.#chatIDs.push(row.chatID);
    this.#starts.push(start);
    if (this.#sink.length + this.#starts.length * BYTES_PER_KEY >= this.#runBytes) this.#writeRun();
  }

  /** All messages in order; may be called once. */
  *merged(): Generator<RunCursor, void, undefined> {
    if (this.#starts.length > 0) this.#writeRun();
    let files = [...this.#files];
    while (files.length > this.#fanIn) {
      const merged: RunFile[] = [];
      for (let at = 0; at < files.length; at += this.#fanIn) {
        merged.push(this.#mergeIntoOne(files.slice(at, at + this.#fanIn)));
      }
      files = merged;
    }
    yield* mergeRuns(files.map((file, order) => new RunCursor(file, order)));
  }

  remove(): void {
    for (const file of this.#files) file.remove();
    this.#files.clear();
  }

  #writeRun(): void {
    const channelIDs = this.#channelIDs;
    const chatIDs = this.#chatIDs;
    const order = Uint32Array.from(this.#starts.keys()).sort((a, b) => {
      const byChannel = (channelIDs[a] as number) - (channelIDs[b] as number);
      if (byChannel !== 0) return byChannel;
      const left = chatIDs[a] as bigint;
      const right = chatIDs[b] as bigint;
      return left < right ? -1 : left > right ? 1 : a - b;
    });
    const file = this.#newFile();
    const { bytes } = this.#sink;
    for (const index of order) {
      const start = this.#starts[index] as number;
      this.#append(file, bytes, { start, end: start + spooledLength(bytes, start) });
    }
    this.#flush(file);
    this.#sink.clear();
    this.#starts.length = this.#channelIDs.length = this.#chatIDs.length = 0;
    // Keys and places of so many messages have become old enough to stay for long.
    partEnded();
  }

  #mergeIntoOne(files: readonly RunFile[]): RunFile {
    const only = files[0];
    if (files.length === 1 && only !== undefined) return only;
    const target = this.#newFile();
    for (const cursor of mergeRuns(files.map((file, order) => new RunCursor(file, order)))) {
      this.#append(target, cursor.bytes, cursor);
    }
    this.#flush(target);
    for (const file of files) {
      file.remove();
      this.#files.delete(file);
    }
    // The next merge has blocks of its own.
    partEnded();
    return target;
  }

  #append(file: RunFile, bytes: Buffer, { start, end }: { start: number; end: number }): void {
    this.#output.copy(bytes, start, end);
    if (this.#output.length >= WINDOW_BYTES) this.#flush(file);
  }

  #flush(file: RunFile): void {
    file.write(this.#output.bytes, this.#output.length);
    bytesPassed(this.#output.length);
    this.#output.clear();
  }

  #newFile(): RunFile {
    this.#made += 1;
    const file = new RunFile(join(this.#folder, `messages-${this.#made}.run`));
    this.#files.add(file);
    return file;
  }
}
