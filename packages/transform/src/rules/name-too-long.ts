import type { CategoryDraft, RoomDraft } from '../directory/draft.js';
import {
  carriedNodes,
  LONGEST_KEPT,
  LONGEST_TEXT,
  markChanged,
  placeOf,
  planFileOf,
  shortenName,
} from '../directory/final-names.js';
import { labelNode } from '../directory/label.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # name-too-long
 *
 * **Condition.** A final name, parents included, is longer than 256 UTF-16 units.
 *
 * **Action.** Not shortened: an error with a proposal, because people look for rooms by name. With `shorten` the tail
 * of the name is kept, where the own name stands, followed by `~` and the first eight hex digits of the SHA-256 of the
 * full name (256 units in all, no surrogate pair cut). A name of 1,024 units or more is not counted out.
 *
 * **Option.** `longNames` (default `block`): `block` or `shorten`.
 *
 * **Basis.** G: migration guide, "Migration process details", item on name lengths. O: the way of shortening.
 *
 * **Severity.** error; warning when shortened
 *
 * **Remedy.** Give a shorter name in rooms.csv / categories.csv, or shorten the parents at the source.
 *
 * **Example.** 300 units ending in `…_Night desk` -> the last 247 units and `~9f86d081`
 */
export const nameTooLong: DirectoryRule = {
  id: 'name-too-long',
  severities: ['error', 'warning'],
  basis: ['G', 'O'],
  option: 'longNames',
  apply(draft, options, voice) {
    for (const node of carriedNodes(draft)) {
      if (node.name.length <= LONGEST_TEXT) continue;
      const short = shortenName(node.name);
      if (options.longNames === 'block') {
        voice.say(
          placeOf(node),
          tooLong(
            node,
            'left it as it is',
            `Set a shorter name in ${planFileOf(node)}, for example "${short}".`,
          ),
        );
        continue;
      }
      const did = `shortened it to "${short}"`;
      voice.say(placeOf(node), {
        ...tooLong(node, did, `If another name is wanted, set it in ${planFileOf(node)}.`),
        severity: 'warning',
      });
      node.name = short;
      markChanged(voice, node);
    }
  },
};

function tooLong(node: CategoryDraft | RoomDraft, did: string, remedy: string): Said {
  const { length } = node.name;
  const seen = length < LONGEST_KEPT ? `${length} UTF-16 units` : `${LONGEST_KEPT} UTF-16 units or more`;
  const expected = `at most ${LONGEST_TEXT}`;
  const message = `Unexpected ${seen} in the name of ${labelNode(node)}, expected ${expected}; ${did}.`;
  return { message, seen, expected, did, remedy };
}
