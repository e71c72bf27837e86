import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExport } from '@chatferry/export';
import { startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { createMessageContext } from '../messages/message-context.js';
import { RuleRuns } from '../messages/rule-runs.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { MESSAGE_RULES } from '../rules/messages.js';
import { changedInputs, inputsOf } from './check-inputs.js';
import { compareWithExport, type PlanDifference } from './compare-with-export.js';
import { type Plan, readPlan } from './read-plan.js';
import { resolveDecisions } from './resolve-decisions.js';
import { countingSink, type SurveyedExport, surveyExport } from './survey-export.js';

export interface CheckRequest {
  readonly planPath: string;
  readonly exportPath: string;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
  /** Told how to remove what was spooled, when the check is given up. */
  readonly onBegin?: (abort: () => Promise<void>) => void;
}

/** Whether a plan fits an export. */
export interface PlanCheck {
  /** Clauses such as `tblChat.xml has changed`; empty when the plan fits. */
  readonly documents: readonly string[];
  /** What that means for categories, rooms and principals; may be empty when only messages' texts differ. */
  readonly differences: readonly PlanDifference[];
}

/**
 * Reads the export once and holds it against the plan. Memory as for `makePlan`; messages are sorted in the system's
 * temporary folder when they have to be.
 *
 * @throws RunFailure `plan-unusable` when the plan cannot be followed although the export is the same.
 */
export async function checkPlan(request: CheckRequest): Promise<PlanCheck> {
  const plan = await readPlan(request.planPath);
  const spoolFolder = await mkdtemp(join(tmpdir(), 'chatferry-'));
  const clean = (): Promise<void> => rm(spoolFolder, { recursive: true, force: true });
  request.onBegin?.(clean);
  const findings = countingSink();
  try {
    const opened = await openExport(request.exportPath, { report: findings.report, spoolFolder });
    try {
      const surveyed = await surveyExport(opened, {
        ...{ options: DEFAULT_OPTIONS, inventory: null, isStrict: false },
        ...{ spoolFolder, findings, progress: request.progress },
      });
      const documents = changedInputs(plan.inputs, inputsOf(opened));
      if (documents.length === 0) tryRules(plan, surveyed);
      return { documents, differences: documents.length === 0 ? [] : compareWithExport(plan, surveyed) };
    } finally {
      await opened.close();
    }
  } finally {
    await clean();
  }
}

/** Lets the rules meet the plan, because some of its faults only they can see. */
function tryRules(plan: Plan, { carried }: SurveyedExport): void {
  const { source } = carried.draft;
  const draft = startDraft(source, { decisions: resolveDecisions(plan, source) });
  const report = (): void => undefined;
  runDirectoryRules(DIRECTORY_RULES, draft, plan.options, report);
  const context = createMessageContext(draft, plan.options);
  new RuleRuns(MESSAGE_RULES, context, { report, fileLinks: { message: () => undefined } });
}
