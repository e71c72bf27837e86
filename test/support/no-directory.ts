import { createHash } from 'node:crypto';
import type { DirectoryAccounts } from '@chatferry/import';

const NO_ROWS = { rows: 0, sha256: createHash('sha256').digest('hex') } as const;

/** The accounts of a package without a directory. */
export const NO_DIRECTORY: DirectoryAccounts = {
  tblLastChatId: NO_ROWS,
  tblNode: NO_ROWS,
  tblPrincipal: NO_ROWS,
  tblPrincipalAffiliations: NO_ROWS,
  tblPrincipalRole: NO_ROWS,
  tblScopePrincipal: NO_ROWS,
  tblSiopWhiteList: NO_ROWS,
};
