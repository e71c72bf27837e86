import { type Check, shown } from '../check.js';

/**
 * # name-usable
 *
 * **Must hold.** Names of categories, rooms and add-ins are not empty and have no leading or trailing blank, no
 * backslash and no control character.
 *
 * **Basis.** Identity is `pool\name` (cmdlet help), so a backslash cannot be told from the separator. The rest is our
 * reading, because the allowed characters are not documented.
 *
 * **Severity.** error
 *
 * **Remedy.** Give another name in rooms.csv or categories.csv of the plan and run again.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const nameUsable: Check = {
  id: 'name-usable',
  severities: ['error'],
  needs: [],
  begin: ({ directory }) => ({
    directory(say) {
      for (const record of [...directory.categories, ...directory.rooms, ...directory.addIns]) {
        const defect = defectOf(record.name);
        if (defect === null) continue;
        say({
          place: directory.placeOf(record),
          message: `Unexpected ${defect} of ${record.kind} ${record.id}, expected a usable name`,
          seen: shown(record.name),
        });
      }
    },
  }),
};

function defectOf(name: string): string | null {
  if (name.trim() === '') return 'empty name';
  if (name !== name.trim()) return 'blank around the name';
  if (name.includes('\\')) return 'backslash in the name';
  return /\p{Cc}/u.test(name) ? 'control character in the name' : null;
}
