import { MarkerSearch, NEAR_BYTES } from '../messages/marker-search.js';
import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

const STORY = '[STORY]';

/**
 * # message-story
 *
 * **Condition.** The content of a message holds `[STORY]`, the mark of a long message with a title.
 *
 * **Action.** The text is carried untouched, because the target's column uses the same form. Counted on the
 * room.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031), and tblChat of the target: stories use a form like
 * `[STORY]`; its grammar is not published, so the mark counts wherever it stands.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** None is needed. Look at one story after the import to see that it opens.
 *
 * **Example.** Two stories in room 40: carried, one note that counts 2.
 */
export const messageStory: MessageRule = {
  id: 'message-story',
  severities: ['note'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    const search = new MarkerSearch(STORY, NEAR_BYTES);
    return countPerRoom(voice, {
      ruling: undefined,
      ordinary: { markers: [STORY] },
      counts: (message) => search.isIn(message),
      said: (messages, room) => ({
        message: `Unexpected [STORY] in ${messages} of ${labelRoom(room)}, expected plain text or a story; carried the text as it is.`,
        seen: `[STORY] in ${messages}`,
        expected: 'plain text or a story',
        did: 'carried the text as it is',
      }),
    });
  },
};
