import type { Buffer } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { checkNewNames, type PlannedNodes, readCategories, readRooms } from './node-rows.js';
import { PLAN_DOCUMENT } from './plan-tables.js';
import { type PlannedPrincipals, readPrincipals } from './principal-rows.js';
import { type PlanSettings, readPlanJson } from './read-plan-json.js';

/** A plan as its folder says it; not yet held against an export. */
export interface Plan extends PlanSettings {
  readonly folder: string;
  readonly categories: PlannedNodes;
  readonly rooms: PlannedNodes;
  readonly principals: PlannedPrincipals;
}

/** Node cannot hold longer texts. */
const LARGEST_FILE = 512 * 1024 * 1024 - 24;

/**
 * Reads the four files of a plan. Memory held: one record a row, and while it is read the text of one file.
 *
 * @throws RunFailure `plan-unusable` for what is missing or wrong in itself.
 */
export async function readPlan(folder: string): Promise<Plan> {
  const settings = readPlanJson(await fileOf(folder, PLAN_DOCUMENT));
  const categories = readCategories(await fileOf(folder, 'categories.csv'));
  const rooms = readRooms(await fileOf(folder, 'rooms.csv'));
  const principals = readPrincipals(await fileOf(folder, 'principals.csv'));
  checkNewNames([categories, rooms]);
  return { ...settings, folder, categories, rooms, principals };
}

async function fileOf(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) throw unreadable(path, `is larger than ${LARGEST_FILE} bytes`, undefined);
    return await readFile(path);
  } catch (error) {
    if (error instanceof RunFailure) throw error;
    throw unreadable(
      path,
      `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      error,
    );
  }
}

function unreadable(path: string, what: string, cause: unknown): RunFailure {
  return new RunFailure(
    'plan-unusable',
    `"${path}" ${what}.`,
    'A plan is the folder that chatferry plan writes: plan.json, categories.csv, rooms.csv and principals.csv.',
    { cause },
  );
}
