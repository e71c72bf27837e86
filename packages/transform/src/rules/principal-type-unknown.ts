import { labelPrincipal, principalTypeMeaning } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # principal-type-unknown
 *
 * **Condition.** A principal's prinTypeID is none of 4 (system), 5 (user), 7 (federated user), 8 (domain),
 * 9 (group), 10 (folder), 11 (federated group).
 *
 * **Action.** The principal is refused, and its role and scope rows with it. Its messages find no author. Types 1 to 3
 * are generic and never stored, type 6 was kept for an older product and never used, so such a row is damaged
 * or comes from a system we do not know.
 *
 * **Option.** None.
 *
 * **Basis.** S: tblPrincipalType of both generations (TechNet GG558633, "PrincipalType Table").
 *
 * **Severity.** error
 *
 * **Remedy.** Correct prinTypeID in the source, or name another author for the messages of this principal.
 *
 * **Example.** Principal 12 with prinTypeID 6 -> refused.
 */
export const principalTypeUnknown: DirectoryRule = {
  id: 'principal-type-unknown',
  severities: ['error'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    for (const { id, source, mergedInto } of draft.principals.values()) {
      if (mergedInto !== null || principalTypeMeaning(source.prinTypeID) !== undefined) continue;
      voice.say(source.place, {
        message:
          `Unexpected principal type ${source.prinTypeID} of ${labelPrincipal(source)}, ` +
          'expected 4, 5, 7, 8, 9, 10 or 11; refused the principal, its roles and its scope entries.',
        seen: String(source.prinTypeID),
        expected: '4, 5, 7, 8, 9, 10 or 11',
        did: 'refused the principal, its roles and its scope entries',
        remedy: 'Correct prinTypeID in the source, or name another author for its messages.',
      });
      voice.refused(source);
      draft.principals.delete(id);
    }
  },
};
