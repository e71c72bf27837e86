import type { PrincipalRow } from '@chatferry/export';
import { isCarried } from '../directory/draft.js';
import { labelPrincipal, startPrincipal } from '../directory/principals.js';
import { differingColumns, isSameRow } from '../directory/same-row.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-id-duplicate
 *
 * **Condition.** Two rows of tblPrincipal carry the same prinID.
 *
 * **Action.** The first row in the export is taken. A later row that says the same in every column is left behind
 * as a copy (note). A later row that says something else is refused (error): nobody can tell which of the two people
 * wrote the messages and holds the roles of that number, and we do not choose in silence.
 *
 * **Option.** None.
 *
 * **Basis.** S: prinID is the primary key of tblPrincipal (TechNet GG558667, "Principal Table").
 *
 * **Severity.** error, note
 *
 * **Remedy.** Export tblPrincipal once, in one statement; if the database itself holds both rows, repair it there.
 *
 * **Example.** Principal 12 "Ann" and principal 12 "Bob" -> principal 12 "Ann"; the row of "Bob" is refused.
 */
export const principalIdDuplicate: DirectoryRule = {
  id: 'principal-id-duplicate',
  severities: ['error', 'note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const rows = draft.source.principals.filter((row) => isCarried(draft, row));
    const settleSecond = (first: PrincipalRow, row: PrincipalRow): void => {
      const same = isSameRow(first, row);
      const columns = differingColumns(first, row).join(', ');
      const seen = same ? 'an equal row' : `a row that differs in ${columns}`;
      const how = same ? 'identical to the first' : `with another ${columns}`;
      const did = same ? 'kept the first' : 'refused the second';
      voice.say(row.place, {
        message: `Unexpected second row for ${labelPrincipal(first)}, ${how}, expected one row a prinID; ${did}.`,
        seen,
        expected: 'one row a prinID',
        did,
        ...(same
          ? { severity: 'note' }
          : {
              severity: 'error',
              remedy: 'Export tblPrincipal once, in one statement, or repair it in the source.',
            }),
      });
      if (same) voice.excluded(row);
      else voice.refused(row);
    };
    // Sorting keeps rows of one id in export order.
    for (const row of rows.sort((one, other) => one.prinID - other.prinID)) {
      const first = draft.principals.get(row.prinID);
      if (first === undefined) draft.principals.set(row.prinID, startPrincipal(row));
      else settleSecond(first.source, row);
    }
  },
};
