import type { LedgerDocument, RecordState, RoomAccount, RuleShare, StateCounts } from '@chatferry/import';
import { EMPTY_SHA256 } from './message-digest.js';
import type { SettledState } from './rule-shares.js';

type Complain = (sentence: string) => void;

const SETTLED: readonly SettledState[] = ['changed', 'excluded', 'refused'];
const COUNTS = ['read', 'carried', 'changed', 'excluded', 'refused', 'written'] as const;

/**
 * Every sum of the ledger that does not come out, as one sentence each; empty when it balances. Sums: see
 * `LedgerDocument` in the import room. Any single count that is off breaks at least one of them.
 */
export function assertBalance(document: LedgerDocument): string[] {
  const imbalances: string[] = [];
  const about =
    (account: string): Complain =>
    (sentence) =>
      imbalances.push(`${account}: ${sentence}`);
  for (const [name, counts] of Object.entries(document.tables)) {
    checkCounts(counts, about(name));
    if (name !== 'tblChat') checkTextless(counts, about(name));
  }
  for (const [guid, room] of Object.entries(document.rooms)) checkRoom(room, about(`room ${guid}`));
  for (const [channelID, room] of Object.entries(document.unplaced)) {
    const complain = about(`channelID ${channelID}`);
    checkRoom(room, complain);
    if (room.written !== 0) complain(`written ${room.written}, although the room does not exist`);
  }
  checkMessages(document, about('tblChat'));
  return imbalances;
}

function checkCounts(counts: StateCounts, complain: Complain): void {
  const { read, carried, changed, excluded, refused, written, byRule } = counts;
  for (const field of COUNTS) {
    if (!isCount(counts[field])) complain(`${field} is ${counts[field]}, which is no count`);
  }
  const settled = carried + changed + excluded + refused;
  if (read !== settled) {
    complain(
      `read ${read}, but carried ${carried} + changed ${changed} + excluded ${excluded} + refused ${refused} = ${settled}`,
    );
  }
  if (written !== carried + changed) {
    complain(`written ${written}, but carried ${carried} + changed ${changed} = ${carried + changed}`);
  }
  for (const [rule, shares] of Object.entries(byRule)) {
    const isUsable = shares.every((share) => isCount(share.records) && share.records > 0);
    if (!isUsable) complain(`rule ${rule} has a share of less than one record`);
  }
  for (const state of SETTLED) {
    const sum = sumOf(counts, state, 'records');
    if (counts[state] !== sum) complain(`${state} ${counts[state]}, but its rules sum up to ${sum}`);
  }
}

function checkTextless(counts: StateCounts, complain: Complain): void {
  for (const [rule, shares] of Object.entries(counts.byRule)) {
    if (shares.some((share) => share.textBytes !== 0)) {
      complain(`rule ${rule} counts message text in a table without messages`);
    }
  }
}

function checkRoom(room: RoomAccount, complain: Complain): void {
  checkCounts(room, complain);
  const read = room.textBytesRead;
  const altered = room.textBytesAltered;
  const excluded = room.textBytesExcluded;
  const refused = room.textBytesRefused;
  const written = read + altered - excluded - refused;
  if (room.textBytesWritten !== written) {
    complain(
      `text bytes written ${room.textBytesWritten}, but read ${read} + altered ${altered} - excluded ${excluded} - refused ${refused} = ${written}`,
    );
  }
  const told: Readonly<Record<SettledState, number>> = { changed: altered, excluded, refused };
  for (const state of SETTLED) {
    const sum = sumOf(room, state, 'textBytes');
    if (told[state] !== sum) {
      complain(`text bytes ${state} ${told[state]}, but its rules sum up to ${sum}`);
    }
  }
  checkRange(room, complain);
}

function checkRange(room: RoomAccount, complain: Complain): void {
  const ends = [room.firstDate, room.lastDate, room.lowestId, room.highestId];
  if (room.written === 0) {
    if (ends.some((end) => end !== null) || room.sha256 !== EMPTY_SHA256 || room.textBytesWritten !== 0) {
      complain('nothing was written, but it has dates, ids, text or a hash of messages');
    }
    return;
  }
  if (ends.some((end) => end === null) || room.sha256 === EMPTY_SHA256) {
    complain('messages were written, but dates, ids or the hash are missing');
  } else if (isAfter(room.firstDate, room.lastDate) || isAfter(room.lowestId, room.highestId)) {
    complain('the first date or lowest id lies after the last');
  }
}

function checkMessages(document: LedgerDocument, complain: Complain): void {
  const accounts = [...Object.values(document.rooms), ...Object.values(document.unplaced)];
  const table = document.tables.tblChat;
  if (table === undefined) {
    complain('has no account');
    return;
  }
  for (const field of COUNTS) {
    const sum = accounts.reduce((total, account) => total + account[field], 0);
    if (table[field] !== sum) complain(`${field} ${table[field]}, but the rooms sum up to ${sum}`);
  }
  const expected = sharesOf(accounts);
  const seen = sharesOf([table]);
  for (const key of new Set([...expected.keys(), ...seen.keys()])) {
    if (seen.get(key) !== expected.get(key)) {
      complain(
        `${key}: ${seen.get(key) ?? 'nothing'}, but the rooms sum up to ${expected.get(key) ?? 'nothing'}`,
      );
    }
  }
}

/** Records and bytes by rule and state, in words. */
function sharesOf(accounts: readonly StateCounts[]): Map<string, string> {
  const sums = new Map<string, { records: number; textBytes: number }>();
  for (const account of accounts) {
    for (const [rule, shares] of Object.entries(account.byRule)) {
      for (const { state, records, textBytes } of shares) {
        const sum = sums.get(`${state} by ${rule}`) ?? { records: 0, textBytes: 0 };
        sums.set(`${state} by ${rule}`, {
          records: sum.records + records,
          textBytes: sum.textBytes + textBytes,
        });
      }
    }
  }
  return new Map(
    [...sums].map(([key, sum]) => [key, `${sum.records} records with ${sum.textBytes} bytes of text`]),
  );
}

function sumOf(counts: StateCounts, state: RecordState, field: 'records' | 'textBytes'): number {
  const shares: RuleShare[] = Object.values(counts.byRule).flat();
  return shares.filter((share) => share.state === state).reduce((sum, share) => sum + share[field], 0);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isAfter(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && BigInt(a) > BigInt(b);
}
