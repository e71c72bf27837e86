import { categoriesTopDown } from '../directory/category-order.js';
import { type CategoryDraft, carriedCategories, type DirectoryDraft } from '../directory/draft.js';
import { joinNames, markChanged, placeOf } from '../directory/final-names.js';
import { labelNode, quoteName } from '../directory/label.js';
import { isNamedByPlan } from '../directory/planned-nodes.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # category-nested
 *
 * **Condition.** A category lies below a category that is not the root.
 *
 * **Action.** It becomes top-level, because the target knows one level of categories. Its name becomes the names of its
 * parents, from the top down, and its own, joined by the separator; the root's name is not part of it. People find
 * the rooms under the longer name. Of a name that passes 1,024 UTF-16 units the tail and a hash are kept; it is too
 * long in any case, and name-too-long says so.
 *
 * **Option.** `separator` (default `_`): joins the names.
 *
 * **Basis.** G: migration guide, "Migration process details", item on categories (TechNet JJ205264). O: the separator,
 * and that the root's name is left out, because the guide names neither.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed; a shorter name can be given in categories.csv.
 *
 * **Example.** root / `Sales` / `EMEA` -> `Sales` and `Sales_EMEA`, side by side
 */
export const categoryNested: DirectoryRule = {
  id: 'category-nested',
  severities: ['note'],
  basis: ['G', 'O'],
  option: 'separator',
  apply(draft, options, voice) {
    const names = namesWithParents(draft, options.separator);
    // Own names were read there before any of them becomes a long one here.
    for (const category of carriedCategories(draft)) {
      if (category.parent === null || category.parent === draft.root || category.name === '') continue;
      const name = names.get(category) as string;
      const as = isNamedByPlan(draft, category) ? 'under the name of the plan' : `as ${quoteName(name)}`;
      const did = `made it top-level ${as}`;
      voice.say(placeOf(category), {
        message: `Unexpected ${labelNode(category)} below category ${category.parent?.id}, expected it directly below the root; ${did}.`,
        seen: `parentID ${category.parent?.id}`,
        expected: 'a category directly below the root',
        did,
      });
      category.name = name;
      markChanged(voice, category);
    }
  },
};

/** The name of every category with those of its parents, each made from its parent's. */
function namesWithParents(draft: DirectoryDraft, separator: string): ReadonlyMap<CategoryDraft, string> {
  const names = new Map<CategoryDraft, string>();
  for (const category of categoriesTopDown(draft)) {
    const { parent } = category;
    const isTop = parent === null || parent === draft.root;
    const above = isTop ? '' : (names.get(parent) ?? '');
    names.set(category, isTop ? category.name : joinNames([above, category.name], separator));
  }
  return names;
}
