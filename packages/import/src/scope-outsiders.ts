import type { PackageDirectory } from './read-package/package-directory.js';
import { roleLists } from './role-lists.js';
import type { TargetCategory, TargetRoom } from './target-record.js';

/** Who has a role outside the scope of its category. */
export interface Outsiders {
  /** Categories by the id of the principal. */
  readonly outside: ReadonlyMap<number, ReadonlySet<number>>;
  /** Whether everybody could be followed. */
  readonly isWhole: boolean;
}

/**
 * The categories outside whose scope a principal is, although it has a role there: scope and groups as `role-in-scope`
 * tells. Each principal is followed through its groups once, and all of them together for `mostSteps` steps from a
 * member to a group. Memory: the affiliations, the categories of each holder of a role, and all groups of one
 * principal.
 */
export function outsiders(directory: PackageDirectory, mostSteps: number): Outsiders {
  const groups = new Groups(directory, mostSteps);
  const scopes = new Map(directory.categories.map((category) => [category.id, scopeOf(category)]));
  const outside = new Map<number, Set<number>>();
  for (const [id, categoryIds] of categoriesByHolder(directory)) {
    if (!directory.principalById.has(id)) continue;
    const reached = groups.reachedBy(id);
    if (reached === null) return { outside, isWhole: false };
    for (const categoryId of categoryIds) {
      const scope = scopes.get(categoryId);
      if (scope !== undefined && !isInScope(reached, scope)) categoriesFor(outside, id).add(categoryId);
    }
  }
  return { outside, isWhole: true };
}

function categoriesByHolder(directory: PackageDirectory): Map<number, Set<number>> {
  const categories = new Map<number, Set<number>>();
  for (const node of [...directory.categories, ...directory.rooms]) {
    const categoryId = categoryOf(node);
    for (const { id } of holders(node)) categoriesFor(categories, id).add(categoryId);
  }
  return categories;
}

function categoriesFor(map: Map<number, Set<number>>, id: number): Set<number> {
  const known = map.get(id) ?? new Set();
  map.set(id, known);
  return known;
}

/** The category whose scope counts for a node. */
export function categoryOf(node: TargetCategory | TargetRoom): number {
  return node.kind === 'category' ? node.id : node.categoryId;
}

/** Everybody who has a role on a node, in a fixed order. */
export function holders(node: TargetCategory | TargetRoom): { role: string; id: number }[] {
  return roleLists(node)
    .filter(({ role }) => role !== 'allowed member' && role !== 'denied member')
    .flatMap(({ role, ids }) => ids.map((id) => ({ role, id })));
}

interface Scope {
  readonly allowed: ReadonlySet<number>;
  readonly denied: ReadonlySet<number>;
}

function scopeOf({ allowed, denied }: TargetCategory): Scope {
  return { allowed: new Set(allowed), denied: new Set(denied) };
}

function isInScope(reached: ReadonlySet<number>, { allowed, denied }: Scope): boolean {
  return meets(reached, allowed) && !meets(reached, denied);
}

/** Walks the smaller one: a scope has few groups as a rule, and so has a principal where it has many. */
function meets(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  const [smaller, larger] = one.size < other.size ? [one, other] : [other, one];
  for (const id of smaller) if (larger.has(id)) return true;
  return false;
}

/** Who belongs to what, followed for a number of steps in all. */
class Groups {
  readonly #groupsOf = new Map<number, Set<number>>();
  #stepsLeft: number;

  constructor({ affiliations }: PackageDirectory, mostSteps: number) {
    this.#stepsLeft = mostSteps;
    for (const { principalId, groupIds } of affiliations) {
      const known = this.#groupsOf.get(principalId) ?? new Set();
      this.#groupsOf.set(principalId, known);
      for (const groupId of groupIds) known.add(groupId);
    }
  }

  /** The principal and everything it belongs to, directly or through others; a cycle ends. null: no steps are left. */
  reachedBy(id: number): ReadonlySet<number> | null {
    const reached = new Set([id]);
    for (const one of reached) {
      const groups = this.#groupsOf.get(one);
      if (groups === undefined) continue;
      this.#stepsLeft -= groups.size;
      if (this.#stepsLeft < 0) return null;
      for (const group of groups) reached.add(group);
    }
    return reached;
  }
}
