import { dirname, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import type { FaultReport } from '../check.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import type { ComparedWith } from '../validate/validate-package.js';
import { CloserLook } from './closer-look.js';
import { compareChanged } from './compare-changed.js';
import { compareDirectory } from './compare-directory.js';
import { sayOtherInputs } from './compare-inputs.js';
import { compareLedger } from './compare-ledger.js';
import { compareLeftBehind, sayStrangeReasons } from './compare-left-behind.js';
import { compareRights } from './compare-rights.js';
import { differingRooms, sayGoneRooms, sayRooms, sayUnexpected } from './compare-rooms.js';
import { type Decisions, type Doubt, explanationsOf, isUndecided, readDecisions } from './decisions.js';
import { LEFT_BEHIND, type ListedExceptions, readListedExceptions } from './listed-exceptions.js';
import { type PackageFiles, readMessagesOf, sumPackage } from './package-sums.js';
import { readSource } from './read-source.js';
import { sayDifference } from './say-difference.js';
import type { SourceDirectory } from './source-directory.js';
import { findSourceFiles, type SourceFiles } from './source-files.js';
import { expectedMessage, type SourceSums, sumSource } from './source-sums.js';

export interface SourceComparison extends PackageFiles {
  /** The export: a file, a folder, a ZIP or a gzip file. */
  readonly sourcePath: string;
  /** `ledger.ndjson` is expected beside it. */
  readonly ledgerPath: string | null;
  readonly ledger: LedgerDocument | null;
  /** Whether the ZIP is one part alone, so that rooms may be elsewhere. */
  readonly isPart: boolean;
  /** Whether findings may quote the text of messages. */
  readonly showsText: boolean;
  /** Bytes of the export, as they are read; they are read two or three times at most. */
  readonly progress: (bytes: number) => void;
}

/**
 * The independent ledger: reads the export with a second, simple reader and compares it with what the first has written
 * down in ledger.json, and record by record with the package read back. What the ledger lists as excluded or refused is
 * taken from the list, and so are the fields that it lists as changed; everything else must be the same on both sides.
 *
 * Both sides are added up first, in whatever order they come. Only when a room differs are its messages read once more,
 * and lined up on disk, to name the first that differs.
 *
 * Returns the documents of the export as they were read, what else lies there, and what was expected of its messages.
 *
 * Memory: the directory of both sides, about 1 KB a room and side, the exceptions (`ListedExceptions`), one row.
 *
 * @throws RunFailure for an export or a list of exceptions that cannot be read.
 */
export async function compareWithSource(
  options: SourceComparison,
  fault: FaultReport,
): Promise<Pick<ComparedWith, 'documents' | 'messages' | 'notRead'>> {
  const { ledger, ledgerPath, sourcePath } = options;
  if (ledgerPath === null) throw noLedger();
  const decisions = await readDecisions(ledgerPath);
  const dropsRtf = decisions.options?.has('rtf') ?? null;
  const remapsPrincipals = decisions.tables?.includes('principals.csv') !== false;
  const listed = await readListedExceptions(join(dirname(ledgerPath), 'ledger.ndjson'), {
    dropsRtf,
    replacesCharacters: decisions.options?.has('forbiddenCharacters') === false,
    remapsPrincipals,
    namesAuthors: remapsPrincipals || decisions.options?.has('missingAuthors') !== false,
  });
  const source = await findSourceFiles(sourcePath);
  try {
    const exported = await sumSource(source, { listed, decisions }, options.progress);
    const outcome = {
      documents: exported.documents,
      notRead: source.notRead,
      messages: { ...messagesOf(exported, listed), isUndecided: isUndecided(decisions) },
    };
    const packaged = await sumPackage(options, listed);
    await sayOtherInputs(ledgerPath, exported.documents, fault);
    if (ledger !== null) compareLedger({ ledger, listed, exported }, fault);
    if (!packaged.isWhole) {
      sayDifference(
        fault,
        'Unexpected package that cannot be read whole, expected one to compare with the export',
      );
      return outcome;
    }
    sayUnexpected(packaged, fault);
    sayGoneRooms(packaged, listed, fault);
    const directories = {
      source: exported.directory,
      target: packaged.directory,
      listed,
      isPart: options.isPart,
      decisions,
    };
    compareDirectory(directories, fault);
    const doubt = doubtOf(fault, decisions);
    sayStrangeReasons(exported, { listed, decisions }, fault);
    compareRights(directories, doubt);
    compareChanged(directories, doubt);
    compareLeftBehind(directories, exported.rooms, doubt);
    const rooms = differingRooms({ exported, packaged, isPart: options.isPart });
    if (rooms.size === 0) return outcome;
    const looked = await lookCloser(options, { source, listed, directory: exported.directory, rooms });
    sayRooms({ packaged, rooms, looked }, fault);
    return outcome;
  } finally {
    await source.close();
  }
}

function messagesOf(
  { rooms }: SourceSums,
  listed: ListedExceptions,
): { read: number; changed: number; leftBehind: number } {
  const { changed = 0, excluded = 0, refused = 0 } = listed.counts.get('tblChat') ?? {};
  const read = [...rooms.values()].reduce((sum, room) => sum + room.read, 0);
  return { read, changed, leftBehind: excluded + refused };
}

/** What only a decision explains is an error where the handoff itself says that no such thing was decided. */
function doubtOf(fault: FaultReport, decisions: Decisions): Doubt {
  return (subject, message) => {
    const explanations = explanationsOf(subject, decisions);
    if (explanations?.length === 0) {
      sayDifference(fault, message, {
        remedy: 'Do not import: nothing that the handoff says was decided explains this.',
      });
      return;
    }
    const decided =
      explanations === null ? 'an option or the plan' : `what was decided (${explanations.join(', ')})`;
    const remedy = `Look whether ${decided} explains this (report.html, section on the decisions); if not, do not import.`;
    fault({ kind: 'source-doubt', place: null, message, remedy });
  };
}

interface Looking {
  readonly source: SourceFiles;
  readonly listed: ListedExceptions;
  readonly directory: SourceDirectory;
  readonly rooms: ReadonlyMap<number, { readonly messages: number }>;
}

async function lookCloser(options: SourceComparison, { source, listed, directory, rooms }: Looking) {
  let messages = 0;
  for (const room of rooms.values()) messages += room.messages;
  const look = new CloserLook({ messages, showsText: options.showsText });
  try {
    listed.forgetMet();
    await readSource(source, {
      directory: null,
      message(message, place) {
        const { compared } = expectedMessage(message, listed, directory);
        if (compared === null || message.roomId === null || !rooms.has(message.roomId)) return;
        look.add('export', message.roomId, compared, place);
      },
      progress: options.progress,
    });
    await readMessagesOf(options, listed, {
      message(roomId, message, flags) {
        if ((flags & LEFT_BEHIND) === 0 && rooms.has(roomId)) look.add('package', roomId, message, null);
      },
    });
    return look.differences();
  } finally {
    look.close();
  }
}

function noLedger(): RunFailure {
  return new RunFailure(
    'input-missing',
    'With --source a ledger is needed: it says which messages were changed, excluded or refused.',
    'Name the handoff folder, or the ledger.json with --ledger (ledger.ndjson must lie beside it).',
  );
}
