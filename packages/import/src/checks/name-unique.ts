import { type Check, shown } from '../check.js';
import { nameKey } from '../name-key.js';
import type { TargetAddIn, TargetCategory, TargetRoom } from '../target-record.js';

type Named = TargetCategory | TargetRoom | TargetAddIn;

/**
 * # name-unique
 *
 * **Must hold.** No two rooms, no two categories, and no room and category share a name; no two add-ins do. Names are
 * compared without regard to case and trailing blanks.
 *
 * **Basis.** Identity is `pool\name` (cmdlet help; "Using categories to administer
 * Persistent Chat Server"). The comparison is our reading, because the collation is not documented.
 *
 * **Severity.** error
 *
 * **Remedy.** Rename one of the two in rooms.csv or categories.csv of the plan and run again.
 *
 * **Memory.** One entry for each name.
 */
export const nameUnique: Check = {
  id: 'name-unique',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: ({ directory }) => ({
    directory(say) {
      for (const records of [[...directory.categories, ...directory.rooms], directory.addIns]) {
        const byName = new Map<string, Named>();
        for (const record of records) {
          const key = nameKey(record.name);
          const first = byName.get(key);
          if (first === undefined) byName.set(key, record);
          else {
            say({
              place: directory.placeOf(record),
              message: `Unexpected name of ${record.kind} ${record.id}, expected one that ${first.kind} ${first.id} does not have`,
              seen: shown(record.name),
            });
          }
        }
      }
    },
  }),
};
