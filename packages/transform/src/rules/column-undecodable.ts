import type { ColumnDefect, DirectoryRow, NodeRow } from '@chatferry/export';
import { quoteName } from '../directory/label.js';
import { refusedWith, refuseSubtrees } from '../directory/node-rows.js';
import type { DirectoryRule, Said } from '../rule.js';

/** Columns with a rule of their own, which decides without refusing the row. */
const DECIDED_ELSEWHERE: ReadonlySet<string> = new Set(['nodeDesc', 'behavior', 'visibility']);

/**
 * # column-undecodable
 *
 * **Condition.** A row of a directory table lacks a column that the schema requires, or the column's text is not of the
 * column's type. `behavior` and `visibility` are decided by visibility-mapped, `nodeDesc` by description-missing.
 *
 * **Action.** The row is refused, because what it means cannot be told; of a node also everything below it and its
 * roles, scope entries and message counter. A room that is refused takes its messages with it.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, columns "not null" and their types.
 *
 * **Severity.** error
 *
 * **Remedy.** Export the named column; Export-GroupChat.ps1 selects all that are needed.
 *
 * **Example.** `<tblNode nodeID="5" nodeGuid="none" …/>` -> node 5 refused: nodeGuid is not a uniqueidentifier.
 */
export const columnUndecodable: DirectoryRule = {
  id: 'column-undecodable',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const { nodes, ...tables } = draft.source;
    const refusedNodes = nodes.filter(isDefective);
    const below = refuseSubtrees(draft, voice, refusedNodes);
    refusedNodes.forEach((row, index) => {
      voice.say(row.place, said(row, refusedWith(below[index] as number)));
    });
    for (const table of Object.values(tables) as (readonly DirectoryRow[])[]) {
      for (const row of table) {
        if (!isDefective(row)) continue;
        voice.refused(row);
        voice.say(row.place, said(row, 'refused it'));
      }
    }
  },
};

function isDefective(row: DirectoryRow): boolean {
  return row.defects.length > 0 && blocking(row).length > 0;
}

function blocking(row: DirectoryRow): readonly ColumnDefect[] {
  return row.kind === 'node'
    ? (row as NodeRow).defects.filter((d) => !DECIDED_ELSEWHERE.has(d.column))
    : row.defects;
}

function said(row: DirectoryRow, did: string): Said {
  const defects = blocking(row);
  const seen = defects
    .map(({ column, seen }) => `${column} ${seen === null ? 'missing' : quoteName(seen)}`)
    .join(', ');
  const expected = defects.map((defect) => `${defect.column} ${defect.expected}`).join(', ');
  return {
    message: `Unexpected ${seen}, expected ${expected}; ${did}.`,
    seen,
    expected,
    did,
    remedy: 'Export the named columns in full: Export-GroupChat.ps1 selects all that are needed.',
  };
}
