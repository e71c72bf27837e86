import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Finding } from '@chatferry/export';
import { BlockFile } from './block-file.js';
import { htmlReport } from './html.js';
import { ALL_FINDINGS_END, findingData, MOST_IN_PAGE, needsAllFindings } from './html-all-findings.js';
import type { RunSummary } from './run-summary.js';

/**
 * Writes `report.html`. Where there are more findings than its groups tell, all of them come from `findings.ndjson`, line by
 * line. Memory held: the page without them, one finding.
 *
 * @throws RunFailure `output-unwritable`
 */
export async function writeHtmlReport(path: string, run: RunSummary, findingsPath: string): Promise<void> {
  const file = new BlockFile(path);
  try {
    const page = htmlReport(run);
    const end = needsAllFindings(run) ? page.lastIndexOf(ALL_FINDINGS_END.html) : page.length;
    file.append(page.slice(0, end));
    if (end < page.length) await appendFindings(file, findingsPath);
    file.append(page.slice(end));
  } finally {
    file.close();
  }
}

async function appendFindings(file: BlockFile, findingsPath: string): Promise<void> {
  const input = createReadStream(findingsPath, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let count = 0;
  for await (const line of lines) {
    if (count === MOST_IN_PAGE) break;
    file.append(`${count === 0 ? '\n' : ',\n'}${findingData(JSON.parse(line) as Finding)}`);
    count += 1;
  }
  lines.close();
  input.destroy();
}
