import { nameKey } from '../directory/name-equality.js';
import { keyOf, labelOf, type RecordQuery, type TracedRecord } from './traced-record.js';

/** How many records are proposed at most. */
const PROPOSED = 4;
/** Shorter names are inside too many others. */
const SHORTEST_PART = 3;
const GUID_SLIPS = 2;

/**
 * Labels of the records that somebody may have meant, nearest first: ids beside the one asked for, GUIDs and names with
 * few slips of the keys, names that hold the words typed. A record that stands on both sides is proposed once.
 * Memory: the four nearest.
 */
export function nearestRecords(records: Iterable<TracedRecord>, query: RecordQuery): string[] {
  const distance = distanceTo(query);
  let nearest: { readonly key: string; readonly label: string; readonly distance: number }[] = [];
  for (const record of records) {
    const found = distance(record);
    const key = keyOf(record);
    if (found === null || nearest.some((each) => each.key === key && each.distance <= found)) continue;
    nearest = [
      ...nearest.filter((each) => each.key !== key),
      { key, label: labelOf(record), distance: found },
    ]
      .sort((a, b) => a.distance - b.distance)
      .slice(0, PROPOSED);
  }
  return nearest.map(({ label }) => label);
}

/** How far a record is from what was asked for; null when it is too far. */
function distanceTo(query: RecordQuery): (record: TracedRecord) => number | null {
  const isKind = ({ kind }: TracedRecord): boolean => query.kinds.includes(kind);
  if (query.by === 'guid') {
    return (record) => (isKind(record) ? slips(query.guid, record.guid, GUID_SLIPS) : null);
  }
  if (query.by === 'id') {
    const asksForNode = !query.kinds.includes('principal');
    return (record) => {
      if (typeof record.id !== 'number') return null;
      // `room 5` may well be a category.
      const isNear = isKind(record) || (asksForNode && record.id === query.id && record.kind !== 'principal');
      return isNear ? Math.abs(record.id - query.id) : null;
    };
  }
  const name = nameKey(query.name);
  if (/^[0-9]{1,10}$/.test(name)) return ({ id }) => (id === Number(name) ? 0 : null);
  return (record) => nearestName(name, record.names.map(nameKey));
}

function nearestName(typed: string, names: readonly string[]): number | null {
  const most = Math.max(2, Math.ceil(typed.length / 4));
  const distances = names.flatMap((name) => {
    const distance = slips(typed, name, most) ?? (isPart(typed, name) ? most + 1 : null);
    return distance === null ? [] : [distance];
  });
  return distances.length === 0 ? null : Math.min(...distances);
}

function isPart(typed: string, name: string): boolean {
  const [part, whole] = typed.length < name.length ? [typed, name] : [name, typed];
  return part.length >= SHORTEST_PART && whole.includes(part);
}

/**
 * Insertions, deletions and replacements of UTF-16 units that lead from one to the other (Levenshtein); null above
 * `most`.
 */
function slips(one: string, other: string, most: number): number | null {
  if (Math.abs(one.length - other.length) > most || other === '') return null;
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (last[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, replaced));
    }
    last = row;
  }
  const distance = last[other.length] as number;
  return distance <= most ? distance : null;
}
