import { categoriesTopDown, inheritsFrom } from './category-order.js';
import type { CategoryDraft, DirectoryDraft } from './draft.js';

/** Which scope a category has: its definer by the tree, and the one that decides. null: no scope rows anywhere. */
export interface ScopeInForce {
  /** The category itself or the nearest above it that has scope rows. */
  readonly nearest: CategoryDraft | null;
  /** What scopeDefinerId names, when that is the category itself or one above it and has scope rows; else `nearest`. */
  readonly definer: CategoryDraft | null;
}

/**
 * The scope in force for every category: scope sets are complete where they stand and are not added up along the
 * path (TechNet GG558652, GG615024). Linear in the tree when the definers agree with it.
 *
 * @param withRows nodes that have scope rows; by default those that the rules have left.
 */
export function scopesInForce(
  draft: DirectoryDraft,
  withRows: ReadonlySet<number> = new Set(draft.scopes.map((entry) => entry.nodeId)),
): ReadonlyMap<CategoryDraft, ScopeInForce> {
  const scopes = new Map<CategoryDraft, ScopeInForce>();
  for (const category of categoriesTopDown(draft)) {
    const parent = inheritsFrom(draft, category);
    const above = parent === null ? null : (scopes.get(parent)?.nearest ?? null);
    const nearest = withRows.has(category.id) ? category : above;
    scopes.set(category, { nearest, definer: namedDefiner(draft, category, withRows) ?? nearest });
  }
  return scopes;
}

function namedDefiner(
  draft: DirectoryDraft,
  category: CategoryDraft,
  withRows: ReadonlySet<number>,
): CategoryDraft | null {
  const named = category.source?.scopeDefinerId ?? null;
  if (named === null || !withRows.has(named)) return null;
  for (let at: CategoryDraft | null = category; at !== null; at = inheritsFrom(draft, at)) {
    if (at.id === named) return at;
  }
  return null;
}
