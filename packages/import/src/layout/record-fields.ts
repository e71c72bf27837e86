import type { Coding, LayoutRecordKind } from './layout-types.js';

/** A field of a target record as a layout may write it. */
export interface FieldShape {
  readonly codings: readonly Coding[];
  /** Whether it may be NULL; such a path must be `optional`. */
  readonly nullable: boolean;
  /** The words of an enumeration. */
  readonly words: readonly string[];
}

/** What a layout must place for one kind of record: nothing may be left out, or it would vanish. */
export interface RecordShape {
  readonly fields: Readonly<Record<string, FieldShape>>;
  readonly lists: readonly string[];
}

const TEXT = required('text');
const TEXT_OR_NULL = nullable('text');
const INTEGER = required('integer');
const FLAG = required('flag');
const AUDIT = {
  addedBy: nullable('integer'),
  addedOn: nullable('ticks'),
  updatedBy: nullable('integer'),
  updatedOn: nullable('ticks'),
};

/** `principalKind` of a principal. */
export const PRINCIPAL_KINDS: readonly string[] = ['user', 'group', 'folder', 'domain', 'system'];

/** The fields of the records in target-record.ts by their names there; a room also holds its `lastChatId`. */
export const RECORD_SHAPES: Readonly<Record<LayoutRecordKind, RecordShape>> = {
  principal: {
    fields: {
      id: INTEGER,
      guid: required('guid'),
      uri: TEXT,
      principalKind: words(PRINCIPAL_KINDS),
      disabled: INTEGER,
      name: TEXT_OR_NULL,
      displayName: TEXT_OR_NULL,
      company: TEXT_OR_NULL,
      email: TEXT_OR_NULL,
      adPath: TEXT_OR_NULL,
      userPrincipalName: TEXT_OR_NULL,
    },
    lists: [],
  },
  affiliation: { fields: { principalId: INTEGER }, lists: ['groupIds'] },
  addIn: { fields: { id: required('guid'), name: TEXT, url: TEXT }, lists: [] },
  category: {
    fields: {
      id: INTEGER,
      guid: required('guid'),
      name: TEXT,
      description: TEXT,
      invitations: FLAG,
      chatHistory: FLAG,
      fileUpload: FLAG,
      ...AUDIT,
    },
    lists: ['allowed', 'denied', 'creators'],
  },
  room: {
    fields: {
      id: INTEGER,
      guid: required('guid'),
      categoryId: INTEGER,
      name: TEXT,
      description: TEXT,
      disabled: FLAG,
      type: words(['Normal', 'Auditorium']),
      privacy: words(['Secret', 'Closed', 'Open']),
      invitations: words(['Inherit', 'False']),
      addInId: nullable('guid'),
      lastChatId: nullable('integer'),
      ...AUDIT,
    },
    lists: ['managers', 'members', 'presenters'],
  },
  message: {
    fields: {
      roomId: INTEGER,
      id: INTEGER,
      date: required('ticks'),
      userId: INTEGER,
      alert: FLAG,
      content: TEXT,
      rtf: TEXT_OR_NULL,
    },
    lists: [],
  },
};

function required(coding: Coding): FieldShape {
  return { codings: [coding], nullable: false, words: [] };
}

function nullable(coding: Coding): FieldShape {
  return { codings: [coding], nullable: true, words: [] };
}

function words(list: readonly string[]): FieldShape {
  return { codings: ['enumeration'], nullable: false, words: list };
}
