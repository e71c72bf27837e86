import { join } from 'node:path';
import { openExport, startHashing } from '@chatferry/export';
import {
  beginHandoff,
  canonicalJson,
  counted,
  type FindingGroup,
  type Handoff,
  layoutConfirmation,
  VERSION,
  type Verdict,
  verdictOf,
  writeOutput,
} from '@chatferry/import';
import { boundFacts } from '../checkpoint/bound-facts.js';
import { Journal, type JournalLine } from '../checkpoint/journal.js';
import { requestedInventory } from '../inventory/requested-inventory.js';
import { checkInputs, inputsOf } from '../plan/check-inputs.js';
import { decidedBy, type TransformRequest } from '../run-transform.js';
import { type CarriedShard, carryShard } from './carry-shard.js';
import { writeCommonFacts } from './common-facts.js';
import { RecordFile } from './record-file.js';
import { labelShard, type Shard } from './shard.js';
import { SHARD_FILES, SHARD_FORMAT, type ShardDocument } from './shard-files.js';
import { ShardJournal } from './shard-journal.js';

/** Facts about how the package is cut, which is for the merge. */
const CUTTING = ['size of a part (--part-size)', 'size of a document (--document-size)'];
/** Facts that only count where a package is deflated, or that cannot matter once a run has come to its end. */
const NOT_SHARED = ['build of Node', 'strictness (--strict)', ...CUTTING];

export interface ShardRequest
  extends Omit<
    TransformRequest,
    | 'onBegin'
    | 'resume'
    | 'checkpointEvery'
    | 'handoffPath'
    | 'readsBack'
    | 'view'
    | 'partSize'
    | 'documentSize'
  > {
  readonly shard: Shard;
  /** The folder to write. */
  readonly shardPath: string;
  /** Told how to give up at once; everything is then removed. */
  readonly onBegin?: (abort: () => Promise<void>) => void;
}

/** What is told of a finished shard. */
export interface ShardSummary {
  readonly document: ShardDocument;
  readonly findings: readonly FindingGroup[];
  /** Of this shard alone; the merged handoff has its own. */
  readonly verdict: Verdict;
}

/**
 * One of several runs over an export that share its rooms among them. Writes a folder (a sealed bag, and no handoff)
 * from which `mergeShards` makes what the unsharded run would have made.
 *
 * Memory: as `runTransform`. Disk: the messages of the shard, not compressed, and for unsorted ones twice more.
 *
 * @throws RunFailure when the run cannot finish; then nothing lies under the final name.
 */
export async function runShard(request: ShardRequest): Promise<ShardSummary> {
  const handoff = await beginHandoff(request.shardPath, {
    replace: request.replace,
    report: (finding) => request.notice(finding.message),
  });
  request.onBegin?.(() => handoff.abort());
  try {
    const summary = await shardInto(handoff, request);
    if (request.isDryRun) await handoff.abort();
    else await seal(handoff, summary, request);
    return summary;
  } catch (error) {
    await handoff.abort();
    throw error;
  }
}

async function shardInto(handoff: Handoff, request: ShardRequest): Promise<ShardSummary> {
  const folder = handoff.dataFolder;
  const { isStrict, layout, options, plan = null, progress, shard } = request;
  const hashing = request.hashing ?? startHashing(request.workers ?? 0);
  const records = new RecordFile(join(folder, SHARD_FILES.records), layout);
  const journal = new ShardJournal(folder, shard, () => records.take());
  try {
    const opened = await openExport(request.exportPath, {
      report: journal.report,
      spoolFolder: folder,
      makeHash: hashing.makeHash,
    });
    let carried: CarriedShard;
    const inventory = await requestedInventory(request);
    const bound = boundFacts({
      opened,
      options,
      plan,
      inventory,
      layout,
      isStrict,
      partSize: null,
      documentSize: null,
    });
    for (const name of NOT_SHARED) delete bound[name];
    try {
      carried = await carryShard(opened, {
        shard,
        options,
        inventory,
        decide: decidedBy(plan, opened),
        layout,
        journal,
        records,
        sortFolder: folder,
        isStrict,
        progress,
        makeHash: hashing.makeHash,
      });
    } finally {
      await opened.close();
    }
    if (plan !== null) checkInputs(plan, opened);
    const { counts, directory, options: rulesOptions, survey } = carried;
    const inputs = inputsOf(opened);
    await writeCommonFacts(folder, { options, rulesOptions, plan, inventory, inputs, counts }, directory);
    writeSettled(join(folder, SHARD_FILES.settled), carried);
    const { read, written } = carried.ledger.messages();
    const document: ShardDocument = {
      format: SHARD_FORMAT,
      version: 1,
      ...shard,
      bound,
      inputs,
      messages: read,
      written,
      rtf: survey.rtf,
    };
    await writeOutput(join(folder, SHARD_FILES.manifest), canonicalJson(document));
    const findings = journal.counts.summary();
    const verdict = verdictOf({
      findings,
      imbalances: [],
      layout: layoutConfirmation(layout),
      failure: null,
    });
    return { document, findings, verdict };
  } finally {
    journal.close();
    records.close();
    if (request.hashing === undefined) hashing.close();
  }
}

function writeSettled(path: string, { changes, ledger, survey }: CarriedShard): void {
  const file = new Journal(path);
  try {
    file.append(settledLines(ledger, survey));
    file.append(changes.map((change): JournalLine => ({ change })));
  } finally {
    file.close();
  }
}

function* settledLines(
  ledger: CarriedShard['ledger'],
  survey: CarriedShard['survey'],
): Generator<JournalLine> {
  for (const account of ledger.changes()) if (account.room !== null) yield { account };
  for (const tally of survey.changes()) yield { tally };
  for (const month of survey.months.changes()) yield { month };
}

async function seal(handoff: Handoff, { document }: ShardSummary, request: ShardRequest): Promise<void> {
  request.progress('seal', 0);
  const { index, count, written } = document;
  await handoff.commit({
    softwareAgent: `chatferry ${VERSION}`,
    info: [
      ['External-Description', `${labelShard({ index, count })} of a chatferry transform; nothing to import`],
      ['Internal-Sender-Description', `${counted(written, 'message')}; chatferry merge joins all ${count}`],
    ],
    sourceDateEpoch: request.sourceDateEpoch,
  });
}
