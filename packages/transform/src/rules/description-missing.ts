import { carriedNodes, markChanged, placeOf } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # description-missing
 *
 * **Condition.** The description of a room or category is NULL or absent.
 *
 * **Action.** It becomes the empty string, because the target's column does not take NULL. People see no difference.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode.nodeDesc: not null in both generations, though the SDK lets it be null.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed.
 *
 * **Example.** nodeDesc NULL -> empty description
 */
export const descriptionMissing: DirectoryRule = {
  id: 'description-missing',
  severities: ['note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const node of carriedNodes(draft)) {
      if (node.source === null || node.source.nodeDesc !== null) continue;
      markChanged(voice, node);
      const did = 'wrote an empty description';
      voice.say(placeOf(node), {
        message: `Unexpected missing description of ${labelNode(node)}, expected a text; ${did}.`,
        seen: 'NULL',
        expected: 'a text',
        did,
      });
    }
  },
};
