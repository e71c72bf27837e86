import type { Voice } from '../rule.js';
import type { CategoryDraft, DirectoryDraft, RoomDraft, ScopeEntry } from './draft.js';
import { countOf, labelNode } from './label.js';

/**
 * Takes the scope entries out that are in force for no category of the package. Entries of a category that stays
 * behind share its fate; those that a definer overrules were reported with it; the rest is said here, node by node.
 */
export function settleIdleScopes(draft: DirectoryDraft, inForce: ReadonlySet<number>, voice: Voice): void {
  const idle = new Map<number, ScopeEntry[]>();
  draft.scopes = draft.scopes.filter((entry) => {
    if (inForce.has(entry.nodeId)) return true;
    const entries = idle.get(entry.nodeId);
    if (entries === undefined) idle.set(entry.nodeId, [entry]);
    else entries.push(entry);
    return false;
  });
  for (const [nodeId, entries] of idle) {
    const node = draft.categories.get(nodeId) ?? draft.rooms.get(nodeId);
    if (node !== undefined) settleNode(draft, node, entries, voice);
  }
}

function settleNode(
  draft: DirectoryDraft,
  node: CategoryDraft | RoomDraft,
  entries: readonly ScopeEntry[],
  voice: Voice,
): void {
  const fate = node.source === null ? null : draft.fates.of(node.source);
  const follows = fate?.state === 'excluded' && fate.rule !== null ? fate.rule : null;
  for (const { row } of entries) {
    if (follows === null) voice.excluded(row);
    else draft.fates.settle(row, 'excluded', follows);
  }
  const isOverruled = node.kind === 'category' && node !== draft.root;
  if (node.source === null || follows !== null || isOverruled) return;
  const seen = countOf(entries.length, 'scope entry');
  const expected = node.kind === 'room' ? 'scope entries on categories only' : 'a category that uses them';
  voice.say(node.source.place, {
    message: `Unexpected ${seen} of ${labelNode(node)}, expected ${expected}; left them behind.`,
    seen,
    expected,
    did: 'left them behind',
    severity: node.kind === 'room' ? 'warning' : 'note',
  });
}
