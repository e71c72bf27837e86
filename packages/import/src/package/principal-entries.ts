import type { EntryPath, ListPath } from '../layout/layout.js';
import type { XmlElement } from './xml-element.js';

/**
 * The element that lists principals (`Scope`, `Roles`, `Groups`) with one child for each entry, as the layout tells
 * (see `EntryAttribute`). Memory held: one set for each list of the record.
 */
export function principalEntries(path: ListPath, record: object): XmlElement {
  return { name: path.name, attributes: [], content: entries(path.entry, record) };
}

function entries(entry: EntryPath, record: object): XmlElement[] {
  if (entry.list !== null) {
    return listOf(record, entry.list).map((id) => toElement(entry, id, () => false));
  }
  const either = entry.attributes.find((attribute) => attribute.elseList !== null);
  if (either !== undefined) {
    return [
      ...listOf(record, either.elseList).map((id) => ({ id, isSet: false })),
      ...listOf(record, either.list).map((id) => ({ id, isSet: true })),
    ]
      .sort((a, b) => a.id - b.id)
      .map(({ id, isSet }) => toElement(entry, id, () => isSet));
  }
  const names = entry.attributes.flatMap(({ list }) => (list === null ? [] : [list]));
  const lists = new Map(names.map((name) => [name, new Set(listOf(record, name))]));
  const ids = new Set<number>();
  for (const list of lists.values()) for (const id of list) ids.add(id);
  return [...ids]
    .sort((a, b) => a - b)
    .map((id) => toElement(entry, id, (list) => lists.get(list)?.has(id) === true));
}

function toElement(entry: EntryPath, id: number, isIn: (list: string) => boolean): XmlElement {
  const attributes = entry.attributes.map(({ name, list, constant }): [string, string] => [
    name,
    constant ?? (list === null ? String(id) : isIn(list) ? '1' : '0'),
  ]);
  return { name: entry.name, attributes, content: [] };
}

function listOf(record: object, list: string | null): readonly number[] {
  const value: unknown = list === null ? undefined : Reflect.get(record, list);
  if (!Array.isArray(value)) throw new TypeError(`${list} is not a list of principal ids`);
  return value;
}
