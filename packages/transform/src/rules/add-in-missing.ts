import { carriedRooms, isCarried } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # add-in-missing
 *
 * **Condition.** A room's siopID names no add-in, or one whose row was refused.
 *
 * **Action.** The link is dropped: people in the room no longer see the add-in's page. The room is carried without it.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode.siopID is a key of tblSiopWhiteList.
 *
 * **Severity.** warning
 *
 * **Remedy.** Export tblSiopWhiteList too, or register the add-in after the import and link it again.
 *
 * **Example.** Room 12 with siopID 3f2504e0-…, no such add-in -> room without add-in
 */
export const addInMissing: DirectoryRule = {
  id: 'add-in-missing',
  severities: ['warning'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const row of draft.source.siopWhiteList) {
      if (!isCarried(draft, row)) continue;
      draft.addIns.set(row.siopID, { id: row.siopID, source: row, name: row.siopName, url: row.siopUrl });
    }
    for (const room of carriedRooms(draft)) {
      if (room.addInId === null || draft.addIns.has(room.addInId)) continue;
      voice.changed(room.source);
      voice.say(room.source.place, {
        message: `Unexpected siopID ${room.addInId} of ${labelNode(room)}, expected the id of an add-in; dropped the link.`,
        seen: `siopID ${room.addInId}`,
        expected: 'the id of an add-in',
        did: 'dropped the link',
        remedy: 'Export tblSiopWhiteList too, or register the add-in after the import and link it again.',
      });
      room.addInId = null;
    }
  },
};
