import { carriedRooms, type DirectoryDraft, pathToRoot } from './draft.js';

/** Ids of the categories that a carried room lies below in the legacy tree, at any depth. */
export function nodesInUse(draft: DirectoryDraft): ReadonlySet<number> {
  const inUse = new Set<number>();
  for (const room of carriedRooms(draft)) {
    for (const node of pathToRoot(room.parent)) {
      if (inUse.has(node.id)) break;
      inUse.add(node.id);
    }
  }
  return inUse;
}
