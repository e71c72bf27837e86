import { join } from 'node:path';
import {
  type Directory,
  type Hashing,
  type HashMaker,
  type OpenedExport,
  openExport,
  startHashing,
} from '@chatferry/export';
import {
  beginHandoff,
  FileLinkWriter,
  FindingSink,
  type Handoff,
  type Layout,
  type RunSummary,
  type SampleRequest,
  type SigningKey,
  type UnfinishedPolicy,
} from '@chatferry/import';
import { type CarrySinks, carryWithRestarts } from './carry-with-restarts.js';
import { boundFacts } from './checkpoint/bound-facts.js';
import type { Checkpoint } from './checkpoint/checkpoint.js';
import { CHECKPOINT_EVERY, RunKeeper } from './checkpoint/run-keeper.js';
import { continuing, unfinishedRun } from './checkpoint/unfinished-run.js';
import { finishHandoff, sealHandoff } from './finish-handoff.js';
import { type InventoryRequest, requestedInventory } from './inventory/requested-inventory.js';
import { LedgerExceptions } from './ledger/ledger-exceptions.js';
import type { TransformOptions } from './options.js';
import { checkInputs, inputsOf } from './plan/check-inputs.js';
import { type Decisions, NO_DECISIONS } from './plan/decisions.js';
import { MessageSurvey } from './plan/message-survey.js';
import type { Plan } from './plan/read-plan.js';
import { resolveDecisions } from './plan/resolve-decisions.js';

/** What is being done, for people who wait. */
export type Stage =
  | 'directory'
  | 'shards'
  | 'messages'
  | 'sorted messages'
  | 'read-back'
  | 'seal'
  | 'inspection';

export interface TransformRequest extends InventoryRequest {
  /** File, folder, archive, or `-`. */
  readonly exportPath: string;
  readonly handoffPath: string;
  /** What applies: the plan's options, where the command line overrode none of them. */
  readonly options: TransformOptions;
  /** Decisions about single records, and what its export must be; none without a plan. */
  readonly plan?: Plan | null;
  readonly layout: Layout;
  /** Do everything, then leave nothing behind. */
  readonly isDryRun: boolean;
  /** Default true; false leaves the read-back out, and the package is then never ready. */
  readonly readsBack?: boolean;
  /** An existing handoff of that name gives way. */
  readonly replace: boolean;
  readonly isStrict: boolean;
  /**
   * Bytes of messages as XML from which on a part of the package, or a document of messages, ends with its last room;
   * null: one part, and the writer's default.
   */
  readonly partSize?: number | null;
  readonly documentSize?: number | null;
  /** Threads beside the calling one, none by default; what is written does not depend on it. */
  readonly workers?: number;
  /** A thread that the caller has begun and will end, instead of one for `workers`. */
  readonly hashing?: Hashing;
  /** Signs the handoff; nobody does by default. */
  readonly signingKey?: SigningKey | null;
  /** Which messages the reports name; 20 by default, without their texts. */
  readonly sample?: SampleRequest;
  /** SOURCE_DATE_EPOCH, for dates in reports; no clock is read. */
  readonly sourceDateEpoch?: string | undefined;
  /** What concerns this run and not its outcome, such as leftovers of a killed run. */
  readonly notice: (sentence: string) => void;
  readonly progress: (stage: Stage, bytes: number) => void;
  /** Shows the export as something else than it is: the estimate looks at its beginning only. */
  readonly view?: (opened: OpenedExport) => Promise<OpenedExport>;
  /** Goes on with an unfinished run of this handoff, when there is one. */
  readonly resume?: boolean;
  /** Bytes of messages between two checkpoints; default `CHECKPOINT_EVERY`. */
  readonly checkpointEvery?: number;
  /**
   * Told how to give up at once; the promise tells whether the run can be resumed, else everything has been removed.
   */
  readonly onBegin?: (stop: () => Promise<boolean>) => void;
}

/**
 * The main job: export -> transform -> package -> read back and checked -> sealed handoff.
 *
 * Memory: the directory, one window of bytes, the rules' counters, one account a room; nothing grows with messages.
 * Disk: the package; when the export's messages are not sorted by room and id, also twice the messages.
 *
 * Throws `RunFailure` when the run cannot finish; then nothing lies under the final name.
 */
export async function runTransform(request: TransformRequest): Promise<RunSummary> {
  const handoff = await beginHandoff(request.handoffPath, {
    replace: request.replace,
    unfinished: unfinishedPolicy(request),
    report: (finding) => request.notice(finding.message),
  });
  const keeper = new RunKeeper(handoff);
  request.onBegin?.(() => keeper.stop());
  const hashing = request.hashing ?? startHashing(request.workers ?? 0);
  try {
    const run = await transformInto(handoff, request, { makeHash: hashing.makeHash, keeper });
    if (request.isDryRun) await handoff.abort();
    else await sealHandoff(handoff, run, request);
    return run;
  } catch (error) {
    throw await keeper.afterFailure(error);
  } finally {
    if (request.hashing === undefined) hashing.close();
  }
}

function unfinishedPolicy({ isDryRun, replace, resume }: TransformRequest): UnfinishedPolicy {
  if (isDryRun) return 'keep';
  if (resume === true) return 'resume';
  return replace ? 'discard' : 'refuse';
}

async function transformInto(
  handoff: Handoff,
  request: TransformRequest,
  { makeHash, keeper }: { readonly makeHash: HashMaker; readonly keeper: RunKeeper },
): Promise<RunSummary> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const resumed = handoff.isResumed ? await unfinishedRun(handoff) : null;
  const sinks = openSinks(data, resumed);
  try {
    const whole = await openExport(request.exportPath, {
      report: sinks.findings.report,
      spoolFolder: handoff.dataFolder,
      makeHash,
    });
    const opened = request.view === undefined ? whole : await request.view(whole);
    const survey = new MessageSurvey();
    try {
      const { options, layout, isStrict } = request;
      const inventory = await requestedInventory(request);
      const { partSize = null, documentSize = null, plan = null } = request;
      const cut = { partSize, documentSize };
      const bound = boundFacts({ opened, options, plan, inventory, layout, isStrict, ...cut });
      const checkpoints = request.isDryRun
        ? null
        : keeper.checkpoints({
            every: request.checkpointEvery ?? CHECKPOINT_EVERY,
            bound,
            opened,
            sinks,
            resumed,
          });
      if (resumed !== null) request.notice(continuing(resumed));
      const carried = await carryWithRestarts(opened, sinks, {
        options,
        inventory,
        checkpoints,
        decide: decidedBy(plan, opened),
        survey,
        layout,
        packaging: { folder: handoff.dataFolder, ...cut },
        sortFolder: handoff.dataFolder,
        isStrict,
        progress: request.progress,
        makeHash,
      });
      if (plan !== null) checkInputs(plan, opened);
      return await finishHandoff(handoff, carried, {
        ...request,
        inputs: inputsOf(opened),
        findings: sinks.findings,
        exceptions: sinks.exceptions,
        opened,
        survey,
        makeHash,
      });
    } finally {
      await opened.close();
    }
  } finally {
    await keeper.close();
    sinks.findings.close();
    sinks.exceptions.close();
    sinks.fileLinks.close();
  }
}

/** New files, or those of an earlier run up to its checkpoint. */
function openSinks(data: (name: string) => string, resumed: Checkpoint | null): CarrySinks {
  const kept = resumed?.sinks;
  return {
    findings: new FindingSink({ ndjson: data('findings.ndjson'), csv: data('findings.csv') }, kept?.findings),
    exceptions: new LedgerExceptions(data('ledger.ndjson'), kept?.exceptions),
    fileLinks: new FileLinkWriter(data('files-to-copy.csv'), kept?.fileLinks),
  };
}

/** Each row of the plan is held against the directory as soon as it is known; what has been read so far is, too. */
export function decidedBy(plan: Plan | null, opened: OpenedExport): (directory: Directory) => Decisions {
  return (directory) => {
    if (plan === null) return NO_DECISIONS;
    checkInputs(plan, opened);
    return resolveDecisions(plan, directory);
  };
}
