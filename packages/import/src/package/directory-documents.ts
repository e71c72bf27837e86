import type { DocumentLayout, LayoutRecordKind } from '../layout/layout.js';
import type { TargetDirectory } from '../target-record.js';
import { principalEntries } from './principal-entries.js';
import { codeValue } from './value-code.js';
import { serialiseElement, XML_DECLARATION, type XmlElement } from './xml-element.js';

/** The counters of the rooms as they are to be written, by room id. */
export type LastChatIds = ReadonlyMap<number, bigint>;

/**
 * One document of the directory (everything but messages) in pieces: head, one piece for each record, tail. Joined they
 * are one document without white space between elements. Records stand in ascending order of their ids.
 *
 * Memory held: the list's order and the tree of one record.
 *
 * @throws RunFailure `bug` when a text holds a character that XML 1.0 forbids.
 */
export function* directoryDocument(
  document: DocumentLayout,
  directory: TargetDirectory,
  lastChatIds: LastChatIds,
): Generator<string> {
  const outer = document.path.slice(0, -1);
  const list = document.path.at(-1) ?? '';
  yield XML_DECLARATION + outer.map((name) => `<${name}>`).join('');
  let isEmpty = true;
  for (const record of recordsOf(document, directory, lastChatIds)) {
    const xml = serialiseElement(recordElement(document, record));
    yield isEmpty ? `<${list}>${xml}` : xml;
    isEmpty = false;
  }
  yield isEmpty ? `<${list}/>` : `</${list}>`;
  yield outer
    .reverse()
    .map((name) => `</${name}>`)
    .join('');
}

function* recordsOf(
  document: DocumentLayout,
  directory: TargetDirectory,
  lastChatIds: LastChatIds,
): Generator<object> {
  switch (document.kind satisfies LayoutRecordKind) {
    case 'principal':
      for (const principal of ascending(directory.principals, (record) => record.id)) {
        if (document.principalKinds?.includes(principal.principalKind)) yield principal;
      }
      return;
    case 'affiliation':
      yield* ascending(directory.affiliations, (record) => record.principalId);
      return;
    case 'addIn':
      yield* ascending(directory.addIns, (record) => record.id);
      return;
    case 'category':
      yield* ascending(directory.categories, (record) => record.id);
      return;
    case 'room':
      for (const room of ascending(directory.rooms, (record) => record.id)) {
        yield { ...room, lastChatId: lastChatIds.get(room.id) ?? null };
      }
      return;
    case 'message':
      throw new TypeError('messages are written by MessageWriter');
  }
}

/** Stable; texts by code unit. */
function ascending<T, K extends number | string>(records: readonly T[], key: (record: T) => K): T[] {
  return [...records].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function recordElement(document: DocumentLayout, record: object): XmlElement {
  const { name, attributes, children } = document.record;
  return {
    name,
    attributes: attributes.flatMap((path): [string, string][] => {
      const code = codeValue(path, record);
      return code === null ? [] : [[path.name, code]];
    }),
    content: children.flatMap((path): XmlElement[] => {
      if ('entry' in path) return [principalEntries(path, record)];
      const code = codeValue(path, record);
      return code === null ? [] : [{ name: path.name, attributes: [], content: code }];
    }),
  };
}
