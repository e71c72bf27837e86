import { type CategoryDraft, carriedCategories, type DirectoryDraft } from '../directory/draft.js';
import { settleIdleScopes } from '../directory/idle-scopes.js';
import { countOf, labelNode } from '../directory/label.js';
import { scopesInForce } from '../directory/scopes-in-force.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # scope-inherited
 *
 * **Condition.** A category has no scope rows in force of its own, so that its scope comes from a category above; or
 * scope rows stand where they are in force for no category of the package.
 *
 * **Action.** Every category of the package gets the complete scope that was in force for it as its AllowedMembers:
 * that of the category named by scopeDefinerId, else the nearest one above with scope rows. Scopes are not added up
 * along the path. There were no deny lists, so DeniedMembers stays empty. Rows in force nowhere are left behind: the
 * scope of a root whose categories all have their own, and scope rows of a room, for a room always used its category's
 * scope. A category without any scope is carried with nobody allowed; `role-out-of-scope` reports it when anybody holds
 * a role there.
 *
 * **Option.** None.
 *
 * **Basis.** L: scope sets are complete where they stand and are found through scopeDefinerId (TechNet GG398730,
 * GG615024).
 *
 * **Severity.** note, warning (scope rows of a room)
 *
 * **Remedy.** None needed.
 *
 * **Example.** Root scope {domain}, category 5 with scope {group 30}, category 6 below 5 -> both get {group 30}.
 */
export const scopeInherited: DirectoryRule = {
  id: 'scope-inherited',
  severities: ['note', 'warning'],
  basis: ['L'],
  option: null,
  apply(draft, _options, voice) {
    const scopes = scopesInForce(draft);
    const lists = listsByNode(draft);
    const inForce = new Set<number>();
    for (const category of carriedCategories(draft)) {
      const definer = scopes.get(category)?.definer ?? null;
      if (definer === null) continue;
      inForce.add(definer.id);
      category.allowed = lists.get(definer.id) ?? new Set();
      if (definer !== category) sayInherited(category, definer, voice);
    }
    settleIdleScopes(draft, inForce, voice);
  },
};

function listsByNode(draft: DirectoryDraft): ReadonlyMap<number, ReadonlySet<number>> {
  const lists = new Map<number, Set<number>>();
  for (const { nodeId, principalId } of draft.scopes) {
    const list = lists.get(nodeId);
    if (list === undefined) lists.set(nodeId, new Set([principalId]));
    else list.add(principalId);
  }
  return lists;
}

function sayInherited(category: CategoryDraft, definer: CategoryDraft, voice: Voice): void {
  const did = `gave it the ${countOf(category.allowed.size, 'entry')} of ${labelNode(definer)}`;
  voice.say(category.source?.place ?? null, {
    message: `Unexpected absence of a scope of its own on ${labelNode(category)}, expected AllowedMembers; ${did}.`,
    seen: 'no scope rows in force of its own',
    expected: 'AllowedMembers on every category',
    did,
  });
}
