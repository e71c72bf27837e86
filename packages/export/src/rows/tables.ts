import type { SourceKind } from '../source-record.js';

/** What the reader does with a table of the legacy schema. */
export type TableRole = 'directory' | 'messages' | 'left-behind';

export interface TableFacts {
  /** Physical name in both generations of the database. */
  readonly name: string;
  readonly role: TableRole;
  readonly kind: SourceKind | null;
  /** Columns (lower case) that together occur in no other table and are never NULL: they recognise a bare `row`. */
  readonly signature: readonly string[];
}

function directory(name: string, kind: SourceKind, ...signature: string[]): TableFacts {
  return { name, role: 'directory', kind, signature };
}

function leftBehind(name: string, ...signature: string[]): TableFacts {
  return { name, role: 'left-behind', kind: null, signature };
}

/** Lync Server 2010 Group Chat schema, "List of tables"; the sample queries give the physical names. */
export const TABLES: readonly TableFacts[] = [
  { name: 'tblChat', role: 'messages', kind: 'chat', signature: ['channelid', 'chatid'] },
  directory('tblNode', 'node', 'nodeid', 'nodeguid'),
  directory('tblPrincipal', 'principal', 'prinid', 'pringuid'),
  directory('tblPrincipalType', 'principalType', 'ptypeid'),
  directory('tblRoleType', 'roleType', 'rtypeid'),
  directory('tblPrincipalRole', 'principalRole', 'prinrolenodeid', 'prinroleprinid'),
  directory('tblScopePrincipal', 'scopePrincipal', 'scopenodeid', 'scopeprinid'),
  directory('tblSiopWhiteList', 'siopWhiteList', 'siopid', 'siopname'),
  directory('tblLastChatId', 'lastChatId', 'nodeid', 'lastchatid'),
  directory('tblEnumValue', 'enumValue', 'valueid', 'attributeid'),
  directory('tblPrincipalAffiliations', 'principalAffiliation', 'principalid', 'affiliationid'),
  directory('tblPrincipalInvites', 'principalInvite', 'prinid', 'invid'),
  leftBehind('tblEnumAttribute', 'attributeid', 'attributename'),
  leftBehind('tblLastInviteId', 'prinid', 'lastinviteid'),
  leftBehind('tblPreference', 'preflabel'),
  leftBehind('tblFileToken', 'filetoken'),
  leftBehind('tblConfig', 'configlabel'),
  leftBehind('tblPrincipalMembers', 'memberadpath'),
  leftBehind('tblPrincipalMeta', 'prinid', 'prinattributesdirty'),
  leftBehind('tblPrincipalMemberDifference'),
  leftBehind('tblSkippedAffiliations', 'affdescription'),
  leftBehind('tblADCookie'),
  leftBehind('tblADUpdate'),
  leftBehind('tblADUpdates'),
  leftBehind('tblPurgedRoles'),
  leftBehind('tblPurgedScoped'),
  leftBehind('tblServerIdentity'),
  leftBehind('tblAdminLock', 'lockexpirestime'),
  leftBehind('tblSystemRevision', 'sysrevision'),
  leftBehind('tblActivePeers'),
  leftBehind('tblVersion'),
  leftBehind('tblLogs'),
  leftBehind('tblComplianceData', 'cmpleventid'),
  leftBehind('tblComplianceFanout'),
  leftBehind('tblComplianceParticipant'),
  leftBehind('tblComplianceTranslator'),
  leftBehind('tblComplianceVersion'),
  leftBehind('tblLastComplianceID'),
  leftBehind('tblComplianceState'),
];

/** Other spellings that the vendor's pages use for the same table. */
const ALIASES: Readonly<Record<string, string>> = { scopedprincipal: 'scopeprincipal' };

const BY_BARE_NAME = new Map(TABLES.map((table) => [table.name.slice(3).toLowerCase(), table]));

export const CHAT_TABLE = tableNamed('tblChat') as TableFacts;

/**
 * The table that a name means: any letter case, with or without `tbl`, a schema prefix (`dbo.`), or `_xHHHH_` escapes.
 */
export function tableNamed(name: string): TableFacts | null {
  const bare = decodeSqlName(name).toLowerCase().replace(/^.*\./, '').replace(/^tbl/, '');
  return BY_BARE_NAME.get(ALIASES[bare] ?? bare) ?? null;
}

/** The table that a file name means: `tblChat.xml`, `dbo.tblChat.xml`, `Chat-2009.xml`, `chat_1.xml`. */
export function tableOfFile(path: string): TableFacts | null {
  const base = (path.split('/').at(-1) as string).replace(/\.(xml|gz|txt)$/i, '').replace(/\.xml$/i, '');
  return tableNamed(base) ?? tableNamed(base.replace(/[-_. (]*[0-9][-_.0-9)]*$/, '')) ?? null;
}

/** The table whose signature the columns (lower case) hold; the most specific signature wins. */
export function tableOfColumns(columns: ReadonlySet<string>): TableFacts | null {
  let best: TableFacts | null = null;
  for (const table of TABLES) {
    if (table.signature.length === 0 || !table.signature.every((column) => columns.has(column))) continue;
    if (best === null || table.signature.length > best.signature.length) best = table;
  }
  return best;
}

const COLUMN_NAMES = new Set<string>([
  ...TABLES.flatMap((table) => table.signature),
  ...'parentid nodetype nodename nodedesc topic invite logged chatdate userid isalert content rtf'.split(' '),
  ...'prinuri prinname ptypedesc rtypedesc prinroletypeid scopeupdatedby siopurl attributevalue index'.split(
    ' ',
  ),
]);

/** Whether a name (any letter case) is a column that begins, or is typical of, a documented table. */
export function isColumnName(name: string): boolean {
  return COLUMN_NAMES.has(decodeSqlName(name).toLowerCase());
}

/** Undoes `_xHHHH_`, as SQL Server and .NET write characters that a name cannot hold. */
export function decodeSqlName(name: string): string {
  return name.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
