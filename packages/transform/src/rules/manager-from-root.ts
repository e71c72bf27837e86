import { carriedRooms } from '../directory/draft.js';
import { countOf } from '../directory/label.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # manager-from-root
 *
 * **Condition.** A principal is manager of the root category.
 *
 * **Action.** It becomes manager of every room (`manager-inherited` writes the lists), and with that it may change and
 * disable each of them, as it could before. With `drop` these roles stay behind and the rooms keep only their other
 * managers.
 *
 * **Option.** `rootManagers` (default `all-rooms`): `drop` leaves the root's managers behind.
 *
 * **Basis.** G: migration guide, "Migration process details" (TechNet JJ205264): managers of the root become managers
 * of all rooms; remove them first if that is not wanted.
 *
 * **Severity.** warning
 *
 * **Remedy.** Remove managers from the legacy root who should not manage every room, or choose `drop`.
 *
 * **Example.** Principal 12, manager of the root, 300 rooms -> manager of 300 rooms.
 */
export const managerFromRoot: DirectoryRule = {
  id: 'manager-from-root',
  severities: ['warning'],
  basis: ['G'],
  option: 'rootManagers',
  apply(draft, options, voice) {
    const drops = options.rootManagers === 'drop';
    const rooms = countOf(carriedRooms(draft).length, 'room');
    const did = drops ? 'left the role behind' : `made it a manager of ${rooms}`;
    draft.roles = draft.roles.filter(({ row, nodeId, principalId, role }) => {
      const principal = draft.principals.get(principalId);
      if (role !== 'Manager' || nodeId !== draft.root?.id || principal === undefined) return true;
      voice.say(row.place, {
        message: `Unexpected manager of the root, ${labelPrincipal(principal.source)}, expected managers on rooms; ${did}.`,
        seen: 'a manager of the root',
        expected: 'managers on rooms',
        did,
        remedy: drops
          ? 'Name managers of the rooms that lose theirs, in the source or after the import.'
          : 'Remove whoever should not manage every room from the root in the source, or choose rootManagers: drop.',
      });
      if (drops) voice.excluded(row);
      return !drops;
    });
  },
};
