import { type Check, type CheckContext, type Say, shown } from '../check.js';
import { DIRECTORY_TABLES, type LedgerDocument, type RoomAccount } from '../ledger/ledger.js';
import { LEDGER_REMEDY } from '../ledger/ledger-beside.js';
import { ledgerMisfits } from '../ledger/ledger-sums.js';
import { directoryAccounts } from '../read-package/directory-accounts.js';
import { emptyTally, type RoomTally } from '../read-package/package-ledger.js';
import { counted } from '../reports/wording.js';
import type { TargetRoom } from '../target-record.js';

/**
 * # ledger-balances
 *
 * **Must hold.** The ledger's own sums come out: read = carried + changed + excluded + refused, written = carried +
 * changed, the rules' shares add up, and so do the bytes of text. What it says of each room equals what is counted and
 * hashed again from the package read back: messages, bytes of text, first and last date, lowest and highest id,
 * SHA-256. No room is in one and not in the other. Of every other table of the package, rows and SHA-256 are those that
 * the ledger names, so that no role, scope entry, setting or name was lost or altered; and none has more than were
 * written of the source. `ledger.ndjson` lists as many exceptions of each table and state as the ledger counts.
 * Skipped when there is no ledger beside the package. Of one part of a package, validated alone, only its rooms are
 * compared.
 *
 * **Basis.** Our law that nothing vanishes and nothing is added; the forms of the hashes stand in ledger.ts.
 *
 * **Severity.** error
 *
 * **Remedy.** Do not import this copy. Copy the handoff again; if it stays so, run the transform again; if the same
 * room differs once more, report it as a defect.
 *
 * **Memory.** The ledger, and a tally for each room.
 */
export const ledgerBalances: Check = {
  id: 'ledger-balances',
  severities: ['error'],
  needs: ['principal', 'affiliation', 'addIn', 'category', 'room', 'lastChatId', 'message'],
  overParts: true,
  begin: (context) => ({
    end(sayBare) {
      const { ledger } = context;
      if (ledger === null) return;
      const say: Say = (said) => sayBare({ remedy: LEDGER_REMEDY, ...said });
      for (const message of ledgerMisfits(ledger)) say({ message });
      if (context.isPart !== true) {
        compareTables(context, ledger, say);
        compareDirectory(context, ledger, say);
      }
      compareRooms(context, ledger, say);
    },
  }),
};

/** One row may become several records and several rows one, so most tables have a bound, not a sum. */
function compareTables({ directory, tallies }: CheckContext, ledger: LedgerDocument, say: Say): void {
  const written = (table: string) => ledger.tables[table]?.written ?? 0;
  if (tallies.messages !== written('tblChat')) {
    say({
      message: `Unexpected ${counted(tallies.messages, 'message')} in the package, expected ${written('tblChat')}`,
    });
  }
  const bounds = [
    { table: 'tblPrincipal', what: 'principals', count: directory.principals.length },
    { table: 'tblSiopWhiteList', what: 'add-ins', count: directory.addIns.length },
    { table: 'tblNode', what: 'rooms', count: directory.rooms.length },
  ];
  for (const { table, what, count } of bounds) {
    if (count <= written(table)) continue;
    say({
      message: `Unexpected ${count} ${what} in the package, expected at most ${written(table)} of ${table}`,
    });
  }
}

function compareDirectory({ directory }: CheckContext, ledger: LedgerDocument, say: Say): void {
  const accounts = directoryAccounts(directory);
  for (const table of DIRECTORY_TABLES) {
    const seen = accounts[table];
    const expected = ledger.directory[table];
    if (seen.rows !== expected.rows) {
      say({
        message: `Unexpected ${counted(seen.rows, 'row')} of ${table} in the package, expected ${expected.rows} by the ledger`,
      });
    } else if (seen.sha256 !== expected.sha256) {
      say({
        message: `Unexpected SHA-256 of the rows of ${table} in the package, expected what the ledger says`,
        seen: seen.sha256,
        expected: expected.sha256,
      });
    }
  }
}

function compareRooms({ directory, tallies, isPart }: CheckContext, ledger: LedgerDocument, say: Say): void {
  const guids = new Set<string>();
  for (const room of directory.rooms) {
    guids.add(room.guid);
    const account = ledger.rooms[room.guid];
    const place = directory.placeOf(room);
    if (account === undefined) {
      say({ place, message: `Unexpected room ${room.guid}, expected a room of the ledger` });
      continue;
    }
    const tally = tallies.tallies.get(room.id) ?? emptyTally(room.id);
    for (const difference of differences(room, account, tally)) say({ place, ...difference });
  }
  for (const [guid, account] of Object.entries(ledger.rooms)) {
    if (guids.has(guid) || account.written === 0 || isPart === true) continue;
    say({
      message: `Unexpected absence of room ${guid}, expected ${counted(account.written, 'message')} of it in the package`,
      seen: shown(account.name),
    });
  }
}

interface Difference {
  readonly message: string;
  readonly seen: string;
  readonly expected: string;
}

function differences(room: TargetRoom, account: RoomAccount, tally: RoomTally): Difference[] {
  const pairs: readonly (readonly [string, string | null, string | null])[] = [
    ['number of messages', String(tally.messages), String(account.written)],
    ['bytes of text', String(tally.textBytes), String(account.textBytesWritten)],
    ['first date', decimal(tally.firstDate), account.firstDate],
    ['last date', decimal(tally.lastDate), account.lastDate],
    ['lowest id', decimal(tally.lowestId), account.lowestId],
    ['highest id', decimal(tally.highestId), account.highestId],
    // Without a hash another check has said why.
    ['SHA-256 of the messages', tally.sha256 ?? account.sha256, account.sha256],
  ];
  return pairs
    .filter(([, seen, expected]) => seen !== expected)
    .map(([what, seen, expected]) => ({
      message: `Unexpected ${what} of room ${room.id}, expected what the ledger says`,
      seen: seen ?? 'none',
      expected: expected ?? 'none',
    }));
}

function decimal(value: bigint | null): string | null {
  return value === null ? null : value.toString();
}
