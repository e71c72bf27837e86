import type { NodeRow } from '@chatferry/export';
import type { CategoryDraft, DirectoryDraft, RoomDraft } from './draft.js';
import { ROOT_ID, standingNodes } from './node-rows.js';

/**
 * Builds the draft's categories and rooms from the node rows that still stand: ids ascending, each linked to its
 * legacy parent, a room's category being that parent. Call it when the tree rules have refused whatever does not
 * hang on the root by categories alone.
 */
export function plantTree(draft: DirectoryDraft): void {
  const rows = [...standingNodes(draft).values()].sort((a, b) => a.nodeID - b.nodeID);
  for (const row of rows) if (row.nodeType) draft.categories.set(row.nodeID, categoryOf(row));
  draft.root = draft.categories.get(ROOT_ID) ?? null;
  for (const category of draft.categories.values()) {
    if (category !== draft.root) category.parent = parentOf(draft, category.source as NodeRow);
  }
  for (const row of rows) if (!row.nodeType) draft.rooms.set(row.nodeID, roomOf(row, parentOf(draft, row)));
}

/** A category that no source row stands for, empty in every respect. */
export function createdCategory(id: number, guid: string, name: string): CategoryDraft {
  return { ...EMPTY_CATEGORY, kind: 'category', id, guid, name, source: null, ...emptyLists() };
}

/** Shared, because an empty set costs 200 bytes and a node has three. */
const NOBODY: ReadonlySet<number> = new Set();

const EMPTY_CATEGORY = {
  description: '',
  settings: null,
  parent: null,
  invitations: false,
  chatHistory: true,
  fileUpload: false,
};

function categoryOf(row: NodeRow): CategoryDraft {
  return {
    ...createdCategory(row.nodeID, row.nodeGuid, row.nodeName),
    source: row,
    description: row.nodeDesc ?? '',
  };
}

function roomOf(row: NodeRow, parent: CategoryDraft): RoomDraft {
  return {
    kind: 'room',
    id: row.nodeID,
    guid: row.nodeGuid,
    source: row,
    name: row.nodeName,
    description: row.nodeDesc ?? '',
    settings: null,
    parent,
    category: parent,
    disabled: row.disabled,
    type: 'Normal',
    privacy: 'Secret',
    invitations: 'Inherit',
    addInId: row.siopID,
    managers: NOBODY,
    members: NOBODY,
    presenters: NOBODY,
  };
}

function emptyLists(): Pick<CategoryDraft, 'allowed' | 'denied' | 'creators'> {
  return { allowed: NOBODY, denied: NOBODY, creators: NOBODY };
}

function parentOf(draft: DirectoryDraft, row: NodeRow): CategoryDraft {
  const parent = draft.categories.get(row.parentID as number);
  if (parent === undefined)
    throw new Error(`node ${row.nodeID} is not below a category: a tree rule is missing`);
  return parent;
}
