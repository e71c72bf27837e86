import type { DirectoryRow, NodeRow, PrincipalRow } from '@chatferry/export';
import { type DirectoryDraft, isCarried } from './draft.js';
import type { Fate } from './fates.js';

/** Why the row of an id does not stand in the draft: by node id or principal id. */
export type LeftBehind = ReadonlyMap<number, Fate>;

/** Principals whose row was refused: their role and scope rows go the same way, without findings of their own. */
export function principalsLeftBehind(draft: DirectoryDraft): LeftBehind {
  return leftBehind(draft, draft.source.principals, (row: PrincipalRow) => row.prinID);
}

/**
 * Nodes whose row was refused, and rooms that were excluded. Excluded categories are not among them: what they
 * pass down still counts below them.
 */
export function nodesLeftBehind(draft: DirectoryDraft): LeftBehind {
  const nodes = leftBehind(draft, draft.source.nodes, (row: NodeRow) => row.nodeID);
  for (const id of draft.categories.keys()) nodes.delete(id);
  for (const room of draft.rooms.values()) {
    // The room's own row decides, not that of a second row with its id.
    if (isCarried(draft, room.source)) nodes.delete(room.id);
    else nodes.set(room.id, draft.fates.of(room.source));
  }
  return nodes;
}

/** Lets a row share the fate of what it belongs to. Whether there was such a fate. */
export function followFate(draft: DirectoryDraft, row: DirectoryRow, fate: Fate | undefined): boolean {
  if (fate === undefined || fate.state === 'carried' || fate.rule === null) return false;
  draft.fates.settle(row, fate.state, fate.rule);
  return true;
}

function leftBehind<Row extends DirectoryRow>(
  draft: DirectoryDraft,
  rows: readonly Row[],
  idOf: (row: Row) => number,
): Map<number, Fate> {
  const fates = new Map<number, Fate>();
  for (const row of rows) {
    if (!isCarried(draft, row)) fates.set(idOf(row), draft.fates.of(row));
  }
  return fates;
}
