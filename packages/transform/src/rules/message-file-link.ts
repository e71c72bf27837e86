import { MarkerSearch, NEAR_BYTES } from '../messages/marker-search.js';
import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

const FILE_LINK = 'ma-filelink:';

/**
 * # message-file-link
 *
 * **Condition.** The content of a message holds `ma-filelink:`, the link to an uploaded file.
 *
 * **Action.** The text is carried as it is. Each link is listed in files-to-copy.csv with its room and
 * message, because the files themselves do not travel in the package.
 *
 * **Option.** None.
 *
 * **Basis.** G: migration guide (TechNet JJ205264): files are not moved by the tools, copy the entire folder
 * by XCOPY. Chat table (Lync Server 2010, gg615031): files appear as ma-filelink: links; their grammar is
 * not published, so a link is taken to end at white space, a quote or `<`.
 *
 * **Severity.** note, one a room, with the count
 *
 * **Remedy.** Copy the whole upload folder after the import; files-to-copy.csv serves to check that it is
 * complete.
 *
 * **Example.** `ma-filelink://contoso.example/f/3f0c.doc` in 40#7: one line in files-to-copy.csv.
 */
export const messageFileLink: MessageRule = {
  id: 'message-file-link',
  severities: ['note'],
  basis: ['G'],
  option: null,
  begin(_context, voice) {
    const search = new MarkerSearch(FILE_LINK, NEAR_BYTES);
    return countPerRoom(voice, {
      ruling: undefined,
      ordinary: { markers: [FILE_LINK] },
      counts(message) {
        if (!search.isIn(message)) return false;
        const { room, row } = message;
        const place = { roomGuid: room.guid, roomName: room.name, messageId: row.chatID };
        voice.fileLinks(place, message.text.toString());
        return true;
      },
      said: (messages, room) => ({
        message: `Unexpected file links in ${messages} of ${labelRoom(room)}, expected the files to be copied apart; listed them in files-to-copy.csv.`,
        seen: `file links in ${messages}`,
        expected: 'the files to be copied apart',
        did: 'listed them in files-to-copy.csv',
        remedy: 'Copy the whole upload folder to the file store of the target pool after the import.',
      }),
    });
  },
};
