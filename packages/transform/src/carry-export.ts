import {
  checkManifest,
  type Directory,
  DirectoryIncomplete,
  type DirectoryReading,
  type EndedRow,
  type HashMaker,
  type OpenedExport,
  type Progress,
  readDirectory,
  readMessages,
  type TickRange,
} from '@chatferry/export';
import {
  createPackageWriter,
  type FileLinkWriter,
  type FindingSink,
  type Layout,
  type LedgerDocument,
  type PackageSummary,
  PackageWriter,
  resumePackageWriter,
  type TargetDirectory,
} from '@chatferry/import';
import { readJournal } from './checkpoint/journal.js';
import { PassCheckpoints } from './checkpoint/pass-checkpoints.js';
import type { RunCheckpoints } from './checkpoint/run-checkpoints.js';
import { type DirectoryDraft, startDraft } from './directory/draft.js';
import { runDirectoryRules } from './directory/run-rules.js';
import { toTargetDirectory } from './directory/target-directory.js';
import type { TargetInventory } from './inventory/target-inventory.js';
import { Ledger } from './ledger/ledger.js';
import type { LedgerExceptions } from './ledger/ledger-exceptions.js';
import { settleTables } from './ledger/settle-tables.js';
import { carryMessages } from './messages/carry-messages.js';
import { createMessageContext, type MessageContext } from './messages/message-context.js';
import { highestIdsIn } from './messages/message-pass.js';
import { OrderBroken } from './messages/message-window.js';
import { sortMessages } from './messages/sort-messages.js';
import { isoTicks } from './messages/ticks.js';
import type { TransformOptions } from './options.js';
import type { Decisions } from './plan/decisions.js';
import type { MessageSurvey } from './plan/message-survey.js';
import { NULL_OUTPUT } from './plan/null-output.js';
import { DIRECTORY_RULES } from './rules/index.js';
import { MESSAGE_RULES } from './rules/messages.js';

export interface CarryExportOptions {
  readonly options: TransformOptions;
  /** What the target holds already; null when no list of it was given. */
  readonly inventory: TargetInventory | null;
  /** The plan's decisions about single records, once the directory is known; may throw `RunFailure`. */
  readonly decide: (directory: Directory) => Decisions;
  /** Counts the messages for the plan. */
  readonly survey: MessageSurvey;
  readonly layout: Layout;
  /** null writes no package (`chatferry plan`). */
  readonly packagePath: string | null;
  readonly findings: FindingSink;
  readonly exceptions: LedgerExceptions;
  readonly fileLinks: FileLinkWriter;
  /** Where messages are sorted on disk; null expects them sorted and throws `OrderBroken` when they are not. */
  readonly sortFolder: string | null;
  /** Read every document to its end for the directory; else `DirectoryIncomplete` may be thrown. */
  readonly isThorough: boolean;
  readonly isStrict: boolean;
  readonly progress: Progress;
  /** Where documents and rooms are hashed. */
  readonly makeHash: HashMaker;
  /** Of the run, with the one to go on with; null takes none. Ignored without a package. */
  readonly checkpoints: RunCheckpoints | null;
}

/** What one pass over an export has made. */
export interface CarriedExport {
  readonly draft: DirectoryDraft;
  readonly target: TargetDirectory;
  readonly ledger: LedgerDocument;
  readonly package: PackageSummary;
  /** How many `ma-filelink:` were listed. */
  readonly fileLinks: number;
}

/**
 * One export into one package: directory, directory rules, messages, ledger. Memory: the directory and what
 * `carryMessages` states.
 *
 * Throws `RunFailure`, `DirectoryIncomplete`, `OrderBroken`; the package is then gone, and what went into the other
 * sinks is void.
 */
export async function carryExport(
  opened: OpenedExport,
  carrying: CarryExportOptions,
): Promise<CarriedExport> {
  const { findings, isStrict, progress } = carrying;
  const ended = (row: EndedRow): void => carrying.exceptions.row({ ...row, key: '' });
  const reading = { report: findings.report, ended, isStrict, progress };
  const directory = await readDirectory(opened, { ...reading, isThorough: carrying.isThorough });
  const options = withExportDate(carrying.options, opened);
  const decisions = carrying.decide(directory.directory);
  const draft = startDraft(directory.directory, { inventory: carrying.inventory, decisions });
  runDirectoryRules(DIRECTORY_RULES, draft, options, findings.report);
  const context = createMessageContext(draft, options);
  const ledger = new Ledger(carrying.makeHash);
  const output = await openPackage(carrying, ledger, context);
  try {
    const dates = new DateRange();
    const read = readMessages(opened, {
      ...reading,
      isThorough: directory.isThorough,
      counts: directory.counts,
    });
    const windows =
      carrying.sortFolder === null ? read : sortMessages({ windows: read, folder: carrying.sortFolder });
    const links = countLinks(carrying.fileLinks);
    const { checkpoints, exceptions, survey } = carrying;
    const stops =
      checkpoints !== null && output instanceof PackageWriter
        ? new PassCheckpoints(checkpoints, {
            directory: directory.directory,
            ledger,
            survey,
            output,
            exceptions,
            links,
          })
        : null;
    const carried = await carryMessages({
      windows,
      dates,
      rules: [carrying.survey.rule, ...MESSAGE_RULES],
      context,
      ledger,
      output,
      report: findings.report,
      exceptions: carrying.exceptions,
      fileLinks: links,
      fates: draft.fates,
      stops,
    });
    await checkpoints?.settled();
    const target = toTargetDirectory(draft);
    const summary = await output.finish(target, carried.lastChatIds);
    settleTables(directory, draft, { ledger, exceptions: carrying.exceptions });
    checkAgainstManifest(opened, directory, dates.range, findings);
    return { draft, target, ledger: ledger.toDocument(), package: summary, fileLinks: links.count };
  } catch (error) {
    await carrying.checkpoints?.stop();
    const startsOver = error instanceof OrderBroken || error instanceof DirectoryIncomplete;
    if (carrying.checkpoints?.exists === true && !startsOver) await output.leave();
    else await output.abort();
    throw error;
  }
}

/** Opens the package, or goes on with the one of an earlier run, whose accounts go into the ledger. */
async function openPackage(
  carrying: CarryExportOptions,
  ledger: Ledger,
  context: MessageContext,
): Promise<PackageWriter | typeof NULL_OUTPUT> {
  const { checkpoints, packagePath, layout, makeHash } = carrying;
  if (packagePath === null) return NULL_OUTPUT;
  const options = { file: packagePath, layout, makeHash };
  if (checkpoints === null || checkpoints.resumed === null) return await createPackageWriter(options);
  const { journal, package: state } = checkpoints.resumed;
  for await (const line of readJournal(checkpoints.journalPath, journal.bytes)) {
    if ('account' in line) ledger.restore(line.account);
  }
  return await resumePackageWriter(options, { state, rooms: highestIdsIn(ledger, context).keys() });
}

/** Later messages than the export itself are suspect; the manifest knows when it was made. */
function withExportDate(options: TransformOptions, opened: OpenedExport): TransformOptions {
  if (options.asOf !== null || opened.manifest === null) return options;
  return { ...options, asOf: isoTicks(opened.manifest.exportedOn) };
}

function checkAgainstManifest(
  opened: OpenedExport,
  { counts }: DirectoryReading,
  chatDate: TickRange | null,
  findings: FindingSink,
): void {
  if (opened.manifest === null) return;
  const rows = new Map(counts.list().map((count) => [count.name, count.rows]));
  for (const finding of checkManifest(opened.manifest, { rows, chatDate, documents: opened.documents })) {
    findings.report(finding);
  }
}

/** Lowest and highest chatDate of all messages that pass by, carried or not. */
class DateRange {
  #min = 0n;
  #max = 0n;
  #isEmpty = true;

  get range(): TickRange | null {
    return this.#isEmpty ? null : { min: this.#min, max: this.#max };
  }

  note(date: bigint): void {
    if (this.#isEmpty) {
      this.#min = this.#max = date;
      this.#isEmpty = false;
    } else if (date > this.#max) {
      this.#max = date;
    } else if (date < this.#min) {
      this.#min = date;
    }
  }
}

function countLinks(writer: FileLinkWriter): Pick<FileLinkWriter, 'message'> & { count: number } {
  return {
    count: 0,
    message(place, text) {
      const found = writer.message(place, text);
      this.count += found;
      return found;
    },
  };
}
