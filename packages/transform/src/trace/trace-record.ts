import type { Place } from '@chatferry/export';
import type { FindingGroup, RoomAccount } from '@chatferry/import';
import { TABLE_OF_KIND } from '../ledger/settle-tables.js';
import { readExportedValues } from './exported-values.js';
import { type BothDirectories, type FoundRecord, findRecord, recordNotFound } from './find-record.js';
import { readFindings, readSettled } from './handoff-trail.js';
import { type HangingRow, hangingRows, meaningOf, nodesAbove } from './hanging-rows.js';
import { placeKey } from './place-key.js';
import { readTarget } from './read-target.js';
import type { TracedSides } from './run-trace.js';
import type { TracedRow } from './source-records.js';
import { mergedTargetOf, placeOfTarget, roomsIn, targetFields } from './target-records.js';
import type { NoTrace, Side, Trace, TracedHanging, TracedSource } from './trace.js';
import { contradiction, isWritten, recordSentence, samePerson } from './trace-words.js';
import { keyOf, labelOf, type RecordQuery, type TracedRecord } from './traced-record.js';

/**
 * Traces a room, category, principal or add-in; looks on the other side too when the side asked for has none.
 * Throws `RunFailure` 'arguments' when several records have the name.
 */
export async function traceRecord(query: RecordQuery, sides: TracedSides): Promise<Trace | NoTrace> {
  const { directory, handoff, request } = sides;
  const target = await readTarget({
    zipPaths: handoff.zipPaths,
    layout: request.layout,
    message: null,
    progress: (bytes) => request.progress('read-back', bytes),
  });
  const both = { source: directory, target };
  const found = findRecord(query, request.from, both);
  return found === null ? recordNotFound(request.record, query, both) : await follow(found, both, sides);
}

async function follow(found: FoundRecord, both: BothDirectories, sides: TracedSides): Promise<Trace> {
  const { record, rows } = found;
  const { sources, hanging } = await settledRows(found, both, sides);
  const isMerged = sources.some(({ state }) => state === 'excluded');
  const target = found.target ?? (isMerged ? mergedTargetOf(both.target, record) : null);
  const place = target === null ? null : placeOfTarget(both.target, target);
  const isImplied = rows.some(isRoot);
  const label = labelOf(record);
  return {
    isFound: true,
    foundIn: found.foundIn,
    kind: record.kind,
    label,
    sentence: recordSentence({ label, rows: sources, target, isRoot: isImplied }),
    remarks: [
      ...otherSide(found.foundIn, sides.request.from),
      ...samePerson(both.source, rows, target),
      ...(isImplied ? [] : contradiction(sources, target !== null, record.kind === 'principal')),
    ],
    sources,
    target:
      target === null
        ? null
        : { key: keyOf(target), place, values: targetFields(both.target, target), texts: [] },
    findings: await findingsOn(found, { sources, hanging, place }, sides),
    account: record.kind === 'room' ? accountOf(record, sides) : null,
    hanging,
  };
}

/** The rows of the record and around it, with what the ledger says of them. */
async function settledRows(
  found: FoundRecord,
  both: BothDirectories,
  { handoff, opened }: TracedSides,
): Promise<{ readonly sources: TracedSource[]; readonly hanging: TracedHanging[] }> {
  const around = rowsAround(found, both);
  const places = found.rows.map(({ place }) => place);
  const settledAt = await readSettled(handoff.exceptionsPath, [
    ...places,
    ...around.map(({ row }) => row.place),
  ]);
  const settled = ({ kind, place }: HangingRow['row']) => ({
    table: TABLE_OF_KIND[kind],
    place,
    ...settledAt(place),
  });
  const values = await readExportedValues(opened, places);
  return {
    sources: found.rows.map((row) => ({
      ...settled(row),
      values: values.get(placeKey(row.place)) ?? [],
      texts: [],
    })),
    hanging: around.map(({ relation, row }) => ({
      relation,
      meaning: meaningOf(both.source, row),
      ...settled(row),
    })),
  };
}

/** A created category hangs on the rooms that were moved there. */
function rowsAround({ record, rows }: FoundRecord, { source, target }: BothDirectories): HangingRow[] {
  if (rows.length > 0 || record.kind !== 'category') return hangingRows(source, rows);
  const rooms = new Set(roomsIn(target, Number(record.id)));
  return source.nodes
    .filter((node) => !node.nodeType && rooms.has(node.nodeID))
    .map((row) => ({ relation: 'room', row }));
}

interface Touched {
  readonly sources: readonly TracedSource[];
  readonly hanging: readonly TracedHanging[];
  readonly place: Place | null;
}

async function findingsOn(
  { record, rows }: FoundRecord,
  { sources, hanging, place }: Touched,
  { directory, handoff }: TracedSides,
): Promise<FindingGroup[]> {
  // A node that stays behind with what is above it has no finding of its own.
  const causes = rows.flatMap((row, index) => {
    const source = sources[index] as TracedSource;
    if (row.kind !== 'node' || source.rule === null || isWritten(source)) return [];
    const { rule } = source;
    return nodesAbove(directory, row).map((node) => [rule, node.place] as const);
  });
  return await readFindings(handoff.findingsPath, {
    at: [
      ...sources.map((source) => source.place),
      ...hanging.filter(({ relation }) => relation === 'own').map((row) => row.place),
      ...(place === null ? [] : [place]),
    ],
    ofRule: causes,
    guid: record.guid === '' ? null : record.guid,
    namesAnywhere: rows.length === 0,
  });
}

function isRoot(row: TracedRow): boolean {
  return row.kind === 'node' && row.nodeType && row.nodeID === row.parentID;
}

function otherSide(foundIn: Side, from: Side): string[] {
  if (foundIn === from) return [];
  return foundIn === 'target'
    ? ['Not found in the export, so it was looked for in the package.']
    : ['Not found in the package, so it was looked for in the export.'];
}

/** By GUID; a room that has none of its own has its messages among the unplaced. */
function accountOf({ guid, id }: TracedRecord, { handoff }: TracedSides): RoomAccount | null {
  const { rooms, unplaced } = handoff.ledger;
  return rooms[guid] ?? unplaced[String(id)] ?? null;
}
