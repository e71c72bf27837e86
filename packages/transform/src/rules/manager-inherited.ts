import { carriedRooms } from '../directory/draft.js';
import { settleInheritedEntries } from '../directory/idle-entries.js';
import { inheritedLists } from '../directory/inherited-lists.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # manager-inherited
 *
 * **Condition.** A category has managers.
 *
 * **Action.** Every room gets its own managers and those of all categories above it, as they applied before: the list
 * of managers could never be restarted. The role row of a category is carried when a room, or a list of creators, takes
 * it; else it stays behind. Inherited copies are no rows of the source, so the ledger does not count them.
 *
 * **Option.** None. (`rootManagers` decides on the root, `creators` on who may create rooms.)
 *
 * **Basis.** L: managers are inherited from the root down and cannot be cut off (TechNet GG398730, GG615024).
 *
 * **Severity.** note (one for each category; the root's managers are reported by `manager-from-root` one by one)
 *
 * **Remedy.** None needed.
 *
 * **Example.** Category 5 has manager 12, rooms 7 and 8 below -> 12 is manager of 7 and 8.
 */
export const managerInherited: DirectoryRule = {
  id: 'manager-inherited',
  severities: ['note'],
  basis: ['L'],
  option: null,
  apply(draft, options, voice) {
    const managers = inheritedLists(draft, 'Manager');
    const rooms = carriedRooms(draft);
    for (const room of rooms) room.managers = managers.ofRoom(room);
    // The root's managers reach every room, and manager-from-root has said so.
    const told = rooms.length > 0 ? draft.root?.source?.place : undefined;
    const say: Voice['say'] = (place, said) => {
      if (place === null || place !== told) voice.say(place, said);
    };
    settleInheritedEntries(draft, 'Manager', options, { ...voice, say });
  },
};
