import { cutExport, type OpenedExport, RunFailure } from '@chatferry/export';
import { type Estimate, fitsDisk } from './estimate.js';
import { diskFailure, estimateSentence } from './estimate-text.js';
import { type EstimateRequest, estimateTransform, withExport } from './estimate-transform.js';
import { directoryBytesOf, roughEstimate } from './rough-estimate.js';

export interface EstimateFirstRequest extends EstimateRequest {
  /** Exports of fewer bytes are not estimated while the disk has more than they have; default 1 GB. */
  readonly largeBytes?: number;
  /** Tell, but do not refuse. */
  readonly ignoresDisk: boolean;
  readonly notice: (sentence: string) => void;
}

/** Below it a run is over before an estimate would have been worth its second or two. */
const LARGE_BYTES = 1e9;

const QUICK_BYTES = 2 ** 22;
/** Less than the command takes: the run itself is waiting. */
const SAMPLE_BYTES = 2 ** 23;
/** Bytes of a directory that is transformed in a few seconds; a larger one would make the estimate too dear. */
const LARGE_DIRECTORY = 8e6;
const LARGE_DIRECTORY_CAVEAT =
  'The directory is large, so only the disk was estimated; chatferry estimate tells more.';

/**
 * Before a run that will take long, or that a nearly full disk may not hold: tells what it will take. An export that
 * the sample cannot read is left to the run itself, which says why.
 *
 * @throws RunFailure `output-unwritable` when the disk cannot hold what is expected.
 */
export async function estimateFirst(request: EstimateFirstRequest): Promise<void> {
  const { exportPath, largeBytes = LARGE_BYTES, notice } = request;
  if (exportPath === '-') {
    notice('No estimate of time and disk: standard input has no size before it has been read.');
    return;
  }
  const estimate = await unlessUnreadable(notice, async () => {
    const quick = await withExport(exportPath, async (opened) => {
      const bytes = await storedBytes(opened);
      if (bytes < largeBytes && bytes < request.disk.freeBytes) return 'not needed';
      const cut = await cutExport(opened, QUICK_BYTES);
      if (directoryBytesOf(cut.cuts) < LARGE_DIRECTORY) return 'affordable';
      return await roughEstimate(cut, request.disk, LARGE_DIRECTORY_CAVEAT);
    });
    if (quick === 'not needed') return null;
    return quick === 'affordable'
      ? await estimateTransform({ sampleBytes: SAMPLE_BYTES, ...request })
      : quick;
  });
  if (estimate === null) return;
  notice(estimateSentence(estimate));
  if (fitsDisk(estimate.disk) === 'no' && !request.ignoresDisk) throw diskFailure(estimate);
}

/** Guessed for gzip. */
async function storedBytes({ documents }: OpenedExport): Promise<number> {
  let sum = 0;
  for (const document of documents) sum += await document.guessSize();
  return sum;
}

async function unlessUnreadable(
  notice: (sentence: string) => void,
  estimate: () => Promise<Estimate | null>,
): Promise<Estimate | null> {
  try {
    return await estimate();
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    if (error.code !== 'input-missing') notice(`No estimate: ${error.message}`);
    return null;
  }
}
