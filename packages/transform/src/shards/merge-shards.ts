import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bytesPassed,
  collectGarbage,
  type Directory,
  type DirectoryRow,
  type HashMaker,
} from '@chatferry/export';
import { type Layout, PackagePartsWriter, type PackageWriter, type TargetDirectory } from '@chatferry/import';
import type { CarriedExport } from '../carry-export.js';
import type { CarrySinks } from '../carry-with-restarts.js';
import { readJournal, type SavedChange } from '../checkpoint/journal.js';
import { type DirectoryDraft, startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { toTargetDirectory } from '../directory/target-directory.js';
import { Ledger } from '../ledger/ledger.js';
import { settleTables } from '../ledger/settle-tables.js';
import { lastChatIds } from '../messages/carry-messages.js';
import { createMessageContext } from '../messages/message-context.js';
import { accountOf, highestIdsIn } from '../messages/message-pass.js';
import { type OutputParts, onlyPart, openPackage, type Packaging } from '../open-package.js';
import { NO_DECISIONS } from '../plan/decisions.js';
import { MessageSurvey } from '../plan/message-survey.js';
import { resolveDecisions } from '../plan/resolve-decisions.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { type CommonFacts, readCommonFacts } from './common-facts.js';
import { journalLines, RoomJournal, roomsInOrder } from './journal-reader.js';
import { nonsense, type OpenedShard } from './open-shards.js';
import { newRecordBlock, RecordReader } from './record-reader.js';
import { Replay } from './replay.js';
import { SHARD_FILES } from './shard-files.js';
import { shardsUnusable } from './shards-unusable.js';

export interface MergeOptions {
  readonly layout: Layout;
  readonly packaging: Packaging;
  readonly progress: (bytes: number) => void;
  readonly makeHash: HashMaker;
}

/** What the unsharded run would have carried. */
export interface MergedShards {
  readonly carried: CarriedExport;
  readonly facts: CommonFacts;
  readonly survey: MessageSurvey;
}

/**
 * Does again what the unsharded run would have done: runs the rules over the directory once more, and takes messages and all that
 * was said of them from the shards, room by room in ascending order, into the same files.
 *
 * Memory: the directory, an account a room, a block of 64 KiB a shard.
 *
 * @throws RunFailure `shards-unusable`, `output-unwritable`; the package is then gone.
 */
export async function mergeShards(
  shards: readonly OpenedShard[],
  sinks: CarrySinks,
  options: MergeOptions,
): Promise<MergedShards> {
  const [first] = shards as readonly [OpenedShard, ...OpenedShard[]];
  const { facts, directory } = await readCommonFacts(first.folder).catch((cause) => {
    throw nonsense(first, cause);
  });
  // The seals have been checked; joining needs other buffers.
  collectGarbage();
  const draft = directoryAgain(directory, facts);
  const context = createMessageContext(draft, facts.rulesOptions);
  const ledger = new Ledger(options.makeHash);
  for (const room of context.rooms.values()) if (room.hasAccount) accountOf(ledger, room);
  const survey = new MessageSurvey();
  const changes: SavedChange[] = [];
  for (const shard of shards) changes.push(...(await readSettled(shard, { ledger, survey })));
  const replay = new Replay(sinks, context, ledger);
  for (const line of journalLines(join(first.folder, SHARD_FILES.head))) replay.line(line);
  let target: TargetDirectory | null = null;
  const directoryOnce = (): TargetDirectory => {
    target ??= toTargetDirectory(draft);
    return target;
  };
  const counters = lastChatIds(context, highestIdsIn(ledger, context));
  const output = await openMerged(options, { ledger, context, directory: directoryOnce });
  try {
    await replayRooms(shards, { replay, output, counters, progress: options.progress });
    replay.end();
    settleChanges(changes, directory, draft);
    const written = await output.finish(directoryOnce(), counters);
    settleTables({ directory, counts: facts.counts }, draft, { ledger, exceptions: sinks.exceptions });
    for (const line of journalLines(join(first.folder, SHARD_FILES.tail))) replay.line(line);
    const { fileLinks } = replay;
    const document = ledger.toDocument();
    const parts = 'sha256' in written ? [onlyPart(written, directoryOnce(), document)] : written;
    return { carried: { draft, target: directoryOnce(), ledger: document, parts, fileLinks }, facts, survey };
  } catch (error) {
    await output.abort();
    throw error;
  }
}

async function openMerged(
  { layout, makeHash, packaging }: MergeOptions,
  parts: OutputParts,
): Promise<PackageWriter | PackagePartsWriter> {
  const output = await openPackage({ packaging, layout, makeHash, checkpoints: null }, parts);
  if ('size' in output) return output;
  throw new TypeError('A merge writes a package.');
}

/** What the rules say of the directory stands in the head already. */
function directoryAgain(
  directory: Directory,
  { inventory, plan, rulesOptions }: CommonFacts,
): DirectoryDraft {
  const decisions = plan === null ? NO_DECISIONS : resolveDecisions(plan, directory);
  const draft = startDraft(directory, { inventory, decisions });
  runDirectoryRules(DIRECTORY_RULES, draft, rulesOptions, () => undefined);
  return draft;
}

async function readSettled(
  shard: OpenedShard,
  into: { readonly ledger: Ledger; readonly survey: MessageSurvey },
): Promise<SavedChange[]> {
  const changes: SavedChange[] = [];
  const path = join(shard.folder, SHARD_FILES.settled);
  try {
    for await (const line of readJournal(path, (await stat(path)).size)) {
      if ('account' in line) into.ledger.restore(line.account);
      else if ('tally' in line) into.survey.add(line.tally);
      else changes.push(line.change);
    }
  } catch (cause) {
    throw nonsense(shard, cause);
  }
  into.survey.addRtf(shard.document.rtf);
  return changes;
}

interface Replaying {
  readonly replay: Replay;
  readonly output: PackageWriter | PackagePartsWriter;
  /** Of all rooms; of those of a part that ends, the final ones. */
  readonly counters: ReadonlyMap<number, bigint>;
  readonly progress: (bytes: number) => void;
}

async function replayRooms(shards: readonly OpenedShard[], replaying: Replaying): Promise<void> {
  const block = newRecordBlock();
  const readers = new Map(shards.map((shard) => [shard, new RecordReader(shard, block)]));
  const journals = shards.map((shard) => new RoomJournal(shard));
  try {
    let bytes = 0;
    for (const journal of roomsInOrder(journals)) {
      bytes += await replayRoom(journal, readers.get(journal.shard) as RecordReader, replaying);
      replaying.progress(bytes);
    }
  } finally {
    for (const journal of journals) journal.close();
    for (const reader of readers.values()) reader.close();
  }
}

/** Returns the bytes of its messages. */
async function replayRoom(
  journal: RoomJournal,
  reader: RecordReader,
  { counters, output, replay }: Replaying,
): Promise<number> {
  const roomId = journal.channelID as number;
  let bytes = 0;
  try {
    if (output instanceof PackagePartsWriter && output.isFull) await output.next(roomId, counters);
    replay.beginRoom(roomId);
    for (const line of journal.lines()) {
      if (!('records' in line)) {
        replay.line(line);
        continue;
      }
      bytes += line.records;
      let { messages } = line;
      for (const piece of reader.next(line.records)) {
        output.messages.records(roomId, piece, messages);
        messages = 0;
        bytesPassed(piece.length);
        await output.flush();
      }
    }
    replay.endRoom();
  } catch (cause) {
    throw nonsense(journal.shard, cause);
  }
  return bytes;
}

/** Rows of the directory that message rules changed, found by their places. */
function settleChanges(changes: readonly SavedChange[], directory: Directory, draft: DirectoryDraft): void {
  if (changes.length === 0) return;
  const kinds = new Set(changes.map(({ kind }) => kind));
  const rows = (Object.values(directory) as (readonly DirectoryRow[])[]).flat();
  const byPlace = new Map(
    rows.filter(({ kind }) => kinds.has(kind)).map((row) => [keyOf({ kind: row.kind, ...row.place }), row]),
  );
  for (const change of changes) {
    const row = byPlace.get(keyOf(change));
    if (row === undefined) {
      throw shardsUnusable('A shard names a row that the export does not have', 'Make the shards again.');
    }
    draft.fates.settle(row, 'changed', change.rule);
  }
}

function keyOf({ kind, file, line, column }: Omit<SavedChange, 'rule'>): string {
  return `${kind} ${line}:${column} ${file}`;
}
