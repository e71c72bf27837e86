import { cpSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { transformed, type Wanted } from '../../support/transformed.js';

/**
 * A run that takes a checkpoint before every room, and a copy of its unfinished handoff each time one lies on the disk:
 * what a kill would leave at that moment. Returns the copies, oldest first, of every `step`th. One at a time in a
 * process.
 */
export async function snapshotsOf(wanted: Wanted, stash: string, step = 1): Promise<string[]> {
  const { rename } = fs;
  const snapshots: string[] = [];
  let taken = 0;
  fs.rename = async (from, to) => {
    await rename(from, to);
    if (!String(to).endsWith('checkpoint.json')) return;
    taken += 1;
    if ((taken - 1) % step !== 0) return;
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
