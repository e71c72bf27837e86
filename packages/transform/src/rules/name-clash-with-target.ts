import type { CategoryDraft, RoomDraft } from '../directory/draft.js';
import { carriedNodes, placeOf, planFileOf } from '../directory/final-names.js';
import { labelNode, quoteName } from '../directory/label.js';
import { labelMatch, type TargetMatch, targetNames } from '../directory/target-names.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # name-clash-with-target
 *
 * **Condition.** The final name of a carried room or category equals the name of a room or category that the target
 * has already, by simple Unicode case folding, trailing blanks ignored. Known only when lists of the target were
 * given with `--target`. In a list that is all ASCII a `?` may stand for a lost character, as Windows PowerShell's
 * Export-Csv writes it; there it equals each UTF-16 unit outside of ASCII.
 *
 * **Action.** An error with a proposal: the import would overwrite the target's item, settings, members and all.
 * With `overwrite` a room may replace a room, and a category a category, with a warning each. A room never replaces a
 * category or the reverse: that stays an error, because no room may be named like a category.
 *
 * **Option.** `targetClashes` (default `block`): `block` or `overwrite`.
 *
 * **Basis.** G: migration guide: objects of the target that existed before are overwritten by legacy ones of the same
 * name. S: cmdlet pages: a room may not be named like a category. O: the refusal by default, and the meaning of `?`.
 *
 * **Severity.** error; warning when overwritten
 *
 * **Remedy.** Give it another name in rooms.csv / categories.csv, or rename or remove the item on the target and list
 * the target again.
 *
 * **Example.** Room 9 `Ops`, target room `OPS` -> error at room 9, proposal `Ops_2`
 */
export const nameClashWithTarget: DirectoryRule = {
  id: 'name-clash-with-target',
  severities: ['error', 'warning'],
  basis: ['G', 'S', 'O'],
  option: 'targetClashes',
  apply(draft, options, voice) {
    if (draft.inventory === null) return;
    const nodes = carriedNodes(draft).filter((node) => node.name !== '');
    const names = targetNames(
      draft.inventory,
      nodes.map((node) => node.name),
    );
    for (const node of nodes) {
      const match = names.match(node);
      if (match === null) continue;
      const overwrites = options.targetClashes === 'overwrite' && match.kind === node.kind;
      voice.say(
        placeOf(node),
        overwrites ? overwritten(node, match) : blocked(node, match, names.propose(node.name)),
      );
    }
  },
};

function blocked(node: CategoryDraft | RoomDraft, match: TargetMatch, proposal: string): Said {
  const remedy = `Set another name in ${planFileOf(node)}, for example ${quoteName(proposal)}, or rename the item on the target and list it again.`;
  return said(node, match, 'left it as it is', remedy);
}

function overwritten(node: CategoryDraft | RoomDraft, match: TargetMatch): Said {
  const remedy = `Make sure that nobody needs the ${match.kind} on the target: the import replaces it.`;
  return { ...said(node, match, 'carried it to replace that one', remedy), severity: 'warning' };
}

function said(node: CategoryDraft | RoomDraft, match: TargetMatch, did: string, remedy: string): Said {
  const likeness = match.isCertain ? 'the name' : 'perhaps the name';
  const message = `Unexpected ${labelNode(node)} with ${likeness} of ${labelMatch(match)}, expected a name of its own; ${did}.`;
  return {
    message,
    seen: quoteName(match.item.name),
    expected: 'a name that the target does not have',
    did,
    remedy,
  };
}
