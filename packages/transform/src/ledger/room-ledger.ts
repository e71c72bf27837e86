import type { Buffer } from 'node:buffer';
import type { HashMaker, StreamHash } from '@chatferry/export';
import type { MessageStretch, RoomAccount } from '@chatferry/import';
import { EMPTY_SHA256, type HashedMessage, type MessageDigest } from './message-digest.js';
import { RuleShares } from './rule-shares.js';
import { countsOf } from './table-ledger.js';

type Ends = 'firstId' | 'lastId' | 'firstDate' | 'lastDate';

/**
 * The account of one room's messages: exactly one call of `carried`, `changed`, `excluded` or `refused` per
 * message, and one of `hashMessage` for each that is written, in ascending chatID. Byte counts are UTF-8 bytes of
 * decoded text (content plus rtf). Memory held: about 0.5 KB, and the state of a SHA-256 (about 1 KB) from the first
 * message that is hashed until `endMessages`.
 */
export class RoomLedger {
  readonly name: string;
  /** What the rules did; the ledger sums it into tblChat. */
  readonly shares = new RuleShares();
  readonly #digest: MessageDigest;
  readonly #makeHash: HashMaker;
  #hash: StreamHash | null = null;
  /** When the hash was not made here. */
  #sha256 = EMPTY_SHA256;
  #isEnded = false;
  #hashed = 0;
  #read = 0;
  #carried = 0;
  #written = 0;
  #bytesRead = 0;
  #bytesWritten = 0;
  #firstDate = 0n;
  #lastDate = 0n;
  #lowestId = 0n;
  #highestId = 0n;

  constructor(name: string, digest: MessageDigest, makeHash: HashMaker) {
    this.name = name;
    this.#digest = digest;
    this.#makeHash = makeHash;
  }

  get read(): number {
    return this.#read;
  }

  /** Of the messages written; null when there is none. */
  get highestId(): bigint | null {
    return this.#written === 0 ? null : this.#highestId;
  }

  get carriedRecords(): number {
    return this.#carried;
  }

  carried(id: bigint, date: bigint, textBytes: number): void {
    this.#read += 1;
    this.#carried += 1;
    this.#bytesRead += textBytes;
    this.#write(id, date, textBytes);
  }

  /** As `carried`, for messages whose ids and dates ascend. */
  carriedAll(passed: Pick<MessageStretch, 'messages' | 'textBytes' | Ends>): void {
    const { messages, textBytes } = passed;
    this.#read += messages;
    this.#carried += messages;
    this.#bytesRead += textBytes;
    this.#write(passed.firstId, passed.firstDate, textBytes);
    this.#write(passed.lastId, passed.lastDate, 0);
    this.#written += messages - 2;
  }

  /** @param text bytes of text before and after the change; pass a reused object. */
  changed(rule: string, message: { readonly id: bigint; readonly date: bigint }, text: TextChange): void {
    this.#read += 1;
    this.#bytesRead += text.bytesRead;
    this.shares.add(rule, 'changed', 1, text.bytesWritten - text.bytesRead);
    this.#write(message.id, message.date, text.bytesWritten);
  }

  excluded(rule: string, textBytes: number): void {
    this.#read += 1;
    this.#bytesRead += textBytes;
    this.shares.add(rule, 'excluded', 1, textBytes);
  }

  refused(rule: string, textBytes: number): void {
    this.#read += 1;
    this.#bytesRead += textBytes;
    this.shares.add(rule, 'refused', 1, textBytes);
  }

  /** Adds a written message to the room's SHA-256. */
  hashMessage(message: HashedMessage): void {
    if (this.#isEnded) throw new Error(`room "${this.name}": a message after the last one`);
    this.#hash ??= this.#makeHash();
    this.#hashed += 1;
    this.#digest.add(this.#hash, message);
  }

  /** As `hashMessage`, for messages in the form in which they are hashed. */
  hashMessages(bytes: Buffer, messages: number): void {
    if (this.#isEnded) throw new Error(`room "${this.name}": a message after the last one`);
    this.#hash ??= this.#makeHash();
    this.#hashed += messages;
    this.#digest.addBytes(this.#hash, bytes);
  }

  /** Says that no further message will be hashed, so that only the digest is kept. */
  endMessages(): void {
    if (this.#hash === null || this.#isEnded) return;
    this.#digest.flush();
    this.#hash.finish();
    this.#isEnded = true;
  }

  /** Takes over the account of a room whose messages another process has settled. */
  restore(account: RoomAccount): void {
    this.#read = account.read;
    this.#carried = account.carried;
    this.#written = this.#hashed = account.written;
    this.#bytesRead = account.textBytesRead;
    this.#bytesWritten = account.textBytesWritten;
    this.#firstDate = BigInt(account.firstDate ?? 0);
    this.#lastDate = BigInt(account.lastDate ?? 0);
    this.#lowestId = BigInt(account.lowestId ?? 0);
    this.#highestId = BigInt(account.highestId ?? 0);
    this.shares.clear();
    for (const [rule, shares] of Object.entries(account.byRule)) {
      for (const { state, records, textBytes } of shares) this.shares.add(rule, state, records, textBytes);
    }
    this.#sha256 = account.sha256;
    this.#isEnded = account.written > 0;
  }

  /** Back to the state of a new account. */
  clear(): void {
    this.#hash?.discard();
    this.#hash = null;
    this.#sha256 = EMPTY_SHA256;
    this.#isEnded = false;
    this.#hashed = this.#read = this.#carried = this.#written = this.#bytesRead = this.#bytesWritten = 0;
    this.shares.clear();
  }

  /** Ends the messages. @throws Error when the hash does not cover what was written: a bug of the caller. */
  toDocument(): RoomAccount {
    if (this.#hashed !== this.#written) {
      throw new Error(`room "${this.name}": ${this.#hashed} messages hashed, ${this.#written} written`);
    }
    this.endMessages();
    const isWritten = this.#written > 0;
    return {
      name: this.name,
      ...countsOf(this.#read, this.#carried, this.shares),
      textBytesRead: this.#bytesRead,
      textBytesWritten: this.#bytesWritten,
      textBytesExcluded: this.shares.textBytes('excluded'),
      textBytesRefused: this.shares.textBytes('refused'),
      textBytesAltered: this.shares.textBytes('changed'),
      firstDate: isWritten ? this.#firstDate.toString() : null,
      lastDate: isWritten ? this.#lastDate.toString() : null,
      lowestId: isWritten ? this.#lowestId.toString() : null,
      highestId: isWritten ? this.#highestId.toString() : null,
      sha256: this.#hash?.hex() ?? this.#sha256,
    };
  }

  #write(id: bigint, date: bigint, textBytes: number): void {
    this.#bytesWritten += textBytes;
    const isFirst = this.#written === 0;
    this.#written += 1;
    if (isFirst) {
      this.#highestId = this.#lowestId = id;
      this.#lastDate = this.#firstDate = date;
      return;
    }
    if (id > this.#highestId) this.#highestId = id;
    else if (id < this.#lowestId) this.#lowestId = id;
    if (date > this.#lastDate) this.#lastDate = date;
    else if (date < this.#firstDate) this.#firstDate = date;
  }
}

/** UTF-8 bytes of a message's decoded text (content plus rtf) before and after a rule changed it. */
export interface TextChange {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}
