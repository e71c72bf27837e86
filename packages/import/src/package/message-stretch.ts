import { Buffer } from 'node:buffer';
import { type HeldMessages, kernelGuest } from '@chatferry/export';
import type { Layout } from '../layout/layout.js';
import { compileSteps, type MessageStep, STEP } from './message-steps.js';
import { STRETCH_BASE64 } from './stretch-binary.js';

/**
 * Which messages are ordinary. Each of them stands behind a message of the same room, with a higher id and no earlier
 * date, and is not followed by a second one with its key; its author is known to the writer; it is no alert and has the
 * columns of tblChat but rtf, all decodable, and no other; its text holds no character that XML 1.0 forbids; and:
 */
export interface OrdinaryMessages {
  /** Its date is `from` to `to`; ticks. */
  readonly from: bigint;
  readonly to: bigint;
  /** Its decoded text holds none of these: ASCII, 2 to 32 bytes. At most 8. */
  readonly markers: readonly string[];
}

/** Who writes an ordinary message, as the package names it. */
export interface StretchAuthor {
  /** In the source. */
  readonly userId: number;
  /** In the target. */
  readonly id: number;
  /** In ASCII, for the room's hash. */
  readonly guid: Buffer;
}

/** What an author has written in stretches since it was last asked. */
export interface AuthorTally {
  readonly userId: number;
  readonly messages: number;
  /** UTF-8 bytes of text, decoded. */
  readonly textBytes: number;
  /** Highest date; ticks. */
  readonly last: bigint;
}

/** Messages that were taken one behind the other. Its buffers are valid until the next call of the writer. */
export interface MessageStretch {
  readonly messages: number;
  /** UTF-8 bytes of text, decoded. */
  readonly textBytes: number;
  readonly firstId: bigint;
  readonly lastId: bigint;
  readonly firstDate: bigint;
  readonly lastDate: bigint;
  /** Date of one of them, from 0 on; ticks. Valid as long as the buffers. */
  dateAt(index: number): bigint;
  /** As `MessageWriter` writes them. */
  readonly records: Buffer;
  /** As `RoomAccount.sha256` covers them. */
  readonly hashed: Buffer;
  /** Whether it ended only because the buffers were full. */
  readonly isFull: boolean;
}

/** The message behind which a stretch begins. */
export interface StretchStart {
  readonly roomId: number;
  readonly id: bigint;
  readonly date: bigint;
}

// Offsets in a job, as in kernel/stretch.ts.
const JOB = {
  ROOM: 0,
  ALLOWED_SLOTS: 4,
  LAST_ID: 8,
  LAST_DATE: 16,
  FROM: 24,
  TO: 32,
  STEPS: 40,
  MARKERS: 44,
  FIXED_BYTES: 48,
  AUTHOR_MASK: 52,
  STEPS_AT: 56,
  MARKERS_AT: 60,
  AUTHORS_AT: 64,
  RECORDS_AT: 68,
  RECORDS_LIMIT: 72,
  HASHED_AT: 76,
  HASHED_LIMIT: 80,
  RECORDS_END: 84,
  HASHED_END: 88,
  TEXT_BYTES: 92,
  FIRST_ID: 96,
  FIRST_DATE: 104,
  IS_FULL: 112,
  TOUCHED: 116,
  TOUCHED_AT: 120,
  BYTES: 128,
} as const;

/** Where the date of a message stands in a row of the record kernel's table, as in kernel/stretch.ts. */
const ROW_DATE = 80;
const STEP_BYTES = 128;
const STEP_LITERAL = 16;
const MOST_STEPS = 32;
const MARKER_BYTES = 48;
const MARKER_TEXT = 16;
const MOST_MARKERS = 8;
const AUTHOR = { DIGITS: 4, GUID: 20, MESSAGES: 64, TEXT_BYTES: 72, LAST: 80, BYTES: 96 } as const;
/** A power of two. The authors of a room are few; two whose ids agree in the lower bits take turns. */
const AUTHORS = 2048;
/** Authors that may have written before they must be told of: those of one call, and as many of calls before. */
const TOUCHED_WORDS = 2 * AUTHORS;
const MOST_GUID_BYTES = 36;
const LONGEST_NUMBER = 20;
/** What is written behind the end. */
const SLACK = 64;
/** Small enough for the caches of a core. */
const OUTPUT_BYTES = 1 << 18;

interface StretchExports {
  writeStretch(rows: number, count: number, rowBytes: number, job: number): number;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/**
 * Writes ordinary messages many at a time, in WebAssembly (`kernel/stretch.ts`), from the memory of the record kernel:
 * as the package holds them and as the hash of their room covers them. A message that is not ordinary ends the stretch
 * before it.
 *
 * Several may be at work in turn on one thread, though the kernel has one memory: whoever comes puts its own state
 * there. Memory held: 0.8 MiB of the kernel's; 0.2 MiB for each that had to give way.
 */
export class StretchWriter {
  readonly #bytes: Buffer;
  readonly #exports: StretchExports;
  readonly #job: number;
  readonly #authors: number;
  readonly #touched: number;
  readonly #records: number;
  readonly #hashed: number;
  readonly #tell: (tally: AuthorTally) => void;
  /** Job, steps, markers and authors while another's stand in the memory; null: they stand there. */
  #saved: Buffer | null = null;

  /** @param tell receives what an author has written before the writer forgets it. */
  constructor(steps: readonly MessageStep[], ordinary: OrdinaryMessages, tell: (tally: AuthorTally) => void) {
    const { memory, bytes, start } = kernelGuest();
    this.#bytes = bytes;
    this.#exports = instantiate(memory);
    this.#tell = tell;
    this.#job = start;
    const stepsAt = start + JOB.BYTES;
    const markersAt = stepsAt + MOST_STEPS * STEP_BYTES;
    this.#authors = markersAt + MOST_MARKERS * MARKER_BYTES;
    this.#touched = this.#authors + AUTHORS * AUTHOR.BYTES;
    this.#records = this.#touched + TOUCHED_WORDS * 4;
    this.#hashed = this.#records + OUTPUT_BYTES + SLACK;
    if (inMemory !== null) inMemory.#leave();
    inMemory = this;
    bytes.fill(0, start, this.#records);
    steps.forEach((step, i) => {
      this.#writeStep(stepsAt + i * STEP_BYTES, step);
    });
    ordinary.markers.forEach((marker, i) => {
      this.#writeMarker(markersAt + i * MARKER_BYTES, marker);
    });
    const job = this.#job;
    bytes.writeBigInt64LE(ordinary.from, job + JOB.FROM);
    bytes.writeBigInt64LE(ordinary.to, job + JOB.TO);
    bytes.writeUInt32LE(steps.length, job + JOB.STEPS);
    bytes.writeUInt32LE(ordinary.markers.length, job + JOB.MARKERS);
    bytes.writeUInt32LE(fixedBytes(steps), job + JOB.FIXED_BYTES);
    bytes.writeUInt32LE(AUTHORS - 1, job + JOB.AUTHOR_MASK);
    bytes.writeUInt32LE(stepsAt, job + JOB.STEPS_AT);
    bytes.writeUInt32LE(markersAt, job + JOB.MARKERS_AT);
    bytes.writeUInt32LE(this.#authors, job + JOB.AUTHORS_AT);
    bytes.writeUInt32LE(this.#touched, job + JOB.TOUCHED_AT);
    bytes.writeUInt32LE(this.#records, job + JOB.RECORDS_AT);
    bytes.writeUInt32LE(this.#records + OUTPUT_BYTES, job + JOB.RECORDS_LIMIT);
    bytes.writeUInt32LE(this.#hashed, job + JOB.HASHED_AT);
    bytes.writeUInt32LE(this.#hashed + OUTPUT_BYTES, job + JOB.HASHED_LIMIT);
  }

  /** From now on this author's messages may be ordinary. */
  know({ userId, id, guid }: StretchAuthor): void {
    this.#enter();
    const bytes = this.#bytes;
    const at = this.#authors + (userId & (AUTHORS - 1)) * AUTHOR.BYTES;
    if (userId < 0 || bytes.readUInt32LE(at) === userId + 1 || guid.length > MOST_GUID_BYTES) return;
    this.#tellOf(at);
    bytes.writeUInt32LE(userId + 1, at);
    bytes.writeUInt32LE(bytes.write(String(id), at + AUTHOR.DIGITS + 4, 'latin1'), at + AUTHOR.DIGITS);
    bytes.writeUInt32LE(guid.copy(bytes, at + AUTHOR.GUID + 4), at + AUTHOR.GUID);
  }

  /** The stretch at the beginning of what is held; null: the first message is not ordinary. */
  write(held: HeldMessages, { roomId, id, date }: StretchStart): MessageStretch | null {
    this.#enter();
    const bytes = this.#bytes;
    const job = this.#job;
    if (bytes.readUInt32LE(job + JOB.TOUCHED) > TOUCHED_WORDS - AUTHORS) this.tellAll();
    bytes.writeInt32LE(roomId, job + JOB.ROOM);
    bytes.writeUInt32LE(held.plainSlots, job + JOB.ALLOWED_SLOTS);
    bytes.writeBigInt64LE(id, job + JOB.LAST_ID);
    bytes.writeBigInt64LE(date, job + JOB.LAST_DATE);
    const messages = this.#exports.writeStretch(held.address, held.count, held.bytes, job);
    if (messages === 0) return null;
    return {
      messages,
      textBytes: bytes.readUInt32LE(job + JOB.TEXT_BYTES),
      firstId: bytes.readBigInt64LE(job + JOB.FIRST_ID),
      lastId: bytes.readBigInt64LE(job + JOB.LAST_ID),
      firstDate: bytes.readBigInt64LE(job + JOB.FIRST_DATE),
      lastDate: bytes.readBigInt64LE(job + JOB.LAST_DATE),
      dateAt: (index) => bytes.readBigInt64LE(held.address + index * held.bytes + ROW_DATE),
      records: bytes.subarray(this.#records, bytes.readUInt32LE(job + JOB.RECORDS_END)),
      hashed: bytes.subarray(this.#hashed, bytes.readUInt32LE(job + JOB.HASHED_END)),
      isFull: bytes.readUInt32LE(job + JOB.IS_FULL) !== 0,
    };
  }

  /** Tells what all authors have written in stretches, each once. */
  tellAll(): void {
    this.#enter();
    const touched = this.#bytes.readUInt32LE(this.#job + JOB.TOUCHED);
    for (let i = 0; i < touched; i++) this.#tellOf(this.#bytes.readUInt32LE(this.#touched + i * 4));
    this.#bytes.writeUInt32LE(0, this.#job + JOB.TOUCHED);
  }

  #enter(): void {
    if (inMemory === this) return;
    if (inMemory !== null) inMemory.#leave();
    inMemory = this;
    this.#saved?.copy(this.#bytes, this.#job);
    this.#saved = null;
  }

  #leave(): void {
    this.#saved = Buffer.from(this.#bytes.subarray(this.#job, this.#records));
  }

  #tellOf(at: number): void {
    const bytes = this.#bytes;
    const messages = bytes.readUInt32LE(at + AUTHOR.MESSAGES);
    if (messages === 0) return;
    this.#tell({
      userId: bytes.readUInt32LE(at) - 1,
      messages,
      textBytes: bytes.readDoubleLE(at + AUTHOR.TEXT_BYTES),
      last: bytes.readBigInt64LE(at + AUTHOR.LAST),
    });
    bytes.fill(0, at + AUTHOR.MESSAGES, at + AUTHOR.BYTES);
  }

  #writeStep(at: number, { before, value }: MessageStep): void {
    this.#bytes.writeUInt32LE(before.length, at);
    this.#bytes.writeUInt32LE(value, at + 4);
    before.copy(this.#bytes, at + STEP_LITERAL);
  }

  /** Looks first for two bytes that are rare in prose: those around the first that is no letter. */
  #writeMarker(at: number, marker: string): void {
    const offset = Math.min(Math.max(0, marker.search(/[^a-z]/i)), marker.length - 2);
    this.#bytes.writeUInt32LE(marker.length, at);
    this.#bytes.writeUInt32LE(offset, at + 4);
    this.#bytes.write(marker, at + MARKER_TEXT, 'latin1');
  }
}

/** Whose state stands in the kernel's memory. */
let inMemory: StretchWriter | null = null;

/** null when the layout or the markers are beyond what the kernel knows; all messages then go one by one. */
export function createStretchWriter(
  layout: Layout,
  ordinary: OrdinaryMessages,
  tell: (tally: AuthorTally) => void,
): StretchWriter | null {
  const steps = plainSteps(layout);
  const { markers } = ordinary;
  const areKnown = markers.every((marker) => /^[\x21-\x7e]{2,32}$/.test(marker));
  if (steps === null || !areKnown || markers.length > MOST_MARKERS) return null;
  return new StretchWriter(steps, ordinary, tell);
}

/** The steps of a message without rtf; null when its text stands in an attribute or a literal is too long. */
function plainSteps(layout: Layout): MessageStep[] | null {
  const document = layout.documents.find(({ kind }) => kind === 'message');
  if (!document?.group) return null;
  const { record } = document;
  const steps = compileSteps({ ...record, tail: `</${record.name}>` }).filter((step) => !step.isOptional);
  const areKnown = steps.every(
    ({ before, value, isAttribute }) =>
      before.length <= STEP_BYTES - STEP_LITERAL && !(value === STEP.CONTENT && isAttribute),
  );
  return areKnown && steps.length <= MOST_STEPS ? steps : null;
}

/** Bytes of a message beside its text, at most. */
function fixedBytes(steps: readonly MessageStep[]): number {
  return steps.reduce((sum, { before }) => sum + before.length + LONGEST_NUMBER, 0);
}

let compiled: object | null = null;

function instantiate(memory: object): StretchExports {
  compiled ??= new WebAssembly.Module(Buffer.from(STRETCH_BASE64, 'base64'));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as StretchExports;
}
