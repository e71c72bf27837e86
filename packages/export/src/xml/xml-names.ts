import { Buffer } from 'node:buffer';
import { isNameStart, NAME_CLASS } from './characters.js';

/** An element or attribute name. One object a name and scanner, so compare with `===`. */
export interface XmlName {
  /** As written, with its prefix. */
  readonly text: string;
  /** '' when there is none. */
  readonly prefix: string;
  readonly local: string;
  /** Counts from 0 within one scanner; an index for tables by name. */
  readonly id: number;
  /** Whether it is `xmlns` or `xmlns:…`. */
  readonly isDeclaration: boolean;
  /** Whether it has at most one colon, with something on both sides (Namespaces in XML 1.0, QName). */
  readonly isQualified: boolean;
  readonly bytes: Buffer;
  /** Stamp of the last tag that had this attribute: finds duplicates without a set. */
  stamp: number;
  /** The attribute that followed this name last time: the first guess for the next. */
  follower: XmlName | null;
  /** The element that was opened after this one last time. */
  nextElement: XmlName | null;
}

/** Interns names by their bytes. Memory: one entry a distinct name; the scanner limits how many. */
export class NameTable {
  readonly #buckets = new Map<number, XmlName[]>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  intern(bytes: Buffer, start: number, end: number, hash: number): XmlName {
    let bucket = this.#buckets.get(hash);
    if (bucket === undefined) {
      bucket = [];
      this.#buckets.set(hash, bucket);
    }
    for (const name of bucket) {
      if (name.bytes.length === end - start && startsWith(bytes, start, name.bytes)) return name;
    }
    const name = createName(Buffer.from(bytes.subarray(start, end)), this.#count++);
    bucket.push(name);
    return name;
  }
}

/** Whether `bytes` continues with `expected` at `start`. The caller makes sure that enough bytes are there. */
export function startsWith(bytes: Buffer, start: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) {
    if (bytes[start + i] !== expected[i]) return false;
  }
  return true;
}

function createName(bytes: Buffer, id: number): XmlName {
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  const prefix = colon < 0 ? '' : text.slice(0, colon);
  const local = text.slice(colon + 1);
  return {
    text,
    prefix,
    local,
    id,
    isDeclaration: text === 'xmlns' || prefix === 'xmlns',
    isQualified: colon < 0 || (colon > 0 && !local.includes(':') && beginsName(local)),
    bytes,
    stamp: 0,
    follower: null,
    nextElement: null,
  };
}

/** Whether the local part of a name is a name by itself (NCName); its other characters were checked with the whole. */
function beginsName(local: string): boolean {
  const first = local.codePointAt(0);
  if (first === undefined) return false;
  return first < 0x80 ? ((NAME_CLASS[first] as number) & 1) !== 0 : isNameStart(first);
}
