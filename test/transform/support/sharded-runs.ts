import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runMerge, runShard, runTransform, type TransformRequest } from '@chatferry/transform';
import { digestsOf } from '../../support/interrupted-runs.js';

export type CaseRequest = Omit<TransformRequest, 'handoffPath' | 'onBegin'>;

/** What a run left, and its exit code. */
export interface Outcome {
  readonly files: Readonly<Record<string, string>>;
  readonly code: number;
}

export async function unsharded(request: CaseRequest, work: string): Promise<Outcome> {
  const handoffPath = join(work, 'handoff');
  const { verdict } = await runTransform({ ...request, handoffPath });
  const files = await digestsOf(handoffPath);
  await rm(handoffPath, { recursive: true });
  return { files, code: verdict.exitCode };
}

/** Shards of one transform, all of them, and the exit code of each. */
export interface MadeShards {
  /** In another order than that of their numbers. */
  readonly paths: readonly string[];
  readonly codes: readonly number[];
}

export async function madeShards(request: CaseRequest, work: string, count: number): Promise<MadeShards> {
  const paths: string[] = [];
  const codes: number[] = [];
  for (let index = 1; index <= count; index++) {
    const shardPath = join(work, `shard-${index}`);
    const { verdict } = await runShard({ ...request, shard: { index, count }, shardPath });
    paths.unshift(shardPath);
    codes.push(verdict.exitCode);
  }
  return { paths, codes };
}

export async function merged(request: CaseRequest, work: string, shards: MadeShards): Promise<Outcome> {
  const handoffPath = join(work, 'merged');
  const { layout, isDryRun, notice, progress, replace, sourceDateEpoch } = request;
  const { partSize = null, documentSize = null } = request;
  const { verdict } = await runMerge({
    shardPaths: shards.paths,
    handoffPath,
    layout,
    isDryRun,
    notice,
    progress,
    replace,
    sourceDateEpoch,
    partSize,
    documentSize,
  });
  const files = await digestsOf(handoffPath);
  await rm(handoffPath, { recursive: true });
  return { files, code: verdict.exitCode };
}

/** Makes `count` shards and merges them. */
export async function sharded(
  request: CaseRequest,
  work: string,
  count: number,
): Promise<Outcome & { readonly shardCodes: readonly number[] }> {
  const shards = await madeShards(request, work, count);
  const outcome = await merged(request, work, shards);
  for (const path of shards.paths) await rm(path, { recursive: true });
  return { ...outcome, shardCodes: shards.codes };
}
