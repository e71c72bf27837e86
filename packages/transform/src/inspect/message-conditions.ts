import type { Report, Severity } from '@chatferry/export';
import { countOf } from '../directory/label.js';
import { type MessageContext, missingRoom, type RoomFacts } from '../messages/message-context.js';
import { labelRoom } from '../messages/room-count.js';
import type { MessageCounts } from './message-counts.js';
import type { Condition, Met, RoomCounts } from './room-counts.js';

interface Wording {
  readonly rule: string;
  readonly severity: Severity;
  readonly seen: string;
  readonly expected: string;
  readonly fate: string;
}

const WORDING: Readonly<Record<Condition, Wording>> = {
  'message-column-undecodable': {
    rule: 'message-column-undecodable',
    severity: 'error',
    seen: 'columns missing or undecodable',
    expected: 'the columns of tblChat as the database holds them',
    fate: 'transform refuses them',
  },
  'message-id-duplicate': {
    rule: 'message-id-duplicate',
    severity: 'error',
    seen: 'the channelID and chatID of another, different message',
    expected: 'one message for each key',
    fate: 'transform refuses the later ones',
  },
  'message-id-duplicate same': {
    rule: 'message-id-duplicate',
    severity: 'note',
    seen: 'a second, identical row',
    expected: 'one row for each message',
    fate: 'transform leaves the later ones behind',
  },
  'message-date-unusable': {
    rule: 'message-date-unusable',
    severity: 'error',
    seen: 'a chatDate that is no instant',
    expected: 'ticks from 1 to the end of the year 9999',
    fate: 'transform refuses them',
  },
  'message-date-unusable incredible': {
    rule: 'message-date-unusable',
    severity: 'warning',
    seen: 'a chatDate before 1995 or after the export',
    expected: 'a date on which they can have been sent',
    fate: 'transform carries them as they are',
  },
  'message-content-missing': {
    rule: 'message-content-missing',
    severity: 'error',
    seen: 'no content',
    expected: 'text, be it empty',
    fate: 'transform refuses them',
  },
  'message-content-lone-surrogate': {
    rule: 'message-content-lone-surrogate',
    severity: 'warning',
    seen: 'surrogates without their other half',
    expected: 'whole characters',
    fate: 'transform replaces each by U+FFFD',
  },
  'message-content-forbidden-character': {
    rule: 'message-content-forbidden-character',
    severity: 'warning',
    seen: 'characters that XML 1.0 cannot hold',
    expected: 'characters that it allows',
    fate: 'transform replaces each by U+FFFD',
  },
};

/**
 * Says what the message rules would say with default options, with counts: one finding a room and condition, one an
 * author who is missing. As in the rules, messages of rooms that stay behind are not judged any further.
 *
 * @param context null when the directory could not be judged; then nothing is said about rooms and authors.
 */
export function reportMessageConditions(
  messages: MessageCounts,
  context: MessageContext | null,
  report: Report,
): void {
  const strangers = new Map<number, Met>();
  for (const counts of byChannel(messages)) {
    const room = factsOf(counts, context);
    if (context !== null && room !== null && room.state !== 'carried') {
      reportRoom(counts, room, report);
      continue;
    }
    for (const [condition, met] of counts.conditions) reportCondition(condition, met, { room, report });
    if (context === null || room === null) continue;
    reportUnlogged(counts, room, report);
    reportCounter(counts, room, report);
    for (const [userId, met] of counts.strangers) {
      if (!context.authors.has(userId)) addTo(strangers, userId, met);
    }
  }
  reportStrangers(strangers, report);
}

function byChannel(messages: MessageCounts): RoomCounts[] {
  return [...messages.rooms.values()].sort((a, b) => (a.channelID ?? -Infinity) - (b.channelID ?? -Infinity));
}

/** null when the channelID does not decode. */
function factsOf({ channelID }: RoomCounts, context: MessageContext | null): RoomFacts | null {
  return channelID === null ? null : (context?.rooms.get(channelID) ?? missingRoom(channelID));
}

function reportCondition(
  condition: Condition,
  met: Met,
  { room, report }: { readonly room: RoomFacts | null; readonly report: Report },
): void {
  const { rule, severity, seen, expected, fate } = WORDING[condition];
  const where = room === null ? '' : ` of ${labelOf(room)}`;
  report({
    rule,
    severity,
    place: met.first,
    message: `Unexpected ${seen} on ${countOf(met.messages, 'message')}${where}, expected ${expected}; ${fate}.`,
    seen,
    expected,
  });
}

function reportRoom(counts: RoomCounts, room: RoomFacts, report: Report): void {
  const messages = countOf(counts.messages, 'message');
  if (room.state === 'excluded') {
    report({
      rule: 'message-room-excluded',
      severity: 'note',
      place: room.place,
      message: `Unexpected ${messages} in ${labelOf(room)}, expected none in a room excluded by ${room.decidedBy}; transform excludes them with it.`,
    });
    return;
  }
  const why = room.state === 'refused' ? `refused by ${room.decidedBy}` : `which is ${WHY[room.state]}`;
  report({
    rule: 'message-room-missing',
    severity: 'error',
    place: room.place,
    message: `Unexpected channelID ${room.channelID}, ${why}, of ${messages}, expected a room that is carried; transform refuses them.`,
    seen: `channelID ${room.channelID}`,
    expected: 'the nodeID of a room that is carried',
    remedy: 'Export tblNode and tblChat together, at one point in time; mend the node if it was refused.',
  });
}

const WHY: Readonly<Record<Exclude<RoomFacts['state'], 'refused' | 'excluded'>, string>> = {
  carried: 'carried',
  category: 'a category',
  missing: 'no node',
  unreadable: 'unreadable',
};

function reportUnlogged(counts: RoomCounts, room: RoomFacts, report: Report): void {
  if (room.chatHistory) return;
  const messages = countOf(counts.messages, 'message');
  report({
    rule: 'message-in-unlogged-room',
    severity: 'warning',
    place: room.place,
    message: `Unexpected ${messages} in ${labelOf(room)}, expected none where the category keeps no chat history; transform carries them.`,
    remedy: 'Switch chat history on for the category, or exclude the history of this room in the plan.',
  });
}

function reportCounter({ highestId }: RoomCounts, room: RoomFacts, report: Report): void {
  const counter = room.counter?.lastChatID ?? null;
  if (highestId === null || (counter !== null && counter >= highestId)) return;
  const seen = counter === null ? 'no message counter' : `message counter ${counter}`;
  report({
    rule: 'last-chat-id-too-low',
    severity: 'note',
    place: room.counter?.place ?? room.place,
    message: `Unexpected ${seen} of ${labelOf(room)}, expected at least ${highestId}; transform raises it to ${highestId}.`,
  });
}

function reportStrangers(strangers: ReadonlyMap<number, Met>, report: Report): void {
  for (const [userId, met] of [...strangers].sort(([a], [b]) => a - b)) {
    report({
      rule: 'message-author-missing',
      severity: 'error',
      place: met.first,
      message: `Unexpected userId ${userId} on ${countOf(met.messages, 'message')}, expected a principal that is carried; transform refuses them.`,
      seen: `userId ${userId}`,
      expected: 'the prinID of a principal that is carried',
      remedy: 'Export tblPrincipal in full, or name a principal for such messages in the plan.',
    });
  }
}

function addTo(strangers: Map<number, Met>, userId: number, met: Met): void {
  const known = strangers.get(userId);
  if (known === undefined) strangers.set(userId, { ...met });
  else known.messages += met.messages;
}

/** A room without a name is one that the directory does not tell. */
function labelOf(room: RoomFacts): string {
  return room.name === '' ? `room ${room.channelID}` : labelRoom(room);
}
