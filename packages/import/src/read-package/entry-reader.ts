import type { TextValue } from '@chatferry/export';
import type { EntryAttribute, EntryPath } from '../layout/layout.js';
import { parseInt32 } from './parse-number.js';
import type { RecordReader } from './record-reader.js';

interface EntryScope {
  readonly scratch: TextValue;
  /** Ids of the entries that stand before in the same element. */
  readonly before: Set<number>;
}

/** Reads the principal at the current `start` token into the lists that its attributes name. */
export function readEntry(reader: RecordReader, entry: EntryPath, { scratch, before }: EntryScope): void {
  const { scanner } = reader;
  const values = new Map<string, string>();
  for (let i = 0; i < scanner.attributeCount; i++) {
    const name = scanner.attributeName(i).text;
    scanner.attributeValue(i, scratch);
    values.set(name, scratch.toString());
    if (!entry.attributes.some((attribute) => attribute.name === name)) {
      reader.fault('layout', `Unexpected attribute ${name} on <${entry.name}>, expected what the layout has`);
    }
  }
  const id = readId(reader, entry, values);
  if (id === null) return;
  if (entry.list !== null) append(reader, entry.list, id);
  for (const attribute of entry.attributes) readFlag(reader, attribute, values.get(attribute.name), id);
  if (givesRoles(entry)) expectRoles(reader, entry, { id, values, before });
}

/**
 * Whether an entry's flags are roles: an entry in a list of one kind has none, and one that is either here or there is
 * always somewhere.
 */
function givesRoles({ list, attributes }: EntryPath): boolean {
  return list === null && attributes.every(({ elseList }) => elseList === null);
}

/** Every principal once, and with a role: an importer may take the first of two entries, or the last. */
function expectRoles(
  reader: RecordReader,
  { attributes }: EntryPath,
  { id, values, before }: { id: number; values: Map<string, string> } & Pick<EntryScope, 'before'>,
): void {
  if (before.size === before.add(id).size) {
    reader.fault('role', `Unexpected second entry of principal ${id}, expected one with all its roles`);
  } else if (attributes.every((flag) => isId(flag) || values.get(flag.name) === '0')) {
    reader.fault('role', `Unexpected entry of principal ${id} without a role, expected at least one`);
  }
}

function isId({ list, constant }: EntryAttribute): boolean {
  return list === null && constant === null;
}

function readId(reader: RecordReader, entry: EntryPath, values: Map<string, string>): number | null {
  const key = entry.attributes.find(isId);
  const text = key === undefined ? undefined : values.get(key.name);
  const id = text === undefined ? null : parseInt32(text);
  if (id === null) {
    reader.isBroken = true;
    reader.fault(
      'layout',
      `Unexpected ${key?.name ?? 'id'} of <${entry.name}>, expected the id of a principal`,
    );
  }
  return id;
}

function readFlag(reader: RecordReader, flag: EntryAttribute, value: string | undefined, id: number): void {
  if (isId(flag)) return;
  if (value === undefined) {
    reader.isBroken = true;
    reader.fault('layout', `Unexpected absence of ${flag.name}, expected a value`);
  } else if (flag.list === null) {
    if (value !== flag.constant) sayConstant(reader, flag, value, id);
  } else if (value === '1') {
    append(reader, flag.list, id);
  } else if (value !== '0') {
    reader.isBroken = true;
    reader.fault('layout', `Unexpected value of ${flag.name}, expected 0 or 1`, { seen: value.slice(0, 40) });
  } else if (flag.elseList !== null) {
    append(reader, flag.elseList, id);
  }
}

/** A flag that is always off here but is on: a role that this kind of record cannot give. */
function sayConstant(reader: RecordReader, flag: EntryAttribute, value: string, id: number): void {
  const isRole = flag.constant === '0' && value === '1';
  reader.fault(
    isRole ? 'role' : 'layout',
    `Unexpected ${flag.name} of principal ${id}, expected "${flag.constant ?? ''}"`,
    { seen: value.slice(0, 40) },
  );
}

function append(reader: RecordReader, list: string, id: number): void {
  const ids = reader.lists.get(list);
  if (ids === undefined) reader.lists.set(list, [id]);
  else ids.push(id);
}
