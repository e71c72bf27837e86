import { type CategoryDraft, type DirectoryDraft, type RoomDraft, startDraft } from '../directory/draft.js';
import { carriedNodes, LONGEST_TEXT, nameForNameless } from '../directory/final-names.js';
import { nameKey } from '../directory/name-equality.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import type { Decisions } from './decisions.js';
import { KEPT, type NodeAction } from './planned-actions.js';

/**
 * New names for every node whose name is an error as it stands: too long, equal to another, or empty. They are those
 * that the rules would give under `longNames: shorten` and `duplicateNames: suffix`. By GUID. Memory held: two more drafts
 * of the directory.
 *
 * @param decisions nodes that are excluded; their names are free.
 */
export function proposeNames(
  { source, inventory }: DirectoryDraft,
  options: TransformOptions,
  decisions: Decisions,
): Map<string, NodeAction> {
  const draftUnder = (given: TransformOptions): DirectoryDraft => {
    const begun = startDraft(source, { inventory, decisions });
    runDirectoryRules(DIRECTORY_RULES, begun, given, () => undefined);
    return begun;
  };
  const draft = draftUnder({ ...options, longNames: 'block', duplicateNames: 'block' });
  const second = draftUnder({ ...options, longNames: 'shorten', duplicateNames: 'suffix' });
  const nodes = carriedNodes(second);
  const taken = new Set(nodes.map((node) => nameKey(node.name)));
  const proposals = new Map<string, NodeAction>();
  for (const node of nodes) {
    const blocked = (node.kind === 'category' ? draft.categories : draft.rooms).get(node.id);
    if (blocked === undefined || node.source === null) continue;
    const newName = node.name === '' ? freeName(node, taken) : node.name;
    if (newName === blocked.name) continue;
    proposals.set(node.guid, { ...KEPT, action: 'rename', newName, reason: `proposed: ${faultOf(blocked)}` });
  }
  return proposals;
}

function freeName(node: CategoryDraft | RoomDraft, taken: Set<string>): string {
  const wanted = nameForNameless(node);
  let name = wanted;
  for (let number = 2; taken.has(nameKey(name)); number++) name = `${wanted}_${number}`;
  taken.add(nameKey(name));
  return name;
}

function faultOf({ name }: CategoryDraft | RoomDraft): string {
  if (name === '') return 'it has no name';
  if (name.length > LONGEST_TEXT) return `its name is longer than ${LONGEST_TEXT} UTF-16 units`;
  return 'another room or category has its name';
}
