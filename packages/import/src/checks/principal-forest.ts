import type { Check } from '../check.js';
import { domainOf, forestRoot } from '../distinguished-name.js';

/**
 * # principal-forest
 *
 * **Must hold.** The AD paths of all principals that are not disabled lie in one forest: their domains share a root of
 * two labels. Principals without a domain are judged by principal-legal.
 *
 * **Basis.** Migration guide: principals of another forest cannot be migrated. Two labels are our
 * reading, because a forest's root may have no principal of its own in the package.
 *
 * **Severity.** error
 *
 * **Remedy.** Name the right root in the plan's `forest`, so that the others become disabled authors without roles.
 *
 * **Memory.** One count for each domain.
 */
export const principalForest: Check = {
  id: 'principal-forest',
  severities: ['error'],
  needs: [],
  sees: ['principal'],
  begin: ({ directory }) => ({
    directory(say) {
      const active = directory.principals.flatMap((principal) => {
        const domain =
          principal.disabled === 0 && principal.adPath !== null ? domainOf(principal.adPath) : null;
        return domain === null ? [] : [{ principal, domain }];
      });
      const root = forestRoot(directory.principals);
      for (const { principal, domain } of active) {
        if (domain === root || domain.endsWith(`.${root}`)) continue;
        say({
          place: directory.placeOf(principal),
          message: `Unexpected domain ${domain} of principal ${principal.id}, expected one below ${root}`,
        });
      }
    },
  }),
};
