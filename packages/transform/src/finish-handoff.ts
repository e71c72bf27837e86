import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type HashMaker, type OpenedExport, partEnded } from '@chatferry/export';
import {
  BlockFile,
  type DrawnSample,
  type FindingSink,
  type Handoff,
  type InputFile,
  type Layout,
  type LedgerDocument,
  OrdinalSample,
  type RunSummary,
  type SampleRequest,
  type SampleSummary,
  type SigningKey,
  validateParts,
  writeCanonicalJson,
} from '@chatferry/import';
import type { CarriedExport } from './carry-export.js';
import { accessOf } from './directory/access.js';
import type { LedgerExceptions } from './ledger/ledger-exceptions.js';
import type { TransformOptions } from './options.js';
import type { MessageSurvey } from './plan/message-survey.js';
import type { Plan } from './plan/read-plan.js';
import { writeAppliedPlan } from './plan/write-applied-plan.js';
import { followSample } from './sample/follow-sample.js';
import { type ReadBack, summariseRun } from './summarise-run.js';
import { writeAccess } from './write-access.js';
import { writeReports } from './write-reports.js';

/** Ids only; the seed is anybody's choice. */
export const DEFAULT_SAMPLE: SampleRequest = { size: 20, seed: '1', showsText: false };

/** What the reports of a run need beside what was carried. */
export interface Finishing {
  /** The documents of the export as they were read. */
  readonly inputs: readonly InputFile[];
  readonly options: TransformOptions;
  readonly plan?: Plan | null;
  readonly layout: Layout;
  readonly survey: MessageSurvey;
  /** Of the run so far; the read-back adds its own. */
  readonly findings: FindingSink;
  /** Of the run: all that ledger.ndjson is to hold has been written into it. */
  readonly exceptions: Pick<LedgerExceptions, 'sync'>;
  /** The export, to be read once more when the sample shows texts; null when it is not at hand. */
  readonly opened: OpenedExport | null;
  /** See `TransformRequest`, also for the next. */
  readonly readsBack?: boolean;
  /** Which messages the reports name; `DEFAULT_SAMPLE` by default. */
  readonly sample?: SampleRequest;
  readonly sourceDateEpoch?: string | undefined;
  readonly progress: (stage: 'read-back' | 'inspection' | 'seal', bytes: number) => void;
  readonly makeHash: HashMaker;
}

/**
 * Turns a written package into a handoff that wants nothing but its seal: the ledger, the package read back and
 * checked, the verdict, who may enter before and after, the reports, the plan that was applied. Memory: what
 * `validateParts` and `accessOf` state, and the ledger.
 *
 * @throws RunFailure `output-unwritable`
 */
export async function finishHandoff(
  handoff: Handoff,
  carried: CarriedExport,
  finishing: Finishing,
): Promise<RunSummary> {
  const { findings, inputs, layout, makeHash, options, plan = null, progress, survey } = finishing;
  const { sample = DEFAULT_SAMPLE } = finishing;
  let readBack: ReadBack | null = null;
  const data = (name: string): string => join(handoff.dataFolder, name);
  const ledgerSha256 = writeLedger(data('ledger.json'), carried.ledger);
  if (finishing.readsBack !== false) {
    progress('read-back', 0);
    // What was written is written; reading back needs other buffers.
    partEnded();
    const taken = new OrdinalSample(sample, carried.ledger.tables.tblChat?.written ?? 0);
    const { directory, skipped } = await validateParts({
      zipPaths: carried.parts.map(({ name }) => data(name)),
      parts: carried.parts.length > 1 ? { parts: carried.parts, fault: null } : null,
      ledgerPath: data('ledger.json'),
      handoffPath: null,
      layout,
      report: findings.report,
      progress: (bytes) => progress('read-back', bytes),
      onMessage: (message) => taken.message(message),
      makeHash,
    });
    const drawn = taken.drawn(directory);
    const followed = await followDrawn(drawn, carried, { ...finishing, sample, data });
    readBack = { sample: followed, skipped: skipped.map(({ check }) => check) };
  }
  const access = accessOf(carried.draft);
  const accessCounts = writeAccess(data('access.csv'), carried.draft, access);
  const run = { ...summariseRun(carried, finishing, { readBack, access, accessCounts }), ledgerSha256 };
  await writeReports(run, { carried, findings, handoff });
  await writeAppliedPlan(data('plan'), {
    plan,
    options,
    inputs,
    draft: carried.draft,
    survey,
    counts: { findings: run.findings, ledger: carried.ledger },
  });
  return run;
}

async function followDrawn(
  drawn: DrawnSample,
  { draft, ledger }: CarriedExport,
  finishing: Pick<Finishing, 'exceptions' | 'opened' | 'progress'> & {
    readonly sample: SampleRequest;
    readonly data: (name: string) => string;
  },
): Promise<SampleSummary> {
  const { data, exceptions, opened, progress, sample } = finishing;
  await exceptions.sync();
  return await followSample(drawn, {
    exceptionsPath: data('ledger.ndjson'),
    changed: ledger.tables.tblChat?.changed ?? 0,
    reading:
      opened === null || !sample.showsText
        ? null
        : {
            opened,
            principals: draft.source.principals,
            progress: (bytes) => progress('inspection', bytes),
          },
  });
}

/** Block by block: the text of 100,000 rooms is 57 MB. @returns its SHA-256 (hex). */
function writeLedger(path: string, ledger: LedgerDocument): string {
  const file = new BlockFile(path);
  const hash = createHash('sha256');
  try {
    writeCanonicalJson(ledger, (block) => {
      hash.update(block);
      file.append(block);
    });
    return hash.digest('hex');
  } finally {
    file.close();
  }
}

/** Seals the handoff and gives it its name. */
export async function sealHandoff(
  handoff: Handoff,
  run: RunSummary,
  finishing: Pick<Finishing, 'progress' | 'sourceDateEpoch'> & { readonly signingKey?: SigningKey | null },
): Promise<void> {
  finishing.progress('seal', 0);
  await handoff.commit({
    softwareAgent: `${run.tool.name} ${run.tool.version}`,
    info: [
      ['External-Description', 'Persistent Chat import package with reports'],
      ['Internal-Sender-Description', run.verdict.sentence],
    ],
    sourceDateEpoch: finishing.sourceDateEpoch,
    signingKey: finishing.signingKey,
  });
}
