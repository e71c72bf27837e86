import { carriedNodes, LONGEST_TEXT, placeOf, planFileOf } from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # description-too-long
 *
 * **Condition.** The description of a room or category is longer than 256 UTF-16 units, which no Group Chat database
 * holds.
 *
 * **Action.** An error; the description is carried as it is, because cutting it would lose text.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, tblNode.nodeDesc: nvarchar(256).
 *
 * **Severity.** error
 *
 * **Remedy.** Shorten the description at the source or in rooms.csv / categories.csv.
 *
 * **Example.** A description of 257 units -> error
 */
export const descriptionTooLong: DirectoryRule = {
  id: 'description-too-long',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const node of carriedNodes(draft)) {
      if (node.description.length <= LONGEST_TEXT) continue;
      const seen = `${node.description.length} UTF-16 units`;
      const did = 'left it as it is';
      voice.say(placeOf(node), {
        message: `Unexpected ${seen} in the description of ${labelNode(node)}, expected at most ${LONGEST_TEXT}; ${did}.`,
        seen,
        expected: `at most ${LONGEST_TEXT}`,
        did,
        remedy: `Shorten the description at the source or in ${planFileOf(node)}.`,
      });
    }
  },
};
