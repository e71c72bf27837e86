import { type AccessCounts, CsvFile, type Privacy } from '@chatferry/import';
import type { Access, RoleHolders } from './directory/access.js';
import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  isCarried,
  type RoomDraft,
} from './directory/draft.js';

/** Its privacy is empty, because the rules look at that of carried rooms only. */
const LEFT_BEHIND = 'room left behind';
const HEADER = ['kind', 'privacy', 'node', 'nodeGuid', 'role', 'principal', 'uri', 'before', 'after'];
const NOBODY: ReadonlySet<number> = new Set();
/** Where a wrong name does most harm comes first. */
const PRIVACIES: readonly Privacy[] = ['Secret', 'Closed', 'Open'];

/**
 * Writes `access.csv`: who may enter, manage, present in the rooms of the package and create rooms in its categories,
 * before and after, a line for each node, role and principal. Secret rooms first, then closed and open ones, then
 * categories, then rooms that stay behind, which nobody enters any more; within by the numbers of node, role and
 * principal. Memory: the rooms once more as a list, the people of one node, and what `CsvFile` states.
 *
 * @throws RunFailure `output-unwritable`
 */
export function writeAccess(path: string, draft: DirectoryDraft, access: Access): AccessCounts {
  const file = new CsvFile(path, HEADER);
  const counts = { rows: 0, lost: 0, added: 0, leftBehind: 0 };
  const write = (node: CategoryDraft | RoomDraft, lists: readonly RoleHolders[]): void => {
    const place = [node.kind, node.kind === 'room' ? node.privacy : '', node.name, node.guid];
    for (const list of lists) {
      const { added, lost, rows } = writeHolders(file, place, list, access);
      counts.rows += rows;
      counts.lost += lost;
      counts.added += added;
    }
  };
  const writeLeft = (room: RoomDraft): void => {
    const place = [LEFT_BEHIND, '', room.name, room.guid];
    for (const list of access.ofRoom(room)) {
      const { rows } = writeHolders(file, place, { ...list, after: NOBODY }, access);
      counts.rows += rows;
      counts.leftBehind += rows;
    }
  };
  try {
    const rooms = carriedRooms(draft);
    for (const privacy of PRIVACIES) {
      for (const room of rooms) if (room.privacy === privacy) write(room, access.ofRoom(room));
    }
    for (const category of carriedCategories(draft).sort((one, other) => one.id - other.id)) {
      write(category, access.ofCategory(category));
    }
    for (const room of draft.rooms.values()) if (!isCarried(draft, room.source)) writeLeft(room);
  } finally {
    file.close();
  }
  return counts;
}

function writeHolders(
  file: CsvFile,
  place: readonly string[],
  { after, before, role }: RoleHolders,
  { people }: Access,
): Omit<AccessCounts, 'leftBehind'> {
  let lost = 0;
  let added = 0;
  const holders = eitherOf(before, after);
  for (const id of holders) {
    const was = before.has(id);
    const is = after.has(id);
    if (!is) lost += 1;
    if (!was) added += 1;
    file.row([...place, role, people.nameOf(id), people.uriOf(id), yesNo(was), yesNo(is)]);
  }
  return { rows: holders.length, lost, added };
}

/** Ascending. */
function eitherOf(before: ReadonlySet<number>, after: ReadonlySet<number>): number[] {
  const ids = [...after];
  if (before !== after) for (const id of before) if (!after.has(id)) ids.push(id);
  return ids.sort((one, other) => one - other);
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
