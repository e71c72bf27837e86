import type { Check } from '../check.js';
import { categoryOf, holders, outsiders } from '../scope-outsiders.js';

/**
 * # role-in-scope
 *
 * **Must hold.** Members, managers and presenters of a room, and creators of a category, are among the category's
 * allowed members and not among its denied ones: themselves, or through the groups, folders and domains to which they
 * are affiliated. Denied wins. Affiliations that take more than 100,000,000 steps to follow are an error.
 *
 * **Basis.** "Manage rooms" (JJ205292), "Manage categories", SDK error PrincipalsNotInScope
 * 22; that denied wins is in the 2013 feature list, the closure over affiliations is our reading.
 *
 * **Severity.** error
 *
 * **Remedy.** Correct the scope or the role in the source, or choose `drop` or `widen-scope` for the option
 * `outOfScope`.
 *
 * **Memory.** The affiliations, the categories below which each principal has a role, and all groups of one principal.
 */
export const roleInScope: Check = {
  id: 'role-in-scope',
  severities: ['error'],
  needs: ['principal', 'affiliation', 'category'],
  sees: ['room'],
  begin: ({ directory }) => ({
    directory(say) {
      const { outside, isWhole } = outsiders(directory, MOST_STEPS);
      if (!isWhole) {
        const message = `Unexpected affiliations, nested too deep to be followed (${MOST_STEPS} steps), expected those of a directory`;
        say({ place: null, message });
      }
      for (const node of [...directory.categories, ...directory.rooms]) {
        const categoryId = categoryOf(node);
        for (const { role, id } of holders(node)) {
          if (outside.get(id)?.has(categoryId) !== true) continue;
          say({
            place: directory.placeOf(node),
            message: `Unexpected ${role} ${id} of ${node.kind} ${node.id}, expected one within the scope of category ${categoryId}`,
          });
        }
      }
    },
  }),
};

/**
 * From members to groups, over all principals. A large directory takes a tenth; more is a tree made to keep us busy.
 */
const MOST_STEPS = 100_000_000;
