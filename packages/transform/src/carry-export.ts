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
  type FileLinkWriter,
  type FindingSink,
  type Layout,
  type LedgerDocument,
  PackagePartsWriter,
  PackageWriter,
  type TargetDirectory,
  type WrittenPart,
} from '@chatferry/import';
import { PassCheckpoints } from './checkpoint/pass-checkpoints.js';
import type { RunCheckpoints } from './checkpoint/run-checkpoints.js';
import { type DirectoryDraft, startDraft } from './directory/draft.js';
import { runDirectoryRules } from './directory/run-rules.js';
import { toTargetDirectory } from './directory/target-directory.js';
import type { TargetInventory } from './inventory/target-inventory.js';
import { digestDirectory } from './ledger/directory-digest.js';
import { Ledger } from './ledger/ledger.js';
import type { LedgerExceptions } from './ledger/ledger-exceptions.js';
import { settleTables } from './ledger/settle-tables.js';
import { carryMessages } from './messages/carry-messages.js';
import { createMessageContext } from './messages/message-context.js';
import { OrderBroken } from './messages/message-window.js';
import { sortMessages } from './messages/sort-messages.js';
import { isoTicks } from './messages/ticks.js';
import { onlyPart, openPackage, type PackageOutput, type Packaging } from './open-package.js';
import type { TransformOptions } from './options.js';
import type { Decisions } from './plan/decisions.js';
import type { MessageSurvey } from './plan/message-survey.js';
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
  readonly packaging: Packaging | null;
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
  /** One for a package in one piece, none when none was written. */
  readonly parts: readonly WrittenPart[];
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
  let target: TargetDirectory | null = null;
  const directoryOnce = (): TargetDirectory => {
    target ??= toTargetDirectory(draft);
    return target;
  };
  const output = await openPackage(carrying, { ledger, context, directory: directoryOnce });
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
      checkpoints !== null && isWriter(output)
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
      exceptions: survey.months.watching(exceptions),
      fileLinks: links,
      fates: draft.fates,
      parts: output instanceof PackagePartsWriter ? output : null,
      stops,
      stretches: isWriter(output)
        ? {
            layout: carrying.layout,
            records(roomId, bytes, messages) {
              if (output instanceof PackageWriter) output.messages.records(roomId, bytes);
              else output.messages.records(roomId, bytes, messages);
            },
          }
        : null,
    });
    await checkpoints?.settled();
    const written = await output.finish(directoryOnce(), carried.lastChatIds);
    settleTables(directory, draft, { ledger, exceptions: carrying.exceptions });
    checkAgainstManifest(opened, directory, dates.range, findings);
    const document = ledger.toDocument(digestDirectory(directoryOnce(), carried.lastChatIds));
    return {
      draft,
      target: directoryOnce(),
      ledger: document,
      parts: 'sha256' in written ? [onlyPart(written, directoryOnce(), document)] : written,
      fileLinks: links.count,
    };
  } catch (error) {
    await carrying.checkpoints?.stop();
    const startsOver = error instanceof OrderBroken || error instanceof DirectoryIncomplete;
    if (carrying.checkpoints?.exists === true && !startsOver) await output.leave();
    else await output.abort();
    throw error;
  }
}

/** Whether a package is written. */
function isWriter(output: PackageOutput): output is PackageWriter | PackagePartsWriter {
  return output instanceof PackageWriter || output instanceof PackagePartsWriter;
}

/** Later messages than the export itself are suspect; the manifest knows when it was made. */
export function withExportDate(options: TransformOptions, opened: OpenedExport): TransformOptions {
  if (options.asOf !== null || opened.manifest === null) return options;
  return { ...options, asOf: isoTicks(opened.manifest.exportedOn) };
}

export function checkAgainstManifest(
  opened: OpenedExport,
  { counts }: DirectoryReading,
  chatDate: TickRange | null,
  findings: Pick<FindingSink, 'report'>,
): void {
  if (opened.manifest === null) return;
  const rows = new Map(counts.list().map((count) => [count.name, count.rows]));
  for (const finding of checkManifest(opened.manifest, { rows, chatDate, documents: opened.documents })) {
    findings.report(finding);
  }
}

/** Lowest and highest chatDate of all messages that pass by, carried or not. */
export class DateRange {
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
