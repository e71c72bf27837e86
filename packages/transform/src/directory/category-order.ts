import type { CategoryDraft, DirectoryDraft, RoomDraft } from './draft.js';

/**
 * Where a category inherits from: its legacy parent; the root for a category that a rule created; null for the root.
 */
export function inheritsFrom(draft: DirectoryDraft, category: CategoryDraft): CategoryDraft | null {
  return category === draft.root ? null : (category.parent ?? draft.root);
}

/** All categories, parents before their children, siblings by id; the root first. Linear in their number. */
export function categoriesTopDown(draft: DirectoryDraft): CategoryDraft[] {
  const children = new Map<CategoryDraft | null, CategoryDraft[]>();
  for (const category of draft.categories.values()) {
    const parent = inheritsFrom(draft, category);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [category]);
    else siblings.push(category);
  }
  const ordered = [...(children.get(null) ?? [])];
  // The list grows while it is walked: that is the breadth-first order.
  for (const category of ordered) {
    for (const child of children.get(category) ?? []) ordered.push(child);
  }
  return ordered;
}

/** Whether the member list starts anew at this node, so that nothing comes down from above. */
export function restartsMembers(node: CategoryDraft | RoomDraft): boolean {
  return node.source?.overrideMember === true;
}

/** Where the member list of a node starts: itself or the nearest above with overrideMember, else the root. */
export function memberListStarts(
  draft: DirectoryDraft,
): (node: CategoryDraft | RoomDraft) => CategoryDraft | RoomDraft | null {
  const starts = new Map<CategoryDraft, CategoryDraft>();
  for (const category of categoriesTopDown(draft)) {
    const parent = inheritsFrom(draft, category);
    const above = parent === null ? category : (starts.get(parent) ?? category);
    starts.set(category, restartsMembers(category) ? category : above);
  }
  return (node) => {
    if (node.kind === 'category') return starts.get(node) ?? null;
    return restartsMembers(node) ? node : (starts.get(node.parent) ?? null);
  };
}
