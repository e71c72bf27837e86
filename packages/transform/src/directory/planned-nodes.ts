import type { Place } from '@chatferry/export';
import type { NodeDecision } from '../plan/decisions.js';
import type { CategoryDraft, DirectoryDraft, RoomDraft } from './draft.js';

/** What the plan says about a node; undefined when it leaves it to the rules, or a rule created it. */
export function decisionOf(draft: DirectoryDraft, node: CategoryDraft | RoomDraft): NodeDecision | undefined {
  if (node.source === null) return undefined;
  const { categories, rooms } = draft.decisions;
  return (node.kind === 'category' ? categories : rooms).get(node.guid);
}

/** Whether the plan gives the final name: then what the rules make of the old one concerns nobody. */
export function isNamedByPlan(draft: DirectoryDraft, node: CategoryDraft | RoomDraft): boolean {
  return decisionOf(draft, node)?.name != null;
}

/** `rooms.csv:7`, the row of a decision. */
export function rowOfPlan(place: Place): string {
  return `${place.file}:${place.line}`;
}
