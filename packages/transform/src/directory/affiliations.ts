import { type DirectoryDraft, isCarried } from './draft.js';
import { principalInPlaceOf } from './principals.js';

/** Who belongs to what, one step each way, by principal id. Self-affiliations are left out. */
export interface Affiliations {
  /** The groups, folders and domains that a principal belongs to. */
  readonly containersOf: ReadonlyMap<number, readonly number[]>;
  /** What belongs to a group, folder or domain. */
  readonly membersOf: ReadonlyMap<number, readonly number[]>;
}

/** Reads tblPrincipalAffiliations as carried; merged principals count as the one that stands for them. */
export function affiliationsOf(draft: DirectoryDraft): Affiliations {
  const containersOf = new Map<number, number[]>();
  const membersOf = new Map<number, number[]>();
  for (const row of draft.source.principalAffiliations) {
    if (!isCarried(draft, row)) continue;
    const member = principalInPlaceOf(draft, row.principalID)?.id;
    const container = principalInPlaceOf(draft, row.affiliationID)?.id;
    if (member === undefined || container === undefined || member === container) continue;
    append(containersOf, member, container);
    append(membersOf, container, member);
  }
  return { containersOf, membersOf };
}

/** Everything that belongs to the given principals, directly or through others, with the given ones themselves. */
export function* withMembers(
  affiliations: Affiliations,
  principalIds: Iterable<number>,
): Generator<number, void, void> {
  const seen = new Set(principalIds);
  for (const id of seen) {
    yield id;
    // A Set's iteration also visits what is added on the way, so the walk ends on cycles too.
    for (const member of affiliations.membersOf.get(id) ?? []) seen.add(member);
  }
}

function append(lists: Map<number, number[]>, key: number, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}
