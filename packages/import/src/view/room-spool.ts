import { Buffer } from 'node:buffer';
import { appendFileSync, closeSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { outputFailure } from '../handoff/output-failure.js';
import { lineOf, recordOf, type ViewedRecord } from './viewed-message.js';

/** Text held before it goes to the disk, and that is sorted at once, in UTF-16 units. */
const HELD_UNITS = 2 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
/** Runs that are merged at once, each with a file that is open. */
const MERGED_RUNS = 64;

interface Run {
  readonly path: string;
  lastId: bigint;
  isSorted: boolean;
  waiting: string[];
}

/**
 * Keeps records on the disk, a file for each room and side, whatever their order, and gives them back room by room in
 * ascending order of their numbers; of one number in the order of `add`, side by side. Memory held: 2 Mi units of
 * text, and one entry a room. Disk: the records, and once more those of a room that came out of order.
 */
export class RoomSpool {
  readonly #folder: string;
  readonly #rooms = new Map<number, Map<ViewedRecord['side'], Run>>();
  readonly #waiting = new Set<Run>();
  #units = 0;
  #files = 0;

  /** @param folder exists, is empty, and for its owner alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The rooms of which there are records. */
  get roomIds(): Iterable<number> {
    return this.#rooms.keys();
  }

  /** @throws RunFailure `output-unwritable` */
  add(roomId: number, record: ViewedRecord): void {
    const run = this.#runOf(roomId, record.side);
    if (record.id < run.lastId) run.isSorted = false;
    run.lastId = record.id;
    const line = lineOf(record);
    run.waiting.push(line);
    this.#waiting.add(run);
    this.#units += line.length;
    if (this.#units >= HELD_UNITS) this.#flush();
  }

  /** @throws RunFailure `output-unwritable` */
  *records(roomId: number): Generator<ViewedRecord> {
    this.#flush();
    const runs = [...(this.#rooms.get(roomId)?.values() ?? [])];
    yield* merged(runs.flatMap((run) => this.#sortedRuns(run)));
  }

  #runOf(roomId: number, side: ViewedRecord['side']): Run {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      room = new Map();
      this.#rooms.set(roomId, room);
    }
    let run = room.get(side);
    if (run === undefined) {
      run = { path: this.#newFile(), lastId: -(1n << 70n), isSorted: true, waiting: [] };
      room.set(side, run);
    }
    return run;
  }

  #newFile(): string {
    this.#files += 1;
    return join(this.#folder, `${this.#files}.ndjson`);
  }

  #flush(): void {
    for (const run of this.#waiting) {
      written(run.path, () => appendFileSync(run.path, run.waiting.join(''), { mode: 0o600 }));
      run.waiting = [];
    }
    this.#waiting.clear();
    this.#units = 0;
  }

  /** Files that together hold the run, each in order; sorts it when needed and keeps the outcome for the next time. */
  #sortedRuns(run: Run): readonly string[] {
    if (run.isSorted) return [run.path];
    let pieces = this.#sortedPieces(run.path);
    while (pieces.length > 1) {
      const wider: string[] = [];
      for (let start = 0; start < pieces.length; start += MERGED_RUNS) {
        wider.push(this.#writeRecords(merged(pieces.slice(start, start + MERGED_RUNS))));
      }
      pieces = wider;
    }
    const [sorted] = pieces;
    if (sorted === undefined) throw new TypeError('a run has one record at least');
    written(run.path, () => renameSync(sorted, run.path));
    run.isSorted = true;
    return [run.path];
  }

  #sortedPieces(path: string): string[] {
    const pieces: string[] = [];
    let held: ViewedRecord[] = [];
    let units = 0;
    const write = (): void => {
      held.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      pieces.push(this.#writeRecords(held));
      held = [];
      units = 0;
    };
    for (const line of linesOf(path)) {
      held.push(recordOf(line));
      units += line.length;
      if (units >= HELD_UNITS) write();
    }
    if (held.length > 0) write();
    return pieces;
  }

  #writeRecords(records: Iterable<ViewedRecord>): string {
    const path = this.#newFile();
    let text = '';
    const write = (): void => {
      written(path, () => appendFileSync(path, text, { mode: 0o600 }));
      text = '';
    };
    for (const record of records) {
      text += lineOf(record);
      if (text.length >= READ_BYTES) write();
    }
    write();
    return path;
  }
}

/** The records of files that are each in order, in order; of one number those of the earlier file first. */
function* merged(paths: readonly string[]): Generator<ViewedRecord> {
  const heads = paths.map((path) => {
    const lines = linesOf(path);
    return { lines, record: nextOf(lines) };
  });
  try {
    for (;;) {
      let first: (typeof heads)[number] | null = null;
      for (const head of heads) {
        if (head.record === null) continue;
        if (first === null || head.record.id < (first.record as ViewedRecord).id) first = head;
      }
      if (first === null) return;
      yield first.record as ViewedRecord;
      first.record = nextOf(first.lines);
    }
  } finally {
    for (const { lines } of heads) lines.return(undefined);
  }
}

function nextOf(lines: Iterator<string>): ViewedRecord | null {
  const next = lines.next();
  return next.done === true ? null : recordOf(next.value);
}

function* linesOf(path: string): Generator<string, undefined> {
  const file = openSync(path, 'r');
  const chunk = Buffer.allocUnsafe(READ_BYTES);
  try {
    let pieces: Buffer[] = [];
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < count; end = chunk.indexOf(10, start)) {
        pieces.push(chunk.subarray(start, end));
        yield Buffer.concat(pieces).toString('utf8');
        pieces = [];
        start = end + 1;
      }
      if (start < count) pieces.push(Buffer.from(chunk.subarray(start, count)));
    }
  } finally {
    closeSync(file);
  }
  return undefined;
}

function written(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw outputFailure(error, path);
  }
}
