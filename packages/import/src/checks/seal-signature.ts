import { type Check, sayFaults } from '../check.js';

/**
 * # seal-signature
 *
 * **Must hold.** With `--public-key`: the handoff is signed, and by one of the keys given (Ed25519 over
 * `tagmanifest-sha256.txt`, which holds the SHA-256 of the manifest that holds those of all files). Without a key: a
 * signature that is there has the shape of one. Whether a handoff is signed, and by whom, is told in any case. Skipped
 * for a ZIP without its handoff.
 *
 * **Basis.** RFC 8032 (Ed25519). That a key given asks for a signature is our decision.
 *
 * **Severity.** error
 *
 * **Remedy.** Compare the fingerprint with the signer's, by another way than the handoff came. In the handoff, without
 * chatferry: `openssl pkeyutl -verify -pubin -inkey signer.pub.pem -rawin -in tagmanifest-sha256.txt -sigfile
 * tagmanifest-sha256.txt.sig`.
 *
 * **Memory.** The tag manifest.
 */
export const sealSignature: Check = {
  id: 'seal-signature',
  severities: ['error'],
  needs: [],
  overParts: true,
  begin: () => sayFaults('signature'),
};
