import { type Check, sayFaults } from '../check.js';

/**
 * # document-well-formed
 *
 * **Must hold.** Every document is well-formed XML 1.0 in UTF-8, without a document type declaration. The reading of a
 * document stops at the first fault, and checks that need its records are skipped.
 *
 * **Basis.** XML 1.0 (fifth edition), Namespaces in XML 1.0.
 *
 * **Severity.** error
 *
 * **Remedy.** Do not repair the package by hand: write it again with `chatferry transform`.
 *
 * **Memory.** Nothing.
 */
export const documentWellFormed: Check = {
  id: 'document-well-formed',
  severities: ['error'],
  needs: [],
  sees: 'documents',
  begin: () => sayFaults('syntax'),
};
