import {
  type AccessCounts,
  CHECKS,
  layoutConfirmation,
  type MonthCounts,
  type OptionSetting,
  REHEARSAL_CHECKS,
  type RunSummary,
  type SampleSummary,
  VERSION,
  verdictOf,
} from '@chatferry/import';
import type { CarriedExport } from './carry-export.js';
import type { Access } from './directory/access.js';
import { categoryChanges } from './directory/category-changes.js';
import { roomChanges } from './directory/room-changes.js';
import { rulePages } from './explain/rule-pages.js';
import type { Finishing } from './finish-handoff.js';
import { assertBalance } from './ledger/assert-balance.js';
import { DEFAULT_OPTIONS, type TransformOptions } from './options.js';
import { packageFiles } from './package-files.js';
import { decidedRecords } from './plan/decided-records.js';
import { plannedValue } from './plan/make-plan-document.js';
import type { MessageSurvey } from './plan/message-survey.js';
import { OPTION_FACTS, OPTION_NAMES } from './plan/option-facts.js';
import { OPTION_OWNERS } from './plan/option-owners.js';
import type { Plan } from './plan/read-plan.js';

/** What reading the package back has shown. */
export interface ReadBack {
  readonly sample: SampleSummary;
  /** Checks that had nothing to look at. */
  readonly skipped: readonly string[];
}

/** Of a handoff that is finished, or of what lies outside it: never run while it is made. */
const LATER = ['handoff-ready', 'source-agrees', ...REHEARSAL_CHECKS.map(({ id }) => id)];

/** What finishing the handoff has found out before its reports are written. */
export interface Finished {
  /** null when nothing was read back. */
  readonly readBack: ReadBack | null;
  readonly access: Access;
  /** Of access.csv. */
  readonly accessCounts: AccessCounts;
}

/** All that the reports of a run tell, and its verdict. */
export function summariseRun(
  carried: CarriedExport,
  finishing: Finishing,
  { access, accessCounts, readBack }: Finished,
): RunSummary {
  const { inputs, options, plan = null, survey } = finishing;
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
    notRun: notRun(carried, readBack),
    categories: categoryChanges(carried.draft),
    options: optionSettings(options, plan),
    decidedRecords: decidedRecords(carried.draft.decisions, carried.draft.source, plan),
    months: monthsOf(survey),
    roomChanges: roomChanges(carried.draft, access),
    access: accessCounts,
    sample: readBack?.sample ?? null,
    pages: rulePages(),
  };
}

function notRun({ parts }: CarriedExport, readBack: ReadBack | null): string[] {
  if (readBack === null) return [...CHECKS, ...REHEARSAL_CHECKS].map(({ id }) => id);
  return [...LATER, ...readBack.skipped, ...(parts.length > 1 ? [] : ['parts-agree'])];
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
      explanation: OPTION_FACTS[name].explanation,
      decidedBy: OPTION_OWNERS[name],
    };
  });
  const isDecided = (setting: OptionSetting): boolean => setting.value !== setting.default;
  return [...settings.filter(isDecided), ...settings.filter((setting) => !isDecided(setting))];
}

function monthsOf(survey: MessageSurvey): MonthCounts[] {
  return survey.months
    .counts()
    .map((month) => ({ ...month, written: month.read - month.excluded - month.refused }));
}
