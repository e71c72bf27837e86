import { createHash } from 'node:crypto';
import type { DirectoryAccount, DirectoryAccounts } from '../ledger/ledger.js';
import type {
  TargetAddIn,
  TargetAffiliation,
  TargetCategory,
  TargetDirectory,
  TargetLastChatId,
  TargetPrincipal,
  TargetRoom,
} from '../target-record.js';

type Column = string | number | bigint | boolean | null;
type Row = readonly Column[];

/** Text handed to the hash at once, in UTF-16 units. */
const BLOCK_UNITS = 1 << 16;
const END_OF_COLUMN = '\u001f';
const END_OF_ROW = '\u001e';
const NULL = '\u0000';

/**
 * Counts and hashes what was read back of the directory, by the definition in `ledger.ts` and by nobody else's code:
 * the writing side has its own. Memory held: the order of one list, and a block of text.
 */
export function directoryAccounts(directory: TargetDirectory): DirectoryAccounts {
  const { principals, affiliations, addIns, lastChatIds } = directory;
  const categories = ascending(directory.categories, ({ id }) => id);
  const rooms = ascending(directory.rooms, ({ id }) => id);
  return {
    tblPrincipal: account(principalRows(ascending(principals, ({ id }) => id))),
    tblPrincipalAffiliations: account(
      affiliationRows(ascending(affiliations, ({ principalId }) => principalId)),
    ),
    tblSiopWhiteList: account(addInRows(ascending(addIns, ({ id }) => id))),
    tblNode: account(nodeRows(categories, rooms)),
    tblScopePrincipal: account(scopeRows(categories)),
    tblPrincipalRole: account(roleRows(categories, rooms)),
    tblLastChatId: account(counterRows(ascending(lastChatIds, ({ roomId }) => roomId))),
  };
}

function* principalRows(principals: readonly TargetPrincipal[]): Generator<Row> {
  for (const it of principals) {
    const names = [it.name, it.displayName, it.company, it.email, it.adPath, it.userPrincipalName];
    yield [it.id, it.guid, it.uri, it.principalKind, it.disabled, ...names];
  }
}

function* affiliationRows(affiliations: readonly TargetAffiliation[]): Generator<Row> {
  for (const { principalId, groupIds } of affiliations) {
    for (const groupId of groupIds) yield [principalId, groupId];
  }
}

function* addInRows(addIns: readonly TargetAddIn[]): Generator<Row> {
  for (const { id, name, url } of addIns) yield [id, name, url];
}

function* counterRows(lastChatIds: readonly TargetLastChatId[]): Generator<Row> {
  for (const { roomId, id } of lastChatIds) yield [roomId, id];
}

function* nodeRows(categories: readonly TargetCategory[], rooms: readonly TargetRoom[]): Generator<Row> {
  for (const it of categories) {
    const flags = [it.invitations, it.chatHistory, it.fileUpload];
    yield [it.id, it.guid, it.name, it.description, ...flags, ...auditOf(it)];
  }
  for (const it of rooms) {
    const settings = [it.disabled, it.type, it.privacy, it.invitations, it.addInId];
    yield [it.id, it.guid, it.categoryId, it.name, it.description, ...settings, ...auditOf(it)];
  }
}

function auditOf({ addedBy, addedOn, updatedBy, updatedOn }: TargetCategory | TargetRoom): Row {
  return [addedBy, addedOn, updatedBy, updatedOn];
}

function* scopeRows(categories: readonly TargetCategory[]): Generator<Row> {
  for (const { id, allowed, denied } of categories) {
    for (const principalId of allowed) yield [id, principalId, false];
    for (const principalId of denied) yield [id, principalId, true];
  }
}

function* roleRows(categories: readonly TargetCategory[], rooms: readonly TargetRoom[]): Generator<Row> {
  for (const { id, creators } of categories) {
    for (const principalId of creators) yield [id, principalId, 'creator'];
  }
  for (const { id, managers, members, presenters } of rooms) {
    for (const principalId of managers) yield [id, principalId, 'manager'];
    for (const principalId of members) yield [id, principalId, 'member'];
    for (const principalId of presenters) yield [id, principalId, 'presenter'];
  }
}

function account(rows: Iterable<Row>): DirectoryAccount {
  const hash = createHash('sha256');
  let count = 0;
  let block = '';
  for (const row of rows) {
    count += 1;
    block += row.map(columnText).join(END_OF_COLUMN) + END_OF_ROW;
    if (block.length < BLOCK_UNITS) continue;
    hash.update(block, 'utf8');
    block = '';
  }
  return { rows: count, sha256: hash.update(block, 'utf8').digest('hex') };
}

function columnText(column: Column): string {
  if (column === null) return NULL;
  return typeof column === 'boolean' ? String(Number(column)) : String(column);
}

/** Stable; texts by code unit. */
function ascending<Item, Key extends number | string>(
  items: readonly Item[],
  key: (item: Item) => Key,
): Item[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
