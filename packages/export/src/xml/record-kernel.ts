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
 * Neither decoded text nor its escaped form is longer than what it was decoded from: what is escaped there came as a reference
 * that is no shorter. A load behind its end may be stored.
 */
const DECODED_AT = WINDOW_AT + WINDOW_BYTES + PADDING_BYTES;
const MEMORY_BYTES = DECODED_AT + 2 * WINDOW_BYTES + PADDING_BYTES;

/**
 * The inner loop in WebAssembly (`kernel/records.ts`) and its memory: a shape, a table of records, a copy of the bytes, the
 * decoded texts. One serves the whole thread, because each call is finished before the next begins. Memory held: 1.8 MiB.
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
    });
    return this.#exports.lastStop() + shift;
  }

  /** Line feeds in `bytes[from, to)`. */
  countLines(bytes: Buffer, from: number, to: number): number {
    return this.#count(bytes, from, to, this.#exports.countLines);
  }

  /** Characters (UTF-8 lead bytes) in `bytes[from, to)`. */
  countCharacters(bytes: Buffer, from: number, to: number): number {
    return this.#count(bytes, from, to, this.#exports.countCharacters);
  }

  /** In the memory of the decoded texts, which every batch has copied. */
  #count(bytes: Buffer, from: number, to: number, count: (start: number, end: number) => number): number {
    let sum = 0;
    for (let at = from; at < to; at += WINDOW_BYTES) {
      const end = Math.min(to, at + WINDOW_BYTES);
      bytes.copy(this.#bytes, DECODED_AT, at, end);
      sum += count(DECODED_AT, DECODED_AT + end - at);
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

function instantiate(): KernelExports {
  const module = new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const exports = new WebAssembly.Instance(module).exports as KernelExports & {
    readonly memory: { grow(pages: number): number };
  };
  exports.memory.grow(Math.ceil(MEMORY_BYTES / PAGE_BYTES) - exports.memory.buffer.byteLength / PAGE_BYTES);
  return exports;
}
