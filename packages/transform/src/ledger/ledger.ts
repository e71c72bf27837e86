import { type HashMaker, inlineHash } from '@chatferry/export';
import type { DirectoryAccounts, LedgerDocument, RoomAccount, StateCounts } from '@chatferry/import';
import { MessageDigest } from './message-digest.js';
import { RoomLedger } from './room-ledger.js';
import { RuleShares } from './rule-shares.js';
import { countsOf, TableLedger } from './table-ledger.js';

/** The table whose account is the sum of the rooms. */
const MESSAGES = 'tblChat';
/** The account of all channelIDs beyond `UNPLACED_LIMIT`. */
const OTHERS = 'others';

/**
 * How many channelIDs that are no room have an account, and a finding, of their own. Beyond it a broken or hostile
 * export would fill memory and reports with nothing that anybody reads one by one.
 */
export const UNPLACED_LIMIT = 10_000;

/** The account of a room by its GUID, or of a channelID that is no room (or of all others). JSON can hold it. */
export interface SavedAccount {
  readonly room: string | null;
  readonly unplaced: number | typeof OTHERS | null;
  readonly account: RoomAccount;
}

/**
 * What became of every record of the export, while it happens; `toDocument` is `ledger.json`.
 * Messages are settled on their room (or, when the room does not exist, by channelID) and nowhere else: the
 * account of tblChat is derived, so that the two cannot disagree.
 * Memory held: one account a table, a room, and each of the first 10,000 channelIDs without a room (less than 1 KB
 * each), and one block of 64 KiB for hashing.
 * Design: validation.md, "The ledger".
 */
export class Ledger {
  readonly #digest = new MessageDigest();
  readonly #tables = new Map<string, TableLedger>();
  readonly #rooms = new Map<string, RoomLedger>();
  readonly #unplaced = new Map<number | typeof OTHERS, RoomLedger>();
  /** Accounts of messages asked for since `changes`, which may have changed. */
  readonly #asked = new Map<RoomLedger, Omit<SavedAccount, 'account'>>();
  #messagesRead: number | null = null;
  readonly #makeHash: HashMaker;

  /** @param makeHash where the rooms are hashed. */
  constructor(makeHash: HashMaker = inlineHash) {
    this.#makeHash = makeHash;
  }

  /** @param name physical table name, such as `tblNode`; not tblChat. */
  table(name: string): TableLedger {
    if (name === MESSAGES) throw new Error('messages are settled on their rooms');
    return accountOf(this.#tables, name, () => new TableLedger());
  }

  /** The account of a room of the source, written or not; made at the first call. @param guid lower case. */
  room(guid: string, name: string): RoomLedger {
    const account = accountOf(this.#rooms, guid, () => new RoomLedger(name, this.#digest, this.#makeHash));
    this.#asked.set(account, { room: guid, unplaced: null });
    return account;
  }

  /**
   * The account of the messages of a channelID that is no room: they can only be excluded or refused. From the
   * 10,001st channelID on they share one.
   */
  unplaced(channelID: number): RoomLedger {
    const isFull = this.#unplaced.size >= UNPLACED_LIMIT && !this.#unplaced.has(channelID);
    return this.#unplacedAccount(isFull ? OTHERS : channelID);
  }

  /**
   * The accounts of messages that have changed since the last call, each as it is now; every room in them has ended.
   */
  *changes(): Generator<SavedAccount> {
    for (const [account, key] of this.#asked) {
      if (account.read > 0) yield { ...key, account: account.toDocument() };
    }
    this.#asked.clear();
  }

  /** Whatever has changed so far is known to whoever calls `changes`. */
  forgetChanges(): void {
    this.#asked.clear();
  }

  /** Takes over what `changes` gave to another process; of two for one account the last counts. */
  restore({ room, unplaced, account }: SavedAccount): void {
    if (room !== null) this.room(room, account.name).restore(account);
    else if (unplaced !== null) this.#unplacedAccount(unplaced).restore(account);
  }

  /** How many messages the reader counted by itself: one that nobody settled then shows as an imbalance. */
  messagesRead(records: number): void {
    this.#messagesRead = records;
  }

  /**
   * Empties the accounts of all messages, for a pass that starts over; those of rooms already handed out stay valid.
   */
  forgetMessages(): void {
    this.#digest.clear();
    this.#messagesRead = null;
    for (const account of this.#rooms.values()) account.clear();
    // Which channelIDs come first depends on the order, so that the next pass chooses anew.
    this.#unplaced.clear();
    this.#asked.clear();
  }

  /**
   * The accounts so far; tables, rooms and channelIDs in code unit order of their keys.
   *
   * @param directory what was written beside messages.
   */
  toDocument(directory: DirectoryAccounts): LedgerDocument {
    const tables = [...this.#tables].map(([name, table]) => [name, table.toDocument()] as const);
    return {
      version: 1,
      directory,
      tables: sortedRecord([...tables, [MESSAGES, this.messages()]]),
      rooms: sortedRecord([...this.#rooms].map(([guid, room]) => [guid, room.toDocument()])),
      unplaced: sortedRecord([...this.#unplaced].map(([id, room]) => [String(id), room.toDocument()])),
    };
  }

  /** The account of tblChat so far. */
  messages(): StateCounts {
    const shares = new RuleShares();
    let read = 0;
    let carried = 0;
    for (const account of [...this.#rooms.values(), ...this.#unplaced.values()]) {
      read += account.read;
      carried += account.carriedRecords;
      shares.addAll(account.shares);
    }
    return countsOf(this.#messagesRead ?? read, carried, shares);
  }

  #unplacedAccount(key: number | typeof OTHERS): RoomLedger {
    const account = accountOf(this.#unplaced, key, () => new RoomLedger('', this.#digest, this.#makeHash));
    this.#asked.set(account, { room: null, unplaced: key });
    return account;
  }
}

function accountOf<K, V>(accounts: Map<K, V>, key: K, open: () => V): V {
  const known = accounts.get(key);
  if (known !== undefined) return known;
  const account = open();
  accounts.set(key, account);
  return account;
}

function sortedRecord<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
