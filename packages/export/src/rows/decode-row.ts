import type { Place } from '../finding.js';
import type { DirectoryRow, NodeRow, PrincipalRow, SourceKind } from '../source-record.js';
import { ColumnReader } from './column-reader.js';

/** The columns of one row by lower-case name, with the name as written. */
export type RawColumns = ReadonlyMap<string, { readonly name: string; readonly value: string | null }>;

type Fields<Row extends DirectoryRow> = Row extends DirectoryRow
  ? Omit<Row, 'place' | 'extra' | 'defects'>
  : never;
type Decoder = (read: ColumnReader) => Fields<DirectoryRow>;

/** Decodes a row of a directory table (all but tblChat). Columns nobody knows end up in `extra`. */
export function decodeDirectoryRow(
  kind: Exclude<SourceKind, 'chat'>,
  columns: RawColumns,
  at: Omit<Place, 'record'>,
): DirectoryRow {
  const read = new ColumnReader(columns);
  const fields = DECODERS[kind](read);
  const place = { ...at, record: recordKey(fields) };
  return { ...fields, place, extra: read.leftOver(), defects: read.defects } as DirectoryRow;
}

const DECODERS: Readonly<Record<Exclude<SourceKind, 'chat'>, Decoder>> = {
  node: decodeNode,
  principal: decodePrincipal,
  principalType: (read) => {
    for (const flag of ['ptypeIsSystemUser', 'ptypeIsUser', 'ptypeIsFederated']) read.bitOrNull(flag);
    return { kind: 'principalType', ptypeID: read.int('ptypeID'), ptypeDesc: read.text('ptypeDesc') };
  },
  roleType: (read) => {
    for (const flag of ['honorsOverride', 'honorsScope']) read.bitOrNull(flag);
    return {
      kind: 'roleType',
      rtypeID: read.int('rtypeID'),
      rtypeDesc: read.textOrNull('rtypeDesc'),
      rtypeAllowedPermSet: read.bigintOrNull('rtypeAllowedPermSet'),
    };
  },
  principalRole: (read) => ({
    kind: 'principalRole',
    prinRoleNodeID: read.int('prinRoleNodeID'),
    prinRolePrinID: read.int('prinRolePrinID'),
    prinRoleTypeID: read.int('prinRoleTypeID'),
    prinRoleUpdatedBy: read.intOrNull('prinRoleUpdatedBy'),
  }),
  scopePrincipal: (read) => ({
    kind: 'scopePrincipal',
    scopeNodeID: read.int('scopeNodeID'),
    scopePrinID: read.int('scopePrinID'),
    scopeUpdatedBy: read.intOrNull('scopeUpdatedBy'),
  }),
  siopWhiteList: (read) => ({
    kind: 'siopWhiteList',
    siopID: read.guid('siopID'),
    siopName: read.text('siopName'),
    siopUrl: read.text('siopUrl'),
  }),
  lastChatId: (read) => ({
    kind: 'lastChatId',
    nodeID: read.int('nodeID'),
    lastChatID: read.bigint('lastChatID'),
  }),
  enumValue: (read) => ({
    kind: 'enumValue',
    valueID: read.int('valueID'),
    attributeID: read.int('attributeID'),
    attributeValue: read.textOrNull('attributeValue'),
  }),
  principalAffiliation: (read) => ({
    kind: 'principalAffiliation',
    principalID: read.int('principalID'),
    affiliationID: read.int('affiliationID'),
    index: read.intOrNull('index'),
    updatedBy: read.intOrNull('updatedBy'),
  }),
  principalInvite: (read) => ({
    kind: 'principalInvite',
    prinID: read.int('prinID'),
    invID: read.int('invID'),
    nodeID: read.int('nodeID'),
    createdOn: read.textOrNull('createdOn'),
  }),
};

/** tblNode of 2010; the audit columns and siopID are not on the readable page and so may be missing. */
function decodeNode(read: ColumnReader): Fields<NodeRow> {
  return {
    kind: 'node',
    nodeID: read.int('nodeID'),
    nodeGuid: read.guid('nodeGuid'),
    parentID: read.intOrNull('parentID'),
    nodeType: read.bit('nodeType'),
    nodeName: read.text('nodeName'),
    nodeDesc: read.textOrNull('nodeDesc'),
    topic: read.textOrNull('topic'),
    filestoreURI: read.textOrNull('filestoreURI'),
    inheritance: read.bitOrNull('inheritance') ?? false,
    scopeChange: read.bitOrNull('scopeChange') ?? false,
    overrideMember: read.bitOrNull('overrideMember') ?? false,
    invite: read.bitOrNull('invite'),
    logged: read.bitOrNull('logged'),
    filePost: read.bitOrNull('filePost'),
    disabled: read.bit('disabled'),
    restrictChildCreate: read.bitOrNull('restrictChildCreate'),
    behavior: read.int('behavior'),
    visibility: read.intOrNull('visibility'),
    scopeDefinerId: read.intOrNull('scopeDefinerId'),
    roleDefinerId: read.intOrNull('roleDefinerId'),
    siopID: read.guidOrNull('siopID'),
    nodeAddedBy: read.intOrNull('nodeAddedBy'),
    nodeAddedOn: read.bigintOrNull('nodeAddedOn'),
    nodeUpdatedBy: read.intOrNull('nodeUpdatedBy'),
    nodeUpdatedOn: read.bigintOrNull('nodeUpdatedOn'),
  };
}

function decodePrincipal(read: ColumnReader): Fields<PrincipalRow> {
  return {
    kind: 'principal',
    prinID: read.int('prinID'),
    prinGuid: read.guid('prinGuid'),
    prinUri: read.text('prinUri'),
    prinName: read.textOrNull('prinName'),
    prinDisplayName: read.textOrNull('prinDisplayName'),
    prinCompanyName: read.textOrNull('prinCompanyName'),
    prinEmail: read.textOrNull('prinEmail'),
    prinADPath: read.textOrNull('prinADPath'),
    prinADUserPrincipalName: read.textOrNull('prinADUserPrincipalName'),
    prinDisabled: read.disabled('prinDisabled'),
    prinTypeID: read.int('prinTypeID'),
    prinAllowedPermSet: read.bigintOrNull('prinAllowedPermSet'),
    prinUseInheritedPerms: read.bitOrNull('prinUseInheritedPerms'),
    prinAddedBy: read.intOrNull('prinAddedBy'),
    prinAddedOn: read.bigintOrNull('prinAddedOn'),
    prinUpdatedBy: read.intOrNull('prinUpdatedBy'),
    prinUpdatedOn: read.bigintOrNull('prinUpdatedOn'),
    prinVerifiedOn: read.textOrNull('prinVerifiedOn'),
  };
}

/** The key that findings print: `node 5`, `role 2 of principal 12 on node 5`. */
function recordKey(fields: Fields<DirectoryRow>): string {
  const row = fields as DirectoryRow;
  switch (row.kind) {
    case 'node':
      return `node ${row.nodeID}`;
    case 'principal':
      return `principal ${row.prinID}`;
    case 'principalType':
      return `principal type ${row.ptypeID}`;
    case 'roleType':
      return `role type ${row.rtypeID}`;
    case 'principalRole':
      return `role ${row.prinRoleTypeID} of principal ${row.prinRolePrinID} on node ${row.prinRoleNodeID}`;
    case 'scopePrincipal':
      return `scope of node ${row.scopeNodeID}: principal ${row.scopePrinID}`;
    case 'siopWhiteList':
      return `add-in ${row.siopID}`;
    case 'lastChatId':
      return `last chat id of node ${row.nodeID}`;
    case 'enumValue':
      return `enum value ${row.valueID}`;
    case 'principalAffiliation':
      return `affiliation of principal ${row.principalID} to ${row.affiliationID}`;
    case 'principalInvite':
      return `invite ${row.invID} of principal ${row.prinID}`;
  }
}
