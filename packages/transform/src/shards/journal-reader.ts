import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedShard } from './open-shards.js';
import { shardOf } from './shard.js';
import { SHARD_FILES } from './shard-files.js';
import type { JournalLine } from './shard-journal.js';
import { shardsUnusable } from './shards-unusable.js';

const BLOCK_BYTES = 1 << 16;
const LINE_FEED = 0x0a;

/** The lines of a journal, one after another. Memory held: one block of 64 KiB, more for a longer line. */
export function* journalLines(path: string): Generator<JournalLine, void, undefined> {
  const file = openSync(path, 'r');
  try {
    let kept: Buffer = Buffer.alloc(0);
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (;;) {
      const count = readSync(file, block, 0, BLOCK_BYTES, null);
      if (count === 0) break;
      const bytes = Buffer.concat([kept, block.subarray(0, count)]);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        yield JSON.parse(bytes.toString('utf8', start, end)) as JournalLine;
        start = end + 1;
      }
      kept = bytes.subarray(start);
    }
  } finally {
    closeSync(file);
  }
}

/** What a shard said of its rooms, room by room. */
export class RoomJournal {
  /** The room whose lines come next; null at the end. Before the first: the lines that belong to no room. */
  channelID: number | null = Number.NEGATIVE_INFINITY;
  readonly shard: OpenedShard;
  readonly #lines: Iterator<JournalLine, void>;

  constructor(shard: OpenedShard) {
    this.shard = shard;
    this.#lines = journalLines(join(shard.folder, SHARD_FILES.rooms));
  }

  /** The lines of the room. To be read to their end; then it is the next room's turn. */
  *lines(): Generator<JournalLine, void, undefined> {
    for (;;) {
      const { done, value } = this.#lines.next();
      if (done === true || value === undefined) {
        this.channelID = null;
        return;
      }
      if ('room' in value) {
        this.#moveTo(value.room);
        return;
      }
      yield value;
    }
  }

  close(): void {
    this.#lines.return?.();
  }

  #moveTo(room: number): void {
    const { document, label } = this.shard;
    const isOwn = Number.isSafeInteger(room) && shardOf(room, document.count) === document.index;
    if (!isOwn || this.channelID === null || room <= this.channelID) {
      throw shardsUnusable(`${label} holds room ${room} where it cannot be`, 'Make the shard again.');
    }
    this.channelID = room;
  }
}

/**
 * Every room of all shards in ascending order, each with the journal whose turn it is; read its `lines` before going
 * on.
 */
export function* roomsInOrder(journals: readonly RoomJournal[]): Generator<RoomJournal, void, undefined> {
  for (;;) {
    let next: RoomJournal | null = null;
    for (const journal of journals) {
      if (journal.channelID === null) continue;
      if (next === null || journal.channelID < (next.channelID as number)) next = journal;
    }
    if (next === null) return;
    yield next;
  }
}
