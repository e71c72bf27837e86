import type {
  Directory,
  EnumValueRow,
  Finding,
  LastChatIdRow,
  NodeRow,
  PrincipalAffiliationRow,
  PrincipalInviteRow,
  PrincipalRoleRow,
  PrincipalRow,
  PrincipalTypeRow,
  RoleTypeRow,
  ScopePrincipalRow,
  SiopWhiteListRow,
} from '@chatferry/export';
import {
  DEFAULT_OPTIONS,
  DIRECTORY_RULES,
  type DirectoryDraft,
  type DraftExtras,
  runDirectoryRules,
  startDraft,
  type TransformOptions,
} from '@chatferry/transform';

/** What a test says about a row; everything else is filled with a neutral value that no rule speaks about. */
type Given<Row> = Partial<Omit<Row, 'kind'>>;

/**
 * The rows of a test's directory. The root (node 1) is put first unless a given node has the id 1 or `root` is
 * false; the three legacy roles (1 Member, 2 Manager, 3 Voiced) stand in tblRoleType unless `roleTypes` is given.
 */
export interface GivenDirectory {
  readonly root?: false | Given<NodeRow>;
  readonly nodes?: readonly Given<NodeRow>[];
  readonly principals?: readonly Given<PrincipalRow>[];
  readonly principalTypes?: readonly Given<PrincipalTypeRow>[];
  readonly roleTypes?: readonly Given<RoleTypeRow>[];
  readonly principalRoles?: readonly Given<PrincipalRoleRow>[];
  readonly scopePrincipals?: readonly Given<ScopePrincipalRow>[];
  readonly siopWhiteList?: readonly Given<SiopWhiteListRow>[];
  readonly lastChatIds?: readonly Given<LastChatIdRow>[];
  readonly enumValues?: readonly Given<EnumValueRow>[];
  readonly principalAffiliations?: readonly Given<PrincipalAffiliationRow>[];
  readonly principalInvites?: readonly Given<PrincipalInviteRow>[];
}

/** The GUID that the builder gives to a record: `guid(5)` is 00000000-0000-4000-8000-000000000005. */
export function guid(id: number): string {
  return `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;
}

/** A category with every inheritable setting stored: invitations, history and creation on, upload off. */
export function category(
  id: number,
  parentID: number,
  name: string,
  more: Given<NodeRow> = {},
): Given<NodeRow> {
  return {
    nodeID: id,
    parentID,
    nodeName: name,
    nodeType: true,
    invite: true,
    logged: true,
    filePost: false,
    restrictChildCreate: true,
    ...more,
  };
}

/** A normal, closed room that inherits the other settings. */
export function room(id: number, parentID: number, name: string, more: Given<NodeRow> = {}): Given<NodeRow> {
  return { nodeID: id, parentID, nodeName: name, nodeType: false, visibility: 3, ...more };
}

/** An active user of DC=contoso,DC=example. */
export function user(id: number, more: Given<PrincipalRow> = {}): Given<PrincipalRow> {
  return {
    prinID: id,
    prinUri: `sip:user${id}@contoso.example`,
    prinName: `User ${id}`,
    prinADPath: `CN=User ${id},OU=Staff,DC=contoso,DC=example`,
    ...more,
  };
}

/** An AD group (type 9) of DC=contoso,DC=example. */
export function group(id: number, more: Given<PrincipalRow> = {}): Given<PrincipalRow> {
  return {
    prinID: id,
    prinUri: `ma-grp:group${id}`,
    prinTypeID: 9,
    prinADPath: `CN=Group ${id},OU=Groups,DC=contoso,DC=example`,
    ...more,
  };
}

/** A whole directory of complete rows. Places: `<table>.xml`, line = position in the table from 1, column 1. */
export function directory(given: GivenDirectory = {}): Directory {
  return {
    nodes: withRoot(given).map((row, index) => node(row, index + 1)),
    principals: rows(given.principals, 'principal', PRINCIPAL, (r) => `principal ${r.prinID}`).map((row) => ({
      ...row,
      prinGuid: row.prinGuid === '' ? guid(0x100000 + row.prinID) : row.prinGuid,
    })),
    principalTypes: rows(
      given.principalTypes,
      'principalType',
      { ptypeID: 5, ptypeDesc: 'User' },
      (r) => `principal type ${r.ptypeID}`,
    ),
    roleTypes: rows(given.roleTypes ?? LEGACY_ROLES, 'roleType', ROLE_TYPE, (r) => `role type ${r.rtypeID}`),
    principalRoles: rows(given.principalRoles, 'principalRole', PRINCIPAL_ROLE, (r) => {
      return `role ${r.prinRoleNodeID}/${r.prinRolePrinID}/${r.prinRoleTypeID}`;
    }),
    scopePrincipals: rows(given.scopePrincipals, 'scopePrincipal', SCOPE_PRINCIPAL, (r) => {
      return `scope ${r.scopeNodeID}/${r.scopePrinID}`;
    }),
    siopWhiteList: rows(given.siopWhiteList, 'siopWhiteList', ADD_IN, (r) => `add-in ${r.siopID}`),
    lastChatIds: rows(
      given.lastChatIds,
      'lastChatId',
      { nodeID: 0, lastChatID: 0n },
      (r) => `counter ${r.nodeID}`,
    ),
    enumValues: rows(given.enumValues, 'enumValue', ENUM_VALUE, (r) => `enum value ${r.valueID}`),
    principalAffiliations: rows(given.principalAffiliations, 'principalAffiliation', AFFILIATION, (r) => {
      return `affiliation ${r.principalID}/${r.affiliationID}`;
    }),
    principalInvites: rows(given.principalInvites, 'principalInvite', INVITE, (r) => {
      return `invite ${r.prinID}/${r.invID}`;
    }),
  };
}

/** Runs every directory rule, in order, over the directory; options not given keep their default. */
export function runRules(
  source: Directory,
  options: Partial<TransformOptions> = {},
  extras: DraftExtras = {},
): { draft: DirectoryDraft; findings: Finding[] } {
  const draft = startDraft(source, extras);
  const findings: Finding[] = [];
  runDirectoryRules(DIRECTORY_RULES, draft, { ...DEFAULT_OPTIONS, ...options }, (finding) =>
    findings.push(finding),
  );
  return { draft, findings };
}

/** `<severity> <rule> @ <record>` of each finding, in the order of saying; made for one-line assertions. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(
    (finding) => `${finding.severity} ${finding.rule} @ ${finding.place?.record ?? 'the export'}`,
  );
}

/** The findings about the tree, names, settings and add-ins: those about principals, roles and scopes left out. */
export function aboutNodes(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => !ABOUT_PRINCIPALS.test(finding.rule));
}

const ABOUT_PRINCIPALS =
  /^(affiliation|auditorium|capacity|creator|definer|manager|member|presenter|principal|role|scope|table)-/;
const PRINCIPAL: Row<PrincipalRow> = {
  prinID: 0,
  prinGuid: '',
  prinUri: '',
  prinName: null,
  prinDisplayName: null,
  prinCompanyName: null,
  prinEmail: null,
  prinADPath: null,
  prinADUserPrincipalName: null,
  prinDisabled: 0,
  prinTypeID: 5,
  prinAllowedPermSet: 0n,
  prinUseInheritedPerms: false,
  prinAddedBy: null,
  prinAddedOn: null,
  prinUpdatedBy: null,
  prinUpdatedOn: null,
  prinVerifiedOn: null,
};
const LEGACY_ROLES: readonly Given<RoleTypeRow>[] = [
  { rtypeID: 1, rtypeDesc: 'Member', rtypeAllowedPermSet: 3984n },
  { rtypeID: 2, rtypeDesc: 'Manager', rtypeAllowedPermSet: 12276n },
  { rtypeID: 3, rtypeDesc: 'Voiced', rtypeAllowedPermSet: 4096n },
];
const ROLE_TYPE: Row<RoleTypeRow> = { rtypeID: 0, rtypeDesc: null, rtypeAllowedPermSet: null };
const PRINCIPAL_ROLE: Row<PrincipalRoleRow> = {
  prinRoleNodeID: 0,
  prinRolePrinID: 0,
  prinRoleTypeID: 1,
  prinRoleUpdatedBy: null,
};
const SCOPE_PRINCIPAL: Row<ScopePrincipalRow> = { scopeNodeID: 0, scopePrinID: 0, scopeUpdatedBy: null };
const ADD_IN: Row<SiopWhiteListRow> = {
  siopID: guid(0xa),
  siopName: 'Add-in',
  siopUrl: 'https://addin.contoso.example/',
};
const ENUM_VALUE: Row<EnumValueRow> = { valueID: 0, attributeID: 1, attributeValue: null };
const AFFILIATION: Row<PrincipalAffiliationRow> = {
  principalID: 0,
  affiliationID: 0,
  index: null,
  updatedBy: null,
};
const INVITE: Row<PrincipalInviteRow> = { prinID: 0, invID: 0, nodeID: 0, createdOn: null };

type Frame = 'kind' | 'place' | 'extra' | 'defects';
type Row<T> = Omit<T, Frame>;

function rows<T extends { kind: string; place: unknown; extra: unknown; defects: unknown }>(
  given: readonly Partial<Omit<T, 'kind'>>[] | undefined,
  kind: T['kind'],
  neutral: Row<T>,
  key: (row: T) => string,
): T[] {
  return (given ?? []).map((values, index) => {
    // The neutral row has every column, so the spread is a whole row of the table.
    const row = { extra: new Map(), defects: [], ...neutral, ...values, kind } as unknown as T;
    const place = { file: `${kind}.xml`, line: index + 1, column: 1, record: key(row) };
    return { ...row, place: values.place ?? place };
  });
}

function withRoot(given: GivenDirectory): readonly Given<NodeRow>[] {
  const nodes = given.nodes ?? [];
  if (given.root === false || nodes.some((row) => row.nodeID === 1)) return nodes;
  return [category(1, 1, 'Root', { visibility: 3, ...given.root }), ...nodes];
}

function node(given: Given<NodeRow>, line: number): NodeRow {
  const nodeID = given.nodeID ?? 0;
  return {
    kind: 'node',
    place: { file: 'node.xml', line, column: 1, record: `node ${nodeID}` },
    extra: new Map(),
    defects: [],
    nodeID,
    nodeGuid: guid(nodeID),
    parentID: 1,
    nodeType: false,
    nodeName: `Node${nodeID}`,
    nodeDesc: '',
    topic: '',
    filestoreURI: null,
    inheritance: false,
    scopeChange: true,
    overrideMember: false,
    invite: null,
    logged: null,
    filePost: null,
    disabled: false,
    restrictChildCreate: null,
    behavior: 4,
    visibility: null,
    scopeDefinerId: null,
    roleDefinerId: null,
    siopID: null,
    nodeAddedBy: null,
    nodeAddedOn: null,
    nodeUpdatedBy: null,
    nodeUpdatedOn: null,
    ...given,
  };
}
