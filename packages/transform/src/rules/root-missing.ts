import { type NodeRow, RunFailure } from '@chatferry/export';
import type { DirectoryDraft } from '../directory/draft.js';
import { labelRow } from '../directory/label.js';
import { ROOT_ID, standingNodes } from '../directory/node-rows.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # root-missing
 *
 * **Condition.** No node is its own parent, or node 1 is missing, is not a category or has another parent.
 *
 * **Action.** The run stops with exit code 2, because without its root the tree cannot be read: neither inherited
 * members and settings nor the rooms' categories could be told.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode: the root is nodeID 1, a category, and its own parent.
 *
 * **Severity.** error
 *
 * **Remedy.** Export the whole of tblNode from one database, with the columns nodeID, parentID and nodeType.
 *
 * **Example.** An export that holds only the rows of one department -> stop: node 1 is missing.
 */
export const rootMissing: DirectoryRule = {
  id: 'root-missing',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const root = standingNodes(draft).get(ROOT_ID);
    const seen = faultOf(draft, root);
    if (seen === null) return;
    const place = root?.place ?? null;
    const expected = 'node 1 to be a category and its own parent';
    const did = 'stopped, because the tree cannot be read';
    const message = `Unexpected ${seen}, expected ${expected}; ${did}.`;
    const remedy = 'Export the whole of tblNode from one database; Export-GroupChat.ps1 does so.';
    voice.say(place, { message, seen, expected, did, remedy });
    const code = draft.source.nodes.length === 0 ? 'input-table-missing' : 'input-not-an-export';
    throw new RunFailure(code, message, remedy, place === null ? {} : { place });
  },
};

function faultOf(draft: DirectoryDraft, root: NodeRow | undefined): string | null {
  if (draft.source.nodes.length === 0) return 'export without rows of tblNode';
  if (root === undefined) return goneRoot(draft);
  if (!root.nodeType) return `${labelRow(root)} as root`;
  if (root.parentID === ROOT_ID) return null;
  return `parent ${root.parentID ?? 'NULL'} of root ${labelRow(root)}`;
}

function goneRoot(draft: DirectoryDraft): string {
  const refused = draft.source.nodes.find((row) => row.nodeID === ROOT_ID);
  if (refused === undefined) return 'tblNode without node 1';
  return `node 1 refused by ${draft.fates.of(refused).rule}`;
}
