import type { Finding, Place } from '@chatferry/export';
import { type FindingGroup, FindingSink, type RecordState } from '@chatferry/import';
import { readJsonLines } from './json-lines.js';
import { placeKey } from './place-key.js';

/** What the ledger says of one row of the export. */
export interface Settled {
  readonly state: RecordState;
  /** The rule that decided; null when the row was simply carried. */
  readonly rule: string | null;
}

const CARRIED: Settled = { state: 'carried', rule: null };
const STATES: readonly unknown[] = ['changed', 'excluded', 'refused'];
const SEVERITIES: readonly unknown[] = ['error', 'warning', 'note'];

/**
 * What became of the rows at these places, by ledger.ndjson: a row that is not listed there was carried.
 * Memory: the places.
 */
export async function readSettled(
  path: string,
  places: readonly Place[],
): Promise<(place: Place) => Settled> {
  const wanted = new Set(places.map(placeKey));
  const settled = new Map<string, Settled>();
  await readJsonLines(path, (value) => {
    if (!isException(value)) return false;
    const key = value.place === null ? null : placeKey(value.place);
    if (key !== null && wanted.has(key)) settled.set(key, { state: value.state, rule: value.rule });
    return true;
  });
  return (place) => settled.get(placeKey(place)) ?? CARRIED;
}

/** Which findings touch a record. */
export interface FindingsWanted {
  /** Those at these places, whatever the rule. */
  readonly at: readonly Place[];
  /** Those of one rule at a place of another record: the room or author by which the rule decided. */
  readonly ofRule: readonly (readonly [rule: string, place: Place])[];
  /** Those without a place that name this GUID; null for none. */
  readonly guid: string | null;
  /** Whether those with a place count too when they name the GUID: a created record has no place of its own. */
  readonly namesAnywhere: boolean;
}

/** Those findings of findings.ndjson, grouped by severity and rule. Memory: the first 20 of each group. */
export async function readFindings(path: string, wanted: FindingsWanted): Promise<FindingGroup[]> {
  const at = new Set(wanted.at.map(placeKey));
  const ofRule = new Set(wanted.ofRule.map(([rule, place]) => `${rule} ${placeKey(place)}`));
  const { guid } = wanted;
  const touches = ({ place, rule, message }: Finding): boolean => {
    if (guid !== null && (place === null || wanted.namesAnywhere) && message.includes(guid)) return true;
    if (place === null) return false;
    const key = placeKey(place);
    return at.has(key) || ofRule.has(`${rule} ${key}`);
  };
  const groups = new FindingSink({ ndjson: null, csv: null });
  await readJsonLines(path, (value) => {
    if (!isFinding(value)) return false;
    if (touches(value)) groups.report(value);
    return true;
  });
  return groups.summary();
}

interface Exception {
  readonly place: Place | null;
  readonly state: RecordState;
  readonly rule: string;
}

function isException(value: unknown): value is Exception {
  return isObject(value) && typeof value.rule === 'string' && STATES.includes(value.state) && hasPlace(value);
}

function isFinding(value: unknown): value is Finding {
  return (
    isObject(value) &&
    typeof value.rule === 'string' &&
    typeof value.message === 'string' &&
    SEVERITIES.includes(value.severity) &&
    hasPlace(value)
  );
}

function hasPlace({ place }: Record<string, unknown>): boolean {
  return place === null || (isObject(place) && typeof place.file === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
