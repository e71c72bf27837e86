import type { Affiliations } from './affiliations.js';

/** Whether a principal is within a category's scope: allowed, and not denied, itself or through what it belongs to. */
export type InScope = (
  principalId: number,
  allowed: ReadonlySet<number>,
  denied: ReadonlySet<number>,
) => boolean;

/**
 * The scope test of the target (target-model rules R5 to R7): a principal counts as named when it, or anything it
 * belongs to through any number of affiliations, is on the list; deny wins. The server's affiliations decide, not
 * the text of AD paths: that is what Persistent Chat evaluates.
 *
 * Memory: per distinct list the containers within it and the answers given, found once, so that rooms sharing
 * lists cost nothing more. Cycles of groups are harmless.
 */
export function scopeClosure(affiliations: Affiliations): InScope {
  const containersWithin = containerClosure(affiliations);
  const answers = new Map<ReadonlySet<number>, Map<number, boolean>>();
  const isNamed = (principalId: number, list: ReadonlySet<number>): boolean => {
    if (list.size === 0) return false;
    if (list.has(principalId)) return true;
    const known = answers.get(list) ?? new Map<number, boolean>();
    answers.set(list, known);
    const answer =
      known.get(principalId) ??
      (affiliations.containersOf.get(principalId) ?? []).some((id) => containersWithin(list).has(id));
    known.set(principalId, answer);
    return answer;
  };
  return (principalId, allowed, denied) => isNamed(principalId, allowed) && !isNamed(principalId, denied);
}

/** The listed principals and all containers below them; users, the many, are not walked. */
function containerClosure(affiliations: Affiliations): (list: ReadonlySet<number>) => ReadonlySet<number> {
  const nested = new Map<number, number[]>();
  for (const [container, members] of affiliations.membersOf) {
    const containers = members.filter((id) => affiliations.membersOf.has(id));
    if (containers.length > 0) nested.set(container, containers);
  }
  const closures = new Map<ReadonlySet<number>, ReadonlySet<number>>();
  return (list) => {
    const known = closures.get(list);
    if (known !== undefined) return known;
    const closure = new Set(list);
    for (const id of closure) {
      for (const container of nested.get(id) ?? []) closure.add(container);
    }
    closures.set(list, closure);
    return closure;
  };
}
