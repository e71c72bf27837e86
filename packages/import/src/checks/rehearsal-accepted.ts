import type { Check } from '../check.js';

/**
 * # rehearsal-accepted
 *
 * **Must hold.** With `validate --rehearse`: a database that declares the target's tables with their types, lengths,
 * primary and foreign keys takes every row of the package. A row that it refuses has a finding with the words of the
 * engine.
 *
 * **Basis.** Persistent Chat database schema (Lync Server 2013 and Skype for Business Server 2015): tblPrincipal,
 * tblPrincipalAffiliations, tblSiopWhiteList, tblNode, tblScopePrincipal, tblPrincipalRole, tblLastChatId, tblChat. The
 * import's own behaviour is not documented; that it refuses what its tables refuse is an inference.
 *
 * **Severity.** error
 *
 * **Remedy.** The other findings of the record say why; mend them and run the transform again.
 *
 * **Memory.** That of the engine, about 40 MB, whatever the number of rows.
 */
export const rehearsalAccepted: Pick<Check, 'id' | 'severities'> = {
  id: 'rehearsal-accepted',
  severities: ['error'],
};
