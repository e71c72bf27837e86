import { cpSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import type { RunSummary } from '@chatferry/import';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import { DEFAULT_OPTIONS, runTransform, type TransformRequest } from '@chatferry/transform';

export type Wanted = Pick<TransformRequest, 'exportPath' | 'handoffPath'> & Partial<TransformRequest>;

/** A run with what tests seldom care for. */
export async function transformed(wanted: Wanted): Promise<RunSummary> {
  return await runTransform({
    options: DEFAULT_OPTIONS,
    layout: DEFAULT_LAYOUT,
    isDryRun: false,
    replace: false,
    isStrict: false,
    notice: () => undefined,
    progress: () => undefined,
    ...wanted,
  });
}

/**
 * A run that takes a checkpoint before every room, and a copy of its unfinished handoff each time one lies on the disk: what a
 * kill would leave at that moment. Returns the copies, oldest first. One at a time in a process.
 */
export async function snapshotsOf(wanted: Wanted, stash: string): Promise<string[]> {
  const { rename } = fs;
  const snapshots: string[] = [];
  fs.rename = async (from, to) => {
    await rename(from, to);
    if (!String(to).endsWith('checkpoint.json')) return;
    const copy = join(stash, `snapshot-${snapshots.length}`);
    cpSync(dirname(dirname(String(to))), copy, { recursive: true });
    snapshots.push(copy);
  };
  syncBuiltinESMExports();
  try {
    await transformed({ checkpointEvery: 0, ...wanted });
  } finally {
    fs.rename = rename;
    syncBuiltinESMExports();
  }
  return snapshots;
}

/** Makes a snapshot the unfinished run of the handoff `name` in `folder`; returns where it lies. */
export function leftBehind(snapshot: string, folder: string, name = 'handoff'): string {
  const partial = join(folder, `.${name}.partial-1`);
  cpSync(snapshot, partial, { recursive: true });
  return partial;
}
