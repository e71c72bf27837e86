import type { DirectoryRow, RowWindow } from '@chatferry/export';
import type { DiffRecord, FieldValue, NameLists } from './diff-record.js';

/** The columns of a row as they stand in the export, by lower-case name. */
export type RawColumns = RowWindow['reader']['columns'];

const NO_COLUMNS: readonly string[] = ['kind', 'place', 'extra', 'defects'];

/**
 * A row of the directory for comparison: the documented columns as they decode, then all others by name, NULL left out.
 * What does not decode is compared as it stands.
 */
export function directoryRowRecord(row: DirectoryRow, columns: RawColumns, lists: NameLists): DiffRecord {
  const names: string[] = [];
  const values: FieldValue[] = [];
  const documented = new Set<string>();
  const undecodable = new Set(row.defects.map(({ column }) => column));
  for (const [name, decoded] of Object.entries(row)) {
    if (NO_COLUMNS.includes(name)) continue;
    const raw = columns.get(name.toLowerCase())?.value ?? null;
    documented.add(name.toLowerCase());
    names.push(name);
    values.push(raw === null || undecodable.has(name) ? raw : plain(decoded));
  }
  const others = [...columns].filter(([key, { value }]) => value !== null && !documented.has(key));
  for (const [, { name, value }] of others.sort(([a], [b]) => (a < b ? -1 : 1))) {
    names.push(name);
    values.push(row.extra.has(name) ? value : plainFlag(value));
  }
  return { key: row.place.record ?? '', names: lists.of(names), values };
}

function plain(value: unknown): FieldValue {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === null ? null : String(value);
}

/** The reader knows these columns and keeps none; all of them are of type bit. */
function plainFlag(value: string | null): FieldValue {
  const flag = value?.toLowerCase();
  return flag === 'true' ? '1' : flag === 'false' ? '0' : value;
}
