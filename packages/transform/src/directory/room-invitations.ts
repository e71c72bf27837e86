import type { TransformOptions } from '../options.js';
import { type CategoryDraft, pathToRoot, type RoomDraft } from './draft.js';

/**
 * The invitations that a room stores and that are in force: null is inherited. A stored value that a forcing
 * ancestor (inheritance = 1) overrules counts as inherited.
 */
export function ownInvitations(room: RoomDraft, forced: TransformOptions['forcedSettings']): boolean | null {
  const { invite } = room.source;
  if (invite === null || forced === 'own' || invite === room.settings?.invite) return invite;
  return pathToRoot(room).slice(1).some(forcesSettings) ? null : invite;
}

function forcesSettings(node: CategoryDraft | RoomDraft): boolean {
  return node.source?.inheritance === true;
}
