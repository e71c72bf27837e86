import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The outside programs of this machine; null for one that is absent. */
export interface OutsidePrograms {
  readonly xmllint: Found | null;
  /** The interpreter itself: a version manager's stand-in would be measured too. */
  readonly python: Found | null;
  readonly gzip: Found | null;
  /** Measures the others. */
  readonly gnuTime: Found | null;
}

export interface Found {
  readonly path: string;
  readonly version: string;
}

const PYTHON_FACTS =
  'import sys, platform, pyexpat; print(sys.executable); print(platform.python_version(), pyexpat.EXPAT_VERSION)';

/** Looks for each program by running it; only what answers as expected counts as found. */
export async function findOutsidePrograms(): Promise<OutsidePrograms> {
  const [xmllint, gzip, gnuTime, python] = await Promise.all([
    answering('xmllint', /using libxml version (\d+)/, 'libxml2'),
    answering('gzip', /gzip (\S+)/, 'gzip'),
    answering('time', /GNU [Tt]ime\W*(\S*)/, 'GNU time'),
    findPython(),
  ]);
  return { xmllint, python, gzip, gnuTime };
}

async function answering(command: string, pattern: RegExp, name: string): Promise<Found | null> {
  const said = await output(command, ['--version']);
  const found = pattern.exec(said ?? '');
  return found === null ? null : { path: command, version: `${name} ${found[1] ?? ''}`.trim() };
}

async function findPython(): Promise<Found | null> {
  const [path, version] = (await output('python3', ['-c', PYTHON_FACTS]))?.split('\n') ?? [];
  return path === undefined || version === undefined ? null : { path, version: `Python ${version}` };
}

async function output(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(command, [...args]);
    return stdout + stderr;
  } catch {
    return null;
  }
}
