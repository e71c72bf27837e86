import { type Check, sayFaults } from '../check.js';

/**
 * # handoff-ready
 *
 * **Must hold.** The handoff does not itself call its package not ready: a run with error findings names the package
 * `PersistentChatData.NOT-READY.zip`, tells its exit code in `summary.json`, and counts in the ledger what it refused.
 * No check of the package alone can take that back, and no renaming either. `summary.json`, `report.html`, `RUNBOOK.md`
 * and `Import-Package.ps1` are there; all but the runbook name the SHA-256 of this package, or of every part, the
 * counts of `summary.json` are those of the ledger, and the script is, byte by byte, the one that this version writes
 * for this package. No other file lies in `data/` than the transform writes, because
 * nobody looks into it. Names and SHA-256 of the files are those of the manifests: when the seal is broken,
 * `seal-intact` says what the files are instead, and this is skipped but for what it finds.
 *
 * **Basis.** Our decision: a package that is not ready must not become importable by accident, and
 * what is signed must be about one package.
 *
 * **Severity.** error
 *
 * **Remedy.** Of a mark, refused records or an exit code: read report.html of the handoff, resolve its error findings
 * and run `chatferry transform` again. Of documents that are missing, stray or not about each other: do not import this
 * copy, ask for the handoff again from where it was made.
 *
 * **Memory.** `summary.json`.
 */
export const handoffReady: Check = {
  id: 'handoff-ready',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: () => sayFaults('mark'),
};
