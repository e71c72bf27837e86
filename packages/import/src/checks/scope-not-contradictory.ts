import type { Check } from '../check.js';

/**
 * # scope-not-contradictory
 *
 * **Must hold.** A principal stands in the scope of a category once: allowed or denied, not both and not twice.
 *
 * **Basis.** Database schema, tblScopePrincipal (primary key scopeNodeID, scopePrinID).
 *
 * **Severity.** error
 *
 * **Remedy.** Correct the scope of the category in the source, and run the transform again.
 *
 * **Memory.** The scope of one category.
 */
export const scopeNotContradictory: Check = {
  id: 'scope-not-contradictory',
  severities: ['error'],
  needs: [],
  sees: ['category'],
  begin: ({ directory }) => ({
    directory(say) {
      for (const category of directory.categories) {
        const seen = new Set<number>();
        for (const id of [...category.allowed, ...category.denied]) {
          if (seen.size !== seen.add(id).size) continue;
          say({
            place: directory.placeOf(category),
            message: `Unexpected second scope entry of principal ${id} on category ${category.id}, expected allowed or denied once`,
          });
        }
      }
    },
  }),
};
