import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { ByteSink, type HashMaker, inlineHash, type StreamHash } from '@chatferry/export';
import type { PackageDirectory } from './package-directory.js';
import type { PackageMessage } from './package-message.js';

/** Bytes staged before the hash sees them: calls into native code cost more than copying. */
const STAGE_SIZE = 64 * 1024;
const GUID_LENGTH = 36;
const UNIT_SEPARATOR = 0x1f;
const RECORD_SEPARATOR = 0x1e;
const ZERO = 0x30;

/** What one room's messages add up to. `textBytes`: UTF-8 bytes of decoded content and rtf. Dates in ticks. */
export interface RoomTally {
  readonly roomId: number;
  messages: number;
  textBytes: number;
  firstDate: bigint | null;
  lastDate: bigint | null;
  lowestId: bigint | null;
  highestId: bigint | null;
  /** Hex; null when no hash can be told: an author without record, ids out of order, or a room in two places. */
  sha256: string | null;
}

/**
 * Counts and hashes what was read back, by the definition in `ledger.ts` and by nobody else's code.
 * Memory: a tally a room, the GUIDs of the principals, a 64 KiB stage (more for a longer message).
 */
export class PackageLedger {
  readonly tallies = new Map<number, RoomTally>();
  messages = 0;
  readonly #directory: PackageDirectory;
  readonly #stage = new ByteSink(STAGE_SIZE * 2);
  #authors: AuthorGuids | null = null;
  #current: RoomTally | null = null;
  #hash: StreamHash | null = null;
  readonly #makeHash: HashMaker;
  readonly #hashes: { readonly tally: RoomTally; readonly hash: StreamHash }[] = [];

  /** `directory` must be whole before the first message. */
  constructor(directory: PackageDirectory, makeHash: HashMaker = inlineHash) {
    this.#directory = directory;
    this.#makeHash = makeHash;
  }

  message(message: PackageMessage): void {
    const tally =
      this.#current !== null && this.#current.roomId === message.roomId
        ? this.#current
        : this.#enter(message.roomId);
    this.messages += 1;
    tally.messages += 1;
    if (tally.highestId !== null && message.id <= tally.highestId) tally.sha256 = null;
    if (tally.lowestId === null || message.id < tally.lowestId) tally.lowestId = message.id;
    if (tally.highestId === null || message.id > tally.highestId) tally.highestId = message.id;
    if (tally.firstDate === null || message.date < tally.firstDate) tally.firstDate = message.date;
    if (tally.lastDate === null || message.date > tally.lastDate) tally.lastDate = message.date;
    tally.textBytes += this.#stageMessage(message, tally);
    if (this.#stage.length >= STAGE_SIZE) this.#flush();
  }

  /** Call once after the last message; then the hashes are final. */
  finish(): void {
    this.#leave();
    for (const { tally, hash } of this.#hashes) {
      const digest = hash.hex();
      if (tally.sha256 !== null) tally.sha256 = digest;
    }
    this.#hashes.length = 0;
  }

  /** Appends the message in the hash's form and returns the bytes of its text. */
  #stageMessage(message: PackageMessage, tally: RoomTally): number {
    const stage = this.#stage;
    const { idDigits, dateDigits } = message;
    stage.copy(idDigits.bytes, idDigits.start, idDigits.end);
    stage.byte(UNIT_SEPARATOR);
    stage.copy(dateDigits.bytes, dateDigits.start, dateDigits.end);
    stage.byte(UNIT_SEPARATOR);
    this.#authors ??= new AuthorGuids(this.#directory);
    if (!this.#authors.append(message.userId, stage)) tally.sha256 = null;
    stage.byte(UNIT_SEPARATOR);
    stage.byte(message.alert ? ZERO + 1 : ZERO);
    stage.byte(UNIT_SEPARATOR);
    const contentStart = stage.length;
    message.content.appendDecoded(stage);
    let textBytes = stage.length - contentStart;
    if (message.rtf !== null) {
      stage.byte(UNIT_SEPARATOR);
      message.rtf.appendDecoded(stage);
      textBytes = stage.length - contentStart - 1;
    }
    stage.byte(RECORD_SEPARATOR);
    return textBytes;
  }

  #enter(roomId: number): RoomTally {
    this.#leave();
    let tally = this.tallies.get(roomId);
    if (tally === undefined) {
      tally = emptyTally(roomId);
      this.tallies.set(roomId, tally);
    } else {
      tally.sha256 = null;
    }
    this.#current = tally;
    this.#hash = this.#makeHash();
    return tally;
  }

  #leave(): void {
    if (this.#current === null || this.#hash === null) return;
    this.#flush();
    this.#hash.finish();
    this.#hashes.push({ tally: this.#current, hash: this.#hash });
    this.#current = null;
    this.#hash = null;
  }

  #flush(): void {
    this.#hash?.update(this.#stage.view());
    this.#stage.clear();
  }
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** The account of a room without messages; its hash is that of nothing. */
export function emptyTally(roomId: number): RoomTally {
  return {
    roomId,
    messages: 0,
    textBytes: 0,
    firstDate: null,
    lastDate: null,
    lowestId: null,
    highestId: null,
    sha256: EMPTY_SHA256,
  };
}

/** GUIDs of all principals in one buffer: 36 bytes each instead of a string object each. */
class AuthorGuids {
  readonly #bytes: Buffer;
  readonly #starts = new Map<number, number>();
  #lastId = Number.NaN;
  #lastStart = 0;

  constructor(directory: PackageDirectory) {
    this.#bytes = Buffer.alloc(directory.principalById.size * GUID_LENGTH);
    let start = 0;
    for (const principal of directory.principalById.values()) {
      this.#bytes.write(principal.guid, start, GUID_LENGTH, 'latin1');
      this.#starts.set(principal.id, start);
      start += GUID_LENGTH;
    }
  }

  /** Appends the author's GUID; false when there is no such principal. */
  append(userId: number, sink: ByteSink): boolean {
    if (userId !== this.#lastId) {
      const start = this.#starts.get(userId);
      if (start === undefined) return false;
      this.#lastId = userId;
      this.#lastStart = start;
    }
    sink.copy(this.#bytes, this.#lastStart, this.#lastStart + GUID_LENGTH);
    return true;
  }
}
