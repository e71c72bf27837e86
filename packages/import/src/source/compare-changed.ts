import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { shown } from '../check.js';
import type { TargetCategory, TargetPrincipal, TargetRoom } from '../target-record.js';
import { activeIds, type Directories, PRINCIPAL_KINDS } from './compare-directory.js';
import type { Doubt } from './decisions.js';
import { withReplacements } from './listed-exceptions.js';
import {
  inForce,
  PRINCIPAL_TEXTS,
  ROOT,
  type SourceDirectory,
  type SourcePrincipal,
} from './source-directory.js';

/** Settings of a category by the field of the target, in the words of the cmdlets. */
const SETTINGS = {
  invitations: ['invite', 'invitations'],
  chatHistory: ['logged', 'chat history'],
  fileUpload: ['filePost', 'file upload'],
} as const;

/**
 * What may be changed of a record that the ledger lists as changed, and no more: names keep their letters, behind those
 * of the categories above; a room keeps its category, a category the settings that the export gives it there or from
 * above, a principal its kind and texts; nobody is enabled again, and nobody belongs to what he did not belong to. A
 * category that the export does not have is there for the rooms of the root alone. Memory: nothing beyond both
 * directories.
 */
export function compareChanged(directories: Directories, doubt: Doubt): void {
  compareNodes(directories, doubt);
  if (!directories.isPart) compareMadeCategories(directories, doubt);
  comparePrincipals(directories, doubt);
  sayReplaced(directories, doubt);
  compareAffiliations(directories, doubt);
}

function compareNodes(directories: Directories, doubt: Doubt): void {
  const { source, target, listed } = directories;
  for (const category of target.categories) compareSettings(category, { source, doubt });
  for (const node of [...target.categories, ...target.rooms]) {
    const row = source.nodes.get(node.id);
    if (row === undefined) continue;
    // Any other is compared letter by letter.
    if (!listed.lists('tblNode', `node ${node.id}`)) continue;
    if (node.kind === 'room') compareInvitations(directories, node, doubt);
    const called = `${node.kind} ${node.id}`;
    if (node.guid !== row.guid)
      doubt('nothing', `Unexpected GUID ${node.guid} of ${called}, expected ${row.guid}`);
    if (!namesOf(source, node.id).includes(letters(node.name))) {
      doubt(
        'name',
        `Unexpected name ${shown(node.name)} of ${called}, expected ${shown(row.name)}, behind the names above it at most`,
      );
    }
    if (node.description !== withReplacements(row.description)) {
      doubt(
        'description',
        `Unexpected description ${shown(node.description)} of ${called}, expected that of the export`,
      );
    }
    const isWithParent = row.parentId !== null && target.categoryById.has(row.parentId);
    const isMade = row.parentId === ROOT && node.kind === 'room' && !source.nodes.has(node.categoryId);
    if (node.kind === 'room' && node.categoryId !== row.parentId && (isWithParent || !isMade)) {
      doubt('category', `Unexpected category ${node.categoryId} of ${called}, expected ${row.parentId}`);
    }
  }
}

/**
 * Letters of a node's name, and of it behind the names of one or more categories above; the root has no part in names.
 */
function namesOf(source: SourceDirectory, nodeId: number): string[] {
  const names: string[] = [];
  let name = '';
  for (const id of source.upwards(nodeId)) {
    if (id === ROOT) break;
    name = letters(source.nodes.get(id)?.name ?? '') + name;
    names.push(name);
  }
  return names;
}

/** A room can only switch off what its category has on. */
function compareInvitations({ source, target }: Directories, room: TargetRoom, doubt: Doubt): void {
  const nodes = source.upwards(room.id).flatMap((id) => source.nodes.get(id) ?? []);
  const isOn = target.categoryById.get(room.categoryId)?.invitations === true;
  const own = nodes[0]?.invite ?? null;
  const expected = own === 0 || (own === 1 && !isOn) ? 'False' : 'Inherit';
  const isForced = nodes.slice(1).some(({ forces }) => forces);
  if (room.invitations === expected || (isForced && room.invitations === 'Inherit')) return;
  doubt('setting', `Unexpected invitations ${room.invitations} of room ${room.id}, expected ${expected}`);
}

function compareMadeCategories(directories: Directories, doubt: Doubt): void {
  const { source, target } = directories;
  const made = target.categories.filter(({ id }) => !source.nodes.has(id));
  for (const [index, category] of made.entries()) {
    const { id, name } = category;
    const rooms = target.rooms.filter(({ categoryId }) => categoryId === id);
    if (index === 0 && rooms.some((room) => source.nodes.get(room.id)?.parentId === ROOT)) {
      compareMadeCategory(directories, category, doubt);
      continue;
    }
    doubt(
      'category',
      `Unexpected category ${id} ${shown(name)}, expected only those of the export and one for the rooms of its root`,
    );
  }
}

/** Its name is decided, with a number behind it where that is taken; its GUID comes of the root's and the name. */
function compareMadeCategory(
  { source, decisions }: Directories,
  { id, guid, name, description }: TargetCategory,
  doubt: Doubt,
): void {
  const decided = decisions.options?.get('rootRoomsCategory') ?? ROOT_ROOMS;
  const bare = name.replace(/_\d+$/, '');
  const root = source.nodes.get(ROOT)?.guid ?? '';
  const pairs = [
    ['name', name, bare === decided || name === decided ? name : decided],
    ['description', description, ''],
    ['GUID', guid, uuidOf(root, name)],
  ] as const;
  for (const [what, seen, expected] of pairs) {
    if (seen === expected) continue;
    doubt(
      'category',
      `Unexpected ${what} ${shown(seen)} of category ${id} for the rooms of the root, expected ${shown(String(expected))}`,
    );
  }
}

/** The category for rooms of the root where nobody has decided its name. */
const ROOT_ROOMS = 'General';

/** UUID of version 5 (RFC 9562, section 5.5), in lower case. */
function uuidOf(namespace: string, name: string): string {
  const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const hex = createHash('sha1').update(bytes).update(name, 'utf8').digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

function compareSettings(
  category: TargetCategory,
  { source, doubt }: Pick<Directories, 'source'> & { readonly doubt: Doubt },
): void {
  const nodes = source.upwards(category.id).flatMap((id) => source.nodes.get(id) ?? []);
  for (const field of ['invitations', 'chatHistory', 'fileUpload'] as const) {
    const [column, words] = SETTINGS[field];
    if (inForce(nodes, column).includes(Number(category[field]))) continue;
    const is = category[field] ? 'on' : 'off';
    doubt(
      'setting',
      `Unexpected ${words} ${is} of category ${category.id}, expected what the export has there or above`,
    );
  }
}

function comparePrincipals(directories: Directories, doubt: Doubt): void {
  const { source, target, listed } = directories;
  const active = activeIds(directories);
  for (const principal of target.principals) {
    const row = source.principals.get(principal.id);
    if (row === undefined || !listed.lists('tblPrincipal', `principal ${principal.id}`)) continue;
    const kind =
      row.typeId === null ? undefined : (PRINCIPAL_KINDS[row.typeId] ?? FEDERATED_KINDS[row.typeId]);
    if (kind !== undefined && principal.principalKind !== kind) {
      doubt(
        'nothing',
        `Unexpected kind ${principal.principalKind} of principal ${principal.id}, expected ${kind}`,
      );
    }
    for (const field of Object.keys(PRINCIPAL_TEXTS) as (keyof typeof PRINCIPAL_TEXTS)[]) {
      const text = principal[field] ?? '';
      if (text === withReplacements(row.texts[field])) continue;
      doubt(
        'principal',
        `Unexpected ${field} ${shown(text)} of principal ${principal.id}, expected ${shown(row.texts[field])}`,
      );
    }
    if (!active.has(principal.id) && isEnabledAgain(principal, row)) {
      doubt('principal', `Unexpected active principal ${principal.id}, expected it disabled`);
    }
  }
}

/** By prinTypeID. */
const FEDERATED_KINDS: typeof PRINCIPAL_KINDS = { 7: 'user', 11: 'group' };

/** Federated users and types that are not known are active in no package. */
function isEnabledAgain({ disabled }: TargetPrincipal, row: SourcePrincipal): boolean {
  const isOfTarget = row.typeId !== null && row.typeId in PRINCIPAL_KINDS;
  return disabled === 0 && (!isOfTarget || (row.disabled !== null && row.disabled !== 0));
}

/** Who takes somebody's place as an author is for the plan to say: it is compared with nothing. */
function sayReplaced({ source, listed }: Directories, doubt: Doubt): void {
  const [first, ...others] = [...listed.remappedPrincipals].sort((one, other) => one - other);
  if (first === undefined) return;
  const texts = source.principals.get(first)?.texts;
  const name = texts === undefined ? '' : ` ${shown(texts.displayName || texts.name || texts.uri)}`;
  const more = others.length === 0 ? '' : `, the first of ${others.length + 1} so`;
  doubt(
    'principal',
    `Unexpected others in the place of principal ${first}${name}, expected the messages and rights to be of whom the export names${more}`,
  );
}

function compareAffiliations({ source, target, listed }: Directories, doubt: Doubt): void {
  const same = source.sameAs(listed.remappedPrincipals);
  const known = new Set<string>();
  for (const [id, groups] of source.affiliations) {
    for (const group of groups) known.add(`${same.get(id) ?? id} ${same.get(group) ?? group}`);
  }
  for (const { principalId, groupIds } of target.affiliations) {
    const stranger = groupIds.find((group) => !known.has(`${principalId} ${group}`));
    if (stranger === undefined) continue;
    doubt(
      'principal',
      `Unexpected affiliation of principal ${principalId} to ${stranger}, expected only those of the export`,
    );
  }
}

/** What rules leave of a name, whatever they put in the place of characters. */
function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
