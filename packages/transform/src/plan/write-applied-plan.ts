import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type InputFile, writeOutput, writing } from '@chatferry/import';
import type { DirectoryDraft } from '../directory/draft.js';
import type { TransformOptions } from '../options.js';
import { makePlanDocument } from './make-plan-document.js';
import type { MessageSurvey } from './message-survey.js';
import { PLAN_DOCUMENT } from './plan-tables.js';
import { appliedActions } from './planned-actions.js';
import type { Plan } from './read-plan.js';
import { messagesLeftWithRooms, type RunCounts } from './touches.js';
import { writePlanTables } from './write-plan-tables.js';

export interface AppliedPlan {
  /** null when the run had no plan: then there are no CSV files, because nobody decided about single records. */
  readonly plan: Plan | null;
  readonly options: TransformOptions;
  readonly inputs: readonly InputFile[];
  readonly draft: DirectoryDraft;
  readonly survey: MessageSurvey;
  readonly counts: Omit<RunCounts, 'rtf' | 'messagesLeft'>;
}

/**
 * Writes the plan that was applied, in canonical form, into a new folder; it can be read as a plan again. Actions, what
 * they name and reasons are the plan's; the columns that inform tell what came of it.
 */
export async function writeAppliedPlan(folder: string, applied: AppliedPlan): Promise<void> {
  const { plan, options, inputs, draft, survey, counts } = applied;
  await writing(folder, () => mkdir(folder));
  const actions = appliedActions(draft.decisions, plan);
  const authorsWithoutPrincipal =
    plan === null ? [] : writePlanTables(folder, { draft, survey, actions, delimiter: ',' });
  const document = makePlanDocument({
    inputs,
    options,
    planned: plan?.options ?? null,
    counts: { ...counts, rtf: survey.rtf, messagesLeft: messagesLeftWithRooms(draft, survey) },
    filters: plan?.filters ?? [],
    authorsWithoutPrincipal,
  });
  await writeOutput(join(folder, PLAN_DOCUMENT), canonicalJson(document));
}
