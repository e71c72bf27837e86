import type { CategoryDraft, RoomDraft } from '../directory/draft.js';
import {
  carriedNodes,
  cleanName,
  markChanged,
  nameForNameless,
  placeOf,
  planFileOf,
  unusableCharacters,
} from '../directory/final-names.js';
import { codePoints, labelNode, quoteName } from '../directory/label.js';
import { isNamedByPlan } from '../directory/planned-nodes.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # name-unusable
 *
 * **Condition.** A node's own name begins or ends with a blank, holds a backslash, a control character or a character
 * that XML 1.0 cannot hold, or nothing is left of it.
 *
 * **Action.** The own name is cleaned before any prefix is put in front: white space at its ends is removed, each of
 * those characters is replaced by the separator. An empty name is an error with a proposal and is not prefixed.
 *
 * **Option.** `separator` (default `_`): replaces the characters.
 *
 * **Basis.** S: cmdlet pages: identities are `pool\name`; XML 1.0, production Char. O: what replaces them is our
 * decision.
 *
 * **Severity.** warning; error for an empty name
 *
 * **Remedy.** Give the node another name at the source or in rooms.csv / categories.csv.
 *
 * **Example.** ` Ops\Night ` -> `Ops_Night`
 */
export const nameUnusable: DirectoryRule = {
  id: 'name-unusable',
  severities: ['warning', 'error'],
  basis: ['S', 'O'],
  option: 'separator',
  apply(draft, options, voice) {
    for (const node of carriedNodes(draft)) {
      const name = cleanName(node.name, options.separator);
      if (name === node.name && name !== '') continue;
      if (!isNamedByPlan(draft, node)) {
        voice.say(placeOf(node), name === '' ? empty(node) : cleaned(node, name));
        if (name !== node.name) markChanged(voice, node);
      }
      node.name = name;
    }
  },
};

function cleaned(node: CategoryDraft | RoomDraft, name: string): Said {
  const faults = unusableCharacters(node.name).map((character) => codePoints([character]));
  if (node.name.trim() !== node.name) faults.unshift('blanks at its ends');
  const did = `renamed it to ${quoteName(name)}`;
  return {
    message: `Unexpected ${faults.join(', ')} in the name of ${labelNode(node)}, expected a name without; ${did}.`,
    seen: faults.join(', '),
    expected: quoteName(name),
    did,
    remedy: `If another name is wanted, set it in ${planFileOf(node)}.`,
  };
}

function empty(node: CategoryDraft | RoomDraft): Said {
  const proposal = nameForNameless(node);
  return {
    message: `Unexpected empty name of ${labelNode(node)}, expected a name; left it without one.`,
    seen: quoteName(node.name),
    expected: 'a name',
    did: 'left it without one',
    remedy: `Set its name in ${planFileOf(node)}, for example ${quoteName(proposal)}.`,
    severity: 'error',
  };
}
