import { type Check, shown } from '../check.js';
import { looseNameKey, nameKey } from '../name-key.js';
import type { TargetAddIn, TargetCategory, TargetRoom } from '../target-record.js';

type Named = TargetCategory | TargetRoom | TargetAddIn;

/**
 * # name-unique
 *
 * **Must hold.** No two rooms, no two categories, and no room and category share a name; no two add-ins do. Names are
 * compared without regard to case and trailing blanks. Names that a collation could take for one, because they differ in
 * width, kana, composition or invisible characters only, are warned of.
 *
 * **Basis.** Identity is `pool\name` (cmdlet help; "Using categories to administer
 * Persistent Chat Server"). The comparison is our reading, because the collation is not documented.
 *
 * **Severity.** error, warning
 *
 * **Remedy.** Rename one of the two in rooms.csv or categories.csv of the plan (an add-in: at the source) and run again.
 *
 * **Memory.** Two entries for each name.
 */
export const nameUnique: Check = {
  id: 'name-unique',
  severities: ['error', 'warning'],
  needs: [],
  sees: ['category', 'room', 'addIn'],
  overParts: true,
  begin: ({ directory }) => ({
    directory(say) {
      for (const records of [[...directory.categories, ...directory.rooms], directory.addIns]) {
        const byName = new Map<string, Named>();
        const byLooseName = new Map<string, Named>();
        for (const record of records) {
          const same = before(byName, nameKey(record.name), record);
          const similar = before(byLooseName, looseNameKey(record.name), record);
          const first = same ?? similar;
          if (first === null) continue;
          const otherThan = `${first.kind} ${first.id}`;
          say({
            place: directory.placeOf(record),
            message: `Unexpected name of ${record.kind} ${record.id}, expected one that ${otherThan} ${same === null ? 'would not have by any collation' : 'does not have'}`,
            seen: shown(record.name),
            severity: same === null ? 'warning' : 'error',
          });
        }
      }
    },
  }),
};

/** The record that has had this key before, else null. */
function before(byKey: Map<string, Named>, key: string, record: Named): Named | null {
  const first = byKey.get(key) ?? null;
  if (first === null) byKey.set(key, record);
  return first;
}
