import { quoteName } from '../directory/label.js';
import { nameKey } from '../directory/name-equality.js';
import type { MessageQuery, RecordKind, TraceQuery } from './trace-query.js';

/** A record of either side, by all that it can be asked for. */
export interface TracedRecord {
  readonly kind: RecordKind;
  /** nodeID or prinID; the GUID of an add-in. */
  readonly id: number | string;
  /** Lower case; empty when the export has none that can be read. */
  readonly guid: string;
  /** The first is the one that people see. */
  readonly names: readonly string[];
}

export type RecordQuery = Exclude<TraceQuery, MessageQuery>;

/** Whether a query names a record. Names are equal as the target's collation takes them. */
export function matcher(query: RecordQuery): (record: TracedRecord) => boolean {
  const isKind = (record: TracedRecord): boolean => query.kinds.includes(record.kind);
  if (query.by === 'id') return (record) => record.id === query.id && isKind(record);
  if (query.by === 'guid') return (record) => record.guid === query.guid && isKind(record);
  const key = nameKey(query.name);
  return (record) => isKind(record) && record.names.some((name) => nameKey(name) === key);
}

/** How the record can be asked for without doubt: `room 5`, `add-in <guid>`. */
export function keyOf({ kind, id }: Pick<TracedRecord, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

/** `room 5 "Ops" (GUID)`. */
export function labelOf(record: TracedRecord): string {
  const guid = record.kind === 'add-in' ? '' : ` (${record.guid})`;
  return `${keyOf(record)} ${quoteName(record.names[0] ?? '')}${guid}`;
}
