import { type Check, sayFaults } from '../check.js';

/**
 * # seal-intact
 *
 * **Must hold.** The handoff is a complete bag: every file has the SHA-256 of its manifest, none is missing, none is
 * extra, and the byte count agrees. Skipped for a ZIP without its handoff.
 *
 * **Basis.** RFC 8493 (BagIt), section 3.
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the handoff again from where it was made; `sha256sum -c manifest-sha256.txt` must pass in it.
 *
 * **Memory.** The names and hashes of the manifest.
 */
export const sealIntact: Check = {
  id: 'seal-intact',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: () => sayFaults('seal'),
};
