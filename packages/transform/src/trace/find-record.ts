import { type Directory, RunFailure } from '@chatferry/export';
import type { PackageDirectory } from '@chatferry/import';
import { countOf } from '../directory/label.js';
import { nearestRecords } from './nearest-records.js';
import { findInSource, recordOfRow, type TracedRow, tracedRows } from './source-records.js';
import { findInTarget, type TargetRecordRow, targetOf, targetRecords } from './target-records.js';
import type { NoTrace, Side } from './trace.js';
import { keyOf, labelOf, type RecordQuery, type TracedRecord } from './traced-record.js';

/** How many records of one name are listed. */
const CANDIDATES = 20;

/** The directories of both sides. */
export interface BothDirectories {
  readonly source: Directory;
  readonly target: PackageDirectory;
}

/** One record on both sides. */
export interface FoundRecord {
  readonly foundIn: Side;
  readonly record: TracedRecord;
  /** None for a record that a rule created. */
  readonly rows: readonly TracedRow[];
  /** The record of the package that has its id and GUID. */
  readonly target: TargetRecordRow | null;
}

/**
 * Looks for a record on the side asked for, then on the other one.
 * Throws `RunFailure` 'arguments' when several records of that side go by the name.
 */
export function findRecord(query: RecordQuery, from: Side, both: BothDirectories): FoundRecord | null {
  return from === 'source'
    ? (fromSource(query, both) ?? fromTarget(query, both))
    : (fromTarget(query, both) ?? fromSource(query, both));
}

function fromSource(query: RecordQuery, { source, target }: BothDirectories): FoundRecord | null {
  const record = onlyOne(findInSource(source, query), 'export');
  if (record === null) return null;
  const { rows } = record;
  return { foundIn: 'source', record, rows, target: targetOf(target, rows.map(recordOfRow)) };
}

function fromTarget(query: RecordQuery, { source, target }: BothDirectories): FoundRecord | null {
  const record = onlyOne(findInTarget(target, query), 'package');
  if (record === null) return null;
  return { foundIn: 'target', record, rows: rowsBehind(source, record), target: record };
}

function onlyOne<Found extends TracedRecord>(found: readonly Found[], where: string): Found | null {
  const [first] = found;
  if (first === undefined || found.length === 1) return first ?? null;
  const labels = found.slice(0, CANDIDATES).map(labelOf);
  const more = found.length > CANDIDATES ? ` and ${found.length - CANDIDATES} more` : '';
  throw new RunFailure(
    'arguments',
    `${countOf(found.length, 'record')} of the ${where} go by that: ${labels.join('; ')}${more}.`,
    `Name one of them by its id, such as \`${keyOf(first)}\`.`,
  );
}

/** The rows that live on in a record of the package: those with its key; principals also by the GUID alone. */
function rowsBehind(source: Directory, target: TracedRecord): TracedRow[] {
  return [...tracedRows(source)].filter((row) => {
    const { kind, id, guid } = recordOfRow(row);
    return kind === target.kind && guid === target.guid && (kind === 'principal' || id === target.id);
  });
}

/** Where was looked, and what may have been meant. */
export function recordNotFound(typed: string, query: RecordQuery, both: BothDirectories): NoTrace {
  const { source, target } = both;
  return {
    isFound: false,
    sentence: `Not found: ${JSON.stringify(typed)} is neither in the export nor in the package.`,
    looked: {
      source: counts([
        [source.nodes.length, 'node'],
        [source.principals.length, 'principal'],
        [source.siopWhiteList.length, 'add-in'],
      ]),
      target: counts([
        [target.categories.length, 'category'],
        [target.rooms.length, 'room'],
        [target.principals.length, 'principal'],
        [target.addIns.length, 'add-in'],
      ]),
    },
    nearest: nearestRecords(recordsOf(both), query),
  };
}

function counts(all: readonly (readonly [number, string])[]): string {
  return all.map(([count, noun]) => countOf(count, noun)).join(', ');
}

function* recordsOf({ source, target }: BothDirectories): Generator<TracedRecord> {
  for (const row of tracedRows(source)) yield recordOfRow(row);
  yield* targetRecords(target);
}
