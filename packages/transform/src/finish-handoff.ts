import { join } from 'node:path';
import { type HashMaker, partEnded } from '@chatferry/export';
import {
  BlockFile,
  type FindingSink,
  type Handoff,
  type InputFile,
  importPackageScript,
  junitXml,
  type Layout,
  type LedgerDocument,
  layoutConfirmation,
  markdownReport,
  type OptionSetting,
  type RunbookFacts,
  type RunSummary,
  runbookMarkdown,
  type SigningKey,
  summaryJson,
  VERSION,
  validateParts,
  verdictOf,
  writeCanonicalJson,
  writeHtmlReport,
  writeOutput,
} from '@chatferry/import';
import type { CarriedExport } from './carry-export.js';
import { categoryChanges } from './directory/category-changes.js';
import { rulePages } from './explain/rule-pages.js';
import { assertBalance } from './ledger/assert-balance.js';
import { DEFAULT_OPTIONS, type TransformOptions } from './options.js';
import { nameParts, packageFiles, zipFilesOf } from './package-files.js';
import { plannedValue } from './plan/make-plan-document.js';
import type { MessageSurvey } from './plan/message-survey.js';
import { OPTION_NAMES } from './plan/option-facts.js';
import type { Plan } from './plan/read-plan.js';
import { writeAppliedPlan } from './plan/write-applied-plan.js';

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
  /** See `TransformRequest`, also for the next. */
  readonly readsBack?: boolean;
  readonly sourceDateEpoch?: string | undefined;
  readonly progress: (stage: 'read-back' | 'seal', bytes: number) => void;
  readonly makeHash: HashMaker;
}

/**
 * Turns a written package into a handoff that wants nothing but its seal: the ledger, the package read back and checked, the
 * verdict, the reports, the plan that was applied. Memory: what `validateParts` states, and the ledger.
 *
 * @throws RunFailure `output-unwritable`
 */
export async function finishHandoff(
  handoff: Handoff,
  carried: CarriedExport,
  finishing: Finishing,
): Promise<RunSummary> {
  const { findings, inputs, layout, makeHash, options, plan = null, progress, survey } = finishing;
  const data = (name: string): string => join(handoff.dataFolder, name);
  writeLedger(data('ledger.json'), carried.ledger);
  if (finishing.readsBack !== false) {
    progress('read-back', 0);
    // What was written is written; reading back needs other buffers.
    partEnded();
    await validateParts({
      zipPaths: carried.parts.map(({ name }) => data(name)),
      parts: carried.parts.length > 1 ? { parts: carried.parts, fault: null } : null,
      ledgerPath: data('ledger.json'),
      handoffPath: null,
      layout,
      report: findings.report,
      progress: (bytes) => progress('read-back', bytes),
      makeHash,
    });
  }
  const run = summarise(carried, finishing);
  await findings.sync();
  await writeReports(run, carried, handoff);
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

/** Block by block: the text of 100,000 rooms is 57 MB. */
function writeLedger(path: string, ledger: LedgerDocument): void {
  const file = new BlockFile(path);
  try {
    writeCanonicalJson(ledger, (block) => file.append(block));
  } finally {
    file.close();
  }
}

function summarise(carried: CarriedExport, finishing: Finishing): RunSummary {
  const { inputs, options, plan = null } = finishing;
  const findings = finishing.findings.summary();
  const layout = layoutConfirmation(finishing.layout);
  const imbalances = assertBalance(carried.ledger);
  const isReadBack = finishing.readsBack !== false;
  const verdict = verdictOf({ findings, imbalances, layout, isReadBack, failure: null });
  return {
    tool: { name: 'chatferry', version: VERSION },
    command: 'transform',
    date: isoDate(finishing.sourceDateEpoch),
    verdict,
    layout,
    inputs: [...inputs, ...(carried.draft.inventory?.files ?? [])],
    ...packageFiles(carried.parts, verdict.exitCode === 0),
    ledger: carried.ledger,
    imbalances,
    findings,
    categories: categoryChanges(carried.draft),
    options: optionSettings(options, plan),
    pages: rulePages(),
  };
}

async function writeReports(run: RunSummary, carried: CarriedExport, handoff: Handoff): Promise<void> {
  const data = (name: string): string => join(handoff.dataFolder, name);
  const facts = runbookFacts(run, carried);
  await nameParts(handoff.dataFolder, carried.parts, run);
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
    messages: writtenMessages(carried.ledger),
    fileLinks: carried.fileLinks,
  };
}

function writtenMessages(ledger: LedgerDocument): number {
  return ledger.tables.tblChat?.written ?? 0;
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

function isoDate(epoch: string | undefined): string | null {
  if (epoch === undefined || !/^[0-9]{1,11}$/.test(epoch)) return null;
  return new Date(Number(epoch) * 1000).toISOString();
}

/** Decisions that differ from the defaults first, then in the order of the plan. */
function optionSettings(options: TransformOptions, plan: Plan | null): OptionSetting[] {
  const settings = OPTION_NAMES.map((name): OptionSetting => {
    const value = plannedValue(name, options);
    const planned = plan === null ? value : plannedValue(name, plan.options);
    return {
      name,
      value,
      default: plannedValue(name, DEFAULT_OPTIONS),
      ...(planned === value ? {} : { planned }),
    };
  });
  const isDecided = (setting: OptionSetting): boolean => setting.value !== setting.default;
  return [...settings.filter(isDecided), ...settings.filter((setting) => !isDecided(setting))];
}
