import type { Directory, DirectoryRow, NodeRow } from '@chatferry/export';
import { labelRow } from '../directory/label.js';
import { roleMeaning } from '../directory/role-meaning.js';
import type { TracedRow } from './source-records.js';

/** How a row that hangs on a record stands to it. */
export type Relation =
  /** A role, scope entry or counter of the node itself; a role, scope entry or affiliation of the principal. */
  | 'own'
  /** A role or scope entry of a category above, which the node may have inherited. */
  | 'above'
  /** A room that links to the add-in, or that stands in a category which a rule created. */
  | 'room';

export interface HangingRow {
  readonly relation: Relation;
  readonly row: DirectoryRow;
}

/** The other rows of the export that had a say in a record, table by table in the order of the export. */
export function hangingRows(directory: Directory, rows: readonly TracedRow[]): HangingRow[] {
  const hanging = new Map<DirectoryRow, HangingRow>();
  for (const each of rows.flatMap((row) => rowsAround(directory, row))) {
    if (!hanging.has(each.row)) hanging.set(each.row, each);
  }
  return [...hanging.values()];
}

function rowsAround(directory: Directory, row: TracedRow): HangingRow[] {
  switch (row.kind) {
    case 'node':
      return rowsOnNode(directory, row);
    case 'principal':
      return [
        ...directory.principalRoles.filter((role) => role.prinRolePrinID === row.prinID),
        ...directory.scopePrincipals.filter((entry) => entry.scopePrinID === row.prinID),
        ...directory.principalAffiliations.filter((entry) => entry.principalID === row.prinID),
      ].map((other) => ({ relation: 'own', row: other }));
    case 'siopWhiteList':
      return directory.nodes
        .filter((node) => node.siopID === row.siopID)
        .map((node) => ({ relation: 'room', row: node }));
  }
}

function rowsOnNode(directory: Directory, node: NodeRow): HangingRow[] {
  const above = new Set(nodesAbove(directory, node).map((row) => row.nodeID));
  const on = <Row extends DirectoryRow>(rows: readonly Row[], idOf: (row: Row) => number): HangingRow[] =>
    rows
      .filter((row) => idOf(row) === node.nodeID || above.has(idOf(row)))
      .map((row) => ({ relation: idOf(row) === node.nodeID ? 'own' : 'above', row }));
  return [
    ...on(directory.principalRoles, (row) => row.prinRoleNodeID),
    ...on(directory.scopePrincipals, (row) => row.scopeNodeID),
    ...on(directory.lastChatIds, (row) => row.nodeID).filter(({ relation }) => relation === 'own'),
  ];
}

/** The parent, its parent, and so on; ends at the root, at a parent that is missing, and on cycles. */
export function nodesAbove(directory: Directory, node: NodeRow): NodeRow[] {
  const byId = new Map(directory.nodes.map((row) => [row.nodeID, row]));
  const above = new Set<NodeRow>();
  for (let at = parentOf(byId, node); at !== undefined && !above.has(at); at = parentOf(byId, at))
    above.add(at);
  return [...above].filter((row) => row.nodeID !== node.nodeID);
}

function parentOf(byId: ReadonlyMap<number, NodeRow>, node: NodeRow): NodeRow | undefined {
  return node.parentID === null ? undefined : byId.get(node.parentID);
}

/** What a hanging row gives and to whom: `Member: principal 14 on node 5`. */
export function meaningOf(directory: Directory, row: DirectoryRow): string {
  switch (row.kind) {
    case 'principalRole': {
      const type = directory.roleTypes.find((each) => each.rtypeID === row.prinRoleTypeID);
      const role = (type === undefined ? null : roleMeaning(type)?.role) ?? `Role type ${row.prinRoleTypeID}`;
      return `${role}: principal ${row.prinRolePrinID} on node ${row.prinRoleNodeID}`;
    }
    case 'scopePrincipal':
      return `Scope: principal ${row.scopePrinID} on node ${row.scopeNodeID}`;
    case 'lastChatId':
      return `Message counter: ${row.lastChatID} of node ${row.nodeID}`;
    case 'principalAffiliation':
      return `Affiliation: principal ${row.principalID} to ${row.affiliationID}`;
    case 'node':
      return labelRow(row);
    default:
      return row.place.record ?? '';
  }
}
