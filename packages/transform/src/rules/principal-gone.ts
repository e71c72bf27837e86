import { isCarried, type PrincipalDraft } from '../directory/draft.js';
import { rightsText, settleRights } from '../directory/principal-rights.js';
import { labelPrincipal } from '../directory/principals.js';
import { sipUriOf } from '../inventory/listed-items.js';
import type { TargetUsers } from '../inventory/target-inventory.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-gone
 *
 * **Condition.** An active user who holds roles or scope entries is not in the list of users that was given with
 * `--users`, neither by prinGuid nor by prinUri (letter case does not matter), or is there with Enabled False. Without
 * such a list nobody is looked at; groups, folders and domains never are.
 *
 * **Action.** The user is carried with all rights, and named, because a list may leave people out: Get-CsUser shows
 * only who is enabled for SIP. With `disable` the user becomes a disabled principal (1, no SIP address) that stays the
 * author of its messages, and the roles and scope entries are left behind. It never becomes 2 (AD object deleted): the
 * list cannot prove that, and the server finds it out for itself.
 *
 * **Option.** `missingUsers` (default `keep`): `keep` or `disable`.
 *
 * **Basis.** O: nothing is documented for principals whom the directory of the target does not know. S: database
 * schema, tblPrincipal: prinGuid is the object GUID of Active Directory, prinDisabled 1 is a user without SIP.
 *
 * **Severity.** warning
 *
 * **Remedy.** Enable the user for SIP, or choose `disable`; check that the list of users is whole.
 *
 * **Example.** User 12, manager of room 7, not in users.csv -> carried with a warning
 */
export const principalGone: DirectoryRule = {
  id: 'principal-gone',
  severities: ['warning'],
  basis: ['O', 'S'],
  option: 'missingUsers',
  apply(draft, options, voice) {
    const users = draft.inventory?.users ?? null;
    if (users === null) return;
    const disables = options.missingUsers === 'disable';
    const gone = [...draft.principals.values()].flatMap((principal) => {
      if (!isActiveUser(principal) || !isCarried(draft, principal.source)) return [];
      const seen = whatIsSeen(principal, users);
      return seen === null ? [] : [{ principal, seen }];
    });
    const ids = new Set(gone.map(({ principal }) => principal.id));
    const rights = settleRights(draft, ids, disables ? voice.excluded : () => undefined);
    for (const { principal, seen } of gone) {
      const held = rights.get(principal.id);
      if (held === undefined) continue;
      if (disables) {
        principal.disabled = 1;
        principal.mayHoldRights = false;
        voice.changed(principal.source);
      }
      const did = disables
        ? `made it a disabled author, left ${rightsText(held)} behind`
        : `carried it with ${rightsText(held)}`;
      voice.say(principal.source.place, {
        message: `Unexpected ${labelPrincipal(principal.source)} ${seen}, expected an active user; ${did}.`,
        seen,
        expected: 'an active user of the list',
        did,
        remedy: 'Enable the user for SIP, or set the option missingUsers to disable.',
      });
    }
  },
};

function isActiveUser({ principalKind, disabled, mayHoldRights, mergedInto }: PrincipalDraft): boolean {
  return principalKind === 'user' && disabled === 0 && mayHoldRights && mergedInto === null;
}

/** How the list shows a user who is not active; null for one who is. */
function whatIsSeen({ source, uri }: PrincipalDraft, users: TargetUsers): string | null {
  const user = users.byGuid.get(source.prinGuid) ?? users.bySipUri.get(sipUriOf(uri));
  if (user === undefined) return 'missing from the list of users';
  if (user.enabled !== false) return null;
  return `with Enabled False (${user.place.file}:${user.place.line})`;
}
