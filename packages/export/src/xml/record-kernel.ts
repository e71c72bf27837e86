import { Buffer } from 'node:buffer';
import { KERNEL_BASE64 } from './kernel-binary.js';
import { type RecordBatch, recordWords } from './record-batch.js';
import { type RecordShape, SHAPE_BYTES } from './record-shape.js';

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  scanRecords(start: number, shape: number, rows: number, rowsEnd: number, decoded: number): number;
  lastStop(): number;
  lastDecodedEnd(): number;
  countLines(start: number, end: number): number;
  countCharacters(start: number, end: number): number;
}

/** Zero bytes behind the window: more than the longest token and load. */
const PADDING_BYTES = 128;
const TABLE_BYTES = 1 << 18;
/** Most bytes of a window that the kernel sees at once. */
const WINDOW_BYTES = 1 << 19;

const PAGE_BYTES = 1 << 16;
const SHAPE_AT = 1 << 12;
const TABLE_AT = SHAPE_AT + (((SHAPE_BYTES + 15) >> 4) << 4);
const WINDOW_AT = TABLE_AT + TABLE_BYTES;
/**
 * Neither decoded text nor its escaped form is longer than what it was decoded from: what is escaped there came as a
 * reference that is no shorter. A load behind its end may be stored.
 */
const DECODED_AT = WINDOW_AT + WINDOW_BYTES + PADDING_BYTES;
const COUNTED_AT = DECODED_AT + 2 * WINDOW_BYTES + PADDING_BYTES;
const COUNTED_BYTES = 1 << 16;
const GUEST_AT = COUNTED_AT + COUNTED_BYTES;
/** What a kernel of another room may use. */
const GUEST_BYTES = 1 << 21;
const MEMORY_BYTES = GUEST_AT + GUEST_BYTES;

/**
 * The inner loop in WebAssembly (`kernel/records.ts`) and its memory: a shape, a table of records, a copy of the bytes,
 * the decoded texts. One serves the whole thread, because each call is finished before the next begins. Memory held:
 * 1.9 MiB, and what a guest uses.
 */
class RecordKernel {
  readonly #exports: KernelExports;
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  #shape: RecordShape | null = null;
  #shapeVersion = 0;
  #owner: object | null = null;
  #windowId = 0;
  /** The window's bytes `[#from, #to)` are loaded. */
  #from = 0;
  #to = 0;
  #scans = 0;

  constructor(exports: KernelExports) {
    this.#exports = exports;
    this.#bytes = Buffer.from(exports.memory.buffer);
    this.#words = new Int32Array(exports.memory.buffer);
  }

  /** See `XmlScanner.records`. Returns the offset behind the last record. */
  scan(shape: RecordShape, source: WindowBytes, at: number, into: RecordBatch): number {
    this.#loadShape(shape);
    this.#loadWindow(source, at);
    const start = WINDOW_AT + at - this.#from;
    const count = this.#exports.scanRecords(start, SHAPE_AT, TABLE_AT, TABLE_AT + TABLE_BYTES, DECODED_AT);
    into.count = 0;
    this.#scans += 1;
    if (count === 0) return at;
    const shift = this.#from - WINDOW_AT;
    const first = TABLE_AT >> 2;
    into.fill(shape, {
      count,
      words: this.#words.subarray(first, first + count * recordWords(shape.slots)),
      decoded: this.#bytes.subarray(DECODED_AT, this.#exports.lastDecodedEnd()),
      decodedAt: DECODED_AT,
      shift,
      window: source.bytes,
      scan: this.#scans,
    });
    return this.#exports.lastStop() + shift;
  }

  /** The records of a batch from one on, which must be the last that was scanned; null: it is not. */
  held(batch: RecordBatch, from: number): HeldRecords | null {
    if (from >= batch.count || batch.scan !== this.#scans) return null;
    const bytes = batch.stride * Int32Array.BYTES_PER_ELEMENT;
    return { address: TABLE_AT + from * bytes, count: batch.count - from, bytes };
  }

  /** See `kernelGuest`. */
  get guest(): KernelGuest {
    const { memory } = this.#exports;
    return { memory, bytes: this.#bytes, start: GUEST_AT, end: GUEST_AT + GUEST_BYTES };
  }

  /** Line feeds in `bytes[from, to)`. */
  countLines(bytes: Buffer, from: number, to: number): number {
    return this.#count(bytes, from, to, this.#exports.countLines);
  }

  /** Characters (UTF-8 lead bytes) in `bytes[from, to)`. */
  countCharacters(bytes: Buffer, from: number, to: number): number {
    return this.#count(bytes, from, to, this.#exports.countCharacters);
  }

  #count(bytes: Buffer, from: number, to: number, count: (start: number, end: number) => number): number {
    let sum = 0;
    for (let at = from; at < to; at += COUNTED_BYTES) {
      const end = Math.min(to, at + COUNTED_BYTES);
      bytes.copy(this.#bytes, COUNTED_AT, at, end);
      sum += count(COUNTED_AT, COUNTED_AT + end - at);
    }
    return sum;
  }

  #loadShape(shape: RecordShape): void {
    if (shape === this.#shape && shape.version === this.#shapeVersion) return;
    shape.toBytes().copy(this.#bytes, SHAPE_AT);
    this.#shape = shape;
    this.#shapeVersion = shape.version;
  }

  /** Copying costs a twentieth of scanning, and spares every reader a memory of its own. */
  #loadWindow(source: WindowBytes, at: number): void {
    const isLoaded =
      source.owner === this.#owner &&
      source.id === this.#windowId &&
      at >= this.#from &&
      (at < this.#to - (WINDOW_BYTES >> 1) || this.#to === source.limit);
    if (isLoaded) return;
    const end = Math.min(source.limit, at + WINDOW_BYTES);
    source.bytes.copy(this.#bytes, WINDOW_AT, at, end);
    const stop = WINDOW_AT + end - at;
    this.#bytes.fill(0, stop, stop + PADDING_BYTES);
    this.#owner = source.owner;
    this.#windowId = source.id;
    this.#from = at;
    this.#to = end;
  }
}

/** Rows of the kernel's table, as `kernel/records.ts` lays them out, in its memory. Valid until the next scan. */
export interface HeldRecords {
  /** Of the first row. */
  readonly address: number;
  readonly count: number;
  /** Of a row. */
  readonly bytes: number;
}

/** The kernel's memory, and which part of it a guest may use. */
export interface KernelGuest {
  readonly memory: object;
  readonly bytes: Buffer;
  /** Addresses; `start` is a multiple of 16. */
  readonly start: number;
  readonly end: number;
}

/** Bytes that stay what they are as long as `id` does. */
export interface WindowBytes {
  /** Tells windows of different readers apart. */
  readonly owner: object;
  readonly id: number;
  readonly bytes: Buffer;
  readonly limit: number;
}

/** The few declarations that the types of Node 20 leave to the browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

let kernel: RecordKernel | null = null;

/** The kernel of this thread, made at the first call. */
export function recordKernel(): RecordKernel {
  kernel ??= new RecordKernel(instantiate());
  return kernel;
}

/**
 * For a kernel that works with the rows that this thread's kernel has found; it must not keep addresses from one scan
 * to the next.
 */
export function kernelGuest(): KernelGuest {
  return recordKernel().guest;
}

function instantiate(): KernelExports {
  const module = new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const exports = new WebAssembly.Instance(module).exports as KernelExports & {
    readonly memory: { grow(pages: number): number };
  };
  exports.memory.grow(Math.ceil(MEMORY_BYTES / PAGE_BYTES) - exports.memory.buffer.byteLength / PAGE_BYTES);
  return exports;
}
