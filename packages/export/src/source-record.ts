import type { Place } from './finding.js';
import type { TextValue } from './xml/text-value.js';

/**
 * One row of a documented Group Chat table (Lync Server 2010 schema; reference: "Persistent Chat database
 * schema", the 2010 pages), decoded: bigint columns as BigInt, bit as boolean, uniqueidentifier in lower case
 * with hyphens and no braces, NULL as null. Field names are the documented column names.
 *
 * A NOT NULL column that the row lacks, or whose text does not decode, is named in `defects`; its field then
 * holds a neutral value (0, 0n, '', false) that no rule may use without looking at `defects`.
 */
interface SourceRow {
  readonly place: Place;
  /** Columns that the schema does not know, by their name in the export, with their decoded text. */
  readonly extra: ReadonlyMap<string, string | null>;
  readonly defects: readonly ColumnDefect[];
}

/** A column that is missing although NOT NULL, or whose text is not of the column's type. */
export interface ColumnDefect {
  readonly column: string;
  /** The text that did not decode, clipped to 40 characters; null when the column is missing. */
  readonly seen: string | null;
  readonly expected: string;
}

/** tblNode: a category (`nodeType` true) or a room (`nodeType` false). Node 1 is the root and its own parent. */
export interface NodeRow extends SourceRow {
  readonly kind: 'node';
  readonly nodeID: number;
  readonly nodeGuid: string;
  readonly parentID: number | null;
  readonly nodeType: boolean;
  readonly nodeName: string;
  readonly nodeDesc: string | null;
  readonly topic: string | null;
  readonly filestoreURI: string | null;
  readonly inheritance: boolean;
  readonly scopeChange: boolean;
  readonly overrideMember: boolean;
  readonly invite: boolean | null;
  readonly logged: boolean | null;
  readonly filePost: boolean | null;
  readonly disabled: boolean;
  readonly restrictChildCreate: boolean | null;
  /** 4 normal, 5 auditorium. */
  readonly behavior: number;
  /** 2 private, 3 scope, null inherited (6 open does not occur in legacy data). */
  readonly visibility: number | null;
  readonly scopeDefinerId: number | null;
  readonly roleDefinerId: number | null;
  readonly siopID: string | null;
  readonly nodeAddedBy: number | null;
  /** Ticks: 100 ns since 0001-01-01 UTC. */
  readonly nodeAddedOn: bigint | null;
  readonly nodeUpdatedBy: number | null;
  readonly nodeUpdatedOn: bigint | null;
}

/** tblPrincipal. */
export interface PrincipalRow extends SourceRow {
  readonly kind: 'principal';
  readonly prinID: number;
  readonly prinGuid: string;
  readonly prinUri: string;
  readonly prinName: string | null;
  readonly prinDisplayName: string | null;
  readonly prinCompanyName: string | null;
  readonly prinEmail: string | null;
  readonly prinADPath: string | null;
  readonly prinADUserPrincipalName: string | null;
  /** 0 active, 1 disabled; 2 (AD object deleted) only from a 2013 or later database. */
  readonly prinDisabled: number;
  /** 4 system, 5 user, 7 federated user, 8 domain, 9 group, 10 folder, 11 federated group. */
  readonly prinTypeID: number;
  readonly prinAllowedPermSet: bigint | null;
  readonly prinUseInheritedPerms: boolean | null;
  readonly prinAddedBy: number | null;
  readonly prinAddedOn: bigint | null;
  readonly prinUpdatedBy: number | null;
  readonly prinUpdatedOn: bigint | null;
  readonly prinVerifiedOn: string | null;
}

/** tblPrincipalType. */
export interface PrincipalTypeRow extends SourceRow {
  readonly kind: 'principalType';
  readonly ptypeID: number;
  readonly ptypeDesc: string;
}

/** tblRoleType: the numeric ids are not documented, so rules map by `rtypeDesc` or by permission bits. */
export interface RoleTypeRow extends SourceRow {
  readonly kind: 'roleType';
  readonly rtypeID: number;
  readonly rtypeDesc: string | null;
  readonly rtypeAllowedPermSet: bigint | null;
}

/** tblPrincipalRole: one explicit role of one principal on one node. */
export interface PrincipalRoleRow extends SourceRow {
  readonly kind: 'principalRole';
  readonly prinRoleNodeID: number;
  readonly prinRolePrinID: number;
  readonly prinRoleTypeID: number;
  readonly prinRoleUpdatedBy: number | null;
}

/** tblScopePrincipal: one entry of the complete scope of a node. */
export interface ScopePrincipalRow extends SourceRow {
  readonly kind: 'scopePrincipal';
  readonly scopeNodeID: number;
  readonly scopePrinID: number;
  readonly scopeUpdatedBy: number | null;
}

/** tblSiopWhiteList: an add-in. */
export interface SiopWhiteListRow extends SourceRow {
  readonly kind: 'siopWhiteList';
  readonly siopID: string;
  readonly siopName: string;
  readonly siopUrl: string;
}

/** tblLastChatId: the message counter of one room. */
export interface LastChatIdRow extends SourceRow {
  readonly kind: 'lastChatId';
  readonly nodeID: number;
  readonly lastChatID: bigint;
}

/** tblEnumValue: the meaning of `behavior` and `visibility`. */
export interface EnumValueRow extends SourceRow {
  readonly kind: 'enumValue';
  readonly valueID: number;
  readonly attributeID: number;
  readonly attributeValue: string | null;
}

/** tblPrincipalAffiliations: `principalID` belongs to `affiliationID`; index -1 is the self-affiliation. */
export interface PrincipalAffiliationRow extends SourceRow {
  readonly kind: 'principalAffiliation';
  readonly principalID: number;
  readonly affiliationID: number;
  readonly index: number | null;
  readonly updatedBy: number | null;
}

/** tblPrincipalInvites. */
export interface PrincipalInviteRow extends SourceRow {
  readonly kind: 'principalInvite';
  readonly prinID: number;
  readonly invID: number;
  readonly nodeID: number;
  readonly createdOn: string | null;
}

/** A row of the directory: everything but messages. Held in memory. */
export type DirectoryRow =
  | NodeRow
  | PrincipalRow
  | PrincipalTypeRow
  | RoleTypeRow
  | PrincipalRoleRow
  | ScopePrincipalRow
  | SiopWhiteListRow
  | LastChatIdRow
  | EnumValueRow
  | PrincipalAffiliationRow
  | PrincipalInviteRow;

/**
 * tblChat: one message. **A view**: its text values point into the reader's window and are valid only until
 * the next record is asked for. Ids and ticks are BigInt; `content` null means the column is absent (NULL).
 */
export interface ChatRow extends SourceRow {
  readonly kind: 'chat';
  readonly channelID: number;
  /** Sequence per room; defines the order in the room. */
  readonly chatID: bigint;
  /** Ticks: 100 ns since 0001-01-01 UTC. */
  readonly chatDate: bigint;
  readonly userId: number;
  readonly isAlert: boolean;
  readonly content: TextValue | null;
  readonly rtf: TextValue | null;
  /**
   * chatID and chatDate as plain digits, when they stand so in the export; to copy instead of converting. A view like
   * the texts.
   */
  readonly digits?: MessageDigits | null;
}

/** The two long numbers of a message in canonical decimal digits. */
export interface MessageDigits {
  readonly id: TextValue;
  readonly date: TextValue;
}

export type SourceRecord = DirectoryRow | ChatRow;
export type SourceKind = SourceRecord['kind'];

/** The directory, table by table, in the order of the export. */
export interface Directory {
  readonly nodes: readonly NodeRow[];
  readonly principals: readonly PrincipalRow[];
  readonly principalTypes: readonly PrincipalTypeRow[];
  readonly roleTypes: readonly RoleTypeRow[];
  readonly principalRoles: readonly PrincipalRoleRow[];
  readonly scopePrincipals: readonly ScopePrincipalRow[];
  readonly siopWhiteList: readonly SiopWhiteListRow[];
  readonly lastChatIds: readonly LastChatIdRow[];
  readonly enumValues: readonly EnumValueRow[];
  readonly principalAffiliations: readonly PrincipalAffiliationRow[];
  readonly principalInvites: readonly PrincipalInviteRow[];
}
