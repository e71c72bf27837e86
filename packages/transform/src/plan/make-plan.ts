import { join } from 'node:path';
import { openExport } from '@chatferry/export';
import {
  canonicalJson,
  countFindings,
  type FindingGroup,
  type FindingSink,
  writeOutput,
} from '@chatferry/import';
import { type DirectoryDraft, startDraft } from '../directory/draft.js';
import { runDirectoryRules } from '../directory/run-rules.js';
import { type InventoryRequest, requestedInventory } from '../inventory/requested-inventory.js';
import type { TransformOptions } from '../options.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { inputsOf } from './check-inputs.js';
import type { Decisions, NodeDecision } from './decisions.js';
import { applyFilters, type NodeFilter } from './filters.js';
import { makePlanDocument } from './make-plan-document.js';
import type { PlanDocument } from './plan-document.js';
import { beginPlanFolder, type PlanFolder } from './plan-folder.js';
import { planKeys } from './plan-keys.js';
import { PLAN_DOCUMENT } from './plan-tables.js';
import { type NodeAction, proposedActions } from './planned-actions.js';
import { proposeNames } from './propose-names.js';
import { countingSink, type SurveyedExport, surveyExport } from './survey-export.js';
import { messagesLeftWithRooms } from './touches.js';
import { writePlanTables } from './write-plan-tables.js';

export interface PlanRequest extends InventoryRequest {
  /** File, folder, archive, or `-`. */
  readonly exportPath: string;
  readonly planPath: string;
  readonly options: TransformOptions;
  readonly filters: readonly NodeFilter[];
  /** Of the CSV files. */
  readonly delimiter: ',' | ';';
  /** An existing plan of that name gives way. */
  readonly replace: boolean;
  readonly isStrict: boolean;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
  /** Told how to give up at once. */
  readonly onBegin?: (abort: () => Promise<void>) => void;
}

/** What was written, for the administrator. */
export interface MadePlan {
  readonly document: PlanDocument;
  readonly categories: number;
  readonly rooms: number;
  readonly principals: number;
  /** Names that the rules would refuse and the plan replaces. */
  readonly proposals: number;
  /** What a run with this plan would still say. */
  readonly findings: readonly FindingGroup[];
  readonly errors: number;
}

/**
 * export -> one pass without output -> proposals -> plan folder.
 *
 * Memory: the directory and up to four drafts of it, one window of bytes, one tally a room and an author. Throws
 * `RunFailure`; then nothing lies under the final name.
 */
export async function makePlan(request: PlanRequest): Promise<MadePlan> {
  const folder = await beginPlanFolder(request.planPath, request.replace);
  request.onBegin?.(() => folder.abort());
  try {
    const made = await planInto(folder, request);
    await folder.commit();
    return made;
  } catch (error) {
    await folder.abort();
    throw error;
  }
}

async function planInto(folder: PlanFolder, request: PlanRequest): Promise<MadePlan> {
  const findings = countingSink();
  const inventory = await requestedInventory(request);
  const opened = await openExport(request.exportPath, { report: findings.report, spoolFolder: folder.path });
  try {
    const { options, isStrict, progress } = request;
    const surveying = { options, inventory, findings, isStrict, progress, spoolFolder: folder.path };
    const surveyed = await surveyExport(opened, surveying);
    return await writePlan(folder, request, { surveyed, findings, inputs: inputsOf(opened) });
  } finally {
    await opened.close();
  }
}

interface Surveyed {
  readonly surveyed: SurveyedExport;
  readonly findings: FindingSink;
  readonly inputs: ReturnType<typeof inputsOf>;
}

async function writePlan(
  folder: PlanFolder,
  request: PlanRequest,
  { surveyed: { carried, survey }, findings, inputs }: Surveyed,
): Promise<MadePlan> {
  const { options, filters, delimiter } = request;
  const { source } = carried.draft;
  const filtered = applyFilters(filters, source, survey);
  const proposals = proposeNames(carried.draft, options, decisionsOf(filtered.actions, carried.draft));
  const nodes = new Map([...proposals, ...filtered.actions]);
  const decided = draftWith(nodes, carried.draft, options);
  const actions = proposedActions(nodes);
  const authorsWithoutPrincipal = writePlanTables(folder.path, {
    draft: decided.draft,
    survey,
    actions,
    delimiter,
  });
  const document = makePlanDocument({
    inputs,
    options,
    planned: null,
    counts: {
      findings: findings.summary(),
      ledger: carried.ledger,
      rtf: survey.rtf,
      messagesLeft: messagesLeftWithRooms(carried.draft, survey),
    },
    filters: filtered.effects,
    authorsWithoutPrincipal,
  });
  await writeOutput(join(folder.path, PLAN_DOCUMENT), canonicalJson(document));
  const remaining = [...decided.findings, ...findings.summary().filter(isBesideDirectoryRules)];
  const keys = planKeys(source);
  return {
    document,
    categories: keys.categories.size,
    rooms: keys.rooms.size,
    principals: keys.principals.size + authorsWithoutPrincipal.length,
    proposals: proposals.size,
    findings: remaining,
    errors: countFindings(remaining, 'error'),
  };
}

/** The directory again, under the plan as it is proposed. */
function draftWith(
  nodes: ReadonlyMap<string, NodeAction>,
  draft: DirectoryDraft,
  options: TransformOptions,
): { readonly draft: DirectoryDraft; readonly findings: readonly FindingGroup[] } {
  const sink = countingSink();
  const { source, inventory } = draft;
  const begun = startDraft(source, { inventory, decisions: decisionsOf(nodes, draft) });
  runDirectoryRules(DIRECTORY_RULES, begun, options, sink.report);
  return { draft: begun, findings: sink.summary() };
}

function decisionsOf(nodes: ReadonlyMap<string, NodeAction>, { source }: DirectoryDraft): Decisions {
  const { categories, rooms } = planKeys(source);
  const of = (file: string, keys: ReadonlyMap<string, unknown>): Map<string, NodeDecision> => {
    const place = { file, line: 1, column: 1, record: null };
    const decided = [...nodes].filter(([guid]) => keys.has(guid));
    return new Map(
      decided.map(([guid, { action, newName }]) => [
        guid,
        { place, excludes: action === 'exclude', name: newName === '' ? null : newName, category: null },
      ]),
    );
  };
  return {
    categories: of('categories.csv', categories),
    rooms: of('rooms.csv', rooms),
    principals: new Map(),
  };
}

function isBesideDirectoryRules({ rule }: FindingGroup): boolean {
  return DIRECTORY_RULES.every(({ id }) => id !== rule);
}
