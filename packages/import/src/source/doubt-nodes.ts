import { type FaultReport, shown } from '../check.js';
import type { TargetCategory, TargetRoom } from '../target-record.js';
import type { Directories } from './compare-directory.js';
import { inForce } from './source-directory.js';

const REMEDY =
  'Look whether an option or the plan has changed this (report.html, sections on categories and decisions); if not, do not import.';

/** Settings of a category by the field of the target, in the words of the cmdlets. */
const SETTINGS = {
  invitations: ['invite', 'invitations'],
  chatHistory: ['logged', 'chat history'],
  fileUpload: ['filePost', 'file upload'],
} as const;

/**
 * Doubts what rules may change and did not have to: a name in which nothing is left of the old one, and a setting of a category that the
 * export gives it neither by itself nor from above. It holds whatever the ledger lists. Memory: nothing beyond both directories.
 */
export function doubtNodes({ source, target, listed }: Directories, fault: FaultReport): void {
  const doubt = (message: string): void =>
    fault({ kind: 'source-doubt', place: null, message, remedy: REMEDY });
  for (const node of [...target.categories, ...target.rooms]) {
    const row = source.nodes.get(node.id);
    if (row === undefined) continue;
    // The name of any other is compared letter by letter.
    const isListed = listed.lists('tblNode', `node ${node.id}`);
    if (isListed && !letters(node.name).includes(letters(row.name))) {
      doubt(
        `Unexpected name ${shown(node.name)} of ${node.kind} ${node.id}, expected ${shown(row.name)} in it`,
      );
    }
    if (node.kind === 'category') doubtSettings(node, { source, doubt });
  }
}

function doubtSettings(
  category: TargetCategory,
  { source, doubt }: Pick<Directories, 'source'> & { readonly doubt: (message: string) => void },
): void {
  const nodes = source.upwards(category.id).flatMap((id) => source.nodes.get(id) ?? []);
  for (const field of ['invitations', 'chatHistory', 'fileUpload'] as const) {
    const [column, words] = SETTINGS[field];
    const values = inForce(nodes, column);
    if (values.length === 0 || values.includes(Number(category[field]))) continue;
    const is = category[field] ? 'on' : 'off';
    doubt(
      `Unexpected ${words} ${is} of category ${category.id}, expected what the export has there or above`,
    );
  }
}

/** What rules leave of a name, whatever they put around it and in the place of characters. */
function letters(name: TargetRoom['name']): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
