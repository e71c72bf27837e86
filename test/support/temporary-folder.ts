import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const PREFIX = 'chatferry-test-';

let isSwept = false;

/** A test, or what else tells when it is over: `{ teardown: test.after.always }` for all tests of a file. */
export interface Ending {
  teardown(work: () => void): void;
}

/** A new folder in the system's folder for temporary files; it is gone when the test is over, however that ended. */
export function temporaryFolder(t: Ending): string {
  const folder = newFolder();
  t.teardown(() => remove(folder));
  return folder;
}

/** The same for work that is no test. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = newFolder();
  try {
    return await work(folder);
  } finally {
    remove(folder);
  }
}

function newFolder(): string {
  if (!isSwept) sweep();
  isSwept = true;
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes what test runs have left that were killed: a killed test tears nothing down. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? /^(\d+)-/.exec(name.slice(PREFIX.length))?.[1] : undefined;
    if (pid !== undefined && isGone(Number(pid))) remove(join(tmpdir(), name));
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function remove(folder: string): void {
  // Again a few times: a child that was just killed may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
