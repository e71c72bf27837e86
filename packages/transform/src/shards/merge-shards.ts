import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Directory, type HashMaker, partEnded } from '@chatferry/export';
import type { Layout, PackagePartsWriter, PackageWriter, TargetDirectory } from '@chatferry/import';
import type { CarriedExport } from '../carry-export.js';
import type { CarrySinks } from '../carry-with-restarts.js';
import { readJournal, type SavedChange } from '../checkpoint/journal.js';
import { type DirectoryDraft, startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { toTargetDirectory } from '../directory/target-directory.js';
import { digestDirectory } from '../ledger/directory-digest.js';
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
import { journalLines } from './journal-reader.js';
import { nonsense, type OpenedShard } from './open-shards.js';
import { Replay } from './replay.js';
import { replayRooms } from './replay-rooms.js';
import { settleChanges } from './settle-changes.js';
import { SHARD_FILES } from './shard-files.js';

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
 * Does again what the unsharded run would have done: runs the rules over the directory once more, and takes messages
 * and all that was said of them from the shards, room by room in ascending order, into the same files.
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
  partEnded();
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
    const document = ledger.toDocument(digestDirectory(directoryOnce(), counters));
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
      else if ('month' in line) into.survey.months.add(line.month);
      else changes.push(line.change);
    }
  } catch (cause) {
    throw nonsense(shard, cause);
  }
  into.survey.addRtf(shard.document.rtf);
  return changes;
}
