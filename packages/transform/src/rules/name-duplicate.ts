import type { CategoryDraft, DirectoryDraft, RoomDraft } from '../directory/draft.js';
import { carriedNodes, markChanged, placeOf, planFileOf, suffixName } from '../directory/final-names.js';
import { labelNode, quoteName } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import { decisionOf, isNamedByPlan } from '../directory/planned-nodes.js';
import { planFailure } from '../plan/plan-failure.js';
import type { DirectoryRule, Said } from '../rule.js';

/**
 * # name-duplicate
 *
 * **Condition.** Two carried nodes, rooms or categories in any mixture, have equal final names: by simple Unicode case
 * folding, trailing blanks ignored.
 *
 * **Action.** An error with a proposal for each but the one with the lowest node id, which keeps the name. With
 * `suffix` each of the others gets `_2`, `_3` … in ascending order of node ids, passing over numbers that are taken.
 *
 * **Option.** `duplicateNames` (default `block`): `block` or `suffix`.
 *
 * **Basis.** S: cmdlet pages: names of rooms and of categories are unique in a pool, and a room may not be named like a
 * category. O: the suffix.
 *
 * **Severity.** error; warning when renamed
 *
 * **Remedy.** Give one of them another name in rooms.csv / categories.csv or at the source.
 *
 * **Example.** Rooms 5 `Ops` and 9 `OPS` -> error at room 9, proposal `OPS_2`
 */
export const nameDuplicate: DirectoryRule = {
  id: 'name-duplicate',
  severities: ['error', 'warning'],
  basis: ['S', 'O'],
  option: 'duplicateNames',
  apply(draft, options, voice) {
    const nodes = carriedNodes(draft).filter((node) => node.name !== '');
    const taken = new Set(nodes.map((node) => nameKey(node.name)));
    const owners = new Map<string, CategoryDraft | RoomDraft>();
    const numbers = new Map<string, number>();
    for (const node of nodes) {
      const key = nameKey(node.name);
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, node);
        continue;
      }
      failWhenPlanned(draft, node, owner);
      const name = nextFree(node.name, taken, numbers);
      taken.add(nameKey(name));
      voice.say(
        placeOf(node),
        options.duplicateNames === 'block' ? blocked(node, owner, name) : renamed(node, owner, name),
      );
      if (options.duplicateNames === 'block') continue;
      node.name = name;
      markChanged(voice, node);
    }
  },
};

/** Of two equal names, one that the plan gives is a mistake in the plan: it is final, so no rule may alter it. */
function failWhenPlanned(
  draft: DirectoryDraft,
  node: CategoryDraft | RoomDraft,
  owner: CategoryDraft | RoomDraft,
): void {
  const [named, other] = isNamedByPlan(draft, node) ? [node, owner] : [owner, node];
  const decision = decisionOf(draft, named);
  if (decision == null || decision.name === null) return;
  throw planFailure(decision.place, {
    what: `newName ${quoteName(decision.name)} is the name of ${labelNode(other)} too, and names must differ`,
    remedy: 'Give it a name that no room and no category has.',
  });
}

/** The name with the next number that nobody has; `numbers` remembers where to go on, by key of the bare name. */
function nextFree(name: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string {
  const key = nameKey(name);
  for (let number = numbers.get(key) ?? 2; ; number++) {
    const candidate = suffixName(name, `_${number}`);
    if (taken.has(nameKey(candidate))) continue;
    numbers.set(key, number + 1);
    return candidate;
  }
}

function blocked(node: CategoryDraft | RoomDraft, owner: CategoryDraft | RoomDraft, name: string): Said {
  const remedy = `Set another name in ${planFileOf(node)}, for example ${quoteName(name)}.`;
  return said(node, owner, 'left both as they are', remedy);
}

function renamed(node: CategoryDraft | RoomDraft, owner: CategoryDraft | RoomDraft, name: string): Said {
  const remedy = `If another name is wanted, set it in ${planFileOf(node)}.`;
  return { ...said(node, owner, `renamed it to ${quoteName(name)}`, remedy), severity: 'warning' };
}

function said(
  node: CategoryDraft | RoomDraft,
  owner: CategoryDraft | RoomDraft,
  did: string,
  remedy: string,
): Said {
  const message = `Unexpected ${labelNode(node)} with the name of ${labelNode(owner)}, expected a name of its own; ${did}.`;
  return { message, seen: quoteName(node.name), expected: 'a name of its own', did, remedy };
}
