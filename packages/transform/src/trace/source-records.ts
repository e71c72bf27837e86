import type { Directory, NodeRow, PrincipalRow, SiopWhiteListRow } from '@chatferry/export';
import { matcher, type RecordQuery, type TracedRecord } from './traced-record.js';

export type TracedRow = NodeRow | PrincipalRow | SiopWhiteListRow;

/** A record of the export with its rows: more than one when a key stands twice. */
export interface SourceRecordRows extends TracedRecord {
  readonly rows: TracedRow[];
}

/**
 * The records of the export that a query names, in the order of the export. Rows with one id are one record; asked for
 * by GUID, principals that share it are one, because they are one person.
 */
export function findInSource(directory: Directory, query: RecordQuery): SourceRecordRows[] {
  const isNamed = matcher(query);
  const found = new Map<string, SourceRecordRows>();
  for (const row of tracedRows(directory)) {
    const record = recordOfRow(row);
    if (!isNamed(record)) continue;
    const isPerson = query.by === 'guid' && record.kind === 'principal';
    const key = `${record.kind} ${isPerson ? record.guid : record.id}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...record, rows: [row] });
    else known.rows.push(row);
  }
  return [...found.values()];
}

/** Every row that can be asked for. */
export function* tracedRows(directory: Directory): Generator<TracedRow> {
  yield* directory.nodes;
  yield* directory.principals;
  yield* directory.siopWhiteList;
}

export function recordOfRow(row: TracedRow): TracedRecord {
  switch (row.kind) {
    case 'node': {
      const kind = row.nodeType ? 'category' : 'room';
      return { kind, id: row.nodeID, guid: row.nodeGuid, names: [row.nodeName] };
    }
    case 'principal': {
      const { prinDisplayName, prinName, prinUri, prinADUserPrincipalName, prinEmail } = row;
      const names = filled(prinDisplayName, prinName, prinUri, prinADUserPrincipalName, prinEmail);
      return { kind: 'principal', id: row.prinID, guid: row.prinGuid, names };
    }
    case 'siopWhiteList':
      return { kind: 'add-in', id: row.siopID, guid: row.siopID, names: [row.siopName] };
  }
}

export function filled(...names: (string | null)[]): string[] {
  return names.filter((name): name is string => name !== null && name !== '');
}
