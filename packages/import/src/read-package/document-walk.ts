import type { Buffer } from 'node:buffer';
import { bytesPassed, RecordBatch, type TextValue, type XmlScanner } from '@chatferry/export';
import type { ReadFault } from '../check.js';
import type { DocumentLayout } from '../layout/layout.js';
import type { MessageShape } from './message-shape.js';
import { readInt32 } from './parse-number.js';
import { RecordReader, readAttributes } from './record-reader.js';
import { isRuntimeTable } from './runtime-tables.js';
import { ValueSlot } from './value-slot.js';

const PASSED_OVER = 'Unexpected comment or processing instruction';

export interface WalkOptions {
  readonly scanner: XmlScanner;
  readonly document: DocumentLayout;
  readonly fault: (fault: ReadFault) => void;
  /** A record is whole; its values are valid until the next call. `groupRoomId`: the room of the group around it. */
  readonly record: (reader: RecordReader, groupRoomId: number) => void;
  /** Something was passed over that may have held records. */
  readonly incomplete: () => void;
  readonly homeOf?: (field: string) => TextValue | undefined;
  /** Sound records that were read many at a time; what does not fit the shape comes to `record`. */
  readonly many?: {
    readonly shape: MessageShape;
    readonly records: (batch: RecordBatch, groupRoomId: number) => void;
  };
}

/**
 * Walks one document from its root to the records. Between records the elements must be the layout's and white
 * space is allowed; inside a record the reader is in charge.
 *
 * Memory: the record that is being read. What is passed over is not held.
 */
export class DocumentWalk {
  readonly #options: WalkOptions;
  readonly #scanner: XmlScanner;
  readonly #reader: RecordReader;
  readonly #wrapperCounts: number[];
  readonly #groupSlots: readonly ValueSlot[];
  readonly #recordDepth: number;
  readonly #batch = new RecordBatch();
  /** Depth to which everything is passed over; 0: nothing is. */
  #skipDepth = 0;
  #groupRoomId = 0;
  #groupRecords = 0;
  #passedOver = 0;

  constructor(options: WalkOptions) {
    const { scanner, document } = options;
    this.#options = options;
    this.#scanner = scanner;
    this.#reader = new RecordReader(scanner, document, options.homeOf);
    this.#wrapperCounts = document.path.map(() => 0);
    this.#groupSlots = (document.group?.attributes ?? []).map((path, index) => new ValueSlot(path, index));
    this.#recordDepth = document.path.length + (document.group === null ? 1 : 2);
  }

  /**
   * Reads as far as the pushed bytes reach. True: the document is at its end.
   *
   * @throws XmlFault when the document is not well-formed.
   */
  drain(): boolean {
    for (;;) {
      this.#takeMany();
      this.#scanner.mark();
      const token = this.#scanner.next();
      if (token === 'more') return false;
      if (this.#hasPassedOver()) this.#say(`${PASSED_OVER} before this, expected elements only`);
      if (token === 'done') {
        this.#expectWrappers();
        return true;
      }
      if (token === 'end') this.#leave();
      else if (token === 'text') this.#passText();
      else if (this.#skipDepth === 0 && !this.#enter()) {
        this.#scanner.rewind();
        return false;
      }
    }
  }

  /** Inside a group, records that need no tokens. */
  #takeMany(): void {
    const { many } = this.#options;
    if (many === undefined || this.#skipDepth > 0 || this.#scanner.depth !== this.#recordDepth - 1) return;
    while (this.#scanner.records(many.shape.record, this.#batch) > 0) {
      this.#groupRecords += this.#batch.count;
      many.records(this.#batch, this.#groupRoomId);
    }
  }

  /** At a start tag. False: the bytes end within the record. */
  #enter(): boolean {
    const { document } = this.#options;
    const { depth, name } = this.#scanner;
    const wrappers = document.path.length;
    if (depth === this.#recordDepth && name.text === document.record.name) return this.#readRecord();
    if (depth <= wrappers && name.text === document.path[depth - 1]) this.#enterWrapper(depth);
    else if (depth === wrappers + 1 && name.text === document.group?.name) this.#enterGroup();
    else this.#refuse();
    return true;
  }

  #enterWrapper(depth: number): void {
    const count = (this.#wrapperCounts[depth - 1] ?? 0) + 1;
    this.#wrapperCounts[depth - 1] = count;
    const { name } = this.#scanner;
    if (count > 1) this.#say(`Unexpected second <${name.text}>, expected one`);
    if (this.#scanner.attributeCount > 0) {
      this.#say(`Unexpected attribute on <${name.text}>, expected what the layout has`);
    }
  }

  #enterGroup(): void {
    const reader = this.#reader;
    reader.faults.length = 0;
    for (const slot of this.#groupSlots) slot.isSeen = false;
    readAttributes(reader, this.#groupSlots);
    this.#groupRecords = 0;
    const isUsable = this.#groupSlots.map((slot) => this.#readGroupValue(slot)).every(Boolean);
    tellFaults(reader, null, this.#options.fault);
    if (!isUsable) this.#passOver();
  }

  /** False: without this value the group's records have no room. */
  #readGroupValue({ path, isSeen, value }: ValueSlot): boolean {
    if (path.constant !== null) {
      if (!isSeen || value.toString() !== path.constant) {
        this.#reader.fault('layout', `Unexpected value of ${path.name}, expected "${path.constant}"`);
      }
      return true;
    }
    this.#groupRoomId = isSeen ? readInt32(value) : Number.NaN;
    if (!Number.isNaN(this.#groupRoomId)) return true;
    const group = this.#scanner.name.text;
    this.#reader.fault('layout', `Unexpected ${path.name} of <${group}>, expected a whole number of 32 bits`);
    return false;
  }

  #readRecord(): boolean {
    const reader = this.#reader;
    if (!reader.read()) return false;
    if (this.#hasPassedOver())
      reader.valueFault('layout', `${PASSED_OVER} in <${this.#options.document.record.name}>, expected none`);
    this.#groupRecords += 1;
    this.#options.record(reader, this.#groupRoomId);
    return true;
  }

  /** Once for each time: a reader that counts child nodes, as the published script does, counts these. */
  #hasPassedOver(): boolean {
    const before = this.#passedOver;
    this.#passedOver = this.#scanner.passedOver;
    return this.#passedOver !== before;
  }

  #leave(): void {
    const { group, path } = this.#options.document;
    const { depth } = this.#scanner;
    if (this.#skipDepth > 0) {
      if (depth === this.#skipDepth - 1) this.#skipDepth = 0;
    } else if (group !== null && depth === path.length && this.#groupRecords === 0) {
      this.#say(`Unexpected <${group.name}> without a record, expected none or some`);
    }
  }

  #passText(): void {
    if (this.#skipDepth > 0 || this.#scanner.isBlankText) return;
    this.#say('Unexpected text between records, expected white space only');
  }

  #refuse(): void {
    const { name } = this.#scanner;
    const kind = isRuntimeTable(name.text) ? 'forbidden' : 'layout';
    this.#say(`Unexpected <${name.text}>, expected what the layout has here`, kind);
    this.#passOver();
  }

  #passOver(): void {
    this.#skipDepth = this.#scanner.depth;
    this.#options.incomplete();
  }

  #expectWrappers(): void {
    const missing = this.#options.document.path.find((_, index) => this.#wrapperCounts[index] === 0);
    if (missing === undefined || this.#wrapperCounts[0] === 0) return;
    this.#say(`Unexpected end of the document without <${missing}>`);
    this.#options.incomplete();
  }

  #say(message: string, kind: ReadFault['kind'] = 'layout'): void {
    this.#options.fault({ kind, message, place: this.#scanner.place() });
  }
}

/** Hands a record's faults on, with the record's key in their places. */
export function tellFaults(
  reader: RecordReader,
  record: string | null,
  tell: (fault: ReadFault) => void,
): void {
  for (const fault of reader.faults) {
    tell({ ...fault, place: fault.place === null ? null : { ...fault.place, record } });
  }
  reader.faults.length = 0;
}

/**
 * Feeds a document's bytes to its walk. When bytes end within a record the record is read again, so as many bytes
 * as are pending are awaited first: reading again costs at most as much as reading once.
 *
 * @throws XmlFault, and what `bytes` throws.
 */
export async function walkDocument(
  bytes: AsyncIterable<Buffer>,
  options: WalkOptions,
  progress: (count: number) => void,
): Promise<void> {
  const { scanner } = options;
  const walk = new DocumentWalk(options);
  let wanted = 0;
  for await (const chunk of bytes) {
    scanner.push(chunk);
    bytesPassed(chunk.length);
    progress(chunk.length);
    if (scanner.pendingBytes < wanted) continue;
    walk.drain();
    wanted = scanner.pendingBytes * 2;
  }
  scanner.finish();
  walk.drain();
}
