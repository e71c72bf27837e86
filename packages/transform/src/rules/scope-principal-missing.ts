import type { ScopePrincipalRow } from '@chatferry/export';
import { isCarried } from '../directory/draft.js';
import { countOf } from '../directory/label.js';
import { followFate, principalsLeftBehind } from '../directory/left-behind.js';
import { principalInPlaceOf } from '../directory/principals.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # scope-principal-missing
 *
 * **Condition.** A scope row names a principal that the export does not hold.
 *
 * **Action.** The row is refused: the scope would admit fewer people than it did. Entries of a principal that was
 * itself refused are refused under that principal's rule, without a finding of their own.
 *
 * **Option.** None.
 *
 * **Basis.** S: scopePrinID is a key of tblPrincipal (database schema, tblScopePrincipal).
 *
 * **Severity.** error (one for each missing principal)
 *
 * **Remedy.** Export tblPrincipal and tblScopePrincipal at the same moment, with the services stopped.
 *
 * **Example.** Scope of category 5 names principal 900, which is none -> the entry is refused.
 */
export const scopePrincipalMissing: DirectoryRule = {
  id: 'scope-principal-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = principalsLeftBehind(draft);
    const missing = new Map<number, RowTally<ScopePrincipalRow>>();
    for (const row of draft.source.scopePrincipals) {
      if (!isCarried(draft, row)) continue;
      const principal = principalInPlaceOf(draft, row.scopePrinID);
      if (principal !== undefined) {
        draft.scopes.push({ row, nodeId: row.scopeNodeID, principalId: principal.id });
      } else if (!followFate(draft, row, behind.get(row.scopePrinID))) {
        voice.refused(row);
        tally(missing, row.scopePrinID, row);
      }
    }
    for (const [id, { first, rows }] of missing) {
      const did = `refused ${countOf(rows, 'scope entry')}`;
      voice.say(first.place, {
        message: `Unexpected principal ${id} in tblScopePrincipal, expected a principal of the export; ${did}.`,
        seen: `principal ${id}`,
        expected: 'a principal of the export',
        did,
        remedy: 'Export tblPrincipal and tblScopePrincipal at the same moment.',
      });
    }
  },
};
