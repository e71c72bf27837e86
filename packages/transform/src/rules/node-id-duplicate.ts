import type { NodeRow } from '@chatferry/export';
import { isCarried } from '../directory/draft.js';
import { labelRow } from '../directory/label.js';
import { standingNodes } from '../directory/node-rows.js';
import { differingColumns, isSameRow } from '../directory/same-row.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # node-id-duplicate
 *
 * **Condition.** Two rows of tblNode have one nodeID.
 *
 * **Action.** Of identical rows the second stays behind, as one is enough. Of rows that differ the second (in export
 * order) is refused; the first keeps the children, roles, scope and messages, which name the node by its id alone.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: nodeID is the primary key.
 *
 * **Severity.** note for identical rows, error for rows that differ
 *
 * **Remedy.** Export tblNode once, from one database, while the Group Chat services are stopped.
 *
 * **Example.** Node 5 "Ops" and node 5 "Operations" -> "Operations" is refused.
 */
export const nodeIdDuplicate: DirectoryRule = {
  id: 'node-id-duplicate',
  severities: ['error', 'note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const firsts = standingNodes(draft);
    for (const row of draft.source.nodes) {
      const first = firsts.get(row.nodeID);
      if (first === undefined || first === row || !isCarried(draft, row)) continue;
      if (isSameRow(first, row)) {
        voice.excluded(row);
        voice.say(row.place, { ...merged(row, first), severity: 'note' });
      } else {
        voice.refused(row);
        voice.say(row.place, refused(row, first));
      }
    }
  },
};

function merged(row: NodeRow, first: NodeRow): Said {
  const did = `kept the row at ${first.place.file}:${first.place.line}`;
  return {
    message: `Unexpected second row for ${labelRow(row)}, identical to the first, expected one; ${did}.`,
    seen: 'an equal row',
    expected: 'one row',
    did,
  };
}

function refused(row: NodeRow, first: NodeRow): Said {
  const seen = differingColumns(first, row).join(', ');
  const did = `refused it and kept ${labelRow(first)} at ${first.place.file}:${first.place.line}`;
  return {
    message: `Unexpected second row for node ${row.nodeID}, ${labelRow(row)}, with another ${seen}, expected one row; ${did}.`,
    seen,
    expected: 'one row',
    did,
    remedy: 'Export tblNode once, from one database, while the Group Chat services are stopped.',
  };
}
