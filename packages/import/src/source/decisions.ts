import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSmallFile } from '../handoff/manifest-files.js';

/** A file that lies in the applied plan whether anybody has decided anything or not. */
const ALWAYS_THERE = 'plan.json';

/**
 * Whether the handoff says that nothing was decided: no option differs from its default, and no table of a plan was applied. Then no
 * rule can have given a right or a name that the export does not give. False when nobody can tell.
 */
export async function isUndecided(ledgerPath: string): Promise<boolean> {
  const folder = dirname(ledgerPath);
  const tables = await readdir(join(folder, 'plan')).catch(() => null);
  if (tables === null || tables.some((name) => name !== ALWAYS_THERE)) return false;
  const bytes = await readSmallFile(join(folder, 'summary.json')).catch(() => null);
  try {
    const { decidedOptions } = JSON.parse(bytes?.toString('utf8') ?? '');
    return Array.isArray(decidedOptions) && decidedOptions.length === 0;
  } catch {
    return false;
  }
}
