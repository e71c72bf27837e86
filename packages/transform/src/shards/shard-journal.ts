import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import { BlockFile, type FileLinkPlace, type FindingMark, FindingSink, fileLinksOf } from '@chatferry/import';
import type { LedgerException } from '../ledger/ledger-exceptions.js';
import type { MessageDraft } from '../messages/message-draft.js';
import type { RoomTurns } from '../messages/message-pass.js';
import { messageRoomMissing } from '../rules/message-room-missing.js';
import { type Shard, shardOf } from './shard.js';
import { SHARD_FILES } from './shard-files.js';

/** A message whose room is no room, or cannot be read (null): only the merge knows all of them. */
export interface LostMessage {
  readonly channelID: number | null;
  /** UTF-8 bytes of its decoded text. */
  readonly textBytes: number;
}

/** What a room has in the file of records. */
export interface WrittenRecords {
  /** Bytes. */
  readonly records: number;
  readonly messages: number;
}

/** One line of what a shard has said. */
export type JournalLine =
  /** What follows belongs to this room; lines before the first to none. */
  | { readonly room: number }
  /** The room is over; its messages are the next so many bytes of the records. */
  | WrittenRecords
  | { readonly finding: Finding }
  | { readonly exception: LedgerException; readonly lost?: LostMessage }
  /** A `ma-filelink:`; `messageId` in digits. */
  | { readonly link: string; readonly of: Omit<FileLinkPlace, 'messageId'> & { readonly messageId: string } };

/** A point that `rewind` returns to. */
export interface ShardMark {
  readonly head: number;
  readonly findings: FindingMark;
}

/**
 * What a shard says, in the order in which the unsharded run would say it: first the head, which all shards have alike;
 * then, for each room of the shard in ascending order, its lines; last the tail, alike again. Rows that belong to no
 * room (damaged ones, and those whose channelID cannot be read) stand with the room before them, in the file's order.
 *
 * Memory held: three blocks of 64 KiB, and what `FindingSink` counts for the verdict.
 */
export class ShardJournal implements RoomTurns {
  /** Of all findings that concern this shard. */
  readonly counts = new FindingSink({ ndjson: null, csv: null });
  readonly #shard: Shard;
  readonly #head: BlockFile;
  readonly #rooms: BlockFile;
  readonly #tail: BlockFile;
  /** What has been written since the last call. */
  readonly #takeRecords: () => WrittenRecords;
  #at: BlockFile;
  #isOwn = true;
  #isSilent = false;
  #room: number | null = null;

  constructor(folder: string, shard: Shard, takeRecords: () => WrittenRecords) {
    this.#shard = shard;
    this.#takeRecords = takeRecords;
    mkdirSync(join(folder, 'common'), { recursive: true });
    this.#head = this.#at = new BlockFile(join(folder, SHARD_FILES.head));
    this.#rooms = new BlockFile(join(folder, SHARD_FILES.rooms));
    this.#tail = new BlockFile(join(folder, SHARD_FILES.tail));
  }

  /** Whether what is read now is this shard's. */
  get isOwn(): boolean {
    return this.#isOwn;
  }

  /** A `Report`. */
  readonly report = (finding: Finding): void => {
    if (!this.#isOwn) return;
    this.counts.report(finding);
    if (!this.#isSilent) this.#append({ finding });
  };

  readonly exceptions = {
    row: (exception: LedgerException, of?: MessageDraft): void => {
      if (!this.#isOwn) return;
      const isLost = of !== undefined && (!of.room.hasAccount || exception.rule === messageRoomMissing.id);
      this.#append(isLost ? { exception, lost: lostMessage(of) } : { exception });
    },
  };

  readonly fileLinks = {
    message: ({ roomGuid, roomName, messageId }: FileLinkPlace, text: string): void => {
      const of = { roomGuid, roomName, messageId: String(messageId) };
      for (const link of fileLinksOf(text)) this.#append({ link, of });
    },
  };

  /** Findings of `say` are counted, and not written: the merge will say them over all shards. */
  silently(say: () => void): void {
    this.#isSilent = true;
    say();
    this.#isSilent = false;
  }

  /** The head is over. What comes before the first room belongs to the first shard. */
  beginMessages(): void {
    this.#at = this.#rooms;
    this.#isOwn = this.#shard.index === 1;
  }

  begin(channelID: number): void {
    this.#endRoom();
    this.#isOwn = shardOf(channelID, this.#shard.count) === this.#shard.index;
    if (!this.#isOwn) return;
    this.#room = channelID;
    this.#append({ room: channelID });
  }

  /** The messages are over; the tail begins. */
  endMessages(): void {
    this.#endRoom();
    this.#at = this.#tail;
    this.#isOwn = true;
  }

  mark(): ShardMark {
    return { head: this.#head.position, findings: this.counts.mark() };
  }

  /** Forgets what was said since `mark`, which stands in the head. */
  rewind({ head, findings }: ShardMark): void {
    this.#head.truncate(head);
    this.#rooms.truncate(0);
    this.#tail.truncate(0);
    this.counts.rewind(findings);
    this.#at = this.#head;
    this.#isOwn = true;
    this.#room = null;
  }

  close(): void {
    for (const file of [this.#head, this.#rooms, this.#tail]) file.close();
  }

  #endRoom(): void {
    if (this.#room !== null) this.#append(this.#takeRecords());
    this.#room = null;
  }

  #append(line: JournalLine): void {
    this.#at.append(`${JSON.stringify(line)}\n`);
  }
}

function lostMessage({ room, textBytesRead }: MessageDraft): LostMessage {
  return {
    channelID: room.state === 'unreadable' ? null : room.channelID,
    textBytes: textBytesRead,
  };
}
