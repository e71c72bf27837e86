import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryIncomplete, type OpenedExport, openExport, type Progress } from '@chatferry/export';
import {
  beginHandoff,
  canonicalJson,
  FileLinkWriter,
  FindingSink,
  type Handoff,
  htmlReport,
  importPackageScript,
  type Layout,
  type LedgerDocument,
  layoutConfirmation,
  NOT_READY_PACKAGE_NAME,
  type OptionSetting,
  PACKAGE_NAME,
  type RunbookFacts,
  type RunSummary,
  runbookMarkdown,
  summaryJson,
  VERSION,
  type Verdict,
  validatePackage,
  verdictOf,
} from '@chatferry/import';
import { type CarriedExport, carryExport } from './carry-export.js';
import { categoryChanges } from './directory/category-changes.js';
import { rulePages } from './explain/rule-pages.js';
import { assertBalance } from './ledger/assert-balance.js';
import { LedgerExceptions } from './ledger/ledger-exceptions.js';
import { OrderBroken } from './messages/message-window.js';
import { DEFAULT_OPTIONS, type TransformOptions } from './options.js';

/** What is being done, for people who wait. */
export type Stage = 'directory' | 'messages' | 'sorted messages' | 'read-back' | 'seal' | 'inspection';

export interface TransformRequest {
  /** File, folder, archive, or `-`. */
  readonly exportPath: string;
  readonly handoffPath: string;
  readonly options: TransformOptions;
  readonly layout: Layout;
  /** Do everything, then leave nothing behind. */
  readonly isDryRun: boolean;
  /** An existing handoff of that name gives way. */
  readonly replace: boolean;
  readonly isStrict: boolean;
  /** SOURCE_DATE_EPOCH, for dates in reports; no clock is read. */
  readonly sourceDateEpoch?: string | undefined;
  /** What concerns this run and not its outcome, such as leftovers of a killed run. */
  readonly notice: (sentence: string) => void;
  readonly progress: (stage: Stage, bytes: number) => void;
  /** Told how to give up at once: removes everything that is not under the final name. */
  readonly onBegin?: (abort: () => Promise<void>) => void;
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
    report: (finding) => request.notice(finding.message),
  });
  request.onBegin?.(() => handoff.abort());
  try {
    const run = await transformInto(handoff, request);
    if (request.isDryRun) await handoff.abort();
    else await seal(handoff, run, request);
    return run;
  } catch (error) {
    await handoff.abort();
    throw error;
  }
}

async function transformInto(handoff: Handoff, request: TransformRequest): Promise<RunSummary> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const sinks = {
    findings: new FindingSink({ ndjson: data('findings.ndjson'), csv: data('findings.csv') }),
    exceptions: new LedgerExceptions(data('ledger.ndjson')),
    fileLinks: new FileLinkWriter(data('files-to-copy.csv')),
  };
  try {
    const opened = await openExport(request.exportPath, {
      report: sinks.findings.report,
      spoolFolder: handoff.dataFolder,
    });
    let carried: CarriedExport;
    try {
      carried = await carryWithRestarts(opened, sinks, handoff, request);
    } finally {
      await opened.close();
    }
    await writeFile(data('ledger.json'), canonicalJson(carried.ledger));
    request.progress('read-back', 0);
    await validatePackage({
      zipPath: data(PACKAGE_NAME),
      ledgerPath: data('ledger.json'),
      handoffPath: null,
      layout: request.layout,
      report: sinks.findings.report,
      progress: (bytes) => request.progress('read-back', bytes),
    });
    const run = summarise(carried, opened, sinks.findings, request);
    await writeReports(run, carried, handoff);
    return run;
  } finally {
    sinks.findings.close();
    sinks.exceptions.close();
    sinks.fileLinks.close();
  }
}

interface Sinks {
  readonly findings: FindingSink;
  readonly exceptions: LedgerExceptions;
  readonly fileLinks: FileLinkWriter;
}

/**
 * Reads on the assumption that most exports fulfil: the directory stands before the messages, and these are sorted
 * by room and id. When a pass finds otherwise it starts over without that assumption; what it wrote is forgotten.
 */
async function carryWithRestarts(
  opened: OpenedExport,
  sinks: Sinks,
  handoff: Handoff,
  request: TransformRequest,
): Promise<CarriedExport> {
  const start = {
    findings: sinks.findings.mark(),
    exceptions: sinks.exceptions.mark(),
    fileLinks: sinks.fileLinks.mark(),
  };
  let isThorough = false;
  let isSorting = false;
  for (;;) {
    const stage: Stage = isSorting ? 'sorted messages' : 'messages';
    const progress: Progress = (bytes) => request.progress(stage, bytes);
    try {
      return await carryExport(opened, {
        ...sinks,
        options: request.options,
        layout: request.layout,
        packagePath: join(handoff.dataFolder, PACKAGE_NAME),
        sortFolder: isSorting ? handoff.dataFolder : null,
        isThorough,
        isStrict: request.isStrict,
        progress,
      });
    } catch (error) {
      if (error instanceof DirectoryIncomplete && !isThorough) isThorough = true;
      else if (error instanceof OrderBroken && !isSorting) isSorting = true;
      else throw error;
      sinks.findings.rewind(start.findings);
      sinks.exceptions.rewind(start.exceptions);
      sinks.fileLinks.rewind(start.fileLinks);
    }
  }
}

function summarise(
  carried: CarriedExport,
  opened: OpenedExport,
  sink: FindingSink,
  request: TransformRequest,
): RunSummary {
  const findings = sink.summary();
  const layout = layoutConfirmation(request.layout);
  const imbalances = assertBalance(carried.ledger);
  const verdict = verdictOf({ findings, imbalances, layout, failure: null });
  return {
    tool: { name: 'chatferry', version: VERSION },
    command: 'transform',
    date: isoDate(request.sourceDateEpoch),
    verdict,
    layout,
    inputs: opened.documents.map((document) => ({
      name: document.name,
      sha256: document.sha256(),
      bytes: document.sizeInBytes,
    })),
    package: {
      name: packageNameOf(verdict),
      sha256: carried.package.sha256,
      bytes: carried.package.bytes,
      entries: carried.package.entries.map(({ name, sha256, size }) => ({ name, sha256, size })),
    },
    ledger: carried.ledger,
    imbalances,
    findings,
    categories: categoryChanges(carried.draft),
    options: optionSettings(request.options),
    pages: rulePages(),
  };
}

/** A package that is not ready must not be importable by accident. */
function packageNameOf(verdict: Verdict): string {
  return verdict.exitCode === 0 ? PACKAGE_NAME : NOT_READY_PACKAGE_NAME;
}

async function writeReports(run: RunSummary, carried: CarriedExport, handoff: Handoff): Promise<void> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const facts = runbookFacts(run, carried);
  if (facts.packageName !== PACKAGE_NAME) await rename(data(PACKAGE_NAME), data(facts.packageName));
  await writeFile(data('report.html'), htmlReport(run));
  await writeFile(data('summary.json'), summaryJson(run));
  await writeFile(data('RUNBOOK.md'), runbookMarkdown(facts));
  await writeFile(data('Import-Package.ps1'), importPackageScript(facts));
}

function runbookFacts(run: RunSummary, carried: CarriedExport): RunbookFacts {
  return {
    isReady: run.verdict.exitCode === 0,
    verdict: run.verdict.sentence,
    packageName: packageNameOf(run.verdict),
    packageSha256: carried.package.sha256,
    categories: carried.target.categories.length,
    rooms: carried.target.rooms.length,
    addIns: carried.target.addIns.length,
    messages: writtenMessages(carried.ledger),
    fileLinks: carried.fileLinks,
  };
}

function writtenMessages(ledger: LedgerDocument): number {
  return ledger.tables.tblChat?.written ?? 0;
}

async function seal(handoff: Handoff, run: RunSummary, request: TransformRequest): Promise<void> {
  request.progress('seal', 0);
  await handoff.commit({
    softwareAgent: `${run.tool.name} ${run.tool.version}`,
    info: [
      ['External-Description', 'Persistent Chat import package with reports'],
      ['Internal-Sender-Description', run.verdict.sentence],
    ],
    sourceDateEpoch: request.sourceDateEpoch,
  });
}

function isoDate(epoch: string | undefined): string | null {
  if (epoch === undefined || !/^[0-9]{1,11}$/.test(epoch)) return null;
  return new Date(Number(epoch) * 1000).toISOString();
}

function optionSettings(options: TransformOptions): OptionSetting[] {
  return Object.entries(options).map(([name, value]) => ({
    name,
    value: plain(value),
    default: plain(DEFAULT_OPTIONS[name as keyof TransformOptions]),
  }));
}

function plain(value: TransformOptions[keyof TransformOptions]): string | number | null {
  return typeof value === 'bigint' ? value.toString() : value;
}
