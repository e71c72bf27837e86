import type { DirectoryRow, NodeRow } from '@chatferry/export';
import type { Voice } from '../rule.js';
import { type DirectoryDraft, isCarried } from './draft.js';
import { countOf } from './label.js';

/** The root of every Group Chat tree: node 1, its own parent (database schema, tblNode). */
export const ROOT_ID = 1;

/** The node rows that still stand, by id, in export order; of several rows with one id the first. */
export function standingNodes(draft: DirectoryDraft): Map<number, NodeRow> {
  const nodes = new Map<number, NodeRow>();
  for (const row of draft.source.nodes) {
    if (!nodes.has(row.nodeID) && isCarried(draft, row)) nodes.set(row.nodeID, row);
  }
  return nodes;
}

/** Standing rows by the id of their parent, in export order; the root is not its own child. */
export function childrenByParent(nodes: ReadonlyMap<number, NodeRow>): Map<number, NodeRow[]> {
  const children = new Map<number, NodeRow[]>();
  for (const row of nodes.values()) {
    if (row.parentID === null || row.parentID === row.nodeID) continue;
    const siblings = children.get(row.parentID);
    if (siblings === undefined) children.set(row.parentID, [row]);
    else siblings.push(row);
  }
  return children;
}

/** The rows below a node, level by level; the node itself is not among them. Ends on cycles too. */
export function rowsBelow(children: ReadonlyMap<number, readonly NodeRow[]>, topId: number): NodeRow[] {
  const below: NodeRow[] = [...(children.get(topId) ?? [])];
  const seen = new Set([topId, ...below.map((row) => row.nodeID)]);
  for (const row of below) {
    for (const child of children.get(row.nodeID) ?? []) {
      if (seen.has(child.nodeID)) continue;
      seen.add(child.nodeID);
      below.push(child);
    }
  }
  return below;
}

/**
 * Refuses nodes, all nodes below them, and the roles, scope entries and message counters of them all. Answers how
 * many nodes were below each, in the order given; a node below two of them belongs to the nearest. When another
 * row still bears a refused row's id, what is below that id stays with the other row.
 */
export function refuseSubtrees(draft: DirectoryDraft, voice: Voice, tops: readonly NodeRow[]): number[] {
  if (tops.length === 0) return [];
  for (const row of tops) voice.refused(row);
  const standing = standingNodes(draft);
  const children = childrenByParent(standing);
  const gone = new Set<number>();
  const counts = tops.map((top) => {
    if (standing.has(top.nodeID) || lacksId(top)) return 0;
    const below = rowsBelow(children, top.nodeID);
    gone.add(top.nodeID);
    for (const row of below) {
      gone.add(row.nodeID);
      voice.refused(row);
    }
    return below.length;
  });
  settleHangingRows(draft, gone, (row) => voice.refused(row));
  return counts;
}

/** `refused it`, or `refused it and the 3 nodes below it`. */
export function refusedWith(below: number): string {
  return below === 0 ? 'refused it' : `refused it and the ${countOf(below, 'node')} below it`;
}

/**
 * Settles what hangs on nodes that stay behind: their roles, scope entries and message counters, which share the
 * nodes' fate without findings of their own (one cause, one finding).
 */
export function settleHangingRows(
  draft: DirectoryDraft,
  nodeIds: ReadonlySet<number>,
  settle: (row: DirectoryRow) => void,
): void {
  if (nodeIds.size === 0) return;
  for (const row of draft.source.principalRoles) if (nodeIds.has(row.prinRoleNodeID)) settle(row);
  for (const row of draft.source.scopePrincipals) if (nodeIds.has(row.scopeNodeID)) settle(row);
  for (const row of draft.source.lastChatIds) if (nodeIds.has(row.nodeID)) settle(row);
}

function lacksId(row: NodeRow): boolean {
  return row.defects.some((defect) => defect.column === 'nodeID');
}
