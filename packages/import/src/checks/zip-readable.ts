import { type Check, sayFaults } from '../check.js';

/**
 * # zip-readable
 *
 * **Must hold.** The package is a whole ZIP: its directory parses, every document inflates to its declared size with
 * the declared CRC-32, no name plays tricks, sizes and ratios stay within the limits, and nothing lies in it that the
 * layout does not list.
 *
 * **Basis.** PKWARE APPNOTE.TXT; cmdlet help, Import-CsPersistentChatData: the import takes one ZIP and no selection.
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the package again and compare its SHA-256 with manifest-sha256.txt; if they agree, write it again.
 *
 * **Memory.** Nothing.
 */
export const zipReadable: Check = {
  id: 'zip-readable',
  severities: ['error'],
  needs: [],
  begin: () => sayFaults('archive'),
};
