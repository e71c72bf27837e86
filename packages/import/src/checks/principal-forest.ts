import type { Check } from '../check.js';
import { domainOf } from '../distinguished-name.js';

/** A shorter suffix, such as `example`, is shared by strangers. */
const ROOT_LABELS = 2;

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
  begin: ({ directory }) => ({
    directory(say) {
      const active = directory.principals.flatMap((principal) => {
        const domain =
          principal.disabled === 0 && principal.adPath !== null ? domainOf(principal.adPath) : null;
        return domain === null ? [] : [{ principal, domain }];
      });
      const root = commonestRoot(active.map(({ domain }) => domain));
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

/** The root under which most principals stand; on a tie the first in code-unit order. */
function commonestRoot(domains: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const domain of domains) {
    const root = domain.split('.').slice(-ROOT_LABELS).join('.');
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  let best = '';
  for (const root of [...counts.keys()].sort()) {
    if ((counts.get(root) ?? 0) > (counts.get(best) ?? 0)) best = root;
  }
  return best;
}
