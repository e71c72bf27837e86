import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';

/** A whole process to run and measure. */
export interface Program {
  /** `node` runs a module of ours in this Node; anything else is a program on the PATH or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Default 0. */
  readonly exitCode?: number;
  /** File in the working folder that takes standard output; default: thrown away. */
  readonly stdout?: string;
}

export interface Usage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly peakBytes: number;
}

/** What one run took. Wall-clock time from the start of the process to its end. */
export interface Measurement {
  readonly seconds: number;
  /** null when nothing on this machine can tell. */
  readonly usage: Usage | null;
}

const USAGE_FILE = 'usage.txt';
const PRELOAD = new URL('report-own-usage.js', import.meta.url).href;

/**
 * Runs a program to its end in `folder`. Processor times and peak memory come from the kernel: a Node program reports
 * its own (`report-own-usage.ts`), others run below GNU time when `gnuTime` is its path.
 *
 * @throws Error when the program ends with another exit code than expected, with what it said.
 */
export async function measureProcess(
  program: Program,
  folder: string,
  gnuTime: string | null,
): Promise<Measurement> {
  const usageFile = join(folder, USAGE_FILE);
  await rm(usageFile, { force: true });
  const { command, args } = measured(program, usageFile, gnuTime);
  const start = performance.now();
  await runToEnd(command, args, { program, folder, usageFile });
  const seconds = (performance.now() - start) / 1000;
  const isMeasured = program.command === 'node' || gnuTime !== null;
  return { seconds, usage: isMeasured ? parseUsage(await readFile(usageFile, 'utf8')) : null };
}

function measured(program: Program, usageFile: string, gnuTime: string | null) {
  const { command, args } = program;
  if (command === 'node') return { command: process.execPath, args: ['--import', PRELOAD, ...args] };
  if (gnuTime === null) return { command, args: [...args] };
  const format = '{"userSeconds":%U,"systemSeconds":%S,"peakKilobytes":%M}';
  return { command: gnuTime, args: ['-q', '-f', format, '-o', usageFile, '--', command, ...args] };
}

function parseUsage(text: string): Usage {
  const { userSeconds, systemSeconds, peakBytes, peakKilobytes } = JSON.parse(text) as Record<string, number>;
  const peak = peakBytes ?? (peakKilobytes ?? Number.NaN) * 1024;
  if (userSeconds === undefined || systemSeconds === undefined || !(peak > 0))
    throw new Error(`Unexpected usage ${text}, expected times and memory.`);
  return { userSeconds, systemSeconds, peakBytes: peak };
}

interface Running {
  readonly program: Program;
  readonly folder: string;
  readonly usageFile: string;
}

async function runToEnd(command: string, args: readonly string[], running: Running): Promise<void> {
  const { program, folder, usageFile } = running;
  const child = spawn(command, [...args], {
    cwd: folder,
    env: { ...process.env, BENCH_USAGE: usageFile, NODE_OPTIONS: '' },
    stdio: ['ignore', program.stdout === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const written =
    program.stdout === undefined || child.stdout === null
      ? Promise.resolve()
      : pipeline(child.stdout, createWriteStream(join(folder, program.stdout)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  await written;
  if (code !== (program.exitCode ?? 0)) {
    throw new Error(`${program.command} ${program.args.join(' ')} ended with ${code}:\n${said}`);
  }
}
