import type { Check } from '../check.js';
import { nameKey } from '../name-key.js';
import type { TargetPrincipal } from '../target-record.js';

/**
 * # principal-unique
 *
 * **Must hold.** No two principals share an id, a GUID or a URI (compared without regard to case and
 * trailing blanks).
 *
 * **Basis.** Database schema, tblPrincipal: prinID is the key, prinGuid equals the AD
 * objectGUID and is used as a key as well; a SIP URI belongs to one user.
 *
 * **Severity.** error
 *
 * **Remedy.** Merge the two in principals.csv, or correct the URI in Active Directory before the export.
 *
 * **Memory.** Three entries for each principal.
 */
export const principalUnique: Check = {
  id: 'principal-unique',
  severities: ['error'],
  needs: [],
  sees: ['principal'],
  begin: ({ directory }) => ({
    directory(say) {
      const byKey = new Map<string, TargetPrincipal>();
      for (const principal of directory.principals) {
        const keys = [`id ${principal.id}`, `GUID ${principal.guid}`, `URI ${nameKey(principal.uri)}`];
        for (const key of keys) {
          const first = byKey.get(key);
          if (first === undefined) {
            byKey.set(key, principal);
            continue;
          }
          say({
            place: directory.placeOf(principal),
            message: `Unexpected second principal with the ${key}, expected one; principal ${first.id} has it`,
          });
        }
      }
    },
  }),
};
