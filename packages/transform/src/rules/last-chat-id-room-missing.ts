import { isCarried } from '../directory/draft.js';
import { followFate, nodesLeftBehind } from '../directory/left-behind.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # last-chat-id-room-missing
 *
 * **Condition.** A row of tblLastChatId names a node that the export does not hold, or a category.
 *
 * **Action.** The row is refused: there is no room whose messages it counts. A counter of a room that was itself
 * refused, or stays behind, shares the fate of the room without a finding of its own.
 *
 * **Option.** None.
 *
 * **Basis.** S: tblLastChatId holds one counter for each room (database schema).
 *
 * **Severity.** error
 *
 * **Remedy.** Export tblNode and tblLastChatId at the same moment, with the services stopped.
 *
 * **Example.** Counter of node 900, no node 900 -> refused.
 */
export const lastChatIdRoomMissing: DirectoryRule = {
  id: 'last-chat-id-room-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const behind = nodesLeftBehind(draft);
    for (const row of draft.source.lastChatIds) {
      if (!isCarried(draft, row) || followFate(draft, row, behind.get(row.nodeID))) continue;
      if (draft.rooms.has(row.nodeID)) continue;
      const seen = draft.categories.has(row.nodeID) ? `category ${row.nodeID}` : `node ${row.nodeID}`;
      voice.refused(row);
      voice.say(row.place, {
        message: `Unexpected message counter of ${seen}, expected a room of the export; refused it.`,
        seen,
        expected: 'a room of the export',
        did: 'refused it',
        remedy: 'Export tblNode and tblLastChatId at the same moment.',
      });
    }
  },
};
