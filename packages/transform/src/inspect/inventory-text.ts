import {
  columns,
  counted,
  type FindingGroup,
  grouped,
  placeInWords,
  SEVERITY_WORD,
  visible,
  wrapped,
} from '@chatferry/import';
import type { CategorySeen, DocumentSeen, ExportInventory, RoomSeen, TableSeen } from './inventory.js';
import {
  basisInWords,
  countOrUnknown,
  dayOf,
  messageFacts,
  settingsInWords,
  yearInWords,
} from './inventory-words.js';

const NARROWEST = 40;
const INDENT = '  ';
const ROOMS_SHOWN = 20;
const LINES_SHOWN = 60;
const DEEPEST_INDENT = 12;
const EXAMPLES = 2;
const SHORTEST_NAME = 16;
const ELSEWHERE = 'all in --json';

/** The inventory for a terminal: verdict first. Lines end in LF and are at most `width` (40 or more) long. */
export function inventoryText(inventory: ExportInventory, width: number): string {
  const room = Math.max(width, NARROWEST);
  const blocks = [
    [...wrapped(inventory.verdict.sentence, room), ...wrapped(basisInWords(inventory), room)],
    readinessBlock(inventory.readiness, room),
    titled(
      'Documents',
      inventory.documents.flatMap((each) => documentLines(each, room)),
    ),
    titled('Tables', tableLines(inventory.tables, room)),
    titled('Categories', categoryLines(inventory, room)),
    titled('Rooms', roomLines(inventory.rooms, room)),
    titled('Principals', principalLines(inventory, room)),
    titled('Messages', messageLines(inventory, room)),
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function readinessBlock(groups: readonly FindingGroup[], width: number): string[] {
  if (groups.length === 0) return ['Nothing would block or change.'];
  const notes = groups.filter(({ severity }) => severity === 'note');
  const list = notes.map(({ rule, count }) => `${rule} ${grouped(count)}`).join(', ');
  return [
    ...wrapped('Readiness: what would block (error) or change (warning, note)', width),
    ...groups.filter(({ severity }) => severity !== 'note').flatMap((group) => groupLines(group, width)),
    ...(notes.length === 0 ? [] : wrapped(`Notes: ${list}`, width, INDENT)),
  ];
}

function groupLines({ rule, severity, count, first }: FindingGroup, width: number): string[] {
  const shown = first.slice(0, EXAMPLES);
  const more = count - shown.length;
  const remedies = new Set(shown.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])));
  const deep = INDENT + INDENT;
  return [
    ...wrapped(`${SEVERITY_WORD[severity]} ${rule}: ${counted(count, 'finding')}`, width, INDENT),
    ...shown.flatMap(({ place, message }) =>
      wrapped(`${placeInWords(place)}: ${visible(message)}`, width, deep),
    ),
    ...(more > 0 ? wrapped(`and ${grouped(more)} more`, width, deep) : []),
    ...[...remedies].flatMap((remedy) => wrapped(`To do: ${visible(remedy)}`, width, deep)),
  ];
}

function documentLines(document: DocumentSeen, width: number): string[] {
  const { name, bytes, encoding, shape, tables } = document;
  const size = bytes === null ? 'size not told' : counted(bytes, 'byte');
  const rows = tables.map((table) => `${table.name} ${grouped(table.rows)}`).join(', ');
  const text = `${name}: ${size}, ${encoding}, ${shape}${rows === '' ? '' : `; ${rows}`}`;
  return wrapped(visible(text), width, INDENT);
}

function tableLines(tables: readonly TableSeen[], width: number): string[] {
  const rows = tables.map(({ name, role, rows: count, damaged }) => [
    `${INDENT}${visible(name)}`,
    role,
    grouped(count),
    grouped(damaged),
  ]);
  const unknown = tables.flatMap(({ name, unknownColumns }) =>
    unknownColumns.map((column) => `Unknown column ${name}.${column.name}, ${counted(column.rows, 'row')}`),
  );
  return [
    ...fitted([[`${INDENT}table`, 'role', 'rows', 'damaged'], ...rows], width),
    ...unknown.flatMap((line) => wrapped(visible(line), width, INDENT)),
  ];
}

function categoryLines({ categories, nodesOutsideTree }: ExportInventory, width: number): string[] {
  const outside = nodesOutsideTree.map(({ id, kind, name }) => `${kind} ${id} ${name}, not below the root`);
  return [
    ...limited(categories, LINES_SHOWN, 'categories').flatMap((each) =>
      typeof each === 'string' ? [INDENT + each] : categoryLine(each, width),
    ),
    ...limited(outside, LINES_SHOWN, 'nodes').flatMap((line) => wrapped(visible(line), width, INDENT)),
  ];
}

function categoryLine(category: CategorySeen, width: number): string[] {
  const indent = INDENT.repeat(1 + Math.min(category.depth, DEEPEST_INDENT));
  const rooms = counted(category.rooms, 'room');
  return wrapped(visible(`${category.name} (${rooms}): ${settingsInWords(category)}`), width, indent);
}

/** The rooms with most messages. */
function roomLines(rooms: readonly RoomSeen[], width: number): string[] {
  if (rooms.length === 0) return [];
  const busiest = rooms.toSorted((a, b) => b.messages - a.messages || a.id - b.id).slice(0, ROOMS_SHOWN);
  const head = ['messages', 'bytes', 'members', 'managers', 'presenters', 'first', 'last'];
  const cells = busiest.map((room) => [
    grouped(room.messages),
    grouped(room.textBytes),
    countOrUnknown(room.members),
    countOrUnknown(room.managers),
    countOrUnknown(room.presenters),
    dayOf(room.first),
    dayOf(room.last),
  ]);
  const space =
    width - Math.max(...columns([['', ...head], ...cells.map((each) => ['', ...each])]).map(lengthOf));
  const names = busiest.map((room) => roomName(room, Math.max(space, SHORTEST_NAME)));
  const table = [
    [`${INDENT}room`, ...head],
    ...cells.map((each, index) => [names[index] as string, ...each]),
  ];
  const more = rooms.length - busiest.length;
  const disabled = rooms.filter((room) => room.isDisabled).length;
  return [
    ...wrapped(`${counted(rooms.length, 'room')}, ${grouped(disabled)} of them disabled`, width, INDENT),
    ...fitted(table, width),
    ...(more > 0 ? wrapped(`and ${grouped(more)} with fewer messages, ${ELSEWHERE}`, width, INDENT) : []),
  ];
}

function principalLines({ principals }: ExportInventory, width: number): string[] {
  if (principals.length === 0) return [];
  const cells = principals.map(({ type, name, isFederated, principals: count, disabled }) => [
    `${INDENT}${type} ${visible(name)}${isFederated ? ' (federated)' : ''}`,
    grouped(count),
    grouped(disabled),
  ]);
  return fitted([[`${INDENT}type`, 'principals', 'disabled'], ...cells], width);
}

function messageLines({ messages }: ExportInventory, width: number): string[] {
  const years = messages.years.map(({ year, messages: count }) => `${yearInWords(year)} ${grouped(count)}`);
  const facts = [
    ...messageFacts(messages),
    ['By year', years.length === 0 ? 'none' : years.join(', ')],
  ] as const;
  const without = messages.withoutRoom.map(
    ({ channelID, messages: count }) =>
      `${counted(count, 'message')} of channelID ${channelID ?? 'that does not decode'}, which is no room`,
  );
  return [
    ...facts.flatMap(([title, value]) => wrapped(visible(`${title}: ${value}`), width, INDENT)),
    ...limited(without, ROOMS_SHOWN, 'channels').flatMap((line) => wrapped(line, width, INDENT)),
  ];
}

/** A table, or one line a row with the titles where the table would be wider than the terminal. */
function fitted(rows: readonly (readonly string[])[], width: number): string[] {
  const table = columns(rows).map((line) => line.trimEnd());
  if (table.every((line) => line.length <= width)) return table;
  const [head = [], ...body] = rows;
  return body.flatMap(([name = '', ...cells]) => {
    const named = cells.map((cell, index) => `${head[index + 1]} ${cell === '' ? 'none' : cell}`);
    return wrapped(`${name.trim()}: ${named.join(', ')}`, width, INDENT);
  });
}

function limited<Item>(items: readonly Item[], most: number, what: string): (Item | string)[] {
  const more = items.length - most;
  return more > 0 ? [...items.slice(0, most), `and ${grouped(more)} more ${what}, ${ELSEWHERE}`] : [...items];
}

/** Id and name, cut to `length` with the indent. */
function roomName(room: RoomSeen, length: number): string {
  const name = Array.from(visible(`${INDENT}${room.id}${room.isDisabled ? ' (disabled)' : ''} ${room.name}`));
  return name.length <= length ? name.join('') : `${name.slice(0, length - 1).join('')}\u2026`;
}

function lengthOf(line: string): number {
  return line.length;
}
