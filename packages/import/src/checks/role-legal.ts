import { type Check, sayFaults } from '../check.js';

/**
 * # role-legal
 *
 * **Must hold.** A principal has one entry on a node, with all its roles and at least one; creators belong to
 * categories, members, managers and presenters to rooms; only an auditorium has presenters.
 *
 * **Basis.** Database schema, tblPrincipalRole (primary key); cmdlet help,
 * Set-CsPersistentChatRoom ("Manage rooms", JJ205292). That an entry is
 * single and gives a role is our reading: nobody says which of two entries an importer takes.
 *
 * **Severity.** error
 *
 * **Remedy.** Make the room an auditorium, or drop its presenters.
 *
 * **Memory.** The ids of one node's entries.
 */
export const roleLegal: Check = {
  id: 'role-legal',
  severities: ['error'],
  needs: [],
  sees: ['category', 'room'],
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
    },
  }),
};
