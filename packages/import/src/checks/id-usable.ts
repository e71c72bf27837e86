import type { Check } from '../check.js';

const NO_GUID = '00000000-0000-0000-0000-000000000000';

/**
 * # id-usable
 *
 * **Must hold.** No GUID of a principal, category, room or add-in is all zeros. Ids of principals, categories, rooms
 * and messages are above 0 (warning).
 *
 * **Basis.** Database schema: GUIDs are alternate keys, and a key of zeros stands for none. That ids count from 1 is
 * our reading: the root is node 1, the system user principal 1, and no lower id is documented.
 *
 * **Severity.** error, warning
 *
 * **Remedy.** Find the record in the source; a GUID of zeros was written by a tool, not by the server.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const idUsable: Check = {
  id: 'id-usable',
  severities: ['error', 'warning'],
  needs: [],
  sees: ['principal', 'addIn', 'category', 'room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const record of [...directory.principals, ...directory.categories, ...directory.rooms]) {
        const place = directory.placeOf(record);
        const { kind, id, guid } = record;
        if (guid === NO_GUID)
          say({ place, message: `Unexpected GUID of zeros of ${kind} ${id}, expected its own` });
        if (id <= 0) {
          say({
            place,
            message: `Unexpected id ${id} of a ${kind}, expected one above 0`,
            severity: 'warning',
          });
        }
      }
      for (const addIn of directory.addIns) {
        if (addIn.id !== NO_GUID) continue;
        say({
          place: directory.placeOf(addIn),
          message: 'Unexpected GUID of zeros of an add-in, expected its own',
        });
      }
    },
    message({ id }, say) {
      if (id > 0n) return;
      say({ message: `Unexpected id ${id} of a message, expected one above 0`, severity: 'warning' });
    },
  }),
};
