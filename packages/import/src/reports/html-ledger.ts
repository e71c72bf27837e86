import { DIRECTORY_TABLES, type LedgerDocument, type RoomAccount } from '../ledger/ledger.js';
import { breakable, joined, type Markup, markup, NOTHING, named, row, table } from './html-markup.js';
import {
  COUNT_COLUMNS,
  type CountRow,
  isBalanced,
  roomsByName,
  ruleRows,
  sumOfCounts,
  sumOfText,
} from './ledger-rows.js';
import { grouped } from './wording.js';

/** A page with more rooms than this lists those with exceptions only, and sums up the rest in one row. */
const ROOMS_LISTED = 2_000;
/** The account that many channelIDs share (see `LedgerDocument.unplaced`). */
const OTHER_CHANNELS = 'others';

/** The ledger as tables whose rows and columns add up before the reader's eyes. */
export function ledgerSection(ledger: LedgerDocument): Markup {
  return joined([
    tablesTable(ledger),
    rulesTable(ledger),
    textTable(ledger),
    directoryTable(ledger),
    roomsTable(ledger),
  ]);
}

function tablesTable(ledger: LedgerDocument): Markup {
  const tables = Object.entries(ledger.tables);
  return table(
    'Records by table: read = carried + changed + excluded + refused, and written = carried + changed.',
    ['Table', ...COUNT_COLUMNS],
    {
      rows: tables.map(([name, counts]) => countRow(name, counts)),
      foot: countRow('Sum', sumOfCounts(tables.map(([, counts]) => counts))),
    },
  );
}

function rulesTable(ledger: LedgerDocument): Markup {
  const shares = ruleRows(ledger.tables);
  if (shares.length === 0) return markup`<p>Every record was carried unchanged.</p>`;
  const rows = shares.map((share) =>
    row(share.rule, [
      markup`${share.table}`,
      markup`${share.state}`,
      grouped(share.records),
      grouped(share.textBytes),
    ]),
  );
  return table(
    'Why records were not simply carried; a record counts under its first rule only; findings may be more. Text bytes: what stayed behind, or by how much a change altered the length.',
    ['Rule', markup`Table`, markup`State`, 'Records', 'Text bytes'],
    { rows },
  );
}

function textTable(ledger: LedgerDocument): Markup {
  const text = sumOfText(ledger);
  const cells = [text.read, text.altered, text.excluded, text.refused, text.written];
  return table(
    'UTF-8 bytes of message text: written = read + altered − excluded − refused.',
    ['', 'read', 'altered', 'excluded', 'refused', 'written'],
    { rows: [row('Messages', cells.map(grouped))] },
  );
}

function directoryTable({ directory }: LedgerDocument): Markup {
  return table(
    'Rows of the package beside messages: several records of the source may become one, or one several; rows written include what the target adds or inherits. SHA-256 of all rows of the table, as ledger.json has it.',
    ['Table and SHA-256', 'Rows'],
    {
      rows: DIRECTORY_TABLES.map((name) =>
        row(named(name, directory[name].sha256), [grouped(directory[name].rows)]),
      ),
    },
  );
}

function roomsTable(ledger: LedgerDocument): Markup {
  const rooms = roomsByName(ledger);
  const unplaced = Object.entries(ledger.unplaced);
  if (rooms.length + unplaced.length === 0) return NOTHING;
  const isListed = (room: RoomAccount): boolean => rooms.length <= ROOMS_LISTED || room.read !== room.carried;
  const listed = rooms.filter(([, room]) => isListed(room)).slice(0, ROOMS_LISTED);
  const names = new Set(listed.map(([guid]) => guid));
  const others = rooms.filter(([guid]) => !names.has(guid)).map(([, room]) => room);
  return table(
    'Messages by room. The SHA-256 of what was written in each room is in ledger.json.',
    ['Room', ...COUNT_COLUMNS],
    {
      rows: [
        ...listed.map(([guid, room]) =>
          countRow(named(markup`<bdi>${breakable(room.name)}</bdi>`, guid), room),
        ),
        ...(others.length > 0
          ? [countRow(`${grouped(others.length)} other rooms, see ledger.json`, sumOfCounts(others))]
          : []),
        ...unplacedRows(unplaced),
      ],
      foot: countRow('Sum', sumOfCounts([...rooms, ...unplaced].map(([, account]) => account))),
    },
  );
}

/** No more rows than a page of rooms has; the rest is summed up in one. */
function unplacedRows(unplaced: readonly (readonly [string, RoomAccount])[]): Markup[] {
  const listed = unplaced.filter(([channelID]) => channelID !== OTHER_CHANNELS).slice(0, ROOMS_LISTED);
  const shown = new Set(listed.map(([channelID]) => channelID));
  const others = unplaced.filter(([channelID]) => !shown.has(channelID)).map(([, account]) => account);
  return [
    ...listed.map(([channelID, account]) => countRow(`no room: channelID ${channelID}`, account)),
    ...(others.length > 0
      ? [countRow('no room: other channelIDs, see ledger.json', sumOfCounts(others))]
      : []),
  ];
}

function countRow(heading: string | Markup, counts: CountRow): Markup {
  const cells = COUNT_COLUMNS.map((column) => grouped(counts[column]));
  return row(heading, cells, isBalanced(counts) ? null : 'off');
}
