import type { Buffer } from 'node:buffer';
import { CODING, RecordBatch, TextValue, XmlFault, XmlScanner } from '@chatferry/export';
import { textInWords } from './rows-read.js';
import { CONSTANT_VALUE, type ShapeCase, type ShapeEntry, shapeOf } from './shape-case.js';

/** A record as the tokens tell it. */
interface TokenRecord {
  readonly name: string;
  readonly end: number;
  readonly depth: number;
  readonly attributes: readonly (readonly [name: string, text: string, raw: string])[];
  readonly children: readonly (readonly [name: string, text: string, raw: string])[];
  /** Nothing but child elements with text in one piece; white space between them is noted. */
  readonly isFlat: boolean;
  readonly hasSpace: boolean;
}

const text = new TextValue();
const raw = (): string => text.bytes.toString('latin1', text.start, text.end);

export function scannerOf(document: Buffer): XmlScanner {
  const scanner = new XmlScanner({ file: 'test.xml', forbidden: 'report', holdsRecoverableFaults: true });
  scanner.push(document);
  scanner.finish();
  return scanner;
}

/** The records below the top element by the offsets of their start tags, up to the first fault. */
function recordsByTokens(document: Buffer): Map<number, TokenRecord> {
  const found = new Map<number, TokenRecord>();
  const scanner = scannerOf(document);
  try {
    for (let token = scanner.next(); token !== 'done'; token = scanner.next()) {
      if (token !== 'start' || scanner.depth !== 2) continue;
      scanner.heldFault = null;
      const start = scanner.tokenStart;
      const record = readRecord(scanner);
      if (scanner.heldFault === null) found.set(start, record);
    }
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
  }
  return found;
}

function readRecord(scanner: XmlScanner): TokenRecord {
  const name = scanner.name.bytes.toString('latin1');
  const attributes = Array.from({ length: scanner.attributeCount }, (_, i) => {
    scanner.attributeValue(i, text);
    return [scanner.attributeName(i).bytes.toString('latin1'), textInWords(text), raw()] as const;
  });
  const children: [string, string, string][] = [];
  let isFlat = true;
  let hasSpace = false;
  let pieces = 0;
  for (let token = scanner.next(); ; token = scanner.next()) {
    if (token === 'end' && scanner.depth === 1) break;
    if (token === 'start') {
      isFlat &&= scanner.depth === 3 && scanner.attributeCount === 0;
      text.set(scanner.window, 0, 0, 'element', 0);
      children.push([scanner.name.bytes.toString('latin1'), textInWords(text), '']);
      pieces = 0;
    } else if (token === 'text') {
      if (scanner.depth === 2) {
        hasSpace = true;
        isFlat &&= scanner.isBlankText;
      } else {
        pieces += 1;
        isFlat &&= pieces === 1;
        scanner.textValue(text);
        children[children.length - 1] = [children.at(-1)?.[0] ?? '', textInWords(text), raw()];
      }
    }
  }
  return { name, end: scanner.tokenEnd, depth: scanner.depth, attributes, children, isFlat, hasSpace };
}

/** What the kernel takes among the records, checked against the tokens; returns how many it took. */
export function agrees(shapeCase: ShapeCase): number {
  const { document } = shapeCase;
  const expected = recordsByTokens(document);
  const shape = shapeOf(shapeCase);
  const scanner = scannerOf(document);
  const batch = new RecordBatch();
  let taken = 0;
  try {
    for (;;) {
      while (scanner.depth === 1 && scanner.records(shape, batch) > 0) {
        for (let i = 0; i < batch.count; i++) check(shapeCase, batch, i, expected.get(batch.start(i)));
        taken += batch.count;
        if (scanner.tokenEnd !== batch.end(batch.count - 1)) throw new Error('the scanner stands elsewhere');
      }
      if (scanner.next() === 'done') return taken;
    }
  } catch (error) {
    if (error instanceof XmlFault) return taken;
    throw error;
  }
}

function check(
  { name, entries, required, isCompact }: ShapeCase,
  batch: RecordBatch,
  index: number,
  record: TokenRecord | undefined,
): void {
  const fail = (what: string) => new Error(`record at ${batch.start(index)}: ${what}`);
  if (record === undefined) throw fail('is none, or has a fault');
  if (!record.isFlat || record.name !== name || record.end !== batch.end(index)) throw fail('is another');
  if (isCompact && record.hasSpace) throw fail('has white space inside');
  let slots = 0;
  let reached = -1;
  for (const isChild of [false, true]) {
    for (const [valueName, words, bytes] of isChild ? record.children : record.attributes) {
      const position = entries.findIndex((entry) => entry.isChild === isChild && entry.name === valueName);
      const entry = entries[position];
      if (entry === undefined) throw fail(`has an unknown ${valueName}`);
      if ((slots & (1 << entry.slot)) !== 0) throw fail(`has slot ${entry.slot} twice`);
      if (isCompact && isChild && position < reached) throw fail('has children out of order');
      if (isChild) reached = position;
      slots |= 1 << entry.slot;
      if (!isSame(entry, batch, index, words, bytes)) throw fail(`${valueName} is ${words}`);
    }
  }
  if (slots !== batch.slots(index)) throw fail(`has slots ${slots}, not ${batch.slots(index)}`);
  if (required.some((slot) => (slots & (1 << slot)) === 0)) throw fail('lacks a required slot');
}

function isSame(
  { coding, slot, isChild }: ShapeEntry,
  batch: RecordBatch,
  index: number,
  words: string,
  bytes: string,
): boolean {
  if ((coding === CODING.CONSTANT) !== batch.isAbsent(index, slot)) return false;
  if (coding === CODING.CONSTANT) return bytes === (isChild ? '' : CONSTANT_VALUE);
  batch.text(index, slot, text);
  if (textInWords(text) !== words) return false;
  switch (coding) {
    case CODING.TEXT:
      return true;
    case CODING.INT32:
      return /^[0-9]{1,9}$/.test(bytes) && batch.int32(index, slot) === Number(bytes);
    case CODING.INT64:
      return /^[0-9]{1,18}$/.test(bytes) && batch.int64(index, slot) === BigInt(bytes);
    case CODING.CANONICAL_INT32:
      return /^(?:0|[1-9][0-9]{0,8})$/.test(bytes) && batch.int32(index, slot) === Number(bytes);
    case CODING.CANONICAL_INT64:
      return /^(?:0|[1-9][0-9]{0,17})$/.test(bytes) && batch.int64(index, slot) === BigInt(bytes);
    case CODING.BIT:
      return (
        /^(?:0|1|true|false)$/.test(bytes) && batch.int32(index, slot) === (/1|true/.test(bytes) ? 1 : 0)
      );
    default:
      return /^[01]$/.test(bytes) && batch.int32(index, slot) === Number(bytes);
  }
}
