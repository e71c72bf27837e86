import { join } from 'node:path';
import { type HashMaker, type OpenedExport, openExport, startHashing } from '@chatferry/export';
import {
  beginHandoff,
  FileLinkWriter,
  FindingSink,
  type Handoff,
  type Layout,
  type RunSummary,
} from '@chatferry/import';
import { finishHandoff, sealHandoff } from '../finish-handoff.js';
import { LedgerExceptions } from '../ledger/ledger-exceptions.js';
import type { Stage, TransformRequest } from '../run-transform.js';
import { expectSameBytes, expectSameNames } from '../trace/handoff-files.js';
import { mergeShards } from './merge-shards.js';
import { nonsenseSomewhere, type OpenedShard, openShards } from './open-shards.js';

export interface MergeRequest
  extends Pick<
    TransformRequest,
    | 'handoffPath'
    | 'isDryRun'
    | 'notice'
    | 'partSize'
    | 'documentSize'
    | 'readsBack'
    | 'replace'
    | 'sample'
    | 'signingKey'
    | 'sourceDateEpoch'
    | 'workers'
  > {
  /** Folders of all shards of one transform, in any order. */
  readonly shardPaths: readonly string[];
  /** The export that the shards were made of, for the texts of the sample; null, the default, leaves them out. */
  readonly sourcePath?: string | null;
  readonly layout: Layout;
  readonly progress: (stage: Stage, bytes: number) => void;
  /** Told how to give up at once; everything is then removed. */
  readonly onBegin?: (abort: () => Promise<void>) => void;
}

/**
 * Joins the shards of one transform into the handoff that the unsharded run would have made, byte for byte on one build
 * of Node: the package is deflated here, read back, checked and sealed.
 *
 * Memory: what `mergeShards`, `validatePackage` and `followSample` state. Disk: the handoff.
 *
 * @throws RunFailure when it cannot finish; then nothing lies under the final name.
 */
export async function runMerge(request: MergeRequest): Promise<RunSummary> {
  const shards = await openShards(request.shardPaths, (bytes) => request.progress('shards', bytes));
  const handoff = await beginHandoff(request.handoffPath, {
    replace: request.replace,
    report: (finding) => request.notice(finding.message),
  });
  request.onBegin?.(() => handoff.abort());
  const hashing = startHashing(request.workers ?? 0);
  let opened: OpenedExport | null = null;
  try {
    opened = await openSource(request, handoff, hashing.makeHash);
    const run = await mergeInto(handoff, shards, { request, opened, makeHash: hashing.makeHash });
    // Its copy of standard input must not be sealed in.
    await opened?.close();
    if (request.isDryRun) await handoff.abort();
    else await sealHandoff(handoff, run, request);
    return run;
  } catch (error) {
    await handoff.abort();
    throw nonsenseSomewhere(shards, error);
  } finally {
    await opened?.close();
    hashing.close();
  }
}

/** null when nothing will be looked up in it. What opening it has to report stands in the shards. */
async function openSource(
  { readsBack, sample, sourcePath = null }: MergeRequest,
  handoff: Handoff,
  makeHash: HashMaker,
): Promise<OpenedExport | null> {
  if (sourcePath === null || readsBack === false || sample?.showsText !== true) return null;
  return await openExport(sourcePath, {
    report: () => undefined,
    spoolFolder: handoff.dataFolder,
    makeHash,
  });
}

async function mergeInto(
  handoff: Handoff,
  shards: readonly OpenedShard[],
  {
    request,
    opened,
    makeHash,
  }: {
    readonly request: MergeRequest;
    readonly opened: OpenedExport | null;
    readonly makeHash: HashMaker;
  },
): Promise<RunSummary> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const { layout, progress, readsBack = true, sample, sourceDateEpoch } = request;
  const { partSize = null, documentSize = null } = request;
  const sinks = {
    findings: new FindingSink({ ndjson: data('findings.ndjson'), csv: data('findings.csv') }),
    exceptions: new LedgerExceptions(data('ledger.ndjson')),
    fileLinks: new FileLinkWriter(data('files-to-copy.csv')),
  };
  try {
    const { carried, facts, survey } = await mergeShards(shards, sinks, {
      layout,
      packaging: { folder: handoff.dataFolder, partSize, documentSize },
      progress: (bytes) => progress('messages', bytes),
      makeHash,
    });
    const { inputs, options, plan } = facts;
    const { exceptions, findings } = sinks;
    if (opened !== null) expectSameNames(opened.documents, inputs);
    const run = await finishHandoff(handoff, carried, {
      inputs,
      opened,
      exceptions,
      options,
      plan,
      layout,
      survey,
      findings,
      readsBack,
      ...(sample === undefined ? {} : { sample }),
      sourceDateEpoch,
      progress,
      makeHash,
    });
    if (opened !== null) expectSameBytes(opened.documents, inputs);
    return run;
  } finally {
    sinks.findings.close();
    sinks.exceptions.close();
    sinks.fileLinks.close();
  }
}
