import { carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { settleHangingRows } from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # room-disabled
 *
 * **Condition.** A room has disabled = 1; or a category has, where the column means nothing.
 *
 * **Action.** The room is excluded with its messages, roles and message counter: the guide tells administrators to mark
 * as disabled what they do not want to migrate. With `carry` it arrives as a disabled room, which nobody can join. On a
 * category the flag is dropped; the rooms in it follow their own flags.
 *
 * **Option.** `disabledRooms` (default `exclude`): `exclude` or `carry`.
 *
 * **Basis.** G: migration guide, "Migration process details", item on disabled rooms; the import tool's own behaviour
 * is not told.
 *
 * **Severity.** note
 *
 * **Remedy.** Enable the room at the source, or choose `carry`, if its history is wanted.
 *
 * **Example.** Room 12 "Old project", disabled -> not in the package; its messages count as excluded.
 */
export const roomDisabled: DirectoryRule = {
  id: 'room-disabled',
  severities: ['note'],
  basis: ['G'],
  option: 'disabledRooms',
  apply(draft, options, voice) {
    const excluded = new Set<number>();
    for (const room of carriedRooms(draft)) {
      if (!room.disabled) continue;
      const excludes = options.disabledRooms === 'exclude';
      const did = excludes ? 'excluded it with its messages' : 'carried it as a disabled room';
      voice.say(room.source.place, {
        message: `Unexpected disabled ${labelNode(room)}, expected enabled rooms; ${did}.`,
        seen: 'disabled 1',
        expected: 'enabled rooms',
        did,
        remedy: excludes
          ? 'Choose disabledRooms: carry if its history is wanted.'
          : 'Choose disabledRooms: exclude to leave it.',
      });
      if (!excludes) continue;
      voice.excluded(room.source);
      excluded.add(room.id);
    }
    settleHangingRows(draft, excluded, (row) => voice.excluded(row));
    for (const category of draft.categories.values()) {
      if (category.source?.disabled !== true) continue;
      voice.changed(category.source);
      const did = 'dropped the flag, which rooms alone can have';
      voice.say(category.source.place, {
        message: `Unexpected disabled ${labelNode(category)}, expected the flag on rooms only; ${did}.`,
        seen: 'disabled 1',
        expected: 'the flag on rooms only',
        did,
      });
    }
  },
};
