import { join } from 'node:path';
import {
  type FindingSink,
  type Handoff,
  importPackageScript,
  junitXml,
  markdownReport,
  type RunbookFacts,
  type RunSummary,
  runbookMarkdown,
  summaryJson,
  writeHtmlReport,
  writeOutput,
} from '@chatferry/import';
import type { CarriedExport } from './carry-export.js';
import { nameParts, zipFilesOf } from './package-files.js';

/**
 * Writes all reports of a run into its handoff. Memory: what `writeHtmlReport` states.
 *
 * @param findings of the run, whose file is read again.
 * @throws RunFailure `output-unwritable`
 */
export async function writeReports(
  run: RunSummary,
  {
    carried,
    findings,
    handoff,
  }: {
    readonly carried: CarriedExport;
    readonly findings: Pick<FindingSink, 'sync'>;
    readonly handoff: Handoff;
  },
): Promise<void> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const facts = runbookFacts(run, carried);
  await nameParts(handoff.dataFolder, carried.parts, run);
  await findings.sync();
  await writeHtmlReport(data('report.html'), run, data('findings.ndjson'));
  await writeOutput(data('report.md'), markdownReport(run));
  await writeOutput(data('junit.xml'), junitXml(run));
  await writeOutput(data('summary.json'), summaryJson(run));
  await writeOutput(data('RUNBOOK.md'), runbookMarkdown(facts));
  await writeOutput(data('Import-Package.ps1'), importPackageScript(facts));
}

function runbookFacts(run: RunSummary, carried: CarriedExport): RunbookFacts {
  return {
    isReady: run.verdict.exitCode === 0,
    verdict: run.verdict.sentence,
    packages: zipFilesOf(run).map(({ name, sha256 }) => ({ name, sha256 })),
    categories: carried.target.categories.length,
    rooms: carried.target.rooms.length,
    addIns: carried.target.addIns.length,
    messages: carried.ledger.tables.tblChat?.written ?? 0,
    fileLinks: carried.fileLinks,
  };
}
