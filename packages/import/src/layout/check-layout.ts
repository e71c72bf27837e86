import type { DocumentLayout, EntryPath, Layout, LayoutRecordKind, ValuePath } from './layout-types.js';
import { PRINCIPAL_KINDS, RECORD_SHAPES, type RecordShape } from './record-fields.js';
import { unusable } from './strict-object.js';

const ONE_DOCUMENT: readonly LayoutRecordKind[] = ['affiliation', 'addIn', 'category', 'room', 'message'];

/**
 * What the shape of the file alone does not say: every kind of record has its document, every field and list is
 * written exactly once, codings fit, and no name stands twice where XML or a reader could not tell.
 *
 * @throws RunFailure `arguments`.
 */
export function checkLayout(layout: Layout): void {
  const names = layout.documents.map((document) => document.name.toLowerCase());
  checkOnce(names, 'documents', 'document names that differ');
  checkOnce(
    layout.documents.map((document) => document.path[0] ?? ''),
    'documents',
    null,
  );
  for (const kind of ONE_DOCUMENT) {
    const count = layout.documents.filter((document) => document.kind === kind).length;
    if (count !== 1) throw unusable('documents', `one document of kind ${kind}`, count);
  }
  const kinds = layout.documents.flatMap((document) => document.principalKinds ?? []);
  if (kinds.length !== PRINCIPAL_KINDS.length || PRINCIPAL_KINDS.some((kind) => !kinds.includes(kind))) {
    throw unusable('documents', `each of ${PRINCIPAL_KINDS.join(', ')} in one document`, kinds);
  }
  for (const document of layout.documents) checkDocument(document);
}

function checkDocument(document: DocumentLayout): void {
  if (document.path.length === 0) throw unusable(`${document.name} path`, 'a root element', document.path);
  if ((document.kind === 'principal') !== (document.principalKinds !== null)) {
    throw unusable(`${document.name} principalKinds`, 'them for principals only', document.principalKinds);
  }
  if ((document.kind === 'message') !== (document.group !== null)) {
    throw unusable(`${document.name} group`, 'it for messages only', document.group?.name);
  }
  const { attributes, children } = document.record;
  const values = children.filter((child): child is ValuePath => !('entry' in child));
  const lists = children.flatMap((child) => ('entry' in child ? [child.entry] : []));
  const shape = RECORD_SHAPES[document.kind];
  const group = document.group?.attributes ?? [];
  for (const path of group) {
    if (path.field !== null && path.field !== 'roomId') throw unusable(document.name, 'roomId', path.field);
  }
  checkOnce(
    attributes.map((path) => path.name),
    document.name,
    'attribute names that differ',
  );
  checkOnce(
    group.map((path) => path.name),
    document.name,
    'attribute names that differ',
  );
  checkOnce(
    children.map((path) => path.name),
    document.name,
    'element names that differ',
  );
  for (const path of [...group, ...attributes, ...values]) checkValue(path, shape, document);
  for (const entry of lists) checkEntry(entry, document.name);
  checkComplete([...group, ...attributes, ...values], lists, document);
}

function checkValue(path: ValuePath, shape: RecordShape, document: DocumentLayout): void {
  const at = `${document.name} ${path.name}`;
  if ((path.field === null) === (path.constant === null))
    throw unusable(at, 'a field or a constant', path.field);
  if (path.field === null) return;
  const field = shape.fields[path.field];
  if (field === undefined) throw unusable(at, `a field of ${document.kind}`, path.field);
  if (!field.codings.includes(path.coding))
    throw unusable(at, `coding ${field.codings.join(' or ')}`, path.coding);
  const codes = Object.entries(path.values ?? {});
  const expected =
    document.principalKinds !== null && path.field === 'principalKind'
      ? document.principalKinds
      : field.words;
  if (codes.length !== expected.length || expected.some((word) => path.values?.[word] === undefined)) {
    throw unusable(
      at,
      expected.length === 0 ? 'no values' : `values for ${expected.join(', ')}`,
      path.values,
    );
  }
  checkOnce(
    codes.map(([, code]) => code ?? ''),
    at,
    'codes that differ',
  );
  if ((field.nullable || codes.some(([, code]) => code === null)) !== path.optional) {
    throw unusable(at, `optional ${!path.optional}`, path.optional);
  }
}

function checkEntry(entry: EntryPath, at: string): void {
  checkOnce(
    entry.attributes.map((attribute) => attribute.name),
    at,
    'attribute names that differ',
  );
  const keys = entry.attributes.filter((attribute) => attribute.list === null && attribute.constant === null);
  if (keys.length !== 1) throw unusable(`${at} ${entry.name}`, 'one attribute for the id', keys.length);
  const flags = entry.attributes.filter((attribute) => attribute.list !== null);
  if ((entry.list === null) !== flags.length > 0)
    throw unusable(`${at} ${entry.name}`, 'a list or flags', entry.list);
  const isEither = flags.some((attribute) => attribute.elseList !== null);
  if (isEither && flags.length !== 1)
    throw unusable(`${at} ${entry.name}`, 'elseList on the only flag', flags.length);
}

function checkComplete(
  paths: readonly ValuePath[],
  entries: readonly EntryPath[],
  document: DocumentLayout,
): void {
  const shape = RECORD_SHAPES[document.kind];
  const written = paths.flatMap((path) => (path.field === null ? [] : [path.field])).sort();
  const lists = entries
    .flatMap((entry) => [
      entry.list,
      ...entry.attributes.flatMap((attribute) => [attribute.list, attribute.elseList]),
    ])
    .filter((list) => list !== null)
    .sort();
  expectAll(written, Object.keys(shape.fields), document.name);
  expectAll(lists, shape.lists, document.name);
}

function expectAll(written: readonly string[], wanted: readonly string[], at: string): void {
  const missing = wanted.find((name) => !written.includes(name));
  if (missing !== undefined) throw unusable(at, `a path for ${missing}, which would be lost`, undefined);
  const unknown = written.find((name) => !wanted.includes(name));
  if (unknown !== undefined) throw unusable(at, `one of ${wanted.join(', ')}`, unknown);
  checkOnce(written, at, 'each field in one path');
}

/** With `expected` null the names must be all the same. */
function checkOnce(names: readonly string[], at: string, expected: string | null): void {
  const distinct = new Set(names).size;
  if (expected === null ? distinct > 1 : distinct !== names.length) {
    throw unusable(at, expected ?? 'one root element for all documents', names);
  }
}
