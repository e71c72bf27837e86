import { type Check, sayFaults } from '../check.js';
import { roleLists } from '../role-lists.js';

/**
 * # role-legal
 *
 * **Must hold.** A principal has each role on a node once; creators belong to categories, members, managers and
 * presenters to rooms; only an auditorium has presenters.
 *
 * **Basis.** Database schema, tblPrincipalRole (primary key); cmdlet help,
 * Set-CsPersistentChatRoom ("Manage rooms", JJ205292).
 *
 * **Severity.** error
 *
 * **Remedy.** Make the room an auditorium, or drop its presenters.
 *
 * **Memory.** The lists of one node.
 */
export const roleLegal: Check = {
  id: 'role-legal',
  severities: ['error'],
  needs: [],
  begin: ({ directory }) => ({
    ...sayFaults('role'),
    directory(say) {
      for (const room of directory.rooms) {
        if (room.type === 'Auditorium' || room.presenters.length === 0) continue;
        say({
          place: directory.placeOf(room),
          message: `Unexpected presenters of room ${room.id} (${room.presenters.length}), expected them in an auditorium only`,
        });
      }
      for (const node of [...directory.categories, ...directory.rooms]) {
        // Scope lists are no roles: scope-not-contradictory looks at them.
        for (const { role, ids } of roleLists(node)) {
          if (role === 'allowed member' || role === 'denied member') continue;
          for (const id of repeated(ids)) {
            say({
              place: directory.placeOf(node),
              message: `Unexpected second entry of ${role} ${id} on ${node.kind} ${node.id}, expected one`,
            });
          }
        }
      }
    },
  }),
};

function repeated(ids: readonly number[]): number[] {
  const seen = new Set<number>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}
