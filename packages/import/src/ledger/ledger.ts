/** What became of one source record. Every record ends in exactly one state. */
export type RecordState = 'carried' | 'changed' | 'excluded' | 'refused';

/** How many records of a table or room a rule put into one state, and what that did to their text. */
export interface RuleShare {
  readonly state: Exclude<RecordState, 'carried'>;
  /** At least 1. */
  readonly records: number;
  /**
   * UTF-8 bytes of decoded message text: what stayed behind (excluded, refused), or by how much the text grew
   * (changed; negative when it shrank). 0 in the tables of the directory, whose text is not counted.
   */
  readonly textBytes: number;
}

/** Balance: `read = carried + changed + excluded + refused`. */
export interface StateCounts {
  readonly read: number;
  readonly carried: number;
  readonly changed: number;
  readonly excluded: number;
  readonly refused: number;
  /** Source records that live on in the package: `carried + changed`. */
  readonly written: number;
  /**
   * By rule id, sorted; a rule that put records into several states (`message-id-duplicate` excludes identical
   * rows and refuses different ones) has one share a state, in the order changed, excluded, refused.
   * The sums per state equal `changed`, `excluded` and `refused`.
   */
  readonly byRule: Readonly<Record<string, readonly RuleShare[]>>;
}

/** One room's messages. Byte counts are UTF-8 bytes of decoded message text (content, plus rtf when present). */
export interface RoomAccount extends StateCounts {
  readonly name: string;
  readonly textBytesRead: number;
  readonly textBytesWritten: number;
  /**
   * Bytes of text of excluded and refused messages, and by how much changes altered the length:
   * read + altered - excluded - refused = written. Each is the sum of the rules' `textBytes` of that state.
   */
  readonly textBytesExcluded: number;
  readonly textBytesRefused: number;
  readonly textBytesAltered: number;
  /** Ticks, decimal; null when nothing was written. The same for ids. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly lowestId: string | null;
  readonly highestId: string | null;
  /**
   * SHA-256 (hex) over the written messages in ascending chatID, each as the UTF-8 bytes of
   * chatID U+001F ticks U+001F author-guid U+001F `1`|`0` U+001F content U+001E; with rich text, U+001F rtf before
   * U+001E.
   */
  readonly sha256: string;
}

/**
 * What the package holds of one of the target's tables, messages apart: its rows, and SHA-256 (hex) over them.
 *
 * A row is its columns as UTF-8, U+001F between them and U+001E behind the last; NULL is U+0000, a flag `1` or `0`, a
 * GUID in lower case, an enumeration its word in target-record.ts. XML 1.0 can hold none of the three characters. Rows
 * by table:
 *
 * - tblPrincipal, by id: id, guid, uri, principalKind, disabled, name, displayName, company, email, adPath,
 *   userPrincipalName.
 * - tblPrincipalAffiliations, by principal, then as the package has them: principalId, the group's id. Not the row of
 *   each principal with itself, which the server adds.
 * - tblSiopWhiteList, by id: id, name, url.
 * - tblNode, the categories by id: id, guid, name, description, invitations, chatHistory, fileUpload, addedBy, addedOn,
 *   updatedBy, updatedOn; then the rooms by id: id, guid, categoryId, name, description, disabled, type, privacy,
 *   invitations, addInId, and the same four. Not the root.
 * - tblScopePrincipal, by category, the allowed before the denied: the category's id, the principal's, `denied` as a
 *   flag.
 * - tblPrincipalRole, by category: its id, the principal's, `creator`; then by room, in this order: its id, the
 *   principal's, `manager`, `member` or `presenter`.
 * - tblLastChatId, by room: its id, the counter.
 */
export interface DirectoryAccount {
  readonly rows: number;
  readonly sha256: string;
}

/** The tables of the target that a package fills beside tblChat, sorted. */
export const DIRECTORY_TABLES = [
  'tblLastChatId',
  'tblNode',
  'tblPrincipal',
  'tblPrincipalAffiliations',
  'tblPrincipalRole',
  'tblScopePrincipal',
  'tblSiopWhiteList',
] as const;
export type DirectoryTable = (typeof DIRECTORY_TABLES)[number];
export type DirectoryAccounts = Readonly<Record<DirectoryTable, DirectoryAccount>>;

/** ledger.json; keys sorted, ids and ticks as decimal strings. Design: validation.md, "The ledger". */
export interface LedgerDocument {
  readonly version: 1;
  /**
   * What was written beside messages. `tables` counts source records; several of them may become one row, or one
   * several.
   */
  readonly directory: DirectoryAccounts;
  /** By physical table name, such as `tblNode`. `tblChat` is the sum of `rooms` and `unplaced`. */
  readonly tables: Readonly<Record<string, StateCounts>>;
  /** By room GUID, lower case. Every room of the source, written or not. */
  readonly rooms: Readonly<Record<string, RoomAccount>>;
  /**
   * By channelID: messages whose room does not exist; none of them is written, and their `name` is empty. The first
   * 10,000 channelIDs that occur have accounts of their own; those of all others share one under `others`.
   */
  readonly unplaced: Readonly<Record<string, RoomAccount>>;
}
