import { SIGNATURE, TAG_MANIFEST } from '../handoff/bag-manifest.js';

/** What verifies a signed handoff without chatferry, to be typed in its folder. OpenSSL 3 or newer. */
export function verifyCommand(publicKeyFile: string): string {
  return `openssl pkeyutl -verify -pubin -inkey ${publicKeyFile} -rawin -in ${TAG_MANIFEST} -sigfile ${SIGNATURE}`;
}

/** The steps for people: who signed, and how anybody verifies it. */
export function signedNotice(folder: string, fingerprint: string): string {
  return [
    `Signed by ${fingerprint}.`,
    `Anybody who has the public key verifies it in ${folder}:`,
    `  ${verifyCommand('<signer.pub.pem>')}`,
    `  sha256sum -c ${TAG_MANIFEST} && sha256sum -c manifest-sha256.txt`,
  ].join('\n');
}
