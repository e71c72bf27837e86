import type { PrincipalRoleRow, ScopePrincipalRow } from '@chatferry/export';
import { countOf } from '../directory/label.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # role-duplicate
 *
 * **Condition.** Two role rows name the same node, principal and role type, or two scope rows the same node and
 * principal.
 *
 * **Action.** The first row is carried, the others stay behind: they grant nothing more. One finding for each node
 * counts them. It happens when a table stands in two files of the export.
 *
 * **Option.** None.
 *
 * **Basis.** S: these columns are the primary keys of tblPrincipalRole and tblScopePrincipal (database schema).
 *
 * **Severity.** note
 *
 * **Remedy.** None needed; look whether other tables were exported twice as well.
 *
 * **Example.** Member 12 of room 7, twice -> once.
 */
export const roleDuplicate: DirectoryRule = {
  id: 'role-duplicate',
  severities: ['note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const roleAgain = repetition();
    draft.roles = keepFirsts(draft.roles, voice, ({ row }) => {
      return roleAgain(row.prinRoleNodeID, `${row.prinRoleTypeID}`, row.prinRolePrinID);
    });
    const scopeAgain = repetition();
    draft.scopes = keepFirsts(draft.scopes, voice, ({ row }) => {
      return scopeAgain(row.scopeNodeID, '', row.scopePrinID);
    });
  },
};

interface Entry {
  readonly row: PrincipalRoleRow | ScopePrincipalRow;
  readonly nodeId: number;
}

function keepFirsts<E extends Entry>(
  entries: readonly E[],
  voice: Voice,
  isAgain: (entry: E) => boolean,
): E[] {
  const repeated = new Map<number, RowTally<E['row']>>();
  const firsts = entries.filter((entry) => {
    if (!isAgain(entry)) return true;
    voice.excluded(entry.row);
    tally(repeated, entry.nodeId, entry.row);
    return false;
  });
  for (const [nodeId, { first, rows }] of repeated) {
    const what = first.kind === 'principalRole' ? 'role' : 'scope entry';
    const seen = `repetition of ${countOf(rows, what)} of node ${nodeId}`;
    voice.say(first.place, {
      message: `Unexpected ${seen}, expected each once; kept the first of each.`,
      seen,
      expected: 'each once',
      did: 'kept the first of each',
    });
  }
  return firsts;
}

/** Answers whether it was asked the same before. Memory: one number per entry. */
function repetition(): (nodeId: number, list: string, principalId: number) => boolean {
  const lists = new Map<string, Set<number>>();
  return (nodeId, list, principalId) => {
    const key = `${nodeId}/${list}`;
    const known = lists.get(key) ?? new Set<number>();
    if (known.size === 0) lists.set(key, known);
    const isAgain = known.has(principalId);
    known.add(principalId);
    return isAgain;
  };
}
