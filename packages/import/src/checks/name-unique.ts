import { type Check, shown } from '../check.js';
import { looseNameKey, nameKey } from '../name-key.js';
import type { TargetAddIn, TargetCategory, TargetRoom } from '../target-record.js';

type Named = TargetCategory | TargetRoom | TargetAddIn;

/**
 * # name-unique
 *
 * **Must hold.** No two rooms, no two categories, and no room and category share a name; no two add-ins do. Two names
 * that differ in nothing, or in case and trailing blanks only, are an error. Two that differ in width, kana,
 * composition or invisible characters besides are a warning: some collations of SQL Server take them for one, others do
 * not.
 *
 * **Basis.** Identity is `pool\name` (cmdlet help; "Using categories to administer
 * Persistent Chat Server"). The comparison is our reading, because the collation is not documented.
 *
 * **Severity.** error; warning for names that only some collations take for one
 *
 * **Remedy.** Rename one of the two in rooms.csv or categories.csv of the plan and run again; an add-in at the source.
 * A warning may stay when the database of the target tells the two names apart.
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
          say({
            place: directory.placeOf(record),
            message: `Unexpected name ${shown(record.name)} of ${called(record)}, expected one ${otherThan(first, record, { isSame: same !== null })}`,
            seen: shown(record.name),
            severity: same === null ? 'warning' : 'error',
          });
        }
      }
    },
  }),
};

/** What the name should be instead, by how near it is to that of the first. */
function otherThan(first: Named, { name }: Named, { isSame }: { readonly isSame: boolean }): string {
  if (first.name === name) return `that ${called(first)} does not have`;
  const its = `${shown(first.name)} of ${called(first)}`;
  return isSame
    ? `that differs from ${its} in more than case and trailing blanks`
    : `that no collation takes for ${its}; they differ in width, kana, composition or invisible characters`;
}

function called({ kind, id }: Named): string {
  return `${kind} ${id}`;
}

/** The record that has had this key before, else null. */
function before(byKey: Map<string, Named>, key: string, record: Named): Named | null {
  const first = byKey.get(key) ?? null;
  if (first === null) byKey.set(key, record);
  return first;
}
