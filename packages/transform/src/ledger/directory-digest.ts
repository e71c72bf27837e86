import { createHash, type Hash } from 'node:crypto';
import type {
  Audit,
  DirectoryAccount,
  DirectoryAccounts,
  LastChatIds,
  TargetDirectory,
} from '@chatferry/import';

/**
 * The rows of the directory that are handed to the package writer, counted and hashed by the definition in the import
 * room's ledger.ts. The reading side does the same with code of its own, so that a mistake of one shows in the other.
 *
 * @param directory lists ascending by id.
 * @param lastChatIds the counters that are written; those in `directory` are the source's.
 */
export function digestDirectory(directory: TargetDirectory, lastChatIds: LastChatIds): DirectoryAccounts {
  const principal = new RowDigest();
  for (const record of directory.principals) {
    const { id, guid, uri, principalKind, disabled, name, displayName } = record;
    const { company, email, adPath, userPrincipalName } = record;
    principal.row(
      id,
      guid,
      uri,
      principalKind,
      disabled,
      name,
      displayName,
      company,
      email,
      adPath,
      userPrincipalName,
    );
  }
  const affiliation = new RowDigest();
  for (const { principalId, groupIds } of directory.affiliations) {
    for (const groupId of groupIds) affiliation.row(principalId, groupId);
  }
  const addIn = new RowDigest();
  for (const { id, name, url } of directory.addIns) addIn.row(id, name, url);
  const node = new RowDigest();
  const scope = new RowDigest();
  const role = new RowDigest();
  for (const category of directory.categories) {
    const { id, guid, name, description, invitations, chatHistory, fileUpload } = category;
    node.row(id, guid, name, description, invitations, chatHistory, fileUpload, ...audit(category));
    for (const principalId of category.allowed) scope.row(id, principalId, false);
    for (const principalId of category.denied) scope.row(id, principalId, true);
    for (const principalId of category.creators) role.row(id, principalId, 'creator');
  }
  const counter = new RowDigest();
  for (const room of directory.rooms) {
    const { id, guid, categoryId, name, description, disabled, type, privacy, invitations, addInId } = room;
    node.row(
      ...[id, guid, categoryId, name, description, disabled, type, privacy, invitations, addInId],
      ...audit(room),
    );
    for (const principalId of room.managers) role.row(id, principalId, 'manager');
    for (const principalId of room.members) role.row(id, principalId, 'member');
    for (const principalId of room.presenters) role.row(id, principalId, 'presenter');
    const lastChatId = lastChatIds.get(id);
    if (lastChatId !== undefined) counter.row(id, lastChatId);
  }
  return {
    tblLastChatId: counter.account(),
    tblNode: node.account(),
    tblPrincipal: principal.account(),
    tblPrincipalAffiliations: affiliation.account(),
    tblPrincipalRole: role.account(),
    tblScopePrincipal: scope.account(),
    tblSiopWhiteList: addIn.account(),
  };
}

type Column = string | number | bigint | boolean | null;

const BLOCK_BYTES = 1 << 16;

/** One table's rows on their way into SHA-256, in blocks because a call costs more than hashing a row. */
class RowDigest {
  readonly #hash: Hash = createHash('sha256');
  #rows = 0;
  #block: string[] = [];
  #length = 0;

  row(...columns: readonly Column[]): void {
    const text = `${columns.map(columnText).join('\u001f')}\u001e`;
    this.#rows += 1;
    this.#block.push(text);
    this.#length += text.length;
    if (this.#length >= BLOCK_BYTES) this.#flush();
  }

  account(): DirectoryAccount {
    this.#flush();
    return { rows: this.#rows, sha256: this.#hash.digest('hex') };
  }

  #flush(): void {
    this.#hash.update(this.#block.join(''), 'utf8');
    this.#block = [];
    this.#length = 0;
  }
}

function columnText(column: Column): string {
  switch (column) {
    case null:
      return '\u0000';
    case true:
      return '1';
    case false:
      return '0';
    default:
      return `${column}`;
  }
}

function audit({ addedBy, addedOn, updatedBy, updatedOn }: Audit): Column[] {
  return [addedBy, addedOn, updatedBy, updatedOn];
}
