import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openZipArchive } from '@chatferry/export';
import { DEFAULT_LAYOUT, type RunSummary } from '@chatferry/import';
import {
  DEFAULT_OPTIONS,
  runTransform,
  type TransformOptions,
  type TransformRequest,
} from '@chatferry/transform';
import { makePlan } from '../../packages/transform/dist/plan/make-plan.js';
import { type Plan, readPlan } from '../../packages/transform/dist/plan/read-plan.js';
import { forXml } from './sql-xml.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { changedTables } from './trouble-base.js';
import type { PlanEdits, TroubleCase } from './trouble-cases.js';

/** Text files by path below a folder. */
export type TextFiles = Map<string, string>;

/** What lies in the folder of a case before it is run, and must not be read as its outcome. */
const OUTCOME = 'expected/';
const EXPORT = 'export.xml';
const OPTIONS = 'options.json';
const TARGET = 'target.json';
const USERS = 'users.json';
const PLAN_EDITS = 'plan-edits.json';
/** Ticks, which JSON numbers do not hold. */
const TICK_OPTIONS: ReadonlySet<string> = new Set(['since', 'until', 'asOf']);

/** The export of a case: one document, a line a row. */
export function exportText({ change, spoil }: Pick<TroubleCase, 'change' | 'spoil'>): string {
  const form = {
    element: (table: string) => table,
    columns: 'attributes',
    root: 'root',
    formatted: true,
  } as const;
  const xml = forXml(changedTables(change), form);
  const text = spoil === undefined ? xml : spoil(xml);
  if (spoil !== undefined && text === xml)
    throw new Error('Unexpected text unchanged by spoil, expected a change.');
  return text;
}

/** The files of a case: its export, and beside it what else the run is given. */
export function inputsOfCase(trouble: TroubleCase): TextFiles {
  const text = exportText(trouble);
  const { beside, options, target, users, plan } = trouble;
  const inputs = new Map([[beside === undefined ? EXPORT : `export/${EXPORT}`, text]]);
  for (const [name, content] of Object.entries(beside?.(text) ?? {})) inputs.set(`export/${name}`, content);
  for (const [name, value] of [
    [OPTIONS, options],
    [TARGET, target],
    [USERS, users],
    [PLAN_EDITS, plan],
  ] as const) {
    if (value !== undefined) inputs.set(name, jsonOf(value));
  }
  return inputs;
}

function jsonOf(value: unknown): string {
  const withTicks = (_: string, each: unknown) => (typeof each === 'bigint' ? String(each) : each);
  return `${JSON.stringify(value, withTicks, 2)}\n`;
}

/** What came out of a run. */
export interface GoldenRun {
  readonly run: RunSummary;
  /** findings.ndjson, ledger.json, exit-code.txt, and the documents of the package. */
  readonly outcome: TextFiles;
}

/** Runs what lies in a folder: see `requestOfCase`. */
export async function runGolden(folder: string): Promise<GoldenRun> {
  return await inTemporaryFolder(async (work) => {
    const request = await requestOfCase(folder, work);
    const run = await runTransform({ ...request, handoffPath: join(work, 'handoff') });
    return { run, outcome: await outcomeOf(run, join(work, 'handoff', 'data')) };
  });
}

/**
 * What is asked for of what lies in a folder: export.xml or export/, with options.json, target.json, users.json and
 * plan-edits.json where they are. @param work a folder for the plan.
 */
export async function requestOfCase(
  folder: string,
  work: string,
): Promise<Omit<TransformRequest, 'handoffPath' | 'onBegin'>> {
  const path = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? join(folder, name) : undefined;
  const exportPath = path(EXPORT) ?? join(folder, 'export');
  const given = { exportPath, options: optionsIn(path(OPTIONS)), replace: false, isStrict: false };
  const target = path(TARGET);
  const inventory = { inventoryPaths: target === undefined ? [] : [target], usersPath: path(USERS) };
  const edits = path(PLAN_EDITS);
  const request = { ...given, ...inventory, progress: () => undefined };
  return {
    ...request,
    plan: edits === undefined ? null : await editedPlan(join(work, 'plan'), edits, request),
    layout: DEFAULT_LAYOUT,
    isDryRun: false,
    notice: () => undefined,
  };
}

function optionsIn(path: string | undefined): TransformOptions {
  if (path === undefined) return DEFAULT_OPTIONS;
  const given = JSON.parse(readFileSync(path, 'utf8'), (name, value: unknown) =>
    TICK_OPTIONS.has(name) ? BigInt(value as string) : value,
  ) as Partial<TransformOptions>;
  return { ...DEFAULT_OPTIONS, ...given };
}

/** The plan that is proposed for the export, with the cells set that the file names. */
async function editedPlan(
  planPath: string,
  edits: string,
  request: Omit<Parameters<typeof makePlan>[0], 'planPath' | 'filters' | 'delimiter'>,
): Promise<Plan> {
  await makePlan({ ...request, planPath, filters: [], delimiter: ',' });
  for (const [file, rows] of Object.entries(JSON.parse(readFileSync(edits, 'utf8')) as PlanEdits)) {
    let text = await readFile(join(planPath, file), 'utf8');
    for (const [key, cells] of Object.entries(rows)) text = withCells(text, key, cells);
    await writeFile(join(planPath, file), text);
  }
  return readPlan(planPath);
}

/** The base has no commas in the cells of a plan. */
function withCells(csv: string, key: string, cells: Readonly<Record<string, string>>): string {
  const lines = csv.split('\r\n');
  const header = (lines[1] ?? '').split(',');
  const index = lines.findIndex((line) => line.startsWith(`${key},`));
  const row = (lines[index] ?? '').split(',');
  for (const [column, value] of Object.entries(cells)) row[header.indexOf(column)] = value;
  if (index < 0 || row.length !== header.length)
    throw new Error(`Unexpected row or column of ${key} in the plan.`);
  lines[index] = row.join(',');
  return lines.join('\r\n');
}

async function outcomeOf(run: RunSummary, data: string): Promise<TextFiles> {
  const outcome: TextFiles = new Map([['exit-code.txt', `${run.verdict.exitCode}\n`]]);
  for (const name of ['findings.ndjson', 'ledger.json']) {
    outcome.set(name, await readFile(join(data, name), 'utf8'));
  }
  const archive = await openZipArchive(join(data, run.package?.name ?? ''));
  try {
    for (const entry of archive.entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of archive.open(entry)) chunks.push(chunk);
      outcome.set(entry.name, Buffer.concat(chunks).toString('utf8'));
    }
  } finally {
    await archive.close();
  }
  return outcome;
}

/** The text files below a folder whose path begins, or does not begin, with `expected/`. */
export function committedFiles(folder: string, which: 'inputs' | 'outcome'): TextFiles {
  const files: TextFiles = new Map();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    const below = path.slice(folder.length + 1);
    const isOutcome = below.startsWith(OUTCOME);
    if (isOutcome !== (which === 'outcome')) continue;
    files.set(isOutcome ? below.slice(OUTCOME.length) : below, readFileSync(path, 'utf8'));
  }
  return files;
}
