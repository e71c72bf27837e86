import { shown } from '../check.js';
import type { TargetCategory, TargetPrincipal } from '../target-record.js';
import { type Directories, PRINCIPAL_KINDS } from './compare-directory.js';
import type { Doubt } from './compare-rights.js';
import { inForce, PRINCIPAL_TEXTS, type SourcePrincipal } from './source-directory.js';

/** Settings of a category by the field of the target, in the words of the cmdlets. */
const SETTINGS = {
  invitations: ['invite', 'invitations'],
  chatHistory: ['logged', 'chat history'],
  fileUpload: ['filePost', 'file upload'],
} as const;

/**
 * What may be changed of a record that the ledger lists as changed, and no more: names keep their letters, a room its category, a
 * category the settings that the export gives it there or from above, a principal its texts; nobody is enabled again, and nobody
 * belongs to what he did not belong to. Memory: nothing beyond both directories.
 */
export function compareChanged(directories: Directories, doubt: Doubt): void {
  compareNodes(directories, doubt);
  comparePrincipals(directories, doubt);
  compareAffiliations(directories, doubt);
}

function compareNodes({ source, target, listed }: Directories, doubt: Doubt): void {
  for (const node of [...target.categories, ...target.rooms]) {
    const row = source.nodes.get(node.id);
    if (row === undefined) continue;
    if (node.kind === 'category') compareSettings(node, { source, doubt });
    // Any other is compared letter by letter.
    if (!listed.lists('tblNode', `node ${node.id}`)) continue;
    const called = `${node.kind} ${node.id}`;
    if (!letters(node.name).includes(letters(row.name))) {
      doubt(`Unexpected name ${shown(node.name)} of ${called}, expected ${shown(row.name)} in it`);
    }
    if (!letters(row.description).startsWith(letters(node.description))) {
      doubt(`Unexpected description ${shown(node.description)} of ${called}, expected that of the export`);
    }
    const isWithParent = row.parentId !== null && target.categoryById.has(row.parentId);
    if (node.kind === 'room' && isWithParent && node.categoryId !== row.parentId) {
      doubt(`Unexpected category ${node.categoryId} of ${called}, expected ${row.parentId}`);
    }
  }
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
      `Unexpected ${words} ${is} of category ${category.id}, expected what the export has there or above`,
    );
  }
}

function comparePrincipals({ source, target, listed }: Directories, doubt: Doubt): void {
  for (const principal of target.principals) {
    const row = source.principals.get(principal.id);
    if (row === undefined || !listed.lists('tblPrincipal', `principal ${principal.id}`)) continue;
    for (const field of Object.keys(PRINCIPAL_TEXTS) as (keyof typeof PRINCIPAL_TEXTS)[]) {
      const text = principal[field] ?? '';
      if (letters(text) === letters(row.texts[field])) continue;
      doubt(
        `Unexpected ${field} ${shown(text)} of principal ${principal.id}, expected ${shown(row.texts[field])}`,
      );
    }
    if (isEnabledAgain(principal, row)) {
      doubt(`Unexpected active principal ${principal.id}, expected it disabled`);
    }
  }
}

/** Federated users and types that are not known are active in no package. */
function isEnabledAgain({ disabled }: TargetPrincipal, row: SourcePrincipal): boolean {
  const isOfTarget = row.typeId !== null && row.typeId in PRINCIPAL_KINDS;
  return disabled === 0 && (!isOfTarget || (row.disabled !== null && row.disabled !== 0));
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
      `Unexpected affiliation of principal ${principalId} to ${stranger}, expected only those of the export`,
    );
  }
}

/** What rules leave of a text, whatever they put around it and in the place of characters. */
function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
