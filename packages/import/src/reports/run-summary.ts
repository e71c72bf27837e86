import type { Place } from '@chatferry/export';
import type { LedgerDocument } from '../ledger/ledger.js';
import type { PackagePart } from '../parts/package-parts.js';
import type { FindingGroup } from './finding-sink.js';
import type { LayoutConfirmation, Verdict } from './verdict.js';
import { counted } from './wording.js';

/** A file that was read, as it was found. */
export interface InputFile {
  /** Name inside the export, '/' separated. */
  readonly name: string;
  /** Hex, over the bytes as stored; null when it was not read to the end. */
  readonly sha256: string | null;
  readonly bytes: number | null;
}

/** A document inside the package. */
export interface PackageEntry {
  readonly name: string;
  /** Hex, over the uncompressed document. */
  readonly sha256: string;
  /** Uncompressed. */
  readonly size: number;
}

/** The package that was written. */
export interface PackageFile {
  readonly name: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** In the order of the ZIP. */
  readonly entries: readonly PackageEntry[];
}

/** One part of a package in several. */
export interface PartFile
  extends PackageFile,
    Pick<PackagePart, 'rooms' | 'firstRoomId' | 'lastRoomId' | 'messages'> {}

/** A decision of the plan as it was applied. */
export interface OptionSetting {
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly default: string | number | boolean | null;
  /** What the plan says, when the command line overrode it. */
  readonly planned?: string | number | boolean | null;
  /** What it decides, in one sentence. */
  readonly explanation?: string;
  /** Whose decision it is, such as `Owner of access rights`. */
  readonly decidedBy?: string;
}

/** How many decisions of a file of the plan the reports list; all of them are in that file. */
export const DECISIONS_SHOWN = 100;

/** What the plan decides about a record. */
export interface DecidedRecord {
  /** Such as `exclude`. */
  readonly action: string;
  /** Its GUID; of a principal the prinID too. */
  readonly id: string;
  /** In the source. */
  readonly name: string;
  /** The new name, place or principal, in words; empty where the action says it all. */
  readonly becomes: string;
  /** As the plan gives it; may be empty. */
  readonly reason: string;
}

/** How many records a file of the plan decides otherwise than the rules would. */
export interface DecidedRecords {
  /** Such as `rooms.csv`. */
  readonly file: string;
  readonly records: number;
  readonly decidedBy: string;
  /** At most `DECISIONS_SHOWN`. */
  readonly first: readonly DecidedRecord[];
}

/** A category of the source and what became of it, or one that a rule made. */
export interface CategoryChange {
  /** Names from below the root down to the category; empty for a category that a rule made. */
  readonly legacyPath: readonly string[];
  /** null when it stays behind. */
  readonly name: string | null;
  readonly roomsRead: number;
  readonly roomsWritten: number;
}

/** The messages of a month (UTC): read = written + excluded + refused. */
export interface MonthCounts {
  /** Such as `2010-09`. */
  readonly month: string;
  readonly read: number;
  readonly written: number;
  readonly excluded: number;
  readonly refused: number;
}

/** A setting of a room that is not in the package what it was. In words of the field; no descriptions and no topics. */
export interface SettingChange {
  /** Such as `Privacy`. */
  readonly setting: string;
  readonly before: string;
  readonly after: string;
}

/** A room of the package whose settings differ from what was read. */
export interface RoomChange {
  readonly guid: string;
  /** In the package. */
  readonly name: string;
  readonly settings: readonly SettingChange[];
}

/** Lines of access.csv: all, and those that are not the same on both sides. */
export interface AccessCounts {
  readonly rows: number;
  /** Effective before and not after. */
  readonly lost: number;
  /** Effective after and not before. */
  readonly added: number;
  /** Effective before in a room that stays behind as a whole; not among `lost`. */
  readonly leftBehind: number;
}

/** A text of a message. */
export interface SampledText {
  /** Decoded, in UTF-8; and their SHA-256 in hex. */
  readonly bytes: number;
  readonly sha256: string;
  /** Absent unless it was asked for; cut off behind 4,000 bytes. */
  readonly text?: string;
}

/** A message of the package, as it was read back. */
export interface DrawnMessage {
  /** Legacy nodeID, which rooms keep; with `id` it is the key of the message on both sides. */
  readonly roomId: number;
  readonly roomGuid: string;
  readonly roomName: string;
  /** Digits. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly date: string;
  /** Legacy prinID, which principals keep, and GUID of the author. */
  readonly authorId: number;
  readonly author: string;
  /** Display name and URI, as the package has them; empty when it does not know the author. */
  readonly authorName: string;
  readonly alert: boolean;
  readonly content: SampledText;
  readonly rtf: SampledText | null;
}

/** The row of the export that a message was made from. */
export interface SampledSource {
  readonly authorId: number;
  readonly author: string;
  /** null: NULL. */
  readonly content: SampledText | null;
  readonly rtf: SampledText | null;
}

/** A message of the package beside what it was in the export. */
export interface SampledMessage extends DrawnMessage {
  /** The rule by which it was changed; null when it was carried as it was. */
  readonly changedBy: string | null;
  /** What is written otherwise than it was read, as ledger.ndjson names it: `author`, `content`, `rtf`. */
  readonly changedFields: readonly string[];
  /** Of its row in the export; null when nobody has looked: the ledger only knows where changed messages stood. */
  readonly place: Place | null;
  /** null when its row could not be told from others of its key; absent when the export was not read for it. */
  readonly source?: SampledSource | null;
}

/** Messages that chance has chosen, and how: see `drawOrdinals`. */
export interface DrawnSample {
  readonly seed: string;
  /** Messages in the package. */
  readonly of: number;
  /** In the order of the package. */
  readonly messages: readonly DrawnMessage[];
}

/** The same, each beside what it was in the export. */
export interface SampleSummary extends DrawnSample {
  readonly messages: readonly SampledMessage[];
}

/** The page of a rule or check: its sections in order, such as Condition, Action, Basis, Remedy. */
export interface RulePage {
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

/**
 * Everything that the reports tell beside the findings one by one: each report is a pure function of it, so no two of
 * them can disagree. It holds ids and names; the text of a message only in `sample`, and only when that was asked for.
 */
export interface RunSummary {
  readonly tool: { readonly name: string; readonly version: string };
  /** The command that ran, such as `transform`. */
  readonly command: string;
  /** ISO 8601 in UTC, from SOURCE_DATE_EPOCH; null when that was not given, because reports read no clock. */
  readonly date: string | null;
  readonly verdict: Verdict;
  readonly layout: LayoutConfirmation;
  readonly inputs: readonly InputFile[];
  /** null when no package was written, or one in several parts. */
  readonly package: PackageFile | null;
  /** In the order of the import; absent for a package in one piece. */
  readonly parts?: readonly PartFile[];
  /** null when the run had no reading side (`validate` of a bare ZIP). */
  readonly ledger: LedgerDocument | null;
  /** Hex, of ledger.json as it was written; absent when it is not known. */
  readonly ledgerSha256?: string;
  /** Sentences of the sums that do not come out; empty when the ledger balances. */
  readonly imbalances: readonly string[];
  readonly findings: readonly FindingGroup[];
  /**
   * Checks that had nothing to look at in this run: the seal of a handoff that is still being made, an export for
   * comparison.
   */
  readonly notRun: readonly string[];
  /** In the order of the source's tree; made categories last. */
  readonly categories: readonly CategoryChange[];
  /** All options, in the order of the plan. */
  readonly options: readonly OptionSetting[];
  readonly decidedRecords: readonly DecidedRecords[];
  /** In the order of time. Messages without a usable date are in none. */
  readonly months: readonly MonthCounts[];
  /** In the order of the package; made while they are asked for. */
  readonly roomChanges: Iterable<RoomChange>;
  /** Absent when no access.csv was written. */
  readonly access?: AccessCounts;
  /** null when nothing was read back, or none was asked for. */
  readonly sample: SampleSummary | null;
  /** By rule or check id; pages of rules without findings may be missing. */
  readonly pages: Readonly<Record<string, RulePage>>;
}

/** How many options someone decided, before the table of all. */
export function decidedInWords(run: Pick<RunSummary, 'decidedRecords' | 'options'>): string {
  const decided = decidedOptions(run).length;
  // Records are decided in files of their own, so that a plan with its options untouched may decide much.
  return decided === 0 && run.decidedRecords.length === 0
    ? 'Nothing was decided: every option has its default.'
    : `${decided} of ${counted(run.options.length, 'option')} ${decided === 1 ? 'was' : 'were'} decided.`;
}

/** The options that someone decided otherwise than the default. */
export function decidedOptions(run: Pick<RunSummary, 'options'>): OptionSetting[] {
  return run.options.filter((option) => option.value !== option.default);
}
