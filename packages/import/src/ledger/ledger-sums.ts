import type { LedgerDocument, RoomAccount, RuleShare, StateCounts } from './ledger.js';

/** Sums that must come out, checked on the document alone; sentences for those that do not. */
export function ledgerMisfits(ledger: LedgerDocument): string[] {
  const { tables, rooms, unplaced } = ledger;
  return [
    ...Object.entries(tables).flatMap(([name, counts]) => countMisfits(name, counts)),
    ...Object.entries(rooms).flatMap(([guid, account]) => accountMisfits(`room ${guid}`, account)),
    ...Object.entries(unplaced).flatMap(([id, account]) => [
      ...accountMisfits(`channel ${id}`, account),
      ...unequal(`written of channel ${id}, which is no room`, account.written, 0),
    ]),
    ...chatMisfits(ledger),
  ];
}

function countMisfits(what: string, counts: StateCounts): string[] {
  const { read, carried, changed, excluded, refused, written } = counts;
  return [
    ...unequal(`records read of ${what}`, read, carried + changed + excluded + refused),
    ...unequal(`records written of ${what}`, written, carried + changed),
    ...(['changed', 'excluded', 'refused'] as const).flatMap((state) =>
      unequal(`records ${state} of ${what}`, counts[state], sumOf(counts, state, 'records')),
    ),
  ];
}

function accountMisfits(what: string, account: RoomAccount): string[] {
  const { textBytesRead, textBytesWritten, textBytesExcluded, textBytesRefused, textBytesAltered } = account;
  const due = textBytesRead + textBytesAltered - textBytesExcluded - textBytesRefused;
  return [
    ...countMisfits(what, account),
    ...unequal(`text bytes written of ${what}`, textBytesWritten, due),
    ...unequal(`text bytes altered of ${what}`, textBytesAltered, sumOf(account, 'changed', 'textBytes')),
    ...unequal(`text bytes excluded of ${what}`, textBytesExcluded, sumOf(account, 'excluded', 'textBytes')),
    ...unequal(`text bytes refused of ${what}`, textBytesRefused, sumOf(account, 'refused', 'textBytes')),
  ];
}

/** tblChat is the sum of all rooms and of what has none. */
function chatMisfits({ tables, rooms, unplaced }: LedgerDocument): string[] {
  const chat = tables.tblChat;
  const accounts = [...Object.values(rooms), ...Object.values(unplaced)];
  return (['read', 'carried', 'changed', 'excluded', 'refused', 'written'] as const).flatMap((key) =>
    unequal(
      `records ${key} of tblChat`,
      chat?.[key] ?? 0,
      accounts.reduce((sum, account) => sum + account[key], 0),
    ),
  );
}

function sumOf(counts: StateCounts, state: RuleShare['state'], key: 'records' | 'textBytes'): number {
  return Object.values(counts.byRule)
    .flat()
    .reduce((sum, share) => (share.state === state ? sum + share[key] : sum), 0);
}

function unequal(what: string, seen: number, expected: number): string[] {
  return seen === expected ? [] : [`Unexpected ${what}: ${seen}, expected ${expected}`];
}
