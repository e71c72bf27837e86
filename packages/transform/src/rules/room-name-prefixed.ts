import { carriedCategories, carriedRooms, type DirectoryDraft, type RoomDraft } from '../directory/draft.js';
import { joinNames } from '../directory/final-names.js';
import { labelNode, quoteName } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import { isNamedByPlan } from '../directory/planned-nodes.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # room-name-prefixed
 *
 * **Condition.** A room lies in a category that was nested.
 *
 * **Action.** The name becomes the flattened name of the category and the room's own, joined by the separator. With
 * `prefix-on-conflict` only a room whose name a category, a room that is never prefixed, or a room with a lower node id
 * has already; with `keep` none. People see the new name; followed rooms and links work by GUID and stay.
 *
 * **Option.** `roomNames` (default `prefix-nested`): `prefix-nested`, `prefix-on-conflict` or `keep`.
 *
 * **Basis.** G: migration guide, "Migration process details", item on name lengths, which can also be read as being
 * about the lengths only. O: that reading, the separator, and who keeps a name in a conflict.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed; another name can be given in rooms.csv.
 *
 * **Example.** Room `Desk` in `Sales` / `EMEA` -> `Sales_EMEA_Desk`
 */
export const roomNamePrefixed: DirectoryRule = {
  id: 'room-name-prefixed',
  severities: ['note'],
  basis: ['G', 'O'],
  option: 'roomNames',
  apply(draft, options, voice) {
    if (options.roomNames === 'keep') return;
    const nested = carriedRooms(draft).filter((room) => isNested(draft, room));
    const chosen = options.roomNames === 'prefix-nested' ? nested : inConflict(draft, nested);
    for (const room of chosen) {
      if (room.name === '' || isNamedByPlan(draft, room)) continue;
      const name = joinNames([room.category.name, room.name], options.separator);
      const did = `renamed it to ${quoteName(name)}`;
      voice.say(room.source.place, {
        message: `Unexpected ${labelNode(room)} in nested category ${room.category.id}, expected the parents in its name; ${did}.`,
        seen: quoteName(room.name),
        expected: quoteName(name),
        did,
        remedy: 'If another name is wanted, set it in rooms.csv.',
      });
      room.name = name;
      voice.changed(room.source);
    }
  },
};

function isNested(draft: DirectoryDraft, room: RoomDraft): boolean {
  const { parent } = room.category;
  return parent !== null && parent !== draft.root;
}

/** Those of the nested rooms whose name is taken when they come to it; ascending by id. */
function inConflict(draft: DirectoryDraft, nested: readonly RoomDraft[]): RoomDraft[] {
  const settled = carriedRooms(draft).filter((room) => !isNested(draft, room));
  const taken = new Set([...carriedCategories(draft), ...settled].map((node) => nameKey(node.name)));
  return nested.filter((room) => {
    const key = nameKey(room.name);
    const conflicts = taken.has(key);
    taken.add(key);
    return conflicts;
  });
}
