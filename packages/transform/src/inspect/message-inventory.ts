import type { NodeRow, TableCounts } from '@chatferry/export';
import { CHAT_TABLE } from '@chatferry/export';
import type { DirectoryDraft } from '../directory/draft.js';
import { ticksToText } from '../messages/ticks.js';
import type { NodeTree } from './directory-inventory.js';
import type { MessagesSeen, OddCharactersSeen, RoomSeen, YearSeen } from './inventory.js';
import type { MessageCounts } from './message-counts.js';
import type { OddCharacters } from './odd-characters.js';
import type { RoomCounts } from './room-counts.js';

/** Every room of tblNode, the messages of its channelID with it. */
export function roomsSeen(tree: NodeTree, messages: MessageCounts, draft: DirectoryDraft | null): RoomSeen[] {
  return [...tree.nodes.values()]
    .filter((row) => !row.nodeType)
    .map((row) => {
      const counts = messages.rooms.get(row.nodeID);
      const parent = row.parentID === null ? undefined : tree.nodes.get(row.parentID);
      return {
        id: row.nodeID,
        guid: row.nodeGuid,
        name: row.nodeName,
        categoryId: row.parentID,
        category: parent?.nodeName ?? null,
        isDisabled: row.disabled,
        ...judged(row, draft),
        messages: counts?.messages ?? 0,
        textBytes: counts?.textBytes ?? 0,
        first: dateText(counts?.first ?? null),
        last: dateText(counts?.last ?? null),
        years: counts === undefined ? [] : sortedYears(counts.years),
      };
    });
}

type Judged = Pick<RoomSeen, 'state' | 'type' | 'privacy' | 'managers' | 'members' | 'presenters'>;

function judged(row: NodeRow, draft: DirectoryDraft | null): Judged {
  const room = draft?.rooms.get(row.nodeID);
  return {
    state: draft === null ? null : draft.fates.of(room?.source ?? row).state,
    type: room?.type ?? null,
    privacy: room?.privacy ?? null,
    managers: room?.managers.size ?? null,
    members: room?.members.size ?? null,
    presenters: room?.presenters.size ?? null,
  };
}

export function messagesSeen(messages: MessageCounts, counts: TableCounts, tree: NodeTree): MessagesSeen {
  const rooms = [...messages.rooms.values()];
  return {
    messages: sum(rooms, (room) => room.messages),
    damaged: counts.get(CHAT_TABLE.name)?.damaged ?? 0,
    textBytes: sum(rooms, (room) => room.textBytes),
    first: dateText(extreme(rooms, 'first', (a, b) => a < b)),
    last: dateText(extreme(rooms, 'last', (a, b) => a > b)),
    years: summedYears(rooms),
    isSorted: messages.unsortedAt === null,
    unsortedAt: messages.unsortedAt,
    duplicates: messages.unsortedAt === null ? duplicates(rooms) : null,
    alerts: messages.alerts,
    stories: messages.stories,
    fileLinks: { messages: messages.fileLinkMessages, links: messages.fileLinks },
    roomLinks: { messages: messages.roomLinkMessages },
    rtf: messages.rtf,
    oddCharacters: oddCharacters(messages.odd, messages.lostReturns),
    withoutRoom: rooms
      .filter(({ channelID }) => channelID === null || tree.nodes.get(channelID)?.nodeType !== false)
      .map(({ channelID, messages: count, textBytes }) => ({ channelID, messages: count, textBytes }))
      .sort((a, b) => (a.channelID ?? -Infinity) - (b.channelID ?? -Infinity)),
  };
}

function oddCharacters(odd: OddCharacters, messagesWithRawReturns: number): OddCharactersSeen {
  return {
    forbidden: [...odd.controls]
      .sort(([a], [b]) => a - b)
      .map(([code, count]) => ({
        codePoint: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
        count,
      })),
    loneSurrogates: sum([...odd.surrogates.values()], (count) => count),
    messagesWithRawReturns,
  };
}

function duplicates(rooms: readonly RoomCounts[]): number {
  return sum(
    rooms,
    ({ conditions }) =>
      (conditions.get('message-id-duplicate')?.messages ?? 0) +
      (conditions.get('message-id-duplicate same')?.messages ?? 0),
  );
}

function summedYears(rooms: readonly RoomCounts[]): YearSeen[] {
  const years = new Map<number | null, number>();
  for (const room of rooms) {
    for (const { year, messages } of room.years) years.set(year, (years.get(year) ?? 0) + messages);
  }
  return sortedYears([...years].map(([year, messages]) => ({ year, messages })));
}

/** What has no year stands first. */
function sortedYears(years: readonly YearSeen[]): YearSeen[] {
  return years
    .map(({ year, messages }) => ({ year, messages }))
    .sort((a, b) => (a.year ?? 0) - (b.year ?? 0));
}

function extreme(
  rooms: readonly RoomCounts[],
  end: 'first' | 'last',
  isBeyond: (a: bigint, b: bigint) => boolean,
): bigint | null {
  let found: bigint | null = null;
  for (const room of rooms) {
    const ticks = room[end];
    if (ticks !== null && (found === null || isBeyond(ticks, found))) found = ticks;
  }
  return found;
}

function dateText(ticks: bigint | null): string | null {
  return ticks === null ? null : ticksToText(ticks);
}

function sum<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
