import { MarkerSearch, NEAR_BYTES } from '../messages/marker-search.js';
import type { MessageRule } from '../messages/message-rule.js';

const LINK = 'ma-chan:';
const ROOM_LINK =
  /ma-chan:\/\/[^/\s"'<]{0,255}\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])/gi;

/**
 * # message-room-link
 *
 * **Condition.** The content of a message links to a room (`ma-chan://domain/guid`) that is excluded,
 * refused or not in the export.
 *
 * **Action.** The text is carried as it is; the link will lead nowhere. Links to carried rooms go on
 * working, because every room keeps its GUID. Links of the old form with a number instead of a GUID are not
 * judged.
 *
 * **Option.** None.
 *
 * **Basis.** O: the form of the link is known from client source code, not from a schema page; the guide has
 * no rule for links.
 *
 * **Severity.** note, one a link target and message
 *
 * **Remedy.** Carry the room, or tell its people; nothing else can be done.
 *
 * **Example.** `ma-chan://contoso.example/3f0c1b52-7a55-4f0e-9d5c-2b7f0a9e6c11` to a disabled room: one
 * note.
 */
export const messageRoomLink: MessageRule = {
  id: 'message-room-link',
  severities: ['note'],
  basis: ['O'],
  option: null,
  begin({ roomStates }, voice) {
    const search = new MarkerSearch(LINK, NEAR_BYTES);
    return {
      ordinary: { markers: [LINK] },
      apply(message) {
        if (!search.isIn(message)) return undefined;
        for (const guid of linkedGuids(message.text.toString())) {
          const state = roomStates.get(guid);
          if (state === 'carried') continue;
          const why = state === undefined ? 'which is not in the export' : `which was ${state}`;
          voice.say(message.row.place, {
            message: `Unexpected link to room ${guid}, ${why}, expected a room that is carried; left the text as it is.`,
            seen: guid,
            expected: 'the nodeGuid of a room that is carried',
            did: 'left the text as it is',
          });
        }
        return undefined;
      },
    };
  },
};

/** The GUIDs that `ma-chan:` links of the text name, lower case, each once. */
function linkedGuids(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(ROOM_LINK), (match) => (match[1] as string).toLowerCase()));
}
