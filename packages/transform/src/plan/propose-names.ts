import { type CategoryDraft, type DirectoryDraft, type RoomDraft, startDraft } from '../directory/draft.js';
import { carriedNodes, LONGEST_TEXT, nameForNameless } from '../directory/final-names.js';
import { nameKey } from '../directory/name-equality.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { targetNames } from '../directory/target-names.js';
import type { TargetInventory } from '../inventory/target-inventory.js';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import type { Decisions } from './decisions.js';
import { KEPT, type NodeAction } from './planned-actions.js';

const NOTHING_LISTED: TargetInventory = { files: [], categories: [], rooms: [], users: null };

/**
 * New names for every node whose name is an error as it stands: too long, empty, equal to another or to one of the
 * target. Where a rule can make one (`longNames: shorten`, `duplicateNames: suffix`) it is that one. By GUID. Memory
 * held: two more drafts of the directory.
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
  const wanted = nodes.map((node) => (node.name === '' ? nameForNameless(node) : node.name));
  const taken = new Set(nodes.map((node) => nameKey(node.name)));
  const names = targetNames(inventory ?? NOTHING_LISTED, wanted);
  const proposals = new Map<string, NodeAction>();
  nodes.forEach((node, index) => {
    const blocked = (node.kind === 'category' ? draft.categories : draft.rooms).get(node.id);
    if (blocked === undefined || node.source === null) return;
    const name = wanted[index] as string;
    const match = names.match({ ...node, name });
    const isMet = match !== null && !(options.targetClashes === 'overwrite' && match.kind === node.kind);
    const isTaken = node.name === '' && taken.has(nameKey(name));
    const newName = isMet || isTaken ? names.propose(name) : name;
    if (newName === blocked.name) return;
    const reason = `proposed: ${faultOf(blocked, isMet)}`;
    proposals.set(node.guid, { ...KEPT, action: 'rename', newName, reason });
  });
  return proposals;
}

function faultOf({ name }: CategoryDraft | RoomDraft, isMet: boolean): string {
  if (name === '') return 'it has no name';
  if (name.length > LONGEST_TEXT) return `its name is longer than ${LONGEST_TEXT} UTF-16 units`;
  return isMet ? 'the target has its name' : 'another room or category has its name';
}
