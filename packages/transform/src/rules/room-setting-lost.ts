import { CATEGORY_FLAGS, flagsByRooms, roomFlag } from '../directory/category-flags.js';
import { carriedRooms, type DirectoryDraft } from '../directory/draft.js';
import { markChanged, placeOf } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # room-setting-lost
 *
 * **Condition.** A room's effective chat history (logged) or file upload (filePost) differs from its category's.
 *
 * **Action.** The category's value wins, because the target has both on categories only: such rooms gain or lose
 * history or upload. With `any` a category has a setting on when one of its rooms has it, with `all` when every room
 * has it; a category that changes by this is reported too.
 *
 * **Option.** `categorySettings` (default `own`): `own`, `any` or `all`.
 *
 * **Basis.** G: "New features of Persistent Chat Server": these settings are the category's. O: which value wins.
 *
 * **Severity.** warning
 *
 * **Remedy.** Put rooms with other settings into a category of their own at the source, or choose `any` or `all`.
 *
 * **Example.** Category logged 1, room logged 0 -> the room's messages are kept from now on
 */
export const roomSettingLost: DirectoryRule = {
  id: 'room-setting-lost',
  severities: ['warning'],
  basis: ['G', 'O'],
  option: 'categorySettings',
  apply(draft, options, voice) {
    if (options.categorySettings !== 'own') adoptFromRooms(draft, options.categorySettings, voice);
    for (const room of carriedRooms(draft)) {
      const lost = CATEGORY_FLAGS.filter((flag) => roomFlag(room, flag) !== room.category[flag.flag]);
      if (lost.length === 0) continue;
      const seen = lost.map((flag) => `${flag.title} ${onOff(roomFlag(room, flag))}`).join(', ');
      const expected = lost.map(({ flag, title }) => `${title} ${onOff(room.category[flag])}`).join(', ');
      voice.changed(room.source);
      voice.say(room.source.place, {
        message: `Unexpected ${seen} in ${labelNode(room)}, expected ${expected} as in its category ${room.category.id}; took the category's.`,
        seen,
        expected,
        did: "took the category's",
        remedy:
          'Put such rooms into a category of their own at the source, or choose categorySettings: any or all.',
      });
    }
  },
};

function adoptFromRooms(draft: DirectoryDraft, mode: 'any' | 'all', voice: Voice): void {
  for (const { category, flag, value } of flagsByRooms(draft, mode)) {
    const seen = `${flag.title} ${onOff(category[flag.flag])}`;
    const expected = `${flag.title} ${onOff(value)}`;
    const did = `switched it ${onOff(value)}, as ${mode} of its rooms decide`;
    const message = `Unexpected ${seen} in ${labelNode(category)}, expected ${expected} by its rooms; ${did}.`;
    voice.say(placeOf(category), { message, seen, expected, did });
    category[flag.flag] = value;
    markChanged(voice, category);
  }
}

function onOff(value: boolean): 'on' | 'off' {
  return value ? 'on' : 'off';
}
