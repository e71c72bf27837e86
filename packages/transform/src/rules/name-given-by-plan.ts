import { carriedNodes, markChanged, placeOf } from '../directory/final-names.js';
import { labelRow, quoteName } from '../directory/label.js';
import { decisionOf, rowOfPlan } from '../directory/planned-nodes.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # name-given-by-plan
 *
 * **Condition.** A row of the plan's rooms.csv or categories.csv gives a new name.
 *
 * **Action.** The node gets exactly that name: no parents are put in front of it, and the rules about names judge it as
 * they judge any other. The names of categories and rooms below stay what they would be without it, so that each row of
 * the plan says what its own node is called.
 *
 * **Option.** None; the rows of rooms.csv and categories.csv decide.
 *
 * **Basis.** O: our decision that a name of the plan is final.
 *
 * **Severity.** note
 *
 * **Remedy.** Set the action to `keep` to have the name that the rules make.
 *
 * **Example.** rooms.csv: `rename` to `Night desk` for room `Desk` in `Sales` / `EMEA` -> `Night desk`
 */
export const nameGivenByPlan: DirectoryRule = {
  id: 'name-given-by-plan',
  severities: ['note'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    for (const node of carriedNodes(draft)) {
      const decision = decisionOf(draft, node);
      if (decision == null || decision.name === null || node.source === null) continue;
      const did = `named it ${quoteName(decision.name)}`;
      voice.say(placeOf(node), {
        message: `Unexpected new name for ${labelRow(node.source)} in ${rowOfPlan(decision.place)}, expected none; ${did}.`,
        seen: `a new name in ${rowOfPlan(decision.place)}`,
        expected: 'none',
        did,
      });
      node.name = decision.name;
      if (node.name !== node.source.nodeName) markChanged(voice, node);
    }
  },
};
