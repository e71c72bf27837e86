import type { LedgerDocument, RoomAccount } from '../ledger.js';
import type { SqlValue } from './record-rows.js';
import type { RehearsalDatabase } from './rehearsal-database.js';
import { ROOM_CONTENT } from './rehearsal-queries.js';

/** What the database counts otherwise than the ledger, a sentence each: all messages, and each room's messages, dates and ids. */
export function* ledgerDifferences(database: RehearsalDatabase, ledger: LedgerDocument): Generator<string> {
  const written = ledger.tables.tblChat?.written ?? 0;
  const held = database.number('SELECT COUNT(*) FROM tblChat');
  if (held !== written) {
    yield `Unexpected ${held} messages in the rehearsal's database, expected ${written} by the ledger.`;
  }
  const missing = new Map(Object.entries(ledger.rooms).filter(([, account]) => account.written > 0));
  for (const row of database.rows(ROOM_CONTENT)) {
    const guid = String(row.guid).toLowerCase();
    missing.delete(guid);
    yield* roomDifferences(guid, row, ledger.rooms[guid]);
  }
  for (const [guid, { written: messages }] of missing) {
    yield `Unexpected absence of room ${guid} in the rehearsal's database, expected ${messages} messages by the ledger.`;
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
