import { guidOf, type Row, ticksOf } from './export-model.js';

const PRINCIPAL_FAMILY = 0x50;
const TYPE = {
  system: 4,
  user: 5,
  federatedUser: 7,
  domain: 8,
  group: 9,
  folder: 10,
  federatedGroup: 11,
} as const;

/** One invented principal; `in` names the groups, folders and domains to which it directly belongs. */
interface Principal {
  readonly id: number;
  readonly type: keyof typeof TYPE;
  readonly name: string;
  /** The SIP account without domain, of users. */
  readonly account?: string;
  readonly path?: string;
  readonly in?: readonly number[];
  readonly isDisabled?: boolean;
  /** Bits of prinAllowedPermSet: 0 may post files, 1 user administrator, 2 chat room administrator. */
  readonly rights?: bigint;
  /** Another principal's row for the same Active Directory object. */
  readonly sameObjectAs?: number;
}

const BASE = 'DC=contoso,DC=example';
const CONTAINERS: readonly Principal[] = [
  { id: 1, type: 'system', name: 'System' },
  { id: 2, type: 'domain', name: 'contoso.example', path: BASE },
  { id: 3, type: 'domain', name: 'emea.contoso.example', path: `DC=emea,${BASE}` },
  { id: 4, type: 'folder', name: 'Staff', path: `OU=Staff,${BASE}`, in: [2] },
  { id: 5, type: 'folder', name: 'Traders', path: `OU=Traders,OU=Staff,${BASE}`, in: [4] },
  { id: 6, type: 'group', name: 'Operations', path: `CN=Operations,OU=Groups,${BASE}`, in: [2] },
  { id: 7, type: 'group', name: 'Traders London', path: `CN=Traders London,OU=Groups,${BASE}`, in: [2] },
  { id: 8, type: 'group', name: 'Support Desk', path: `CN=Support Desk,OU=Groups,${BASE}`, in: [6] },
  { id: 9, type: 'federatedGroup', name: 'fabrikam.example' },
];

/** id, name, account, direct groups; everybody else is told below. */
const STAFF: readonly (readonly [number, string, string, readonly number[]])[] = [
  [12, 'Ana Rey', 'ana.rey', [4]],
  [13, 'Bo Lindqvist', 'bo.lindqvist', [4, 6]],
  [14, 'Chidi Okafor', 'chidi.okafor', [4, 6]],
  [15, 'דנה לוי', 'dana.levi', [4]],
  [16, '田中 絵美', 'emi.tanaka', [4]],
  [17, 'Farid Haddad', 'farid.haddad', [4, 6]],
  [18, 'Greta Holm', 'greta.holm', [4]],
  [20, 'Inês Sá', 'ines.sa', [4]],
  [21, 'Jonas Weber', 'jonas.weber', [4, 6]],
  [23, 'Livia Rossi', 'livia.rossi', [5, 7]],
  [24, 'Mads Krag', 'mads.krag', [5, 7]],
  [25, 'Nora Ní Bhriain', 'nora.nibhriain', [4, 8]],
  [26, 'Otto Šimek', 'otto.simek', [5]],
  [27, 'Priya Nair', 'priya.nair', [4, 6]],
  [28, "Quinn O'Dell", 'quinn.odell', [4]],
  [29, 'Rui Costa', 'rui.costa', [5, 7]],
  [30, 'Sofia Petrova', 'sofia.petrova', [4, 8]],
  [31, 'Tariq Mansour', 'tariq.mansour', [4]],
  [33, 'Vera "Vee" Lund', 'vera.lund', [4]],
  [34, '王敏', 'wang.min', [4]],
  [35, 'Xavi Puig', 'xavi.puig', [5]],
  [36, 'Yara Cohen', 'yara.cohen', [4, 8]],
  [37, 'Zeno <Z> Marchetti & Söhne', 'zeno.marchetti', [4]],
  [40, 'Status Board', 'status.board', [4]],
];

const OTHERS: readonly Principal[] = [
  { id: 10, type: 'federatedUser', name: 'Lena Fischer', account: 'lena.fischer', in: [9] },
  { id: 11, type: 'federatedUser', name: 'Omar Said', account: 'omar.said', in: [9] },
  { id: 19, type: 'user', name: 'Hugo Blanc', account: 'hugo.blanc', in: [4], isDisabled: true },
  {
    id: 22,
    type: 'user',
    name: 'Kalle Ek',
    account: 'kalle.ek',
    in: [3],
    path: `CN=Kalle Ek,DC=emea,${BASE}`,
  },
  { id: 32, type: 'user', name: 'Uma Reddy', account: 'uma.reddy', in: [4], isDisabled: true },
  { id: 38, type: 'user', name: 'Bo Lindqvist-Berg', account: 'bo.berg', in: [4], sameObjectAs: 13 },
  {
    id: 39,
    type: 'user',
    name: 'Archive Service',
    account: 'archive',
    in: [4],
    isDisabled: true,
    rights: 3n,
  },
];

const RIGHTS: ReadonlyMap<number, bigint> = new Map([
  [12, 7n],
  [18, 4n],
  [33, 1n],
]);

/** The paths of some entries stand in other letters, as directories tolerate. */
const ODD_PATHS: ReadonlyMap<number, string> = new Map([
  [28, "cn=Quinn O'Dell,ou=Staff,dc=Contoso,dc=EXAMPLE"],
]);

const PRINCIPALS: readonly Principal[] = [
  ...CONTAINERS,
  ...STAFF.map(([id, name, account, groups]): Principal => {
    const folder = groups.includes(5) ? 'OU=Traders,OU=Staff' : 'OU=Staff';
    const path = ODD_PATHS.get(id) ?? `CN=${account},${folder},${BASE}`;
    const rights = RIGHTS.get(id);
    return { id, type: 'user', name, account, in: groups, path, ...(rights === undefined ? {} : { rights }) };
  }),
  ...OTHERS,
].sort((a, b) => a.id - b.id);

/** tblPrincipal of the sample. */
export function principalRows(): readonly Row[] {
  return PRINCIPALS.map((principal) => ({
    prinID: principal.id,
    prinGuid: guidOf(PRINCIPAL_FAMILY, principal.sameObjectAs ?? principal.id),
    prinUri: uriOf(principal),
    prinTypeID: TYPE[principal.type],
    prinADPath: pathOf(principal),
    ...userColumns(principal),
    prinDisabled: principal.isDisabled ?? false,
    prinAllowedPermSet: principal.rights ?? 0n,
    prinUseInheritedPerms: principal.rights === undefined,
    prinAddedBy: 1,
    prinAddedOn: ticksOf('2009-01-05T07:00:00Z', BigInt(principal.id)),
    prinUpdatedBy: 1,
    prinUpdatedOn: ticksOf('2011-06-30T22:15:00Z', BigInt(principal.id)),
    prinVerifiedOn: principal.id % 3 === 0 ? '2012-02-01T02:00:00.000' : '2012-02-01T02:00:07.890',
  }));
}

function userColumns(principal: Principal): Row {
  const { account } = principal;
  if (account === undefined) return {};
  const domain = domainOf(principal);
  return {
    prinName: principal.name,
    prinCompanyName: principal.type === 'federatedUser' ? 'Fabrikam' : 'Contoso',
    prinEmail: `${account}@${domain}`,
    prinADUserPrincipalName: principal.type === 'user' ? `${account}@${domain}` : null,
  };
}

function uriOf(principal: Principal): string {
  if (principal.account !== undefined) return `sip:${principal.account}@${domainOf(principal)}`;
  return `ma-grp:${guidOf(PRINCIPAL_FAMILY, principal.id)}@u.g`;
}

function domainOf(principal: Principal): string {
  if (principal.type === 'federatedUser') return 'fabrikam.example';
  return principal.in?.includes(3) ? 'emea.contoso.example' : 'contoso.example';
}

function pathOf(principal: Principal): string | null {
  if (principal.path !== undefined) return principal.path;
  return principal.type === 'user' ? `CN=${principal.account},OU=Staff,${BASE}` : null;
}

/** tblPrincipalAffiliations: the principal itself at index -1, then everything it belongs to, nearest first. */
export function affiliationRows(): readonly Row[] {
  const parents = new Map(PRINCIPALS.map((principal) => [principal.id, principal.in ?? []]));
  return PRINCIPALS.filter((principal) => principal.type !== 'system').flatMap(({ id }) => {
    const found = [id];
    for (const at of found) for (const up of parents.get(at) ?? []) if (!found.includes(up)) found.push(up);
    return found.map((affiliationID, position) => ({
      principalID: id,
      affiliationID,
      index: position - 1,
      updatedBy: 1,
    }));
  });
}

/** tblPrincipalType as installed. */
export function principalTypeRows(): readonly Row[] {
  const types: readonly (readonly [number, string, boolean])[] = [
    [1, 'Any', false],
    [2, 'AnyUser', true],
    [3, 'AnyGroup', false],
    [4, 'SystemUser', true],
    [5, 'User', true],
    [6, 'ExternalUser', true],
    [7, 'FederatedUser', true],
    [8, 'DC', false],
    [9, 'Group', false],
    [10, 'Folder', false],
    [11, 'FederatedGroup', false],
  ];
  return types.map(([ptypeID, ptypeDesc, ptypeIsUser]) => ({
    ptypeID,
    ptypeDesc,
    ptypeIsSystemUser: ptypeID === TYPE.system,
    ptypeIsUser,
    ptypeIsFederated: ptypeID === TYPE.federatedUser || ptypeID === TYPE.federatedGroup,
  }));
}
