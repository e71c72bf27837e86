import { type Check, shown } from '../check.js';

/**
 * # name-usable
 *
 * **Must hold.** Names of categories, rooms and add-ins have a visible character, no leading or trailing blank, no
 * backslash and no control character. They have no character that turns the direction of text (warning).
 *
 * **Basis.** Identity is `pool\name` (cmdlet help), so a backslash cannot be told from the separator. The rest is our
 * reading, because the allowed characters are not documented.
 *
 * **Severity.** error, warning
 *
 * **Remedy.** Give another name in rooms.csv or categories.csv of the plan (an add-in: at the source) and run again.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const nameUsable: Check = {
  id: 'name-usable',
  severities: ['error', 'warning'],
  needs: [],
  sees: ['category', 'room', 'addIn'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const record of [...directory.categories, ...directory.rooms, ...directory.addIns]) {
        const defect = defectOf(record.name);
        const turn = TURNS.exec(record.name);
        if (defect === null && turn === null) continue;
        say({
          place: directory.placeOf(record),
          severity: defect === null ? 'warning' : 'error',
          message: `Unexpected ${defect ?? 'change of direction in the name'} of ${record.kind} ${record.id}, expected a usable name`,
          seen: shown(record.name),
        });
      }
    },
  }),
};

/** Bidirectional embeddings, overrides and isolates: such a name is shown otherwise than it is written. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const VISIBLE = /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u;

function defectOf(name: string): string | null {
  if (name.trim() === '') return 'empty name';
  if (!VISIBLE.test(name)) return 'invisible name';
  if (name !== name.trim()) return 'blank around the name';
  if (name.includes('\\')) return 'backslash in the name';
  return /\p{Cc}/u.test(name) ? 'control character in the name' : null;
}
