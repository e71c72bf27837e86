import { affiliationsOf } from '../directory/affiliations.js';
import type { PrincipalDraft } from '../directory/draft.js';
import { countOf, labelNode, listIds } from '../directory/label.js';
import { dropOutsiders, firstRoles, outsidersOf, widenScopes } from '../directory/out-of-scope.js';
import { labelPrincipal } from '../directory/principals.js';
import { scopeClosure } from '../directory/scope-closure.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # role-out-of-scope
 *
 * **Condition.** A member, manager or presenter of a room, or a creator of a category, is outside the category's scope:
 * neither it nor anything it belongs to, through any number of rows of tblPrincipalAffiliations, is among the
 * AllowedMembers. AD paths are not used to guess memberships: the server does not either.
 *
 * **Action.** Reported as an error and carried (`block`): the server may refuse or silently drop such a role. One
 * finding for each principal and category; when nobody is allowed at all, one for the category.
 *
 * **Option.** `outOfScope` (default `block`): `drop` leaves these roles behind, `widen-scope` adds the principals to
 * the AllowedMembers of the category; both are then warnings.
 *
 * **Basis.** S: PrincipalsNotInScope, error 22 of the Persistent Chat SDK; "Manage rooms" (TechNet JJ205292).
 *
 * **Severity.** error (block), warning (drop, widen-scope)
 *
 * **Remedy.** Check that tblPrincipalAffiliations was exported; else correct the scope or the role in the source, or
 * choose `drop` or `widen-scope`.
 *
 * **Example.** Scope {domain contoso}, member 12 of fabrikam -> error; with `drop` room 7 loses member 12.
 */
export const roleOutOfScope: DirectoryRule = {
  id: 'role-out-of-scope',
  severities: ['error', 'warning'],
  basis: ['S'],
  option: 'outOfScope',
  apply(draft, options, voice) {
    const outsiders = outsidersOf(draft, scopeClosure(affiliationsOf(draft)));
    if (outsiders.size === 0) return;
    const places = firstRoles(draft);
    const severity = options.outOfScope === 'block' ? 'error' : 'warning';
    const common = { expected: EXPECTED, did: DID[options.outOfScope], remedy: REMEDY, severity } as const;
    for (const [category, ids] of outsiders) {
      const where = labelNode(category);
      if (category.allowed.size === 0) {
        const seen = `roles of ${countOf(ids.length, 'principal')} (${listIds(ids)})`;
        const message = `Unexpected ${seen} in ${where}, which allows nobody, expected ${EXPECTED}; ${common.did}.`;
        voice.say(category.source?.place ?? null, { message, seen, ...common });
        continue;
      }
      for (const id of ids) {
        const role = places.get(id);
        const seen = labelPrincipal((draft.principals.get(id) as PrincipalDraft).source);
        const message = `Unexpected role of ${seen} in ${where}, expected ${EXPECTED}; ${common.did}.`;
        voice.say(role?.row.place ?? null, { message, seen, ...common });
      }
    }
    if (options.outOfScope === 'drop') dropOutsiders(draft, outsiders, options, voice);
    if (options.outOfScope === 'widen-scope') widenScopes(outsiders);
  },
};

const DID = {
  block: 'carried the roles',
  drop: 'left the roles behind',
  'widen-scope': 'added to the AllowedMembers',
} as const;
const EXPECTED = 'principals within the scope of the category';
const REMEDY =
  'Check that tblPrincipalAffiliations was exported; else correct scope or role, or choose another outOfScope.';
