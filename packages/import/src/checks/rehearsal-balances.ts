import type { Check } from '../check.js';

/**
 * # rehearsal-balances
 *
 * **Must hold.** With `validate --rehearse`: the documented sample queries, run over all that the rehearsal's database
 * took, count every message, role and affiliation once; queries for what must not be (messages without a room or an
 * author, nested categories, shared names, illegal settings, presenters who are not members, roles out of scope) find
 * nothing; and messages, dates and ids of every room are those of the ledger.
 *
 * **Basis.** Schema reference, sample database queries (2013 and 2015 agree); design, "Validation, ledger, proof".
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the handoff again; if it stays so, run the transform again and report it.
 *
 * **Memory.** That of the engine, about 40 MB, whatever the number of rows.
 */
export const rehearsalBalances: Pick<Check, 'id' | 'severities'> = {
  id: 'rehearsal-balances',
  severities: ['error'],
};
