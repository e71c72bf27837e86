import { type Check, sayFaults } from '../check.js';

/**
 * # parts-agree
 *
 * **Must hold.** Of a package in several parts, PARTS.json lists just the parts that lie beside it, in their order, and
 * says of each what is in it: SHA-256, rooms, the range of their ids, messages. The ranges ascend without touching.
 * Users, groups, affiliations, add-ins and categories are the same bytes in every part. That a room is in one part only
 * is said by `node-unique`, and that no room is missing by `ledger-balances`. Nothing is looked at in a package in one
 * piece.
 *
 * **Basis.** Our decision: each part must import alone, and importing the shared records again must change nothing.
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the handoff again; if it stays so, run the transform again.
 *
 * **Memory.** Nothing.
 */
export const partsAgree: Check = {
  id: 'parts-agree',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: () => sayFaults('parts'),
};
