import type { MessageWindow } from '../messages/message-window.js';
import type { DiffRecord } from './diff-record.js';

/** One of the two that are compared, opened for one reading. */
export interface Side {
  /** The messages, as they come or sorted; may be called once. */
  messages(): AsyncIterable<MessageWindow>;
  /** Everything else, by kind; whole when the messages have been read to their end. */
  records(): ReadonlyMap<string, Iterable<DiffRecord>>;
  /** Removes what the reading has put on disk. */
  close(): Promise<void>;
}

/** How a side is read. */
export interface SideReading {
  /** An existing, empty folder for temporary files. */
  readonly folder: string;
  /** Receives the bytes (UTF-8) of XML that were read since the last call. */
  readonly progress: (bytes: number) => void;
}

/** The kinds of a comparison in the order in which they are told. */
export const KIND_ORDER: readonly string[] = [
  'tblNode',
  'tblPrincipalRole',
  'tblScopePrincipal',
  'tblPrincipal',
  'tblPrincipalAffiliations',
  'tblPrincipalInvites',
  'tblPrincipalType',
  'tblRoleType',
  'tblSiopWhiteList',
  'tblEnumValue',
  'tblLastChatId',
  'tblChat',
  'table',
  'category',
  'room',
  'role',
  'scope',
  'principal',
  'affiliation',
  'addIn',
  'lastChatId',
  'message',
  'handoff',
  'ledgerTable',
  'ledgerRoom',
  'ledgerUnplaced',
];
