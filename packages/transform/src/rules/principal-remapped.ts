import { type DirectoryDraft, isCarried, type PrincipalDraft } from '../directory/draft.js';
import { quoteName } from '../directory/label.js';
import { markMergedRows, mergeOnto } from '../directory/merge-principals.js';
import { rowOfPlan } from '../directory/planned-nodes.js';
import { type RightCount, rightsText, settleRights } from '../directory/principal-rights.js';
import { labelPrincipal } from '../directory/principals.js';
import type { PrincipalDecision } from '../plan/decisions.js';
import type { DirectoryRule, Voice } from '../rule.js';

/**
 * # principal-remapped
 *
 * **Condition.** A row of the plan's principals.csv has another action than `keep`.
 *
 * **Action.** `map`: the principal in the column target becomes the author of its messages; it is not written itself,
 * and its roles, scope entries and affiliations stay behind. `merge`: the two are one; roles, scope entries,
 * affiliations and messages go to the target. `rename`: it gets the URI or display name of the plan. `drop-rights`: it
 * stays an author, and its roles and scope entries stay behind. A userId without a row in tblPrincipal can be mapped
 * too. The plan comes before `principal-duplicate`, and that before the row as it is.
 *
 * **Option.** None; the rows of principals.csv decide.
 *
 * **Basis.** O: our decision; no rule is documented for people who changed their account.
 *
 * **Severity.** note
 *
 * **Remedy.** Set the action to `keep` to carry the principal as it is.
 *
 * **Example.** principals.csv: `merge` of principal 30 onto 12 -> one principal 12 with the rights and messages of both
 */
export const principalRemapped: DirectoryRule = {
  id: 'principal-remapped',
  severities: ['note'],
  basis: ['O'],
  option: null,
  apply(draft, _options, voice) {
    const { principals } = draft.decisions;
    const of = (action: PrincipalDecision['action']): Set<number> =>
      new Set([...principals].filter(([, decision]) => decision.action === action).map(([id]) => id));
    const mapped = of('map');
    const lost = settleRights(draft, new Set([...mapped, ...of('drop-rights')]), voice.excluded);
    settleAffiliations(draft, mapped, voice);
    for (const [id, decision] of principals) {
      const principal = draft.principals.get(id);
      const did =
        principal === undefined ? replaced(decision) : follow(principal, decision, { draft, lost, voice });
      voice.say(principal?.source.place ?? decision.place, {
        message: `Unexpected action ${decision.action} for ${principal === undefined ? `userId ${id}` : labelPrincipal(principal.source)} in ${rowOfPlan(decision.place)}, expected keep; ${did}.`,
        seen: `${decision.action} in ${rowOfPlan(decision.place)}`,
        expected: 'keep',
        did,
      });
    }
    markMergedRows(draft, of('merge'), voice);
  },
};

interface Work {
  readonly draft: DirectoryDraft;
  readonly lost: ReadonlyMap<number, RightCount>;
  readonly voice: Voice;
}

/** Does what the plan says and tells it. */
function follow(
  principal: PrincipalDraft,
  decision: PrincipalDecision,
  { draft, lost, voice }: Work,
): string {
  const rights = rightsText(lost.get(principal.id));
  if (decision.action === 'drop-rights') {
    principal.mayHoldRights = false;
    return `left ${rights} behind`;
  }
  if (decision.action === 'rename') return rename(principal, decision, voice);
  if (decision.action === 'map') {
    principal.mergedInto = decision.target;
    voice.excluded(principal.source);
    return `${replaced(decision)}, left ${rights} behind`;
  }
  const target = draft.principals.get(decision.target as number) as PrincipalDraft;
  mergeOnto(target, principal, voice);
  return `merged it onto principal ${target.id}`;
}

function replaced(decision: PrincipalDecision): string {
  return `made principal ${decision.target} the author of its messages`;
}

function rename(principal: PrincipalDraft, { uri, displayName }: PrincipalDecision, voice: Voice): string {
  principal.uri = uri ?? principal.uri;
  principal.displayName = displayName ?? principal.displayName;
  voice.changed(principal.source);
  const given = [
    ...(uri === null ? [] : [`URI ${quoteName(uri)}`]),
    ...(displayName === null ? [] : [`display name ${quoteName(displayName)}`]),
  ];
  return `gave it the ${given.join(' and the ')}`;
}

function settleAffiliations(draft: DirectoryDraft, mapped: ReadonlySet<number>, voice: Voice): void {
  if (mapped.size === 0) return;
  for (const row of draft.source.principalAffiliations) {
    const names = mapped.has(row.principalID) || mapped.has(row.affiliationID);
    if (names && isCarried(draft, row)) voice.excluded(row);
  }
}
