import type { PrincipalDraft } from '../directory/draft.js';
import { rightsText, settleRights } from '../directory/principal-rights.js';
import { labelPrincipal } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-disabled
 *
 * **Condition.** prinDisabled is not 0 (1: the user left or has no SIP address any more; 2, in later databases: the
 * object is gone from the directory) and the principal holds roles or scope entries, or prinDisabled is a number
 * that is not documented.
 *
 * **Action.** The principal stays disabled and stays the author of its messages. Its roles and scope entries are left
 * behind by default, so that an account which is enabled again later does not silently come back into rooms. An
 * undocumented number becomes 1. A disabled principal without roles and scope entries is carried without a word.
 *
 * **Option.** `disabledPrincipals` (default `drop-roles`): `keep-roles` carries the roles and scope entries.
 *
 * **Basis.** O: no rule is documented for the roles of disabled principals; the column is documented for both
 * generations (TechNet GG558667).
 *
 * **Severity.** note, warning (an undocumented number)
 *
 * **Remedy.** Choose `keep-roles` when accounts were disabled only for a while.
 *
 * **Example.** Disabled user 12, manager of room 7 -> disabled user 12, no roles.
 */
export const principalDisabled: DirectoryRule = {
  id: 'principal-disabled',
  severities: ['note', 'warning'],
  basis: ['O'],
  option: 'disabledPrincipals',
  apply(draft, options, voice) {
    const drops = options.disabledPrincipals === 'drop-roles';
    const disabled = [...draft.principals.values()].filter(
      (principal) => principal.disabled !== 0 && principal.mayHoldRights && principal.mergedInto === null,
    );
    const ids = new Set(disabled.map((principal) => principal.id));
    const rights = settleRights(draft, ids, drops ? voice.excluded : () => undefined);
    for (const principal of disabled) {
      const documented = isDocumented(principal);
      if (drops) principal.mayHoldRights = false;
      if (!documented) voice.changed(principal.source);
      if (documented && !rights.has(principal.id)) continue;
      const held = rightsText(rights.get(principal.id));
      const did = `${documented ? '' : 'took it as 1, '}${drops ? 'left' : 'carried'} ${held}${drops ? ' behind' : ''}`;
      voice.say(principal.source.place, {
        message:
          `Unexpected prinDisabled ${principal.source.prinDisabled} of ${labelPrincipal(principal.source)}, ` +
          `expected 0 for who holds rights; ${did}.`,
        seen: `prinDisabled ${principal.source.prinDisabled}, ${held}`,
        expected: documented ? 'prinDisabled 0 for who holds rights' : 'prinDisabled 0, 1 or 2',
        did,
        severity: documented ? 'note' : 'warning',
      });
    }
  },
};

function isDocumented(principal: PrincipalDraft): boolean {
  return principal.disabled === principal.source.prinDisabled;
}
