import {
  type Directory,
  DirectoryIncomplete,
  type EndedRow,
  type HashMaker,
  type OpenedExport,
  readDirectory,
  readMessages,
  type TableCounts,
} from '@chatferry/export';
import type { Layout } from '@chatferry/import';
import { checkAgainstManifest, DateRange, withExportDate } from '../carry-export.js';
import type { SavedChange } from '../checkpoint/journal.js';
import { startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import type { TargetInventory } from '../inventory/target-inventory.js';
import { Ledger } from '../ledger/ledger.js';
import { carryMessages } from '../messages/carry-messages.js';
import { createMessageContext } from '../messages/message-context.js';
import type { MessageRule } from '../messages/message-rule.js';
import { OrderBroken } from '../messages/message-window.js';
import { sortMessages } from '../messages/sort-messages.js';
import type { TransformOptions } from '../options.js';
import type { Decisions } from '../plan/decisions.js';
import { MessageSurvey } from '../plan/message-survey.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { messageRoomMissing } from '../rules/message-room-missing.js';
import { MESSAGE_RULES } from '../rules/messages.js';
import { ownRows } from './own-rows.js';
import type { RecordFile } from './record-file.js';
import type { Shard } from './shard.js';
import type { ShardJournal } from './shard-journal.js';

export interface CarryShardOptions {
  readonly shard: Shard;
  readonly options: TransformOptions;
  readonly inventory: TargetInventory | null;
  /** See `CarryExportOptions`. */
  readonly decide: (directory: Directory) => Decisions;
  readonly layout: Layout;
  readonly journal: ShardJournal;
  readonly records: RecordFile;
  /** Where messages are sorted when they have to be. */
  readonly sortFolder: string;
  readonly isStrict: boolean;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
  readonly makeHash: HashMaker;
}

/** What a shard knows when its messages are written. */
export interface CarriedShard {
  readonly directory: Directory;
  readonly counts: TableCounts;
  /** As the rules saw them; the export's own date may have been put in. */
  readonly options: TransformOptions;
  readonly ledger: Ledger;
  readonly survey: MessageSurvey;
  /** Rows of the directory that message rules changed. */
  readonly changes: readonly SavedChange[];
}

/**
 * One shard of an export: the directory and its rules, then every message for its order and its well-formedness, and
 * those of the shard's rooms through the rules. Starts over like `carryWithRestarts`, and, as order is held over the
 * messages of all rooms, for the same reasons as every other shard and as the unsharded run. Memory: as `carryExport`.
 *
 * @throws RunFailure
 */
export async function carryShard(opened: OpenedExport, carrying: CarryShardOptions): Promise<CarriedShard> {
  const start = carrying.journal.mark();
  let isThorough = false;
  let isSorting = false;
  for (;;) {
    try {
      return await carryPass(opened, carrying, { isThorough, isSorting });
    } catch (error) {
      if (error instanceof DirectoryIncomplete && !isThorough) isThorough = true;
      else if (error instanceof OrderBroken && !isSorting) isSorting = true;
      else throw error;
      carrying.journal.rewind(start);
      carrying.records.clear();
    }
  }
}

interface PassKind {
  readonly isThorough: boolean;
  readonly isSorting: boolean;
}

async function carryPass(
  opened: OpenedExport,
  carrying: CarryShardOptions,
  { isThorough, isSorting }: PassKind,
): Promise<CarriedShard> {
  const { journal, makeHash, records, shard } = carrying;
  const progress = (bytes: number): void =>
    carrying.progress(isSorting ? 'sorted messages' : 'messages', bytes);
  const ended = (row: EndedRow): void => journal.exceptions.row({ ...row, key: '' });
  const reading = { report: journal.report, ended, isStrict: carrying.isStrict, progress };
  const read = await readDirectory(opened, { ...reading, isThorough });
  const { directory, counts } = read;
  const options = withExportDate(carrying.options, opened);
  const draft = startDraft(directory, {
    inventory: carrying.inventory,
    decisions: carrying.decide(directory),
  });
  runDirectoryRules(DIRECTORY_RULES, draft, options, journal.report);
  journal.beginMessages();
  const dates = new DateRange();
  const windows = readMessages(opened, { ...reading, isThorough: read.isThorough, counts });
  const ledger = new Ledger(makeHash);
  const survey = new MessageSurvey();
  const changes: SavedChange[] = [];
  await carryMessages({
    windows: isSorting
      ? sortMessages({ windows: ownRows(windows, shard, dates), folder: carrying.sortFolder })
      : windows,
    ...(isSorting ? {} : { dates }),
    rules: [survey.rule, ...MESSAGE_RULES.map((rule) => asInShard(rule, journal))],
    context: createMessageContext(draft, options),
    ledger,
    output: { messages: records, flush: async () => undefined },
    report: journal.report,
    exceptions: survey.months.watching(journal.exceptions),
    fileLinks: journal.fileLinks,
    fates: {
      settle({ kind, place: { file, line, column } }, _, rule) {
        changes.push({ rule, kind, file, line, column });
      },
    },
    turns: journal,
    stretches: {
      layout: carrying.layout,
      records: (roomId, bytes, messages) => records.records(roomId, bytes, messages),
    },
  });
  journal.endMessages();
  checkAgainstManifest(opened, read, dates.range, journal);
  return { directory, counts, options, ledger, survey, changes };
}

/** How many rooms are missing is known when all shards are together. */
function asInShard(rule: MessageRule, journal: ShardJournal): MessageRule {
  if (rule !== messageRoomMissing) return rule;
  return {
    ...rule,
    begin: (context, voice) =>
      rule.begin(context, { ...voice, say: (place, said) => journal.silently(() => voice.say(place, said)) }),
  };
}
