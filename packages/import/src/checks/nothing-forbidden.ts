import { type Check, sayFaults } from '../check.js';

/**
 * # nothing-forbidden
 *
 * **Must hold.** The package holds no table of a running server (tblFileToken, tblAdminLock, tblSystemRevision,
 * tblConfig, tblAD…, tblPrincipalMeta, tblServerIdentity, tblActivePeers) and no character, raw or as a reference, that
 * XML 1.0 cannot hold.
 *
 * **Basis.** Our reading of the schema pages: such tables belong to one database instance. XML 1.0 section 2.2, Char.
 *
 * **Severity.** error
 *
 * **Remedy.** Remove the table from the package; for characters see the option `forbiddenCharacters`.
 *
 * **Memory.** Nothing.
 */
export const nothingForbidden: Check = {
  id: 'nothing-forbidden',
  severities: ['error'],
  needs: [],
  sees: 'documents',
  begin: () => ({
    ...sayFaults('forbidden'),
    message(message, say) {
      if (message.content.isForbidden || message.rtf?.isForbidden === true) {
        say({ message: 'Unexpected character in the text that XML 1.0 forbids' });
      }
    },
  }),
};
