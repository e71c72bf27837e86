import type { DirectoryReading, DirectoryRow } from '@chatferry/export';
import type { DirectoryDraft } from '../directory/draft.js';
import type { Ledger } from './ledger.js';
import type { LedgerExceptions } from './ledger-exceptions.js';

export const TABLE_OF_KIND: Readonly<Record<DirectoryRow['kind'], string>> = {
  node: 'tblNode',
  principal: 'tblPrincipal',
  principalType: 'tblPrincipalType',
  roleType: 'tblRoleType',
  principalRole: 'tblPrincipalRole',
  scopePrincipal: 'tblScopePrincipal',
  siopWhiteList: 'tblSiopWhiteList',
  lastChatId: 'tblLastChatId',
  enumValue: 'tblEnumValue',
  principalAffiliation: 'tblPrincipalAffiliations',
  principalInvite: 'tblPrincipalInvites',
};

const MESSAGES = 'tblChat';
const DAMAGED = 'record-not-well-formed';
/** Damaged messages have no channel that can be trusted; they stand under this number in `unplaced`. */
const NO_CHANNEL = 0;

/**
 * Enters every row that is not a message into the ledger: rows by their fate, damaged rows as refused, rows of tables
 * that no package holds as excluded. Damaged messages are entered too, since no rule has seen them.
 */
export function settleTables(
  { counts, directory }: DirectoryReading,
  draft: DirectoryDraft,
  to: { readonly ledger: Ledger; readonly exceptions: LedgerExceptions },
): void {
  for (const rows of Object.values(directory) as (readonly DirectoryRow[])[]) {
    for (const row of rows) settleRow(row, draft, to);
  }
  for (const count of counts.list()) {
    if (count.name === MESSAGES) {
      for (let i = 0; i < count.damaged; i++) to.ledger.unplaced(NO_CHANNEL).refused(DAMAGED, 0);
      to.ledger.messagesRead(count.rows);
      continue;
    }
    if (count.name === '') continue;
    const account = to.ledger.table(count.name);
    if (count.damaged > 0) {
      account.read(count.damaged);
      account.settle('refused', DAMAGED, count.damaged);
    }
    if (count.table?.role !== 'directory' && count.rows > count.damaged) {
      account.read(count.rows - count.damaged);
      account.settle(
        'excluded',
        count.table === null ? 'table-unknown' : 'table-left-behind',
        count.rows - count.damaged,
      );
    }
  }
}

function settleRow(
  row: DirectoryRow,
  draft: DirectoryDraft,
  to: { readonly ledger: Ledger; readonly exceptions: LedgerExceptions },
): void {
  const table = TABLE_OF_KIND[row.kind];
  const { state, rule } = draft.fates.of(row);
  const account = to.ledger.table(table);
  account.read();
  account.settle(state, rule);
  if (state === 'carried' || rule === null) return;
  to.exceptions.row({ table, key: row.place.record ?? '', place: row.place, state, rule });
}
