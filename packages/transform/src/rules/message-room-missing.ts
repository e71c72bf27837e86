import type { Place } from '@chatferry/export';
import type { JsonValue } from '@chatferry/import';
import { countOf } from '../directory/label.js';
import { UNPLACED_LIMIT } from '../ledger/ledger.js';
import type { RoomFacts } from '../messages/message-context.js';
import type { MessageRule, MessageRun, MessageVoice, Ruling } from '../messages/message-rule.js';
import { type CountedMessage, countPerRoom, labelRoom } from '../messages/room-count.js';

/**
 * # message-room-missing
 *
 * **Condition.** The channelID of a message names no node, a category, or a room that a directory rule
 * refused.
 *
 * **Action.** The message is refused: in the target a message without its room cannot be shown to anybody.
 * The room gets one finding with the count; from the 10,001st channelID without a node on, one finding and the
 * account `others` of the ledger stand for them all.
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
  begin: (_context, voice) => ({
    ...countMissingRooms(voice),
    ordinary: { isRoom: (room) => !isMissing(room) },
  }),
};

/** The rule at work. It needs so little of a message that the shards of a run can tell it to the merge. */
export interface MissingRooms extends Required<Omit<MessageRun, 'apply' | 'ordinary'>> {
  apply(message: CountedMessage): Ruling;
}

export function countMissingRooms(voice: Pick<MessageVoice, 'say'>): MissingRooms {
  let told = 0;
  const perRoom = countPerRoom<CountedMessage>(voice, {
    ruling: 'refused',
    counts: ({ room }) => isMissing(room),
    said(messages, room) {
      const seen = describe(room);
      if (room.state === 'missing') told += 1;
      return {
        message: `Unexpected ${seen} of ${messages}, expected a room that is carried; refused ${messages}.`,
        seen,
        expected: 'the nodeID of a room that is carried',
        did: `refused ${messages}`,
        remedy: 'Export tblNode and tblChat together, at one point in time; mend the node if it was refused.',
      };
    },
  });
  const others = countOthers(voice);
  return {
    apply(message) {
      const isOther = message.room.state === 'missing' && told >= UNPLACED_LIMIT;
      return isOther ? others.apply(message) : perRoom.apply(message);
    },
    endRoom: perRoom.endRoom,
    end: others.end,
    save: () => ({ told, others: others.save() }),
    restore(saved) {
      const state = saved as unknown as { readonly told: number; readonly others: JsonValue };
      told = state.told;
      others.restore(state.others);
    },
  };
}

function isMissing({ state }: RoomFacts): boolean {
  return state === 'missing' || state === 'refused' || state === 'category';
}

interface OthersState {
  readonly channels: number;
  readonly count: number;
  readonly firstPlace: Place | null;
}

/** One finding for all channelIDs beyond the limit. */
function countOthers(voice: Pick<MessageVoice, 'say'>): Omit<MissingRooms, 'endRoom'> {
  let channels = 0;
  let count = 0;
  let lastRoom: RoomFacts | null = null;
  let firstPlace: Place | null = null;
  return {
    apply({ room, row }) {
      if (room !== lastRoom) channels += 1;
      lastRoom = room;
      firstPlace ??= row.place;
      count += 1;
      return 'refused';
    },
    end() {
      if (count === 0) return;
      const messages = countOf(count, 'message');
      const seen = `${countOf(channels, 'further channelID')}, which no node has,`;
      voice.say(firstPlace, {
        message: `Unexpected ${seen} of ${messages}, expected rooms that are carried; refused ${messages}.`,
        seen,
        expected: 'the nodeIDs of rooms that are carried',
        did: `refused ${messages}, in the account "others" of the ledger`,
        remedy: 'Export tblNode and tblChat together, at one point in time.',
      });
    },
    save: () => ({ channels, count, firstPlace: firstPlace && { ...firstPlace } }),
    restore(saved) {
      // The last room is over, so that the next message cannot belong to it.
      ({ channels, count, firstPlace } = saved as unknown as OthersState);
    },
  };
}

function describe(room: RoomFacts): string {
  if (room.state === 'missing') return `channelID ${room.channelID}, which no node has,`;
  if (room.state === 'category') return `channelID ${room.channelID}, which is a category,`;
  return `${labelRoom(room)}, refused by ${room.decidedBy},`;
}
