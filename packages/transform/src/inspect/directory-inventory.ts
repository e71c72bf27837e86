import type { Directory, NodeRow, PrincipalRow } from '@chatferry/export';
import { type CategoryDraft, type DirectoryDraft, isCarried } from '../directory/draft.js';
import { childrenByParent, ROOT_ID } from '../directory/node-rows.js';
import { principalTypeMeaning } from '../directory/principals.js';
import type { CategorySeen, NodeOutside, PrincipalTypeSeen } from './inventory.js';

/** The nodes of an export by id, the first of each id, with the order in which the tree shows them. */
export interface NodeTree {
  readonly nodes: ReadonlyMap<number, NodeRow>;
  readonly children: ReadonlyMap<number, readonly NodeRow[]>;
  /** Depth first from the root, siblings by id. */
  readonly inTree: readonly { readonly row: NodeRow; readonly depth: number }[];
}

/** The tree as it is stored, before any rule. Ends on cycles, and needs no stack for deep trees. */
export function nodeTree({ nodes: rows }: Directory): NodeTree {
  const nodes = new Map<number, NodeRow>();
  for (const row of [...rows].sort((a, b) => a.nodeID - b.nodeID)) {
    const hasId = !row.defects.some(({ column }) => column === 'nodeID');
    if (hasId && !nodes.has(row.nodeID)) nodes.set(row.nodeID, row);
  }
  const children = childrenByParent(nodes);
  const inTree: { row: NodeRow; depth: number }[] = [];
  const root = nodes.get(ROOT_ID);
  const open = root === undefined ? [] : [{ row: root, depth: 0 }];
  const seen = new Set([ROOT_ID]);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    inTree.push(at);
    for (const row of (children.get(at.row.nodeID) ?? []).toReversed()) {
      if (seen.has(row.nodeID)) continue;
      seen.add(row.nodeID);
      open.push({ row, depth: at.depth + 1 });
    }
  }
  return { nodes, children, inTree };
}

export function categoriesSeen(tree: NodeTree, draft: DirectoryDraft | null): CategorySeen[] {
  return tree.inTree
    .filter(({ row }) => row.nodeType)
    .map(({ row, depth }) => {
      const category = draft?.categories.get(row.nodeID) ?? null;
      return {
        id: row.nodeID,
        guid: row.nodeGuid,
        name: row.nodeName,
        parentId: row.nodeID === ROOT_ID ? null : row.parentID,
        depth,
        rooms: (tree.children.get(row.nodeID) ?? []).filter((child) => !child.nodeType).length,
        stored: {
          visibility: row.visibility,
          invite: row.invite,
          logged: row.logged,
          filePost: row.filePost,
          restrictChildCreate: row.restrictChildCreate,
        },
        effective: category?.settings ?? null,
        targetName: draft === null ? null : targetName(draft, category),
      };
    });
}

function targetName(draft: DirectoryDraft, category: CategoryDraft | null): string | null {
  if (category === null || category === draft.root || category.source === null) return null;
  return isCarried(draft, category.source) ? category.name : null;
}

export function nodesOutside(tree: NodeTree): NodeOutside[] {
  const inTree = new Set(tree.inTree.map(({ row }) => row.nodeID));
  return [...tree.nodes.values()]
    .filter((row) => !inTree.has(row.nodeID))
    .map((row) => ({
      id: row.nodeID,
      kind: row.nodeType ? ('category' as const) : ('room' as const),
      name: row.nodeName,
    }));
}

/** Names are those of tblPrincipalType; without it only the numbers tell. */
export function principalsSeen({ principals, principalTypes }: Directory): PrincipalTypeSeen[] {
  const names = new Map(principalTypes.map((row) => [row.ptypeID, row.ptypeDesc]));
  const byType = new Map<number, PrincipalRow[]>();
  for (const row of principals) {
    const rows = byType.get(row.prinTypeID);
    if (rows === undefined) byType.set(row.prinTypeID, [row]);
    else rows.push(row);
  }
  return [...byType]
    .sort(([a], [b]) => a - b)
    .map(([type, rows]) => ({
      type,
      name: names.get(type) ?? principalTypeMeaning(type)?.kind ?? 'unknown',
      isFederated: principalTypeMeaning(type)?.federated ?? false,
      principals: rows.length,
      disabled: rows.filter((row) => row.prinDisabled !== 0).length,
    }));
}
