/**
 * The tables of a Group Chat database by name (Lync Server 2010 Group Chat schema, "List of tables"), each with columns
 * that together occur in no other table, as far as a bare `row` of it can be recognised. Written down here a second
 * time on purpose: the second reader must not learn from the first what a table is.
 */
const SIGNATURES: Readonly<Record<string, string>> = {
  tblChat: 'channelid chatid',
  tblNode: 'nodeid nodeguid',
  tblPrincipal: 'prinid pringuid',
  tblPrincipalType: 'ptypeid',
  tblRoleType: 'rtypeid',
  tblPrincipalRole: 'prinrolenodeid prinroleprinid',
  tblScopePrincipal: 'scopenodeid scopeprinid',
  tblSiopWhiteList: 'siopid siopname',
  tblLastChatId: 'nodeid lastchatid',
  tblEnumValue: 'valueid attributeid',
  tblPrincipalAffiliations: 'principalid affiliationid',
  tblPrincipalInvites: 'prinid invid',
  tblEnumAttribute: 'attributeid attributename',
  tblLastInviteId: 'prinid lastinviteid',
  tblPreference: 'preflabel',
  tblFileToken: 'filetoken',
  tblConfig: 'configlabel',
  tblPrincipalMembers: 'memberadpath',
  tblPrincipalMeta: 'prinid prinattributesdirty',
  tblPrincipalMemberDifference: '',
  tblSkippedAffiliations: 'affdescription',
  tblADCookie: '',
  tblADUpdate: '',
  tblADUpdates: '',
  tblPurgedRoles: '',
  tblPurgedScoped: '',
  tblServerIdentity: '',
  tblAdminLock: 'lockexpirestime',
  tblSystemRevision: 'sysrevision',
  tblActivePeers: '',
  tblVersion: '',
  tblLogs: '',
  tblComplianceData: 'cmpleventid',
  tblComplianceFanout: '',
  tblComplianceParticipant: '',
  tblComplianceTranslator: '',
  tblComplianceVersion: '',
  tblLastComplianceID: '',
  tblComplianceState: '',
};

const BY_NAME = new Map(Object.keys(SIGNATURES).map((name) => [bareName(name), name]));
// The vendor's own pages spell this one in two ways.
BY_NAME.set('scopedprincipal', 'tblScopePrincipal');

/** Longest first, so that `prinID prinAttributesDirty` is not taken for less than it is. */
const BY_COLUMNS = Object.entries(SIGNATURES)
  .map(([name, columns]) => ({ name, columns: columns === '' ? [] : columns.split(' ') }))
  .filter(({ columns }) => columns.length > 0)
  .sort((one, other) => other.columns.length - one.columns.length);

/** The physical name of the table that an element means (`Node`, `dbo.tblNode`, `TBLNODE`), or null. */
export function tableByName(element: string): string | null {
  return BY_NAME.get(bareName(plainName(element))) ?? null;
}

/** The table that a row's columns (lower case) belong to, or null. */
export function tableByColumns(columns: ReadonlyMap<string, unknown>): string | null {
  const found = BY_COLUMNS.find((table) => table.columns.every((column) => columns.has(column)));
  return found?.name ?? null;
}

/** The table that a file is named after: `tblChat.xml`, `dbo.tblChat.xml`, `Chat-2009.xml.gz`, or null. */
export function tableByFile(file: string): string | null {
  const base = (file.split('/').at(-1) ?? '').replace(/\.gz$/i, '').replace(/\.(?:xml|txt)$/i, '');
  return tableByName(base) ?? tableByName(base.replace(/[-_. (]*\d[-_.0-9)]*$/, ''));
}

/** A name without `_xHHHH_`, which SQL Server and .NET write for characters that an XML name cannot hold. */
export function plainName(name: string): string {
  if (!name.includes('_x') && !name.includes('_X')) return name;
  return name.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function bareName(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .toLowerCase()
    .replace(/^tbl/, '');
}
