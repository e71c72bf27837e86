import { emptyInventory } from './inventory-failure.js';
import { InventoryText } from './inventory-text.js';
import { itemOf, roomOf, unknownRecord, userOf } from './listed-items.js';
import { listedRecords } from './listed-records.js';
import { kindOf } from './record-kind.js';
import type {
  InventoryFile,
  TargetInventory,
  TargetItem,
  TargetRoom,
  TargetUser,
  TargetUsers,
} from './target-inventory.js';

interface Listed {
  readonly categories: TargetItem[];
  readonly rooms: TargetRoom[];
  readonly users: TargetUser[];
  listsUsers: boolean;
}

/**
 * Reads lists of the target's rooms and categories and of Active Directory's users, in whatever order and mixture, as
 * `ConvertTo-Json` or `Export-Csv` write them (PowerShell 5 and 7; UTF-8 or UTF-16). Each file is read once.
 *
 * Memory: names, identities, addresses and GUIDs; of one record at a time, 2048 UTF-16 units of each value.
 *
 * Throws `RunFailure`: 'arguments' for a file that is empty, damaged or lists something else (with file and line),
 * 'input-encoding', 'input-missing', 'input-unreadable'.
 *
 * Source of the property names: cmdlet pages of Get-CsPersistentChatRoom, Get-CsPersistentChatCategory, Get-CsUser.
 */
export async function readInventory(paths: readonly string[]): Promise<TargetInventory> {
  const all: Listed = { categories: [], rooms: [], users: [], listsUsers: false };
  const files: InventoryFile[] = [];
  for (const path of paths) {
    const file = new InventoryText(path);
    const listed = await readFile(file);
    const isAscii =
      file.isAscii && [...listed.categories, ...listed.rooms].every(({ name }) => isAsciiText(name));
    for (const item of listed.categories) all.categories.push(withDoubt(item, isAscii));
    for (const room of listed.rooms) all.rooms.push(withDoubt(room, isAscii));
    for (const user of listed.users) all.users.push(user);
    all.listsUsers ||= listed.listsUsers;
    files.push(file.seal());
  }
  return {
    files,
    categories: all.categories,
    rooms: all.rooms,
    users: all.listsUsers ? byKeys(all.users) : null,
  };
}

async function readFile(file: InventoryText): Promise<Listed> {
  const listed: Listed = { categories: [], rooms: [], users: [], listsUsers: false };
  let isEmpty = true;
  for await (const { record, isHeader } of listedRecords(file)) {
    isEmpty = false;
    const kind = kindOf(record);
    if (kind === null) throw unknownRecord(record);
    if (kind === 'user') listed.listsUsers = true;
    if (isHeader) continue;
    if (kind === 'user') listed.users.push(userOf(record));
    else if (kind === 'room') listed.rooms.push(roomOf(record));
    else listed.categories.push(itemOf(record));
  }
  if (isEmpty) throw emptyInventory(file.at(1));
  return listed;
}

function withDoubt<Item extends TargetItem>(item: Item, isAscii: boolean): Item {
  return isAscii && item.name.includes('?') ? { ...item, mayHoldReplaced: true } : item;
}

function isAsciiText(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function byKeys(users: readonly TargetUser[]): TargetUsers {
  const byGuid = new Map<string, TargetUser>();
  const bySipUri = new Map<string, TargetUser>();
  for (const user of users) {
    if (user.guid !== null && !byGuid.has(user.guid)) byGuid.set(user.guid, user);
    if (user.sipUri !== null && !bySipUri.has(user.sipUri)) bySipUri.set(user.sipUri, user);
  }
  return { byGuid, bySipUri };
}
