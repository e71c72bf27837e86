const RUNTIME_TABLE =
  /^(?:tbl)?(?:FileToken|AdminLock|SystemRevision|Config|PrincipalMeta|ServerIdentity|ActivePeers?)s?$|^tblAD/i;

/** Whether a document or element is named after a table of the running server (target-model rule X1). */
export function isRuntimeTable(name: string): boolean {
  return RUNTIME_TABLE.test(name);
}
