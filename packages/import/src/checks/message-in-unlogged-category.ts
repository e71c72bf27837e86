import type { Check } from '../check.js';
import { counted } from '../reports/wording.js';

/**
 * # message-in-unlogged-category
 *
 * **Must hold.** Messages belong to rooms whose category keeps a history. Said once for each room.
 *
 * **Basis.** Our reading: history below a category with logged = 0 contradicts the setting.
 *
 * **Severity.** warning
 *
 * **Remedy.** Accept it; or have the category's history on: at the source before a new export, by `categorySettings` in
 * a new run of the transform, or on the target after the import.
 *
 * **Memory.** Nothing beyond the directory.
 */
export const messageInUnloggedCategory: Check = {
  id: 'message-in-unlogged-category',
  severities: ['warning'],
  needs: ['category', 'room'],
  sees: ['message'],
  begin: ({ directory, tallies }) => ({
    end(say) {
      for (const { roomId, messages } of tallies.tallies.values()) {
        const room = directory.roomById.get(roomId);
        const category = room && directory.categoryById.get(room.categoryId);
        if (room === undefined || category === undefined || category.chatHistory || messages === 0) continue;
        say({
          place: directory.placeOf(room),
          message: `Unexpected ${counted(messages, 'message')} of room ${roomId}, expected none while category ${category.id} keeps no history`,
        });
      }
    },
  }),
};
