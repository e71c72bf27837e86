import type { PrincipalAffiliationRow } from '@chatferry/export';
import { isCarried } from '../directory/draft.js';
import { countOf } from '../directory/label.js';
import { followFate, principalsLeftBehind } from '../directory/left-behind.js';
import { type RowTally, tally } from '../directory/row-tally.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # affiliation-principal-missing
 *
 * **Condition.** A row of tblPrincipalAffiliations names a principal that the export does not hold.
 *
 * **Action.** The row is left behind. The server reads memberships from the directory again after the import, so nobody
 * loses access by it; but whether members are within the scope of a category is judged here without this row. Rows of a
 * principal that was refused share its fate without a finding of their own.
 *
 * **Option.** None.
 *
 * **Basis.** O: no rule is documented. S: both columns are keys of tblPrincipal.
 *
 * **Severity.** warning (one for each missing principal)
 *
 * **Remedy.** Export tblPrincipal and tblPrincipalAffiliations at the same moment, with the services stopped.
 *
 * **Example.** Principal 12 belongs to 900, which is no principal -> the row is not written.
 */
export const affiliationPrincipalMissing: DirectoryRule = {
  id: 'affiliation-principal-missing',
  severities: ['warning'],
  basis: ['O', 'S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = principalsLeftBehind(draft);
    const missing = new Map<number, RowTally<PrincipalAffiliationRow>>();
    for (const row of draft.source.principalAffiliations) {
      if (!isCarried(draft, row)) continue;
      const absent = [row.principalID, row.affiliationID].find((id) => !draft.principals.has(id));
      if (absent === undefined || followFate(draft, row, behind.get(absent))) continue;
      voice.excluded(row);
      tally(missing, absent, row);
    }
    for (const [id, { first, rows }] of missing) {
      const did = `left ${countOf(rows, 'affiliation')} behind`;
      voice.say(first.place, {
        message: `Unexpected principal ${id} in tblPrincipalAffiliations, expected a principal of the export; ${did}.`,
        seen: `principal ${id}`,
        expected: 'a principal of the export',
        did,
        remedy: 'Export tblPrincipal and tblPrincipalAffiliations at the same moment.',
      });
    }
  },
};
