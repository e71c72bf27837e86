import type { FaultReport } from '../check.js';
import type { LedgerDocument, RoomAccount } from '../ledger/ledger.js';
import type { ListedExceptions } from './listed-exceptions.js';
import { sayDifference } from './say-difference.js';
import type { SourceRoom, SourceSums } from './source-sums.js';

interface Compared {
  readonly ledger: LedgerDocument;
  readonly listed: ListedExceptions;
  readonly exported: SourceSums;
}

/** What the first reader wrote down against what the second has counted. */
export function compareLedger(compared: Compared, fault: FaultReport): void {
  compareTables(compared, fault);
  compareList(compared, fault);
  compareRooms(compared, fault);
}

function compareTables({ ledger, exported }: Compared, fault: FaultReport): void {
  const { tables } = exported.directory;
  for (const table of [...new Set([...Object.keys(ledger.tables), ...tables.keys()])].sort()) {
    const seen = ledger.tables[table]?.read ?? 0;
    const expected = tables.get(table) ?? 0;
    if (seen === expected) continue;
    sayDifference(
      fault,
      `Unexpected number of records read of ${table} in the ledger, expected what the export holds`,
      {
        seen: String(seen),
        expected: String(expected),
      },
    );
  }
}

/**
 * The list of exceptions must be of this export; that it is as long as ledger.json says is seen by `ledger-balances`.
 */
function compareList({ listed, exported }: Compared, fault: FaultReport): void {
  const counts = listed.counts.get('tblChat');
  const inList = counts === undefined ? 0 : counts.changed + counts.excluded + counts.refused;
  let inExport = 0;
  for (const room of exported.rooms.values()) inExport += room.listed;
  if (inList === inExport) return;
  sayDifference(
    fault,
    'Unexpected number of messages in ledger.ndjson, expected as many as the export holds of them',
    {
      seen: String(inList),
      expected: String(inExport),
    },
  );
}

function compareRooms({ ledger, exported }: Compared, fault: FaultReport): void {
  const idByGuid = new Map<string, number>();
  for (const [id, { guid }] of exported.directory.nodes) if (!idByGuid.has(guid)) idByGuid.set(guid, id);
  const placed = new Set<number>();
  for (const [guid, account] of Object.entries(ledger.rooms)) {
    const id = idByGuid.get(guid);
    const room = id === undefined ? undefined : exported.rooms.get(id);
    if (id !== undefined) placed.add(id);
    for (const [what, seen, expected] of roomPairs(account, room)) {
      if (seen === expected) continue;
      sayDifference(
        fault,
        `Unexpected ${what} of room ${guid} in the ledger, expected what the export gives`,
        {
          seen,
          expected,
        },
      );
    }
  }
  const unplaced = Object.values(ledger.unplaced).reduce((sum, { read }) => sum + read, 0);
  let expected = 0;
  for (const [id, { read }] of exported.rooms) if (!placed.has(id)) expected += read;
  if (unplaced === expected) return;
  sayDifference(
    fault,
    'Unexpected number of messages without a room in the ledger, expected what the export holds',
    {
      seen: String(unplaced),
      expected: String(expected),
    },
  );
}

type Pair = readonly [what: string, seen: string, expected: string];

function roomPairs(account: RoomAccount, room: SourceRoom | undefined): readonly Pair[] {
  const pairs: Pair[] = [
    ['number of messages read', String(account.read), String(room?.read ?? 0)],
    ['bytes of text read', String(account.textBytesRead), String(room?.textBytes ?? 0)],
    ['number of exceptions', String(account.read - account.carried), String(room?.listed ?? 0)],
  ];
  if (room === undefined || account.changed > 0) return pairs;
  // All that was written is what the export holds beside the exceptions.
  const { carried } = room;
  const words = (value: bigint | null) => value?.toString() ?? 'none';
  pairs.push(
    ['first date', account.firstDate ?? 'none', words(carried.firstDate)],
    ['last date', account.lastDate ?? 'none', words(carried.lastDate)],
    ['lowest id', account.lowestId ?? 'none', words(carried.lowestId)],
    ['highest id', account.highestId ?? 'none', words(carried.highestId)],
  );
  const rolling = carried.rolling();
  if (rolling !== null) pairs.push(['SHA-256 of the messages', account.sha256, rolling]);
  return pairs;
}
