import type { LayoutRecordKind } from '../layout/layout.js';
import type {
  Audit,
  TargetAddIn,
  TargetAffiliation,
  TargetCategory,
  TargetDirectoryRecord,
  TargetPrincipal,
  TargetRoom,
} from '../target-record.js';
import { FieldValues } from './field-values.js';
import type { RecordReader } from './record-reader.js';

type DirectoryKind = Exclude<LayoutRecordKind, 'message'>;

/** One element's records (a room and its counter stand in one), and the key for places. */
export interface BuiltRecord {
  readonly key: string;
  readonly records: readonly TargetDirectoryRecord[];
}

/** Makes the target records of the element that the reader has just read; faults and `isBroken` are the reader's. */
export function buildRecord(kind: DirectoryKind, reader: RecordReader): BuiltRecord {
  switch (kind) {
    case 'principal':
      return buildPrincipal(reader);
    case 'affiliation':
      return buildAffiliation(reader);
    case 'addIn':
      return buildAddIn(reader);
    case 'category':
      return buildCategory(reader);
    case 'room':
      return buildRoom(reader);
  }
}

function buildPrincipal(reader: RecordReader): BuiltRecord {
  const values = new FieldValues(reader, 'principal');
  const record: TargetPrincipal = {
    kind: 'principal',
    id: values.integer('id'),
    guid: values.guid('guid'),
    uri: values.text('uri'),
    principalKind: values.word('principalKind', ['system', 'user', 'group', 'folder', 'domain']),
    name: values.textOrNull('name'),
    displayName: values.textOrNull('displayName'),
    company: values.textOrNull('company'),
    email: values.textOrNull('email'),
    adPath: values.textOrNull('adPath'),
    userPrincipalName: values.textOrNull('userPrincipalName'),
    disabled: values.disabled('disabled'),
  };
  return { key: `principal ${record.id}`, records: [record] };
}

function buildAffiliation(reader: RecordReader): BuiltRecord {
  const values = new FieldValues(reader, 'layout');
  const record: TargetAffiliation = {
    kind: 'affiliation',
    principalId: values.integer('principalId'),
    groupIds: reader.list('groupIds'),
  };
  return { key: `affiliation ${record.principalId}`, records: [record] };
}

function buildAddIn(reader: RecordReader): BuiltRecord {
  const values = new FieldValues(reader, 'layout');
  const record: TargetAddIn = {
    kind: 'addIn',
    id: values.guid('id'),
    name: values.text('name'),
    url: values.text('url'),
  };
  return { key: `add-in ${record.id}`, records: [record] };
}

function buildCategory(reader: RecordReader): BuiltRecord {
  const values = new FieldValues(reader, 'setting');
  const record: TargetCategory = {
    kind: 'category',
    id: values.integer('id'),
    guid: values.guid('guid'),
    name: values.text('name'),
    description: values.text('description'),
    invitations: values.flag('invitations'),
    chatHistory: values.flag('chatHistory', true),
    fileUpload: values.flag('fileUpload'),
    allowed: reader.list('allowed'),
    denied: reader.list('denied'),
    creators: reader.list('creators'),
    ...audit(values),
  };
  return { key: `category ${record.id}`, records: [record] };
}

function buildRoom(reader: RecordReader): BuiltRecord {
  const values = new FieldValues(reader, 'setting');
  const record: TargetRoom = {
    kind: 'room',
    id: values.integer('id'),
    guid: values.guid('guid'),
    categoryId: values.integer('categoryId'),
    name: values.text('name'),
    description: values.text('description'),
    disabled: values.flag('disabled'),
    type: values.word('type', ['Auditorium', 'Normal']),
    privacy: values.word('privacy', ['Secret', 'Closed', 'Open']),
    invitations: values.word('invitations', ['Inherit', 'False']),
    addInId: values.guidOrNull('addInId'),
    managers: reader.list('managers'),
    members: reader.list('members'),
    presenters: reader.list('presenters'),
    ...audit(values),
  };
  const lastChatId = values.bigintOrNull('lastChatId');
  const counter = { kind: 'lastChatId', roomId: record.id, id: lastChatId ?? 0n } as const;
  return { key: `room ${record.id}`, records: lastChatId === null ? [record] : [record, counter] };
}

function audit(values: FieldValues): Audit {
  return {
    addedBy: values.integerOrNull('addedBy'),
    addedOn: values.bigintOrNull('addedOn'),
    updatedBy: values.integerOrNull('updatedBy'),
    updatedOn: values.bigintOrNull('updatedOn'),
  };
}
