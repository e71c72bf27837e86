import type { Check } from '../check.js';

/**
 * # custody-unbroken
 *
 * **Must hold.** `custody.ndjson`, when it is there, is a chain: entries numbered from 1, each with the SHA-256 of the
 * entry before it, its own, and that of the tag manifest of this handoff; and a signature that fits, wherever an entry
 * names a key that was given. With `--custody-head` the chain holds that entry. Skipped for a ZIP without its handoff.
 *
 * **Basis.** RFC 8032 (Ed25519) and FIPS 180-4 (SHA-256); the form of the entries is our decision.
 *
 * **Severity.** error; warning for an entry that none of the keys given vouches for, and for one that is dated before
 * its predecessor
 *
 * **Remedy.** Ask the people whom the chain names for the SHA-256 that `chatferry seal` told them, and give it with
 * `--custody-head`: entries taken off the end cannot be seen otherwise.
 *
 * **Memory.** custody.ndjson, at most 16 MiB.
 */
export const custodyUnbroken: Check = {
  id: 'custody-unbroken',
  severities: ['error', 'warning'],
  needs: [],
  overParts: true,
  begin: () => ({
    fault(fault, say) {
      if (fault.kind !== 'custody' && fault.kind !== 'custody-doubt') return;
      const { kind, ...said } = fault;
      say({ ...said, severity: kind === 'custody' ? 'error' : 'warning' });
    },
  }),
};
