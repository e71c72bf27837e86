import { carriedRooms } from '../directory/draft.js';
import { settleInheritedEntries } from '../directory/idle-entries.js';
import { inheritedLists } from '../directory/inherited-lists.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # member-inherited
 *
 * **Condition.** A category has members.
 *
 * **Action.** Every room gets its own members and those of the categories above it, up to and including the nearest
 * node with overrideMember 1, where the list starts anew. Rooms of the target inherit no members, so the effective list
 * is written to each room. The role row of a category is carried when a room, or a list of creators, takes it; else it
 * stays behind. Inherited copies are no rows of the source, so the ledger does not count them.
 *
 * **Option.** None. (`creators` decides on who may create rooms.)
 *
 * **Basis.** L: the member list is the union down the path, restarted at overrideMember (TechNet GG398730, GG615024).
 *
 * **Severity.** note (one for each category)
 *
 * **Remedy.** None needed.
 *
 * **Example.** Category 5 has member 12, room 7 below has member 13 -> room 7 has members 12 and 13.
 */
export const memberInherited: DirectoryRule = {
  id: 'member-inherited',
  severities: ['note'],
  basis: ['L'],
  option: null,
  apply(draft, options, voice) {
    const members = inheritedLists(draft, 'Member');
    for (const room of carriedRooms(draft)) room.members = members.ofRoom(room);
    settleInheritedEntries(draft, 'Member', options, voice);
  },
};
