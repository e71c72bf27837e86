import { type Decisions, isOutOfRange } from './decisions.js';
import { LEFT_BEHIND, LISTED, type ListedExceptions } from './listed-exceptions.js';
import { readSource, type SourceDocument } from './read-source.js';
import { type ComparedMessage, RoomSum } from './room-sum.js';
import { SourceDirectory } from './source-directory.js';
import type { SourceFiles } from './source-files.js';
import type { SourceMessage } from './source-message.js';

/** What the export says of one room, by the channelID of its messages. */
export interface SourceRoom {
  /** All rows, and the UTF-8 bytes of their text. */
  read: number;
  textBytes: number;
  /** Rows that the ledger lists, or that cannot be read. */
  listed: number;
  /** Of all rows; null when none can be read. */
  highestId: bigint | null;
  /** Of the messages that must be in the package. */
  readonly carried: RoomSum;
}

export interface SourceSums {
  readonly directory: SourceDirectory;
  readonly documents: readonly SourceDocument[];
  /** Messages without a readable channelID are those of room 0, as in the ledger. */
  readonly rooms: ReadonlyMap<number, SourceRoom>;
  /**
   * Messages that are listed as gone by their date, although it lies within the range that was decided, or none was.
   */
  readonly misdated: { readonly first: string | null; readonly messages: number };
}

/**
 * Adds up the export, room by room. Reads it once, and once more when messages came before the row of their author.
 * Memory: what `readSource` keeps, and less than 1 KB a room.
 */
export async function sumSource(
  source: SourceFiles,
  { listed, decisions }: { readonly listed: ListedExceptions; readonly decisions: Decisions },
  progress: (bytes: number) => void,
): Promise<SourceSums> {
  const first = new SourceAdding({ listed, decisions, directory: new SourceDirectory(), documents: [] });
  await readSource(source, {
    directory: first.directory,
    message: (one) => first.message(one),
    document: (one) => first.documents.push(one),
    progress,
  });
  if (!first.isAuthorMissed) return first;
  listed.forgetMet();
  const { directory, documents } = first;
  const second = new SourceAdding({ listed, decisions, directory, documents });
  await readSource(source, {
    directory: null,
    message: (one) => second.message(one),
    progress,
  });
  return second;
}

interface Adding {
  readonly listed: ListedExceptions;
  readonly decisions: Decisions;
  readonly directory: SourceDirectory;
  readonly documents: SourceDocument[];
}

class SourceAdding implements SourceSums {
  readonly rooms = new Map<number, SourceRoom>();
  readonly misdated: { first: string | null; messages: number } = { first: null, messages: 0 };
  readonly directory: SourceDirectory;
  /** Whether a message came before its author. */
  isAuthorMissed = false;
  readonly documents: SourceDocument[];
  readonly #listed: ListedExceptions;
  readonly #decisions: Decisions;

  constructor({ listed, decisions, directory, documents }: Adding) {
    this.documents = documents;
    this.#listed = listed;
    this.#decisions = decisions;
    this.directory = directory;
  }

  message(message: SourceMessage): void {
    const room = this.#room(message.roomId ?? 0);
    room.read += 1;
    room.textBytes += message.textBytes;
    const { id } = message;
    if (id !== null && (room.highestId === null || id > room.highestId)) room.highestId = id;
    const { compared, isListed } = expectedMessage(message, this.#listed, this.directory);
    if (isListed) room.listed += 1;
    if (compared === null) {
      this.#judgeDate(message);
      return;
    }
    if (message.userId === null || !this.directory.principals.has(message.userId)) {
      this.isAuthorMissed = true;
    }
    room.carried.add(compared);
  }

  #judgeDate({ roomId, id, date }: SourceMessage): void {
    if (roomId === null || id === null || (this.#listed.of(roomId, id) & LISTED.DATED) === 0) return;
    if (isOutOfRange(date, this.#decisions) === true) return;
    this.misdated.first ??= `${roomId}#${id}`;
    this.misdated.messages += 1;
  }

  #room(id: number): SourceRoom {
    const known = this.rooms.get(id);
    if (known !== undefined) return known;
    const room = { read: 0, textBytes: 0, listed: 0, highestId: null, carried: new RoomSum() };
    this.rooms.set(id, room);
    return room;
  }
}

/** What says which fields of a message may differ. */
interface Against {
  readonly listed: ListedExceptions;
  readonly source: SourceDirectory;
}

/** A message of the export against the ledger's list. */
export interface ExpectedMessage {
  /** As it must be in the package; null when it must not be there, or has no readable key. */
  readonly compared: ComparedMessage | null;
  /** Whether the ledger lists it, or nobody can tell. */
  readonly isListed: boolean;
}

const GONE: ExpectedMessage = { compared: null, isListed: true };

export function expectedMessage(
  message: SourceMessage,
  listed: ListedExceptions,
  directory: SourceDirectory,
): ExpectedMessage {
  const { roomId, id, date, userId, alert, content, rtf } = message;
  if (roomId === null || id === null) return GONE;
  let flags = listed.has(roomId) ? listed.of(roomId, id) : 0;
  if ((flags & LISTED.REPEATED) !== 0) {
    if ((flags & LISTED.MET) !== 0) return GONE;
    listed.mark(roomId, id, LISTED.MET);
  }
  if ((flags & LEFT_BEHIND) !== 0) return GONE;
  if ((flags & LISTED.AUTHOR) !== 0 && !mayChange(userId, { source: directory, listed })) {
    // The package is read later, and must then have the author of the export.
    listed.unmark(roomId, id, LISTED.AUTHOR);
    flags &= ~LISTED.AUTHOR;
  }
  const author = authorOf(userId, userId === null ? undefined : directory.principals.get(userId)?.guid);
  const compared = withoutChanged({ id, date, author, alert, content, rtf }, flags, listed);
  return { compared, isListed: (flags & LISTED.CHANGED) !== 0 };
}

/**
 * The message with the same words on both sides where the ledger lists that it was changed: an author who may change
 * (`expectedMessage` takes the flag from all others); in a text, what XML cannot hold and what stands for it; rich text
 * as a whole, which may be left behind.
 */
export function withoutChanged(
  message: ComparedMessage,
  flags: number,
  listed: ListedExceptions,
): ComparedMessage {
  if ((flags & LISTED.CHANGED) === 0) return message;
  const { content, rtf } = message;
  return {
    ...message,
    ...((flags & LISTED.AUTHOR) === 0 ? {} : { author: 'changed' }),
    ...((flags & LISTED.CONTENT) === 0 || content === null ? {} : { content: listed.carriable(content) }),
    ...((flags & LISTED.RTF) === 0 || rtf === null
      ? {}
      : { rtf: listed.dropsRtf === false ? listed.carriable(rtf) : null }),
  };
}

/**
 * Whether a message may get another author: one that the package cannot have, where it was decided who takes his place,
 * or whom a plan has replaced.
 */
function mayChange(userId: number | null, against: Against): boolean {
  const author = userId === null ? undefined : against.source.principals.get(userId);
  if (author === undefined || author.typeId === null || !KNOWN_TYPES.has(author.typeId)) {
    return against.listed.namesAuthors;
  }
  const isNamed = userId !== null && against.listed.remappedPrincipals.has(userId);
  return isNamed || isReplaced(author.guid, against);
}

/**
 * Values of prinTypeID that a principal can have: 7 and 11 are federated (Lync Server 2010, "PrincipalType table",
 * GG558633).
 */
const KNOWN_TYPES: ReadonlySet<number> = new Set([4, 5, 7, 8, 9, 10, 11]);

/** Whether a plan has put others in the place of somebody with this GUID. */
function isReplaced(guid: string, { source, listed }: Against): boolean {
  return [...listed.remappedPrincipals].some((id) => source.principals.get(id)?.guid === guid);
}

/** Who a principal is on either side: the GUID is the same whatever else was changed of it. */
export function authorOf(userId: number | null, guid: string | undefined): string {
  return guid ?? `unknown principal ${userId}`;
}
