import { type Check, sayFaults } from '../check.js';

/**
 * # handoff-ready
 *
 * **Must hold.** The handoff does not itself call its package not ready: a run with error findings names the package
 * `PersistentChatData.NOT-READY.zip`, tells its exit code in `summary.json`, and counts in the ledger what it refused. No check
 * of the package alone can take that back, and no renaming either. `summary.json` and `Import-Package.ps1`, where they are there,
 * are about this package, by its SHA-256.
 *
 * **Basis.** Our decision: a package that is not ready must not become importable by accident.
 *
 * **Severity.** error
 *
 * **Remedy.** Read report.html of the handoff, resolve its error findings and run `chatferry transform` again.
 *
 * **Memory.** Nothing.
 */
export const handoffReady: Check = {
  id: 'handoff-ready',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: () => sayFaults('mark'),
};
