import { type Check, sayFaults } from '../check.js';

const ROOT_ID = 1;

/**
 * # category-not-top-level
 *
 * **Must hold.** Every category stands directly below the implied root: none stands inside another, and neither a
 * category nor a room carries the root's id 1.
 *
 * **Basis.** One root with nodeID 1 (database schema, tblNode), one level of categories
 * (migration guide, "Migration process details").
 *
 * **Severity.** error
 *
 * **Remedy.** Write the package again; the transform flattens nested categories.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const categoryNotTopLevel: Check = {
  id: 'category-not-top-level',
  severities: ['error'],
  needs: [],
  sees: ['category', 'room'],
  begin: ({ directory }) => ({
    ...sayFaults('nesting'),
    directory(say) {
      for (const node of [...directory.categories, ...directory.rooms]) {
        if (node.id !== ROOT_ID) continue;
        say({
          place: directory.placeOf(node),
          message: `Unexpected ${node.kind} with the id ${ROOT_ID}, expected the root category to be implied`,
        });
      }
    },
  }),
};
