import type { Layout } from '../layout/layout.js';
import { PackageDirectory } from '../read-package/package-directory.js';
import type { PackageMessage } from '../read-package/package-message.js';
import { readPackage } from '../read-package/read-package.js';
import { LEFT_BEHIND, LISTED, type ListedExceptions } from './listed-exceptions.js';
import { type ComparedMessage, RoomSum } from './room-sum.js';
import { authorOf, withoutChanged } from './source-sums.js';

/** What the package says of one room. */
export interface PackageRoom {
  readonly guid: string | null;
  readonly name: string | null;
  readonly carried: RoomSum;
  /** Messages that the ledger lists as excluded or refused. */
  unexpected: number;
  firstUnexpected: bigint | null;
}

export interface PackageSums {
  /** Every room of the package, and every id that messages name as theirs. */
  readonly rooms: ReadonlyMap<number, PackageRoom>;
  /** Of all parts: what they share once, and the rooms of each. */
  readonly directory: PackageDirectory;
  /** Whether everything could be read; the checks say what could not. */
  readonly isWhole: boolean;
}

export interface PackageFiles {
  readonly zipPaths: readonly string[];
  readonly layout: Layout;
}

/** Adds up what the ledger does not list as gone. Memory: the directory, and less than 1 KB a room. */
export async function sumPackage(files: PackageFiles, listed: ListedExceptions): Promise<PackageSums> {
  const rooms = new Map<number, PackageRoom>();
  const directory = new PackageDirectory();
  const isWhole = await readMessagesOf(files, listed, {
    part(part) {
      addPart(directory, part);
      for (const { id, guid, name } of part.rooms) if (!rooms.has(id)) rooms.set(id, emptyRoom(guid, name));
    },
    message(roomId, message, flags) {
      const room = rooms.get(roomId) ?? emptyRoom(null, null);
      rooms.set(roomId, room);
      if ((flags & LEFT_BEHIND) !== 0) {
        room.unexpected += 1;
        room.firstUnexpected ??= message.id;
      } else room.carried.add(message);
    },
  });
  return { rooms, directory, isWhole };
}

export interface PackageMessagesVisitor {
  /** The directory of a part, before its messages. */
  part?(directory: PackageDirectory): void;
  /** `flags`: those of `LISTED`. */
  message(roomId: number, message: ComparedMessage, flags: number): void;
}

/** Reads every part; what is wrong with them is for the checks to say. Returns whether everything could be read. */
export async function readMessagesOf(
  { zipPaths, layout }: PackageFiles,
  listed: ListedExceptions,
  visitor: PackageMessagesVisitor,
): Promise<boolean> {
  let isWhole = true;
  for (const zipPath of zipPaths) {
    const directory = new PackageDirectory();
    await readPackage(zipPath, layout, {
      directory,
      fault: ({ kind }) => {
        if (kind === 'archive' || kind === 'syntax') isWhole = false;
      },
      directoryRead() {
        visitor.part?.(directory);
      },
      message(message) {
        const flags = listed.has(message.roomId) ? listed.of(message.roomId, message.id) : 0;
        const told = comparedMessage(message, directory);
        const compared = withoutChanged(told, flags, listed);
        // What was left behind is not there, and nothing else in its place.
        const isLeft = listed.dropsRtf === true && (flags & LISTED.RTF) !== 0;
        visitor.message(message.roomId, isLeft ? { ...compared, rtf: told.rtf } : compared, flags);
      },
      progress: () => undefined,
    });
    if (directory.incomplete.size > 0) isWhole = false;
  }
  return isWhole;
}

/** Adds the rooms of a part, and what all parts share from the first. */
function addPart(whole: PackageDirectory, part: PackageDirectory): void {
  const isFirst = whole.principals.length === 0 && whole.rooms.length === 0;
  const shared = isFirst
    ? [...part.principals, ...part.affiliations, ...part.addIns, ...part.categories]
    : [];
  for (const record of [...shared, ...part.rooms, ...part.lastChatIds]) {
    const place = part.placeOf(record);
    if (place !== null) whole.add(record, place);
  }
}

function comparedMessage(message: PackageMessage, directory: PackageDirectory): ComparedMessage {
  const { id, date, userId, alert, content, rtf } = message;
  const author = authorOf(userId, directory.principalById.get(userId)?.guid);
  return {
    id,
    date: date.toString(),
    author,
    alert,
    content: content.toString(),
    rtf: rtf === null ? null : rtf.toString(),
  };
}

function emptyRoom(guid: string | null, name: string | null): PackageRoom {
  return { guid, name, carried: new RoomSum(), unexpected: 0, firstUnexpected: null };
}
