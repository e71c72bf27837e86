import type { LedgerDocument, RoomAccount, StateCounts } from '@chatferry/import';
import type { DiffRecord, FieldValue } from './diff-record.js';

/**
 * The accounts of a ledger for comparison; a rule's share is in the fields `byRule.<rule>.<state>.records` and
 * `….textBytes`.
 */
export function ledgerRecords(ledger: LedgerDocument): Map<string, readonly DiffRecord[]> {
  return new Map<string, readonly DiffRecord[]>([
    ['ledgerTable', accountRecords('table', ledger.tables)],
    ['ledgerRoom', accountRecords('room', ledger.rooms)],
    ['ledgerUnplaced', accountRecords('channel', ledger.unplaced)],
  ]);
}

function accountRecords(
  of: string,
  accounts: Readonly<Record<string, StateCounts | RoomAccount>>,
): DiffRecord[] {
  return Object.entries(accounts).map(([id, account]) => {
    const key = `account of ${of} ${id}`;
    const fields = [...plainFields(account), ...ruleFields(account)];
    return { key, names: fields.map(([name]) => name), values: fields.map(([, value]) => value) };
  });
}

function plainFields(account: StateCounts): [string, FieldValue][] {
  return Object.entries(account)
    .filter(([name]) => name !== 'byRule')
    .map(([name, value]) => [name, value === null ? null : String(value)]);
}

function ruleFields({ byRule }: StateCounts): [string, FieldValue][] {
  return Object.entries(byRule).flatMap(([rule, shares]) =>
    shares.flatMap(({ state, records, textBytes }): [string, FieldValue][] => [
      [`byRule.${rule}.${state}.records`, String(records)],
      [`byRule.${rule}.${state}.textBytes`, String(textBytes)],
    ]),
  );
}
