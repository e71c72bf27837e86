import type { Check, Say } from '../check.js';
import type { PackageDirectory } from '../read-package/package-directory.js';
import { roleLists } from '../role-lists.js';
import type { TargetDirectoryRecord } from '../target-record.js';

/**
 * # role-resolves
 *
 * **Must hold.** Everyone who has a role or stands in a scope is a principal of the package, and so are both sides of
 * every affiliation.
 *
 * **Basis.** Database schema, foreign keys of tblPrincipalRole, tblScopePrincipal and
 * tblPrincipalAffiliations.
 *
 * **Severity.** error
 *
 * **Remedy.** Carry the principal, or drop the role.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const roleResolves: Check = {
  id: 'role-resolves',
  severities: ['error'],
  needs: ['principal'],
  sees: ['affiliation', 'category', 'room'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const node of [...directory.categories, ...directory.rooms]) {
        for (const { role, ids } of roleLists(node)) sayMissing(directory, node, { role, ids, say });
      }
      for (const affiliation of directory.affiliations) {
        const { principalId, groupIds } = affiliation;
        sayMissing(directory, affiliation, { role: 'affiliated principal', ids: [principalId], say });
        sayMissing(directory, affiliation, { role: 'group', ids: groupIds, say });
      }
    },
  }),
};

function sayMissing(
  directory: PackageDirectory,
  record: TargetDirectoryRecord,
  { role, ids, say }: { role: string; ids: readonly number[]; say: Say },
): void {
  for (const id of new Set(ids)) {
    if (directory.principalById.has(id)) continue;
    say({
      place: directory.placeOf(record),
      message: `Unexpected ${role} ${id}, expected a principal of the package`,
    });
  }
}
