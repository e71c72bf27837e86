import type { RoomFacts } from '../messages/message-context.js';
import type { MessageRule } from '../messages/message-rule.js';
import { countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-room-missing
 *
 * **Condition.** The channelID of a message names no node, a category, or a room that a directory rule
 * refused.
 *
 * **Action.** The message is refused: in the target a message without its room cannot be shown to anybody.
 * The room gets one finding with the count.
 *
 * **Option.** None.
 *
 * **Basis.** S: Chat table (Lync Server 2010, gg615031): channelID is a Node.nodeID; no foreign key is
 * documented, so orphans are possible.
 *
 * **Severity.** error
 *
 * **Remedy.** Export tblNode and tblChat together while the services are stopped. When the room was refused,
 * the finding of that rule says what to mend.
 *
 * **Example.** `channelID` 77 without a node 77: its 12 messages are refused, one finding.
 */
export const messageRoomMissing: MessageRule = {
  id: 'message-room-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  begin(_context, voice) {
    return countPerRoom(voice, {
      ruling: 'refused',
      counts({ room }) {
        return room.state === 'missing' || room.state === 'refused' || room.state === 'category';
      },
      said(messages, room) {
        const seen = describe(room);
        return {
          message: `Unexpected ${seen} of ${messages}, expected a room that is carried; refused them.`,
          seen,
          expected: 'the nodeID of a room that is carried',
          did: `refused ${messages}`,
          remedy:
            'Export tblNode and tblChat together, at one point in time; mend the node if it was refused.',
        };
      },
    });
  },
};

function describe(room: RoomFacts): string {
  if (room.state === 'missing') return `channelID ${room.channelID}, which no node has,`;
  if (room.state === 'category') return `channelID ${room.channelID}, which is a category,`;
  return `${labelRoom(room)}, refused by ${room.decidedBy},`;
}
