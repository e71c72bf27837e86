import { bytesPassed, type Report } from '@chatferry/export';
import { rehearsalAccepted } from '../checks/rehearsal-accepted.js';
import { rehearsalBalances } from '../checks/rehearsal-balances.js';
import type { Layout } from '../layout/layout.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { PackageDirectory } from '../read-package/package-directory.js';
import type { PackageMessage } from '../read-package/package-message.js';
import { readPackage } from '../read-package/read-package.js';
import { isShared, partPrefix } from '../read-package/read-parts.js';
import type { TargetDirectoryRecord } from '../target-record.js';
import { ledgerDifferences } from './ledger-differences.js';
import { MESSAGE_COLUMNS, messageValues, rowsOfRecord } from './record-rows.js';
import { RefusedRows } from './refused-rows.js';
import { RehearsalDatabase } from './rehearsal-database.js';
import { type QueryOutcome, runQueries } from './rehearsal-queries.js';
import { FILLED_TABLES } from './target-tables.js';

const PROGRESS_MESSAGES = 100_000;

export interface RehearsalOptions {
  /** In the order of the import. */
  readonly zipPaths: readonly string[];
  /** What the counts are compared with; null: with what was inserted only. */
  readonly ledger: LedgerDocument | null;
  readonly layout: Layout;
  /** One part of a package without the others: of the ledger, only its rooms are compared. */
  readonly isPart?: boolean;
  /** File in which the database is left; null: nowhere. */
  readonly keep: string | null;
  readonly report: Report;
  /** Messages inserted so far. */
  readonly progress?: (messages: number) => void;
  /** Told how to remove what has been written, for an interruption. */
  readonly onBegin?: (abandon: () => void) => void;
}

export interface RehearsalResult {
  /** Rows that the database holds, by table. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /**
   * Rows that it refused, and how many of them only because they refer to a refused one; each of the others is a
   * finding.
   */
  readonly refused: number;
  readonly followed: number;
  readonly queries: readonly QueryOutcome[];
}

/**
 * Imports the package into a database of our own that declares what the target's tables declare, so that the engine
 * itself refuses what SQL Server would; then runs the documented sample queries and holds every count against the
 * ledger. What cannot be read of the package is a matter of the checks and is passed over here.
 *
 * Memory: the directory, and what `RehearsalDatabase` states. Disk: about as much as the messages take as text.
 *
 * @throws RunFailure `output-exists`, `output-unwritable`, `arguments` (no engine).
 */
export async function rehearse(options: RehearsalOptions): Promise<RehearsalResult> {
  const { zipPaths, layout, keep } = options;
  const database = await RehearsalDatabase.create(keep);
  options.onBegin?.(() => database.abandon());
  try {
    const importing = new Importing(database, options);
    for (const zipPath of zipPaths) await importing.part(zipPath, zipPath === zipPaths[0], layout);
    const result = importing.result();
    database.finish();
    return result;
  } finally {
    database.abandon();
  }
}

/** One import, part by part. */
class Importing {
  readonly #database: RehearsalDatabase;
  readonly #options: RehearsalOptions;
  readonly #inserted = new Map<string, number>(FILLED_TABLES.map((table) => [table, 0]));
  readonly #refused = new RefusedRows();

  constructor(database: RehearsalDatabase, options: RehearsalOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** What all parts share comes from the first. */
  async part(zipPath: string, isFirst: boolean, layout: Layout): Promise<void> {
    const directory = new PackageDirectory();
    const { report, progress, zipPaths } = this.#options;
    const sharedDocuments = new Set(layout.documents.filter(isShared).map(({ kind }) => kind));
    const isWanted = ({ kind }: TargetDirectoryRecord): boolean =>
      isFirst || !sharedDocuments.has(kind as Exclude<typeof kind, 'lastChatId'>);
    const add = (record: TargetDirectoryRecord): void => {
      if (!isWanted(record)) return;
      for (const row of rowsOfRecord(record)) {
        const refusal = this.#database.insert(row);
        this.#count(row.table, refusal === null);
        if (refusal !== null && !this.#refused.add(row, refusal)) {
          this.#refuse(row.table, refusal, directory.placeOf(record), report);
        }
      }
    };
    await readPackage(
      zipPath,
      layout,
      {
        directory,
        fault: () => undefined,
        directoryRead() {
          const { principals, affiliations, addIns, categories, rooms } = directory;
          for (const record of [...principals, ...affiliations, ...addIns, ...categories, ...rooms])
            add(record);
        },
        message: (message) => this.#message(message, progress),
        progress: bytesPassed,
      },
      { prefix: zipPaths.length > 1 ? partPrefix(zipPath) : '' },
    );
    for (const record of directory.lastChatIds) add(record);
  }

  result(): RehearsalResult {
    const rows = (table: string): number => this.#inserted.get(table) ?? 0;
    const queries = runQueries(this.#database, {
      messages: rows('tblChat'),
      roles: rows('tblPrincipalRole'),
      affiliations: rows('tblPrincipalAffiliations'),
    });
    // What was refused is missing in every count, which is no finding of its own.
    if (this.#refused.count === 0) this.#balance(queries);
    return {
      tables: FILLED_TABLES.map((table) => ({
        table,
        rows: this.#database.number(`SELECT COUNT(*) FROM ${table}`),
      })),
      refused: this.#refused.count,
      followed: this.#refused.followed,
      queries,
    };
  }

  #balance(queries: readonly QueryOutcome[]): void {
    for (const { name, basis, counted, expected } of queries) {
      if (counted === expected) continue;
      this.#unbalanced(`Unexpected ${counted} rows of the query "${name}" (${basis}), expected ${expected}.`);
    }
    const { ledger, isPart = false } = this.#options;
    if (ledger === null) return;
    for (const said of ledgerDifferences(this.#database, ledger, isPart)) this.#unbalanced(said);
  }

  #message(message: PackageMessage, progress: RehearsalOptions['progress']): void {
    const refusal = this.#database.insertValues('tblChat', MESSAGE_COLUMNS, messageValues(message));
    this.#count('tblChat', refusal === null);
    if (refusal !== null) {
      this.#refused.add({ table: 'tblChat', values: {} }, refusal);
      this.#refuse('tblChat', refusal, message.place(), this.#options.report);
    }
    const messages = this.#inserted.get('tblChat') ?? 0;
    if (messages % PROGRESS_MESSAGES === 0) progress?.(messages);
  }

  #count(table: string, isInserted: boolean): void {
    if (isInserted) this.#inserted.set(table, (this.#inserted.get(table) ?? 0) + 1);
  }

  #refuse(table: string, refusal: string, place: Parameters<Report>[0]['place'], report: Report): void {
    report({
      rule: rehearsalAccepted.id,
      severity: 'error',
      place,
      message: `Unexpected refusal of a row of ${table} by the rehearsal's database, expected it to be taken: ${refusal}.`,
      seen: refusal,
      remedy: 'The other findings of this record say why; mend them and run the transform again.',
    });
  }

  #unbalanced(message: string): void {
    this.#options.report({
      rule: rehearsalBalances.id,
      severity: 'error',
      place: null,
      message,
      remedy: 'Copy the handoff again; if it stays so, run the transform again, and report it.',
    });
  }
}
