import { memberListStarts } from '../directory/category-order.js';
import { type CategoryDraft, carriedCategories, carriedRooms, type RoomDraft } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { scopesInForce } from '../directory/scopes-in-force.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # definer-contradicts-tree
 *
 * **Condition.** scopeDefinerId of a category is not the nearest category, itself or above, that has scope rows; or
 * roleDefinerId of a category or room is not the nearest node, itself or above, with overrideMember 1 (the root when
 * there is none).
 *
 * **Action.** Scope: the definer wins when it is the category itself or one above it and has scope rows, else the
 * nearest category with scope rows. Members: overrideMember wins. Both columns are what the old server computed from
 * the tree, so a disagreement means that one side is stale; look at who gets in.
 *
 * **Option.** None.
 *
 * **Basis.** L: meaning of the two columns and of overrideMember (TechNet GG615024, "Node Table"). O: who wins.
 *
 * **Severity.** warning
 *
 * **Remedy.** Compare scope and members of the named node with what the legacy admin tool shows; save it there again.
 *
 * **Example.** Category 5 has scope rows, scopeDefinerId 1, the root has scope rows -> the root's scope is taken.
 */
export const definerContradictsTree: DirectoryRule = {
  id: 'definer-contradicts-tree',
  severities: ['warning'],
  basis: ['L', 'O'],
  option: null,
  apply(draft, _options, voice) {
    const scopes = scopesInForce(draft);
    for (const category of carriedCategories(draft)) {
      const { nearest, definer } = scopes.get(category) ?? { nearest: null, definer: null };
      const named = category.source?.scopeDefinerId ?? null;
      if (named === null || nearest === null || definer === null || named === nearest.id) continue;
      const did = `took the scope of ${labelNode(definer)}`;
      sayContradiction({ node: category, column: 'scopeDefinerId', named, expected: nearest.id, did }, voice);
    }
    const lists = memberListStarts(draft);
    for (const node of [...carriedCategories(draft), ...carriedRooms(draft)]) {
      const named = node.source?.roleDefinerId ?? null;
      const start = lists(node);
      if (named === null || start === null || named === start.id) continue;
      const did = `took the members from ${labelNode(start)} down`;
      sayContradiction({ node, column: 'roleDefinerId', named, expected: start.id, did }, voice);
    }
  },
};

interface Contradiction {
  readonly node: CategoryDraft | RoomDraft;
  readonly column: 'scopeDefinerId' | 'roleDefinerId';
  readonly named: number;
  readonly expected: number;
  readonly did: string;
}

function sayContradiction({ node, column, named, expected, did }: Contradiction, voice: Voice): void {
  if (node.source === null) return;
  voice.changed(node.source);
  voice.say(node.source.place, {
    message: `Unexpected ${column} ${named} of ${labelNode(node)}, expected ${expected} by the tree; ${did}.`,
    seen: `${column} ${named}`,
    expected: `${column} ${expected}`,
    did,
    remedy: 'Compare with what the legacy admin tool shows for this node.',
  });
}
