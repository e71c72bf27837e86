import { checkLayout } from './check-layout.js';
import type {
  ChildPath,
  DocumentLayout,
  EntryAttribute,
  EntryPath,
  Evidence,
  GroupPath,
  Layout,
  LayoutRecordKind,
  ListPath,
  RecordPath,
  ValuePath,
} from './layout-types.js';
import { StrictObject, unusable } from './strict-object.js';

const EVIDENCE: readonly Evidence[] = ['published', 'assumed', 'observed'];
const CODINGS = ['text', 'integer', 'flag', 'guid', 'ticks', 'enumeration'] as const;
const KINDS: readonly LayoutRecordKind[] = [
  'principal',
  'affiliation',
  'addIn',
  'category',
  'room',
  'message',
];
/** XML 1.0 Name without a colon, ASCII only: nothing else has been seen. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** A file in the ZIP's root. */
const DOCUMENT_NAME = /^[A-Za-z0-9_-]+\.[A-Za-z0-9]+$/;

/**
 * A layout file (JSON, `packages/import/layouts/pool-2013/layout.json` is one), strictly: an unknown key, an unknown
 * word, a field that no path writes or that two paths write is a failure.
 *
 * @throws RunFailure `arguments`, naming the path inside the file.
 */
export function parseLayout(json: string): Layout {
  const file = new StrictObject(parseJson(json), '');
  if (file.value('version') !== 1) throw unusable('version', '1', file.value('version'));
  const layout: Layout = {
    version: 1,
    name: file.string('name'),
    confirmedAgainst: file.stringOrNull('confirmedAgainst'),
    documents: file.list('documents', readDocument),
  };
  file.finish();
  checkLayout(layout);
  return layout;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unusable('', 'a JSON document', json.slice(0, 20));
  }
}

function readDocument(value: unknown, path: string): DocumentLayout {
  const object = new StrictObject(value, path);
  const name = object.string('name');
  if (!DOCUMENT_NAME.test(name)) throw unusable(object.at('name'), 'a plain file name', name);
  const elements = object.strings('path');
  for (const element of elements) checkName(element, object.at('path'));
  const document: DocumentLayout = {
    name,
    kind: object.oneOf('kind', KINDS),
    path: elements,
    principalKinds: object.has('principalKinds') ? object.strings('principalKinds') : null,
    group: object.has('group') ? readGroup(object.object('group')) : null,
    record: readRecord(object.object('record')),
    evidence: object.oneOf('evidence', EVIDENCE),
    note: object.stringOrNull('note'),
  };
  object.finish();
  return document;
}

function readGroup(object: StrictObject): GroupPath {
  const group: GroupPath = {
    name: readName(object),
    attributes: object.list('attributes', readValue),
    evidence: object.oneOf('evidence', EVIDENCE),
  };
  object.finish();
  return group;
}

function readRecord(object: StrictObject): RecordPath {
  const record: RecordPath = {
    name: readName(object),
    attributes: object.list('attributes', readValue),
    children: object.list('children', readChild),
    evidence: object.oneOf('evidence', EVIDENCE),
  };
  object.finish();
  return record;
}

function readChild(value: unknown, path: string): ChildPath {
  return new StrictObject(value, path).has('entry') ? readList(value, path) : readValue(value, path);
}

function readValue(value: unknown, path: string): ValuePath {
  const object = new StrictObject(value, path);
  const read: ValuePath = {
    name: readName(object),
    field: object.stringOrNull('field'),
    coding: object.oneOf('coding', CODINGS),
    values: object.has('values') ? readValues(object.object('values')) : null,
    constant: object.stringOrNull('constant'),
    optional: object.flag('optional'),
    evidence: object.oneOf('evidence', EVIDENCE),
    note: object.stringOrNull('note'),
  };
  object.finish();
  return read;
}

function readValues(object: StrictObject): Record<string, string | null> {
  return Object.fromEntries(object.keys().map((word) => [word, object.stringOrNull(word)]));
}

function readList(value: unknown, path: string): ListPath {
  const object = new StrictObject(value, path);
  const list: ListPath = {
    name: readName(object),
    entry: readEntry(object.object('entry')),
    evidence: object.oneOf('evidence', EVIDENCE),
    note: object.stringOrNull('note'),
  };
  object.finish();
  return list;
}

function readEntry(object: StrictObject): EntryPath {
  const entry: EntryPath = {
    name: readName(object),
    list: object.stringOrNull('list'),
    attributes: object.list('attributes', readEntryAttribute),
    evidence: object.oneOf('evidence', EVIDENCE),
  };
  object.finish();
  return entry;
}

function readEntryAttribute(value: unknown, path: string): EntryAttribute {
  const object = new StrictObject(value, path);
  const attribute: EntryAttribute = {
    name: readName(object),
    list: object.stringOrNull('list'),
    elseList: object.stringOrNull('elseList'),
    constant: object.stringOrNull('constant'),
    evidence: object.oneOf('evidence', EVIDENCE),
    note: object.stringOrNull('note'),
  };
  object.finish();
  return attribute;
}

function readName(object: StrictObject): string {
  const name = object.string('name');
  checkName(name, object.at('name'));
  return name;
}

function checkName(name: string, path: string): void {
  if (!NAME.test(name)) throw unusable(path, 'an XML name', name);
}
