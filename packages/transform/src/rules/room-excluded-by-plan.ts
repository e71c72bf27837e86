import {
  type CategoryDraft,
  carriedCategories,
  carriedRooms,
  type DirectoryDraft,
  type RoomDraft,
} from '../directory/draft.js';
import { countOf, labelNode } from '../directory/label.js';
import { settleHangingRows } from '../directory/node-rows.js';
import { nodesInUse } from '../directory/nodes-in-use.js';
import { decisionOf, rowOfPlan } from '../directory/planned-nodes.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # room-excluded-by-plan
 *
 * **Condition.** A row of the plan's rooms.csv or categories.csv has the action `exclude`, set by hand or by a filter
 * of `chatferry plan`.
 *
 * **Action.** A room is excluded with its messages, roles and message counter. A category is excluded with the rooms
 * that lie directly in it, unless rooms.csv moves them; categories below it have rows of their own and follow those.
 * What an excluded category passes down to rooms that are carried stays in force.
 *
 * **Option.** None; the rows of rooms.csv and categories.csv decide.
 *
 * **Basis.** O: our decision that a category takes its rooms along and not the categories below, because in the target
 * all categories stand side by side.
 *
 * **Severity.** note
 *
 * **Remedy.** Set the action to `keep` if the room is wanted.
 *
 * **Example.** rooms.csv: `exclude` for room 12 -> not in the package; its messages count as excluded.
 */
export const roomExcludedByPlan: DirectoryRule = {
  id: 'room-excluded-by-plan',
  severities: ['note'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    const excluded = new Set([...excludedRooms(draft, voice), ...roomsOfExcludedCategories(draft, voice)]);
    const inUse = nodesInUse(draft);
    for (const category of carriedCategories(draft)) {
      if (category.source === null || decisionOf(draft, category)?.excludes !== true) continue;
      voice.excluded(category.source);
      if (!inUse.has(category.id)) excluded.add(category.id);
    }
    settleHangingRows(draft, excluded, (row) => voice.excluded(row));
  },
};

function excludedRooms(draft: DirectoryDraft, voice: Voice): number[] {
  return carriedRooms(draft).flatMap((room) => {
    const decision = decisionOf(draft, room);
    if (decision?.excludes !== true) return [];
    const did = 'excluded it with its messages';
    voice.say(room.source.place, {
      message: `Unexpected action exclude for ${labelNode(room)} in ${rowOfPlan(decision.place)}, expected keep; ${did}.`,
      seen: `exclude in ${rowOfPlan(decision.place)}`,
      expected: 'keep',
      did,
    });
    voice.excluded(room.source);
    return [room.id];
  });
}

function roomsOfExcludedCategories(draft: DirectoryDraft, voice: Voice): number[] {
  const roomsOf = new Map<CategoryDraft, RoomDraft[]>();
  for (const room of carriedRooms(draft)) {
    if (decisionOf(draft, room)?.category != null) continue;
    const siblings = roomsOf.get(room.parent);
    if (siblings === undefined) roomsOf.set(room.parent, [room]);
    else siblings.push(room);
  }
  return carriedCategories(draft).flatMap((category) => {
    const decision = decisionOf(draft, category);
    if (category.source === null || decision?.excludes !== true) return [];
    const rooms = roomsOf.get(category) ?? [];
    const did = `excluded it with ${countOf(rooms.length, 'room')} and their messages`;
    voice.say(category.source.place, {
      message: `Unexpected action exclude for ${labelNode(category)} in ${rowOfPlan(decision.place)}, expected keep; ${did}.`,
      seen: `exclude in ${rowOfPlan(decision.place)}`,
      expected: 'keep',
      did,
    });
    for (const room of rooms) voice.excluded(room.source);
    return rooms.map((room) => room.id);
  });
}
