import type { DiffRecord } from './diff-record.js';
import { type Differences, WHOLE_TABLE } from './differences.js';

/**
 * Compares the records of one kind by their keys: in the order of `before`, then what only `after` has.
 * Memory held: both lists and a map of each.
 */
export function compareRecords(
  kind: string,
  before: Iterable<DiffRecord>,
  after: Iterable<DiffRecord>,
  differences: Differences,
): void {
  if (differences.hidesKind(kind)) return;
  const groupsBefore = groupsOf(before);
  const groupsAfter = groupsOf(after);
  const compare = (key: string, left: readonly DiffRecord[], right: readonly DiffRecord[]): void => {
    if (kind === WHOLE_TABLE && differences.hidesKind(key)) return;
    differences.group(kind, left, right);
  };
  for (const [key, group] of groupsBefore) {
    compare(key, group, groupsAfter.get(key) ?? []);
    groupsAfter.delete(key);
  }
  for (const [key, group] of groupsAfter) compare(key, [], group);
}

function groupsOf(records: Iterable<DiffRecord>): Map<string, DiffRecord[]> {
  const groups = new Map<string, DiffRecord[]>();
  for (const record of records) {
    const group = groups.get(record.key);
    if (group === undefined) groups.set(record.key, [record]);
    else group.push(record);
  }
  return groups;
}
