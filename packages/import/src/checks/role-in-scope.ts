import type { Check } from '../check.js';
import type { PackageDirectory } from '../read-package/package-directory.js';
import { roleLists } from '../role-lists.js';
import type { TargetCategory, TargetRoom } from '../target-record.js';

/**
 * # role-in-scope
 *
 * **Must hold.** Members, managers and presenters of a room, and creators of a category, are among the category's
 * allowed members and not among its denied ones: themselves, or through the groups, folders and domains to which they
 * are affiliated. Denied wins.
 *
 * **Basis.** "Manage rooms" (JJ205292), "Manage categories", SDK error PrincipalsNotInScope
 * 22; that denied wins is in the 2013 feature list, the closure over affiliations is our reading.
 *
 * **Severity.** error
 *
 * **Remedy.** Widen the scope of the category in categories.csv, or drop the role.
 *
 * **Memory.** The affiliations, and the verdict on each principal of one category.
 */
export const roleInScope: Check = {
  id: 'role-in-scope',
  severities: ['error'],
  needs: ['principal', 'affiliation', 'category'],
  begin: ({ directory }) => ({
    directory(say) {
      const groupsOf = groupsByPrincipal(directory);
      const roomsOf = roomsByCategory(directory);
      for (const category of directory.categories) {
        const isInScope = scopeOf(category, groupsOf);
        for (const node of [category, ...(roomsOf.get(category.id) ?? [])]) {
          for (const { role, id } of holders(node)) {
            if (!directory.principalById.has(id) || isInScope(id)) continue;
            say({
              place: directory.placeOf(node),
              message: `Unexpected ${role} ${id} of ${node.kind} ${node.id}, expected one within the scope of category ${category.id}`,
            });
          }
        }
      }
    },
  }),
};

function holders(node: TargetCategory | TargetRoom): { role: string; id: number }[] {
  return roleLists(node)
    .filter(({ role }) => role !== 'allowed member' && role !== 'denied member')
    .flatMap(({ role, ids }) => ids.map((id) => ({ role, id })));
}

function roomsByCategory(directory: PackageDirectory): ReadonlyMap<number, readonly TargetRoom[]> {
  const rooms = new Map<number, TargetRoom[]>();
  for (const room of directory.rooms) {
    const siblings = rooms.get(room.categoryId);
    if (siblings === undefined) rooms.set(room.categoryId, [room]);
    else siblings.push(room);
  }
  return rooms;
}

function groupsByPrincipal(directory: PackageDirectory): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const { principalId, groupIds } of directory.affiliations) {
    const known = groups.get(principalId);
    // A hostile package repeats one principal a hundred thousand times: what is known must not be copied.
    if (known === undefined) groups.set(principalId, [...groupIds]);
    else for (const groupId of groupIds) known.push(groupId);
  }
  return groups;
}

function scopeOf(
  category: TargetCategory,
  groupsOf: ReadonlyMap<number, readonly number[]>,
): (id: number) => boolean {
  const allowed = new Set(category.allowed);
  const denied = new Set(category.denied);
  const verdicts = new Map<number, boolean>();
  return (id) => {
    let verdict = verdicts.get(id);
    if (verdict === undefined) {
      const affiliations = closure(id, groupsOf);
      verdict = affiliations.some((one) => allowed.has(one)) && !affiliations.some((one) => denied.has(one));
      verdicts.set(id, verdict);
    }
    return verdict;
  };
}

/** The principal and everything it belongs to, directly or through others; a cycle ends. */
function closure(id: number, groupsOf: ReadonlyMap<number, readonly number[]>): number[] {
  const reached = new Set([id]);
  for (const one of reached) for (const group of groupsOf.get(one) ?? []) reached.add(group);
  return [...reached];
}
