import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSmallFile } from '../handoff/manifest-files.js';

/** A file that lies in the applied plan whether anybody has decided anything or not. */
const ALWAYS_THERE = 'plan.json';

/** What a handoff says was decided. */
export interface Decisions {
  /** The options that differ from their default; null when nobody can tell. */
  readonly options: ReadonlyMap<unknown, unknown> | null;
  /** The tables of the plan that was applied; null when nobody can tell. */
  readonly tables: readonly string[] | null;
}

/** Reads `summary.json` and the names of the plan's tables beside a ledger. */
export async function readDecisions(ledgerPath: string): Promise<Decisions> {
  const folder = dirname(ledgerPath);
  const tables = await readdir(join(folder, 'plan')).catch(() => null);
  return {
    options: await decidedOptions(join(folder, 'summary.json')),
    tables: tables?.filter((name) => name !== ALWAYS_THERE).sort() ?? null,
  };
}

/** No option differs from its default, and no table of a plan was applied. */
export function isUndecided({ options, tables }: Decisions): boolean {
  return options?.size === 0 && tables?.length === 0;
}

/** What may differ between an export and its package by options and tables of a plan, and by nothing else. */
const EXPLANATIONS = {
  list: [
    'creators',
    'disabledPrincipals',
    'forest',
    'missingUsers',
    'outOfScope',
    'rootManagers',
    'rootRoomsCategory',
    'principals.csv',
  ],
  name: ['duplicateNames', 'longNames', 'roomNames', 'separator', 'categories.csv', 'rooms.csv'],
  description: ['topics', 'categories.csv', 'rooms.csv'],
  category: ['rootRoomsCategory', 'categories.csv', 'rooms.csv'],
  setting: ['categorySettings', 'forcedSettings', 'categories.csv', 'rooms.csv'],
  node: ['emptyCategories', 'categories.csv', 'rooms.csv'],
  principal: ['forest', 'missingUsers', 'principals.csv'],
  nothing: [],
} as const;

export type Subject = keyof typeof EXPLANATIONS;

/** Says what only a decision on its subject can explain. */
export type Doubt = (subject: Subject, message: string) => void;

/**
 * Which options and tables that were decided may explain a difference; null when nobody can tell what was decided.
 */
export function explanationsOf(subject: Subject, { options, tables }: Decisions): readonly string[] | null {
  if (options === null || tables === null) return null;
  return EXPLANATIONS[subject].filter((name) => options.has(name) || tables.includes(name));
}

async function decidedOptions(path: string): Promise<Decisions['options']> {
  const bytes = await readSmallFile(path).catch(() => null);
  try {
    const { decidedOptions } = JSON.parse(bytes?.toString('utf8') ?? '');
    if (!Array.isArray(decidedOptions)) return null;
    return new Map(decidedOptions.map((option) => [option?.name, option?.value]));
  } catch {
    return null;
  }
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/;
const TICKS_AT_1970 = 621_355_968_000_000_000n;
const TICKS_PER_MILLISECOND = 10_000n;

/**
 * Whether the decided date range leaves a message behind. `ticks` as decimal digits; what is no date is in every range.
 * Null when nothing that can be read says a range.
 */
export function isOutOfRange(ticks: string | null, { options }: Decisions): boolean | null {
  const since = ticksOf(options?.get('since'));
  const until = ticksOf(options?.get('until'));
  if (since === null && until === null) return null;
  if (ticks === null) return false;
  return (since !== null && BigInt(ticks) < since) || (until !== null && BigInt(ticks) >= until);
}

function ticksOf(value: unknown): bigint | null {
  const [, seconds, fraction = ''] = (typeof value === 'string' && INSTANT.exec(value)) || [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) return null;
  return TICKS_AT_1970 + BigInt(milliseconds) * TICKS_PER_MILLISECOND + BigInt(fraction.padEnd(7, '0'));
}
