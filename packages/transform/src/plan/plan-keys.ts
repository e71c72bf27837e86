import type { Directory, DirectoryRow, NodeRow, PrincipalRow } from '@chatferry/export';
import { ROOT_ID } from '../directory/node-rows.js';

/** The records that have a row in the CSV files of a plan; a function of the directory alone. */
export interface PlanKeys {
  /** By GUID, ascending by node id; the root is not among them. */
  readonly categories: ReadonlyMap<string, NodeRow>;
  readonly rooms: ReadonlyMap<string, NodeRow>;
  /** By prinID, ascending. */
  readonly principals: ReadonlyMap<number, PrincipalRow>;
}

/** Of several rows with one key the first in file order counts; rows whose key cannot be read have none. */
export function planKeys(directory: Directory): PlanKeys {
  const nodes = firstBy(directory.nodes.filter(isNodeReadable), (row) => row.nodeGuid);
  const root = directory.nodes.find((row) => row.nodeID === ROOT_ID);
  if (root !== undefined) nodes.delete(root.nodeGuid);
  const ordered = [...nodes].sort(([, a], [, b]) => a.nodeID - b.nodeID);
  const readable = directory.principals.filter((row) => !hasDefect(row, ['prinID']));
  const principals = [...firstBy(readable, (row) => row.prinID)].sort(([a], [b]) => a - b);
  return {
    categories: new Map(ordered.filter(([, row]) => row.nodeType)),
    rooms: new Map(ordered.filter(([, row]) => !row.nodeType)),
    principals: new Map(principals),
  };
}

function isNodeReadable(row: NodeRow): boolean {
  return row.nodeGuid !== '' && !hasDefect(row, ['nodeID', 'nodeGuid', 'nodeType']);
}

function hasDefect(row: DirectoryRow, columns: readonly string[]): boolean {
  return row.defects.some(({ column }) => columns.includes(column));
}

function firstBy<Key, Row>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row> {
  const firsts = new Map<Key, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!firsts.has(key)) firsts.set(key, row);
  }
  return firsts;
}
