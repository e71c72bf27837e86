import { type Affiliations, withMembers } from './affiliations.js';
import { carriedRooms, type DirectoryDraft, type RoomDraft } from './draft.js';

/**
 * Access control entries as the capacity planning page counts them: members of rooms that are not open, presenters
 * of auditoriums, managers of all rooms; a group is one entry.
 */
export function accessEntries(draft: DirectoryDraft): number {
  return carriedRooms(draft).reduce((sum, room) => {
    const members = room.privacy === 'Open' ? 0 : room.members.size;
    const presenters = room.type === 'Auditorium' ? room.presenters.size : 0;
    return sum + members + presenters + room.managers.size;
  }, 0);
}

/**
 * Invitations that the rooms of the package would generate: rooms that invite times the active users who can enter.
 * Stops counting above `limit`, which also bounds the work; rooms that share a list are counted once.
 */
export function invitations(draft: DirectoryDraft, affiliations: Affiliations, limit: number): number {
  const counts = new Map<ReadonlySet<number>, number>();
  let sum = 0;
  for (const room of carriedRooms(draft)) {
    if (room.disabled || room.invitations !== 'Inherit' || !room.category.invitations) continue;
    const list = whoMayEnter(room);
    const users = counts.get(list) ?? activeUsers(draft, affiliations, list, limit);
    counts.set(list, users);
    sum += users;
    if (sum > limit) break;
  }
  return sum;
}

function whoMayEnter(room: RoomDraft): ReadonlySet<number> {
  return room.privacy === 'Open' ? room.category.allowed : room.members;
}

function activeUsers(
  draft: DirectoryDraft,
  affiliations: Affiliations,
  list: ReadonlySet<number>,
  limit: number,
): number {
  let users = 0;
  for (const id of withMembers(affiliations, list)) {
    const principal = draft.principals.get(id);
    if (principal?.principalKind === 'user' && principal.disabled === 0) users += 1;
    if (users > limit) break;
  }
  return users;
}
