/** How a column's value is coded in XML. smallint counts as `int`. */
export type ColumnType = 'int' | 'bigint' | 'bit' | 'guid' | 'datetime' | 'text';

/**
 * A value: int as number, bigint (ticks, chatID) as bigint, bit as boolean, guid as lower-case text with hyphens,
 * datetime as `YYYY-MM-DDTHH:mm:ss.fff` without a zone, text as it is.
 */
export type Cell = number | bigint | boolean | string | null;

export type Row = Readonly<Record<string, Cell>>;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A whole export in memory: table name to table, in the order in which the tables are written. */
export type ExportModel = ReadonlyMap<string, Table>;

/**
 * The tables of the Lync Server 2010 Group Chat schema that an export carries, with their columns in schema order;
 * `?` marks a column that may be NULL. `rtf` is not of that schema: exports of some sites carry it.
 */
const TABLE_COLUMNS: Readonly<Record<string, string>> = {
  tblEnumAttribute: 'attributeID:int attributeName:text',
  tblEnumValue: 'valueID:int attributeID:int attributeValue:text',
  tblPrincipalType: 'ptypeID:int ptypeDesc:text ptypeIsSystemUser:bit ptypeIsUser:bit ptypeIsFederated:bit',
  tblRoleType: 'rtypeID:int rtypeDesc:text rtypeAllowedPermSet:bigint honorsOverride:bit honorsScope:bit',
  tblPrincipal:
    'prinID:int prinGuid:guid prinUri:text prinName:text? prinCompanyName:text? prinEmail:text? prinADPath:text? ' +
    'prinADUserPrincipalName:text? prinDisabled:bit prinTypeID:int prinAllowedPermSet:bigint ' +
    'prinUseInheritedPerms:bit prinAddedBy:int? prinAddedOn:bigint prinUpdatedBy:int? prinUpdatedOn:bigint ' +
    'prinVerifiedOn:datetime',
  tblPrincipalAffiliations: 'principalID:int affiliationID:int index:int updatedBy:int',
  tblSiopWhiteList: 'siopID:guid siopName:text siopUrl:text',
  tblNode:
    'nodeID:int nodeGuid:guid parentID:int? nodeType:bit nodeName:text nodeDesc:text? topic:text? ' +
    'filestoreURI:text? inheritance:bit scopeChange:bit overrideMember:bit invite:bit? logged:bit? filePost:bit? ' +
    'disabled:bit restrictChildCreate:bit? behavior:int visibility:int? scopeDefinerId:int roleDefinerId:int ' +
    'siopID:guid? nodeAddedBy:int nodeAddedOn:bigint nodeUpdatedBy:int nodeUpdatedOn:bigint',
  tblScopePrincipal: 'scopeNodeID:int scopePrinID:int scopeUpdatedBy:int',
  tblPrincipalRole: 'prinRoleNodeID:int prinRolePrinID:int prinRoleTypeID:int prinRoleUpdatedBy:int',
  tblPrincipalInvites: 'prinID:int invID:int nodeID:int createdOn:datetime',
  tblLastChatId: 'nodeID:int lastChatID:bigint',
  tblConfig: 'configLabel:text configSeqID:int configContent:text lastModifiedBy:int',
  tblChat: 'channelID:int chatID:bigint chatDate:bigint userId:int isAlert:bit content:text rtf:text?',
};

/** Ticks (100 ns) from 0001-01-01 to 1970-01-01. */
const TICKS_AT_1970 = 621_355_968_000_000_000n;

/** Columns from `name:type name:type?`, as in the table above. */
export function columnsFrom(notation: string): readonly Column[] {
  return notation.split(' ').map((entry) => {
    const [name = '', type = ''] = entry.split(':');
    return { name, type: type.replace('?', '') as ColumnType, nullable: type.endsWith('?') };
  });
}

/** A table of the documented schema; rows need to name only the columns that are not NULL. */
export function documentedTable(name: string, rows: readonly Row[], without: readonly string[] = []): Table {
  const notation = TABLE_COLUMNS[name];
  if (notation === undefined) throw new Error(`Unexpected table ${name}, expected a documented one.`);
  return { name, columns: columnsFrom(notation).filter((column) => !without.includes(column.name)), rows };
}

/** The tables as a model, in the given order. */
export function modelOf(tables: readonly Table[]): ExportModel {
  return new Map(tables.map((table) => [table.name, table]));
}

/** The rows of a table; none when the model lacks it. */
export function rowsOf(model: ExportModel, table: string): readonly Row[] {
  return model.get(table)?.rows ?? [];
}

/** The cell of a column; a column that the row does not name is NULL. */
export function cellOf(row: Row, column: string): Cell {
  return row[column] ?? null;
}

/** Ticks (100 ns since 0001-01-01 UTC) of an instant such as `2010-03-04T05:06:07Z`, plus `extra` ticks. */
export function ticksOf(instant: string, extra = 0n): bigint {
  return TICKS_AT_1970 + BigInt(Date.parse(instant)) * 10_000n + extra;
}

/** An own GUID for the number of a thing of one family, the same in every run; numbers up to 2^32 never collide. */
export function guidOf(family: number, number: number): string {
  const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, '0');
  const mixed = Math.imul(number + 1, 0x9e3779b1);
  return `${hex(mixed, 8)}-${hex(family, 4)}-4c0d-9a5c-${hex(mixed ^ 0x5bd1e995, 8)}${hex(number & 0xffff, 4)}`;
}
