import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutExport, type OpenedExport, openExport, RunFailure } from '@chatferry/export';
import { writing } from '@chatferry/import';
import type { Estimate } from './estimate.js';
import { type Disk, extendSample } from './extend-sample.js';
import { roughEstimate } from './rough-estimate.js';
import { runSample, type SampleRequest } from './run-sample.js';

export interface EstimateRequest extends SampleRequest {
  /** Where the handoff would be written, and what is free there. */
  readonly disk: Disk;
  /** Bytes of messages of the larger sample; default 24 MiB. */
  readonly sampleBytes?: number;
  /** Told how to clean up at once. */
  readonly onBegin: (remove: () => Promise<void>) => void;
}

const SAMPLE_BYTES = 24 * 2 ** 20;
/** Of the smaller sample: an eighth. It also warms the program up. */
const SMALLER = 8;

const BEHIND_THE_MESSAGES =
  'Tables of the directory do not stand before the messages, so none of these could be tried: only the disk is estimated, roughly.';

/**
 * What a transform will take: two real runs over the beginning of the export, into the folder for temporary files
 * (about as many bytes as the sample has), extended to the whole. A plan's decisions about single records are not
 * applied, so that what it excludes counts.
 *
 * Reads the directory six times and the messages of the sample. Memory held: as `runTransform`.
 *
 * @throws RunFailure `arguments` for standard input, and what `runTransform` throws.
 */
export async function estimateTransform(request: EstimateRequest): Promise<Estimate> {
  if (request.exportPath === '-') throw withoutSize();
  const { sampleBytes = SAMPLE_BYTES, disk } = request;
  const folder = await writing(tmpdir(), () => mkdtemp(join(tmpdir(), 'chatferry-estimate-')));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const { onBegin, ...sampling } = request;
  onBegin(remove);
  try {
    const small = await runSample(sampling, join(folder, 'small'), sampleBytes / SMALLER);
    const large = await runSample(sampling, join(folder, 'large'), sampleBytes);
    return extendSample(small, large, disk);
  } catch (error) {
    if (!(error instanceof RunFailure) || error.code !== 'input-table-missing') throw error;
    return await withExport(request.exportPath, async (opened) =>
      roughEstimate(await cutExport(opened, sampleBytes), disk, BEHIND_THE_MESSAGES),
    );
  } finally {
    await remove();
  }
}

/** Opens an export without a word, for `work`. @throws what `openExport` and `work` throw. */
export async function withExport<T>(path: string, work: (opened: OpenedExport) => Promise<T>): Promise<T> {
  const opened = await openExport(path, { report: () => undefined });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

function withoutSize(): RunFailure {
  return new RunFailure(
    'arguments',
    'Standard input has no size before it has been read, so nothing can be estimated',
    'Save the export to a file and give that; a gzip file will do.',
  );
}
