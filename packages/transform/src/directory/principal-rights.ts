import type { PrincipalRoleRow, ScopePrincipalRow } from '@chatferry/export';
import { type DirectoryDraft, isCarried } from './draft.js';
import { countOf } from './label.js';
import { principalInPlaceOf } from './principals.js';

/** How many role and scope rows of one principal were met. */
export interface RightCount {
  roles: number;
  scopes: number;
}

/**
 * Hands every role and scope row of the given principals that is still carried to `settle`, and counts them
 * by principal. Rows of a merged principal belong to the one that stands for it. One pass over both tables;
 * none when no principal is given.
 */
export function settleRights(
  draft: DirectoryDraft,
  principalIds: ReadonlySet<number>,
  settle: (row: PrincipalRoleRow | ScopePrincipalRow) => void,
): ReadonlyMap<number, RightCount> {
  const counts = new Map<number, RightCount>();
  if (principalIds.size === 0) return counts;
  const visit = (
    row: PrincipalRoleRow | ScopePrincipalRow,
    named: number,
    column: keyof RightCount,
  ): void => {
    const id = principalInPlaceOf(draft, named)?.id ?? named;
    if (!principalIds.has(id) || !isCarried(draft, row)) return;
    const count = counts.get(id) ?? { roles: 0, scopes: 0 };
    count[column] += 1;
    counts.set(id, count);
    settle(row);
  };
  for (const row of draft.source.principalRoles) visit(row, row.prinRolePrinID, 'roles');
  for (const row of draft.source.scopePrincipals) visit(row, row.scopePrinID, 'scopes');
  return counts;
}

/** `2 roles and 1 scope entry`. */
export function rightsText(count: RightCount | undefined): string {
  const { roles, scopes } = count ?? { roles: 0, scopes: 0 };
  return `${countOf(roles, 'role')} and ${countOf(scopes, 'scope entry')}`;
}
