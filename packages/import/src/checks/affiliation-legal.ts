import type { Check } from '../check.js';
import type { TargetAffiliation, TargetPrincipal } from '../target-record.js';

/**
 * # affiliation-legal
 *
 * **Must hold.** The affiliations of a principal stand in one record, each once, without itself, and none is a user.
 *
 * **Basis.** Database schema, tblPrincipalAffiliations: every principal has one row for itself, which the server
 * writes, and one for each group, folder or domain that it belongs to.
 *
 * **Severity.** warning
 *
 * **Remedy.** Write the package again; the transform drops what is there twice.
 *
 * **Memory.** One id for each affiliated principal, and the groups of one.
 */
export const affiliationLegal: Check = {
  id: 'affiliation-legal',
  severities: ['warning'],
  needs: ['principal'],
  sees: ['affiliation'],
  begin: ({ directory }) => ({
    directory(say) {
      const seen = new Set<number>();
      for (const affiliation of directory.affiliations) {
        const place = directory.placeOf(affiliation);
        const isSecond = seen.size === seen.add(affiliation.principalId).size;
        if (isSecond) {
          const { principalId } = affiliation;
          say({
            place,
            message: `Unexpected second record of principal ${principalId}, expected all its groups in one`,
          });
        }
        for (const message of faultsOf(affiliation, directory.principalById)) say({ place, message });
      }
    },
  }),
};

function faultsOf(
  { principalId, groupIds }: TargetAffiliation,
  principals: ReadonlyMap<number, TargetPrincipal>,
): string[] {
  const seen = new Set<number>();
  return groupIds.flatMap((id) => {
    if (seen.size === seen.add(id).size) return [`Unexpected second entry of group ${id}, expected one`];
    if (id === principalId)
      return [`Unexpected affiliation of principal ${id} to itself, expected groups only`];
    if (principals.get(id)?.principalKind !== 'user') return [];
    return [`Unexpected affiliation to user ${id}, expected a group, folder or domain`];
  });
}
