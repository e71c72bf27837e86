import type { Place } from '@chatferry/export';
import type {
  PackageDirectory,
  TargetAddIn,
  TargetCategory,
  TargetPrincipal,
  TargetRoom,
} from '@chatferry/import';
import { filled } from './source-records.js';
import { matcher, type RecordQuery, type TracedRecord } from './traced-record.js';

type TargetRow = TargetCategory | TargetRoom | TargetPrincipal | TargetAddIn;

/** A record of the package. */
export interface TargetRecordRow extends TracedRecord {
  readonly row: TargetRow;
}

/** The records of the package that a query names, in the order of its documents. */
export function findInTarget(directory: PackageDirectory, query: RecordQuery): TargetRecordRow[] {
  const isNamed = matcher(query);
  return [...targetRecords(directory)].filter(isNamed);
}

/** Everything of the package that can be asked for. */
export function* targetRecords(directory: PackageDirectory): Generator<TargetRecordRow> {
  for (const row of directory.categories) yield recordOfTarget(row);
  for (const row of directory.rooms) yield recordOfTarget(row);
  for (const row of directory.principals) yield recordOfTarget(row);
  for (const row of directory.addIns) yield recordOfTarget(row);
}

function recordOfTarget(row: TargetRow): TargetRecordRow {
  switch (row.kind) {
    case 'category':
    case 'room':
      return { kind: row.kind, id: row.id, guid: row.guid, names: [row.name], row };
    case 'principal': {
      const names = filled(row.displayName, row.name, row.uri, row.userPrincipalName, row.email);
      return { kind: 'principal', id: row.id, guid: row.guid, names, row };
    }
    case 'addIn':
      return { kind: 'add-in', id: row.id, guid: row.id, names: [row.name], row };
  }
}

/** What rows of the export became: the record that has the id and the GUID of one of them. */
export function targetOf(directory: PackageDirectory, rows: readonly TracedRecord[]): TargetRecordRow | null {
  for (const row of rows) {
    const found = rowOfId(directory, row);
    if (found !== undefined && found.guid === row.guid) return found;
  }
  return null;
}

/** The principal that took the place of one that was merged: it has the same GUID. */
export function mergedTargetOf(directory: PackageDirectory, record: TracedRecord): TargetRecordRow | null {
  if (record.kind !== 'principal' || record.guid === '') return null;
  const principal = directory.principals.find(({ guid }) => guid === record.guid);
  return principal === undefined ? null : recordOfTarget(principal);
}

function rowOfId(directory: PackageDirectory, { kind, id }: TracedRecord): TargetRecordRow | undefined {
  const row =
    kind === 'add-in'
      ? directory.addInById.get(String(id))
      : kind === 'principal'
        ? directory.principalById.get(Number(id))
        : kind === 'room'
          ? directory.roomById.get(Number(id))
          : directory.categoryById.get(Number(id));
  return row === undefined ? undefined : recordOfTarget(row);
}

/** A field of a target record as this house names it (target-package.md); ids and ticks as digits. */
export type TargetValue = string | number | boolean | null | readonly number[];
export type TargetField = readonly [string, TargetValue];

/** All fields of a record, with what other records of the package say of it. */
export function targetFields(directory: PackageDirectory, { row }: TargetRecordRow): TargetField[] {
  const own = Object.entries(row)
    .filter(([field]) => field !== 'kind')
    .map(([field, value]): TargetField => [field, typeof value === 'bigint' ? value.toString() : value]);
  return [...own, ...fieldsBeside(directory, row)];
}

function fieldsBeside(directory: PackageDirectory, row: TargetRow): TargetField[] {
  switch (row.kind) {
    case 'room': {
      const counter = directory.lastChatIds.find(({ roomId }) => roomId === row.id);
      return [['lastChatId', counter?.id.toString() ?? null]];
    }
    case 'category':
      return [['rooms', roomsIn(directory, row.id)]];
    case 'principal': {
      const affiliation = directory.affiliations.find(({ principalId }) => principalId === row.id);
      return [['groupIds', affiliation?.groupIds ?? []]];
    }
    case 'addIn':
      return [['rooms', directory.rooms.filter((room) => room.addInId === row.id).map((room) => room.id)]];
  }
}

/** Ids of the rooms of a category. */
export function roomsIn(directory: PackageDirectory, categoryId: number): number[] {
  return directory.rooms.filter((room) => room.categoryId === categoryId).map((room) => room.id);
}

export function placeOfTarget(directory: PackageDirectory, { row }: TargetRecordRow): Place | null {
  return directory.placeOf(row);
}
