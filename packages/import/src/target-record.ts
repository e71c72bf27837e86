import type { MessageDigits, TextValue } from '@chatferry/export';

/** What a principal is; the database's ptypeID is 5, 9, 10, 8 and 4 in this order. */
export type PrincipalKind = 'user' | 'group' | 'folder' | 'domain' | 'system';

/** tblPrincipal of the target. Lengths in UTF-16 units: uri and names 256, adPath 384. */
export interface TargetPrincipal {
  readonly kind: 'principal';
  readonly id: number;
  readonly guid: string;
  readonly uri: string;
  readonly principalKind: PrincipalKind;
  readonly name: string | null;
  readonly displayName: string | null;
  readonly company: string | null;
  readonly email: string | null;
  readonly adPath: string | null;
  readonly userPrincipalName: string | null;
  /** 0 active, 1 SIP disabled, 2 AD object deleted. */
  readonly disabled: 0 | 1 | 2;
}

/** tblPrincipalAffiliations of one principal: the groups it belongs to, in index order, itself left out. */
export interface TargetAffiliation {
  readonly kind: 'affiliation';
  readonly principalId: number;
  readonly groupIds: readonly number[];
}

/** tblSiopWhiteList of the target: name at most 50 units, url at most 255, http or https. */
export interface TargetAddIn {
  readonly kind: 'addIn';
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

/** Who made and last changed a node (principal ids, ticks). */
export interface Audit {
  readonly addedBy: number | null;
  readonly addedOn: bigint | null;
  readonly updatedBy: number | null;
  readonly updatedOn: bigint | null;
}

/** A category: always directly below the (implied) root. Name and description at most 256 units. */
export interface TargetCategory extends Audit {
  readonly kind: 'category';
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  readonly description: string;
  readonly invitations: boolean;
  readonly chatHistory: boolean;
  readonly fileUpload: boolean;
  /** AllowedMembers: principal ids, ascending. */
  readonly allowed: readonly number[];
  /** DeniedMembers: principal ids, ascending. */
  readonly denied: readonly number[];
  /** Creators: principal ids, ascending. */
  readonly creators: readonly number[];
}

/** tblNode.behavior. */
export type RoomType = 'Normal' | 'Auditorium';
/** tblNode.visibility: Secret 2, Closed 3, Open 6. */
export type Privacy = 'Secret' | 'Closed' | 'Open';
/** tblNode.invite of a room: Inherit is NULL, False is 0. */
export type RoomInvitations = 'Inherit' | 'False';

/** A room in exactly one category. */
export interface TargetRoom extends Audit {
  readonly kind: 'room';
  readonly id: number;
  readonly guid: string;
  readonly categoryId: number;
  readonly name: string;
  readonly description: string;
  readonly disabled: boolean;
  readonly type: RoomType;
  readonly privacy: Privacy;
  readonly invitations: RoomInvitations;
  readonly addInId: string | null;
  /** Principal ids, ascending. */
  readonly managers: readonly number[];
  readonly members: readonly number[];
  readonly presenters: readonly number[];
}

/** The message counter of a room (tblLastChatId). */
export interface TargetLastChatId {
  readonly kind: 'lastChatId';
  readonly roomId: number;
  readonly id: bigint;
}

/** One message. `date` in ticks. The text values may point into a reader's window: write before reading on. */
export interface TargetMessage {
  readonly kind: 'message';
  readonly roomId: number;
  readonly id: bigint;
  readonly date: bigint;
  readonly userId: number;
  readonly alert: boolean;
  readonly content: TextValue;
  readonly rtf: TextValue | null;
  /** `id` and `date` in canonical digits, when somebody has them: copied instead of converted. */
  readonly digits?: MessageDigits | null;
}

export type TargetDirectoryRecord =
  | TargetPrincipal
  | TargetAffiliation
  | TargetAddIn
  | TargetCategory
  | TargetRoom
  | TargetLastChatId;
export type TargetRecord = TargetDirectoryRecord | TargetMessage;

/** Everything of the target but the messages; each list ascending by id (add-ins by GUID). */
export interface TargetDirectory {
  readonly principals: readonly TargetPrincipal[];
  readonly affiliations: readonly TargetAffiliation[];
  readonly addIns: readonly TargetAddIn[];
  readonly categories: readonly TargetCategory[];
  readonly rooms: readonly TargetRoom[];
  readonly lastChatIds: readonly TargetLastChatId[];
}
