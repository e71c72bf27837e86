import { type CategoryDraft, carriedCategories, carriedRooms } from '../directory/draft.js';
import { labelNode } from '../directory/label.js';
import { decisionOf, rowOfPlan } from '../directory/planned-nodes.js';
import { planFailure } from '../plan/plan-failure.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # room-moved-by-plan
 *
 * **Condition.** A row of the plan's rooms.csv has the action `move`.
 *
 * **Action.** The room will live in the category whose GUID stands in newCategory. Its members, managers and settings
 * are still those that it has by the legacy tree; chat history, file upload and scope are those of the new category,
 * because the target has them on categories.
 *
 * **Option.** None; the rows of rooms.csv decide.
 *
 * **Basis.** O: our decision; the guide has no rule for rooms that change their category.
 *
 * **Severity.** note
 *
 * **Remedy.** Set the action to `keep` to leave the room where it is.
 *
 * **Example.** rooms.csv: `move` to the GUID of `Archive` for room 12 of `Sales` -> room 12 in `Archive`
 */
export const roomMovedByPlan: DirectoryRule = {
  id: 'room-moved-by-plan',
  severities: ['note'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    const categories = new Map<string, CategoryDraft>(
      carriedCategories(draft).map((category) => [category.guid, category]),
    );
    for (const room of carriedRooms(draft)) {
      const decision = decisionOf(draft, room);
      if (decision == null || decision.category === null) continue;
      const category = categories.get(decision.category);
      if (category === undefined) {
        throw planFailure(decision.place, {
          what: `newCategory ${decision.category} of ${labelNode(room)} is refused by the rules or excluded`,
          remedy: 'Name the GUID of a category that is carried.',
        });
      }
      const did = `moved it to ${labelNode(category)}`;
      voice.say(room.source.place, {
        message: `Unexpected action move for ${labelNode(room)} in ${rowOfPlan(decision.place)}, expected keep; ${did}.`,
        seen: `move in ${rowOfPlan(decision.place)}`,
        expected: 'keep',
        did,
      });
      room.category = category;
      voice.changed(room.source);
    }
  },
};
