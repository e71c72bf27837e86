import {
  DIRECTORY_TABLES,
  type DirectoryTable,
  type LedgerDocument,
  type RoomAccount,
} from '../ledger/ledger.js';
import type { SqlValue } from './record-rows.js';
import type { RehearsalDatabase } from './rehearsal-database.js';
import { ROOM_CONTENT } from './rehearsal-queries.js';

/**
 * What the database counts otherwise than the ledger, a sentence each: rows by table, and each room's messages, bytes
 * of text, dates and ids. Of one part of a package (`isPart`), only the rooms that it has.
 */
export function* ledgerDifferences(
  database: RehearsalDatabase,
  ledger: LedgerDocument,
  isPart: boolean,
): Generator<string> {
  if (!isPart) yield* tableDifferences(database, ledger);
  const missing = new Map(
    Object.entries(ledger.rooms).filter(([, account]) => account.written > 0 && !isPart),
  );
  for (const row of database.rows(ROOM_CONTENT)) {
    const guid = String(row.guid).toLowerCase();
    missing.delete(guid);
    yield* roomDifferences(guid, row, ledger.rooms[guid]);
  }
  for (const [guid, { written: messages }] of missing) {
    yield `Unexpected absence of room ${guid} in the rehearsal's database, expected ${messages} messages by the ledger.`;
  }
}

/** Rows of which the ledger does not know, because the server adds them itself. */
const ADDED: Readonly<Partial<Record<DirectoryTable, string>>> = {
  tblNode: 'nodeID = 1',
  tblPrincipalAffiliations: 'principalID = affiliationID',
};

function* tableDifferences(database: RehearsalDatabase, ledger: LedgerDocument): Generator<string> {
  const written = ledger.tables.tblChat?.written ?? 0;
  const messages = database.number('SELECT COUNT(*) FROM tblChat');
  if (messages !== written) {
    yield `Unexpected ${messages} messages in the rehearsal's database, expected ${written} by the ledger.`;
  }
  for (const table of DIRECTORY_TABLES) {
    const { rows } = ledger.directory[table];
    const added = ADDED[table] ?? 'FALSE';
    const held = database.number(`SELECT COUNT(*) FROM ${table} WHERE NOT (${added})`);
    if (held === rows) continue;
    yield `Unexpected ${held} rows of ${table} in the rehearsal's database, expected ${rows} by the ledger.`;
  }
}

function* roomDifferences(
  guid: string,
  row: Readonly<Record<string, SqlValue>>,
  account: RoomAccount | undefined,
): Generator<string> {
  if (account === undefined) {
    yield `Unexpected room ${guid} in the rehearsal's database, expected only rooms of the ledger.`;
    return;
  }
  const expected = {
    messages: String(account.written),
    textBytes: String(account.textBytesWritten),
    firstDate: account.firstDate,
    lastDate: account.lastDate,
    lowestId: account.lowestId,
    highestId: account.highestId,
  };
  for (const [what, value] of Object.entries(expected)) {
    const held = row[what] ?? null;
    const seen = held === null ? null : String(held);
    if (seen === value) continue;
    yield `Unexpected ${what} ${seen} of room ${guid} in the rehearsal's database, expected ${value} by the ledger.`;
  }
}
