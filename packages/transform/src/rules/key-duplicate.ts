import type { Directory, DirectoryRow } from '@chatferry/export';
import { isCarried } from '../directory/draft.js';
import { differingColumns, isSameRow } from '../directory/same-row.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # key-duplicate
 *
 * **Condition.** Two rows of tblSiopWhiteList, tblLastChatId, tblRoleType, tblPrincipalType or tblEnumValue have one
 * key.
 *
 * **Action.** Of identical rows the second stays behind, as one is enough; of rows that differ the second (in export
 * order) is refused, because only one of them can be true. It happens when one table is exported into two files.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, primary keys.
 *
 * **Severity.** note for identical rows, error for rows that differ
 *
 * **Remedy.** Export each table once, while the Group Chat services are stopped.
 *
 * **Example.** Two rows for add-in 3f2504e0-… with different URLs -> the second is refused.
 */
export const keyDuplicate: DirectoryRule = {
  id: 'key-duplicate',
  severities: ['error', 'note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const keyed of keyedTables(draft.source)) {
      const firsts = new Map<string, DirectoryRow>();
      for (const { row, key } of keyed) {
        if (!isCarried(draft, row)) continue;
        const first = firsts.get(key);
        if (first === undefined) {
          firsts.set(key, row);
        } else if (isSameRow(first, row)) {
          voice.excluded(row);
          voice.say(row.place, { ...merged(key, first), severity: 'note' });
        } else {
          voice.refused(row);
          voice.say(row.place, refused(key, first, differingColumns(first, row)));
        }
      }
    }
  },
};

/** The small tables; principals and nodes have rules of their own, roles and scope entries are sets by nature. */
function keyedTables(source: Directory): { row: DirectoryRow; key: string }[][] {
  return [
    source.siopWhiteList.map((row) => ({ row, key: `add-in ${row.siopID}` })),
    source.lastChatIds.map((row) => ({ row, key: `message counter of node ${row.nodeID}` })),
    source.roleTypes.map((row) => ({ row, key: `role type ${row.rtypeID}` })),
    source.principalTypes.map((row) => ({ row, key: `principal type ${row.ptypeID}` })),
    source.enumValues.map((row) => ({ row, key: `enum value ${row.valueID}` })),
  ];
}

function merged(key: string, first: DirectoryRow): Said {
  const did = `kept the row at ${at(first)}`;
  return {
    message: `Unexpected second row for ${key}, identical to the first, expected one; ${did}.`,
    seen: 'an equal row',
    expected: 'one row',
    did,
  };
}

function refused(key: string, first: DirectoryRow, columns: readonly string[]): Said {
  const did = `refused it and kept the row at ${at(first)}`;
  return {
    message: `Unexpected second row for ${key} with another ${columns.join(', ')}, expected one row; ${did}.`,
    seen: columns.join(', '),
    expected: 'one row',
    did,
    remedy: 'Export each table once, while the Group Chat services are stopped.',
  };
}

function at(row: DirectoryRow): string {
  return `${row.place.file}:${row.place.line}`;
}
