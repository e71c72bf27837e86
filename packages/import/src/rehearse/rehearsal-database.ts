import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { RunFailure } from '@chatferry/export';
import type { Database, Statement } from 'node-sqlite3-wasm';
import { isTaken, moveToFreeName } from '../handoff/free-name.js';
import { nameKey } from '../name-key.js';
import { isoOfTicks } from '../ticks.js';
import { READABLE_VIEWS } from './readable-views.js';
import type { SqlValue, TableRow } from './record-rows.js';
import { TARGET_TABLES, UNIT_TRIGGERS } from './target-tables.js';

/** Pages that the engine keeps, in KiB. */
const CACHE_KIB = 2 * 1024;
/** What the engine says when a row breaks a constraint; everything else is a failure of the run. */
const REFUSAL = /constraint failed|cannot store/;

/**
 * The target's tables in SQLite, in a file. Memory held: 2 MiB of pages, and what the engine needs (about 30 MB with
 * its WebAssembly); nothing grows with the rows.
 */
export class RehearsalDatabase {
  readonly #database: Database;
  readonly #path: string;
  readonly #keptAs: string | null;
  /** Ours alone, so that all of it may be removed. */
  readonly #folder: string;
  readonly #statements = new Map<string, Statement>();
  #isOpen = true;

  private constructor(database: Database, place: { path: string; folder: string; keptAs: string | null }) {
    this.#database = database;
    this.#path = place.path;
    this.#folder = place.folder;
    this.#keptAs = place.keptAs;
  }

  /**
   * @param keep where the database is left; until `finish` it lies in a new folder beside that. null: in the folder for
   *   temporary files, and removed again.
   * @throws RunFailure `output-exists`, `output-unwritable`, or `arguments` when the engine is not installed.
   */
  static async create(keep: string | null): Promise<RehearsalDatabase> {
    if (keep !== null && isTaken(keep)) throw inTheWay(keep);
    const { Database } = await engine();
    const folder = ownFolder(keep === null ? tmpdir() : dirname(keep));
    const path = join(folder, 'mgc.sqlite');
    try {
      const database = new Database(path);
      database.function('utf16_units', unitsOf, DETERMINISTIC);
      database.function('name_key', (text) => nameKey(String(text)), DETERMINISTIC);
      database.function('fnTicksToDate', (ticks) => ticksToDate(ticks), DETERMINISTIC);
      database.exec(
        // Without a journal, a row that is refused after it was written (a foreign key, beside a trigger) would stay.
        // In memory it is small: of pages that are new it holds none, so only those of one row.
        `PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA foreign_keys = ON;`,
      );
      database.exec('BEGIN');
      database.exec(TARGET_TABLES);
      database.exec(UNIT_TRIGGERS);
      return new RehearsalDatabase(database, { path, folder, keptAs: keep });
    } catch (cause) {
      rmSync(folder, { recursive: true, force: true });
      throw unwritable(path, cause);
    }
  }

  /** What the engine says against the row; null when it took it. Throws `RunFailure` when it cannot write. */
  insert({ table, values }: TableRow): string | null {
    return this.insertValues(table, Object.keys(values), Object.values(values));
  }

  /** As `insert`. A table must always be given the same columns. */
  insertValues(table: string, columns: readonly string[], values: readonly SqlValue[]): string | null {
    let statement = this.#statements.get(table);
    if (statement === undefined) {
      const names = columns.map((column) => `"${column}"`).join(', ');
      const places = columns.map(() => '?').join(', ');
      statement = this.#database.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`);
      this.#statements.set(table, statement);
    }
    try {
      statement.run(values as SqlValue[]);
      return null;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#statements.delete(table);
      letGo(statement);
      if (REFUSAL.test(message)) return message;
      throw unwritable(this.#path, error);
    }
  }

  /** The first value of the first row. */
  number(sql: string): number {
    const row = this.#database.get(sql) ?? {};
    return Number(Object.values(row)[0] ?? 0);
  }

  rows(sql: string): Record<string, SqlValue>[] {
    return this.#database.all(sql) as Record<string, SqlValue>[];
  }

  /**
   * Leaves the database under its name, with views to read it by, or removes it.
   *
   * @throws RunFailure `output-exists` when something has come to lie under that name, or `output-unwritable`.
   */
  finish(): void {
    this.#closeEngine((database) => database.exec(`${this.#keptAs === null ? '' : READABLE_VIEWS}COMMIT`));
    if (this.#keptAs !== null) this.#keepAs(this.#keptAs);
    this.abandon();
  }

  #keepAs(path: string): void {
    let wasFree: boolean;
    try {
      wasFree = moveToFreeName(this.#path, path);
    } catch (cause) {
      throw unwritable(path, cause);
    }
    if (!wasFree) throw inTheWay(path);
  }

  /** Removes what `finish` has not left. May be called at any time, and again. */
  abandon(): void {
    this.#closeEngine(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #closeEngine(before: (database: Database) => void): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      for (const statement of this.#statements.values()) statement.finalize();
      before(this.#database);
    } catch (cause) {
      throw unwritable(this.#path, cause);
    } finally {
      this.#database.close();
    }
  }
}

/** A statement that was refused keeps its error, which every later call throws, the last one too. */
function letGo(statement: Statement): void {
  try {
    statement.finalize();
  } catch {
    // It is freed all the same.
  }
}

const DETERMINISTIC = { deterministic: true } as const;

/** Loaded only for a rehearsal. */
async function engine(): Promise<typeof import('node-sqlite3-wasm')> {
  // Threads that compile WebAssembly side by side hold 20 MB more, for no gain that shows. V8 reads the flag at each
  // compilation, so that it may be set now; one that knows it no more says so on stderr and goes on.
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  try {
    const loaded = await import('node-sqlite3-wasm');
    return 'default' in loaded ? (loaded.default as typeof import('node-sqlite3-wasm')) : loaded;
  } catch (cause) {
    throw new RunFailure(
      'arguments',
      'The database engine for --rehearse is not installed.',
      'Install chatferry with its dependency node-sqlite3-wasm, or leave --rehearse out.',
      { cause },
    );
  }
}

function ownFolder(parent: string): string {
  const prefix = join(parent, 'chatferry-rehearsal-');
  try {
    return mkdtempSync(prefix);
  } catch (cause) {
    throw unwritable(prefix, cause);
  }
}

function inTheWay(path: string): RunFailure {
  return new RunFailure(
    'output-exists',
    `${path} exists already.`,
    'Name another file for --keep, or remove it.',
  );
}

function unwritable(path: string, cause: unknown): RunFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RunFailure(
    'output-unwritable',
    `The rehearsal's database ${path} cannot be written: ${message}.`,
    'It takes about as much space as the messages; make room, or set TMPDIR (or --keep) to a disk that has it.',
    { cause },
  );
}

function unitsOf(text: unknown): number | null {
  return typeof text === 'string' ? text.length : null;
}

/** The instant as the server's function of that name tells it; null outside the years 1 to 9999. */
function ticksToDate(ticks: unknown): string | null {
  if (typeof ticks !== 'number' && typeof ticks !== 'bigint') return null;
  return isoOfTicks(BigInt(ticks));
}
