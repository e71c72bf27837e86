import type { CategoryDraft, DirectoryDraft, RoleEntry, RoomDraft } from '../directory/draft.js';
import { countOf, labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # presenter-on-normal-room
 *
 * **Condition.** A Voiced role stands on a normal room (behavior 4) or on a category.
 *
 * **Action.** It is left behind: only an auditorium has presenters, and in a normal room every member may post. Voiced
 * roles of auditoriums become their presenters. This runs before `role-out-of-scope`, so that a role which is left
 * behind anyway gives no second finding.
 *
 * **Option.** None.
 *
 * **Basis.** S: a normal room must not have presenters (New- and Set-CsPersistentChatRoom; TechNet JJ205292);
 * presenters are set on the room itself.
 *
 * **Severity.** warning (one for each node)
 *
 * **Remedy.** If the room should be an auditorium, change it in the source before the export.
 *
 * **Example.** Voiced 12 on normal room 7 -> room 7 without presenters.
 */
export const presenterOnNormalRoom: DirectoryRule = {
  id: 'presenter-on-normal-room',
  severities: ['warning'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const voiced = voicedByNode(draft);
    const misplaced = new Set<RoleEntry>();
    for (const [node, entries] of voiced) {
      if (node.kind === 'room' && node.type === 'Auditorium') {
        node.presenters = new Set(entries.map((entry) => entry.principalId));
        continue;
      }
      const seen = countOf(entries.length, 'presenter');
      voice.say(entries[0]?.row.place ?? null, {
        message: `Unexpected ${seen} of ${labelNode(node)}, expected presenters in auditoriums only; left ${seen} behind.`,
        seen,
        expected: 'presenters in auditoriums only',
        did: `left ${seen} behind`,
        remedy: 'If the room should be an auditorium, change it in the source before the export.',
      });
      for (const entry of entries) {
        voice.excluded(entry.row);
        misplaced.add(entry);
      }
    }
    if (misplaced.size > 0) draft.roles = draft.roles.filter((entry) => !misplaced.has(entry));
  },
};

function voicedByNode(draft: DirectoryDraft): ReadonlyMap<CategoryDraft | RoomDraft, RoleEntry[]> {
  const nodes = new Map<CategoryDraft | RoomDraft, RoleEntry[]>();
  for (const entry of draft.roles) {
    const node = draft.rooms.get(entry.nodeId) ?? draft.categories.get(entry.nodeId);
    if (entry.role !== 'Voiced' || node === undefined) continue;
    const entries = nodes.get(node);
    if (entries === undefined) nodes.set(node, [entry]);
    else entries.push(entry);
  }
  return nodes;
}
