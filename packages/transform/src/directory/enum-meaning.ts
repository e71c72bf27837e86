import type { NodeRow } from '@chatferry/export';
import type { Privacy, RoomType } from '@chatferry/import';
import { type DirectoryDraft, isCarried } from './draft.js';

const VISIBILITY_ATTRIBUTE = 1;
const OPEN = 6;

/**
 * What the numbers in tblNode.visibility mean: 2 private, 3 scoped. 6 (open) is new in 2013, so it counts only when
 * the export's own tblEnumValue has it. Source: database schema, tblEnumValue, and Privacy of New-CsPersistentChatRoom.
 */
export function knownPrivacies(draft: DirectoryDraft): ReadonlyMap<number, Privacy> {
  const known = new Map<number, Privacy>([
    [2, 'Secret'],
    [3, 'Closed'],
  ]);
  const declaresOpen = draft.source.enumValues.some(
    (row) => row.valueID === OPEN && row.attributeID === VISIBILITY_ATTRIBUTE && isCarried(draft, row),
  );
  if (declaresOpen) known.set(OPEN, 'Open');
  return known;
}

/** What the numbers in tblNode.behavior mean (database schema, tblEnumValue). */
export const ROOM_TYPES: ReadonlyMap<number, RoomType> = new Map<number, RoomType>([
  [4, 'Normal'],
  [5, 'Auditorium'],
]);

/** The number as findings name it; a column that is missing or did not decode in its own words. */
export function seenNumber(row: NodeRow, column: 'visibility' | 'behavior', value: number): string {
  const defect = row.defects.find((found) => found.column === column);
  if (defect === undefined) return `${column} ${value}`;
  return defect.seen === null ? `missing ${column}` : `${column} "${defect.seen}"`;
}
