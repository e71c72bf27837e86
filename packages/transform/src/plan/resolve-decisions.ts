import type { Directory, NodeRow, Place } from '@chatferry/export';
import { labelRow } from '../directory/label.js';
import { labelPrincipal } from '../directory/principals.js';
import type { Decisions, NodeDecision } from './decisions.js';
import type { PlannedNode, PlannedNodes } from './node-rows.js';
import { planFailure } from './plan-failure.js';
import { type PlanKeys, planKeys } from './plan-keys.js';
import type { PlannedPrincipals } from './principal-rows.js';
import type { Plan } from './read-plan.js';
import { resolvePrincipals } from './resolve-principals.js';

const CHANGED =
  'If the export changed since the plan was made, chatferry plan --check shows how; otherwise restore the row.';
const SAVING =
  'Take the file as chatferry plan has written it, and in Excel save it as "CSV UTF-8 (comma delimited)".';

/**
 * The decisions of a plan, held against the directory: every record has its row and every row its record, rooms move
 * to categories that stay, principals map to principals that stay. Memory held: one entry a decision.
 *
 * @throws RunFailure `plan-unusable` with file, line and column.
 */
export function resolveDecisions(plan: Plan, directory: Directory): Decisions {
  const keys = planKeys(directory);
  checkNodes(plan.categories, keys.categories, 'category');
  checkNodes(plan.rooms, keys.rooms, 'room');
  checkPrincipals(plan.principals, keys, plan.authorsWithoutPrincipal);
  const categories = decidedNodes(plan.categories);
  const rooms = decidedNodes(plan.rooms);
  for (const decision of rooms.values()) checkMove(decision, keys, categories);
  return { categories, rooms, principals: resolvePrincipals(plan.principals, keys.principals) };
}

function decidedNodes(nodes: PlannedNodes): Map<string, NodeDecision> {
  const decided = new Map<string, NodeDecision>();
  for (const [guid, { decision }] of nodes) if (decision !== null) decided.set(guid, decision);
  return decided;
}

function checkNodes(
  planned: PlannedNodes,
  rows: ReadonlyMap<string, NodeRow>,
  kind: 'category' | 'room',
): void {
  const file = kind === 'category' ? 'categories.csv' : 'rooms.csv';
  for (const [guid, node] of planned) {
    const row = rows.get(guid);
    if (row === undefined) {
      throw planFailure(node.place, { what: `${guid} is no ${kind} of the export`, remedy: CHANGED });
    }
    checkLossless(node, row);
  }
  for (const [guid, row] of rows) {
    if (!planned.has(guid)) throw missingRow(file, labelRow(row));
  }
}

/** Excel's plain CSV writes `?` for what the code page does not have: the names of the plan would be damaged too. */
function checkLossless({ place, presentName }: PlannedNode, { nodeName }: NodeRow): void {
  if (!presentName.includes('?') || presentName === nodeName) return;
  const lossy = [...presentName];
  const whole = [...nodeName];
  const isLossy =
    lossy.length === whole.length &&
    whole.every((character, i) => character === lossy[i] || (lossy[i] === '?' && character > '\u007f'));
  if (!isLossy) return;
  throw planFailure(place, {
    what: 'presentName has lost characters that a code page cannot hold, so newName may have too',
    remedy: SAVING,
  });
}

function checkPrincipals(
  planned: PlannedPrincipals,
  { principals }: PlanKeys,
  strangers: readonly number[],
): void {
  const known = new Set(strangers);
  for (const [id, { place }] of planned) {
    if (principals.has(id) || known.has(id)) continue;
    throw planFailure(place, {
      what: `${id} is no principal of the export and no author in authorsWithoutPrincipal of plan.json`,
      remedy: CHANGED,
    });
  }
  for (const [id, row] of principals) {
    if (!planned.has(id)) throw missingRow('principals.csv', labelPrincipal(row));
  }
  for (const id of strangers) {
    if (!planned.has(id)) throw missingRow('principals.csv', `author ${id}`);
  }
}

function missingRow(file: string, record: string): Error {
  const place: Place = { file, line: 1, column: 1, record: null };
  return planFailure(place, { what: `Unexpected absence of a row for ${record}`, remedy: CHANGED });
}

function checkMove(
  { category, place }: NodeDecision,
  { categories }: PlanKeys,
  decided: ReadonlyMap<string, NodeDecision>,
): void {
  if (category === null) return;
  const remedy = 'Take a categoryGuid of categories.csv whose action is not exclude.';
  if (!categories.has(category)) {
    throw planFailure(place, { what: `newCategory ${category} is no category of the export`, remedy });
  }
  if (decided.get(category)?.excludes === true) {
    throw planFailure(place, { what: `newCategory ${category} is excluded in categories.csv`, remedy });
  }
}
