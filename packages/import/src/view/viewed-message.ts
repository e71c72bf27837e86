/** What the package or the export holds of one message. */
export interface ViewedMessage {
  readonly side: 'package' | 'export';
  readonly id: bigint;
  /** Ticks; null when it cannot be read. */
  readonly date: bigint | null;
  readonly userId: number;
  readonly alert: boolean;
  readonly content: string | null;
  readonly rtf: string | null;
  /** File, line and column. */
  readonly place: string;
}

/** What ledger.ndjson says of a message that was not simply carried. */
export interface ViewedException {
  readonly side: 'ledger';
  readonly id: bigint;
  readonly state: string;
  readonly rule: string;
  readonly place: string;
}

export type ViewedRecord = ViewedMessage | ViewedException;

/** All that is known of one message number of a room. */
export interface MessageGroup {
  readonly id: bigint;
  readonly inPackage: readonly ViewedMessage[];
  readonly inExport: readonly ViewedMessage[];
  readonly exceptions: readonly ViewedException[];
}

/** One line of JSON; well-formed even for lone surrogates. */
export function lineOf(record: ViewedRecord): string {
  const plain =
    record.side === 'ledger'
      ? { ...record, id: String(record.id) }
      : { ...record, id: String(record.id), date: record.date === null ? null : String(record.date) };
  return `${JSON.stringify(plain)}\n`;
}

/** What `lineOf` has written. */
export function recordOf(line: string): ViewedRecord {
  const plain = JSON.parse(line) as Omit<ViewedMessage, 'id' | 'date'> & { id: string; date: string | null };
  const date = plain.side === 'package' || plain.side === 'export' ? plain.date : null;
  return { ...plain, id: BigInt(plain.id), date: date === null ? null : BigInt(date) } as ViewedRecord;
}

/** Neighbours of one number as one group. The records come in ascending order of their numbers. */
export function* groupsOf(records: Iterable<ViewedRecord>): Generator<MessageGroup> {
  let held: ViewedRecord[] = [];
  for (const record of records) {
    if (held[0] !== undefined && held[0].id !== record.id) {
      yield groupOf(held);
      held = [];
    }
    held.push(record);
  }
  if (held.length > 0) yield groupOf(held);
}

function groupOf(records: readonly ViewedRecord[]): MessageGroup {
  const of = (side: ViewedMessage['side']): ViewedMessage[] =>
    records.flatMap((record) => (record.side === side ? [record] : []));
  const exceptions = records.flatMap((record) => (record.side === 'ledger' ? [record] : []));
  return {
    id: (records[0] as ViewedRecord).id,
    inPackage: of('package'),
    inExport: of('export'),
    exceptions,
  };
}
