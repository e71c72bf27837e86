import { isCarried } from '../directory/draft.js';
import { principalInPlaceOf } from '../directory/principals.js';
import type { DirectoryRule } from '../rule.js';

/**
 * # affiliation-to-self
 *
 * **Condition.** A row of tblPrincipalAffiliations says that a principal belongs to itself (index -1 by custom; also
 * after two principals were merged).
 *
 * **Action.** The row is left behind: the server writes it for every principal on its own, and it grants nothing. One
 * finding counts all of them.
 *
 * **Option.** None.
 *
 * **Basis.** S: tblPrincipalAffiliations of the target: every principal but system users has such a row, kept by the
 * server's directory synchronisation.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed.
 *
 * **Example.** `principalID 12, affiliationID 12, index -1` -> not written.
 */
export const affiliationToSelf: DirectoryRule = {
  id: 'affiliation-to-self',
  severities: ['note'],
  basis: ['S'],
  option: null,
  apply(draft, _options, voice) {
    const idOf = (id: number): number => principalInPlaceOf(draft, id)?.id ?? id;
    let rows = 0;
    for (const row of draft.source.principalAffiliations) {
      if (!isCarried(draft, row) || idOf(row.principalID) !== idOf(row.affiliationID)) continue;
      voice.excluded(row);
      rows += 1;
    }
    if (rows === 0) return;
    const seen =
      rows === 1
        ? '1 affiliation of a principal to itself'
        : `${rows} affiliations of principals to themselves`;
    voice.say(null, {
      message: `Unexpected ${seen}, expected affiliations to others; left ${rows === 1 ? 'it' : 'them'} to the server.`,
      seen,
      expected: 'affiliations to others',
      did: `left ${rows === 1 ? 'it' : 'them'} to the server`,
    });
  },
};
