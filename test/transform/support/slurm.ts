import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'sinfo'];
const FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
const MOST_SECONDS = 120;

/** What of Slurm is not installed. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((program) => pathOf(program) === null);
}

function pathOf(program: string): string | null {
  return FOLDERS.map((folder) => join(folder, program)).find(existsSync) ?? null;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runProgram(
  program: string,
  args: readonly string[],
  around: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(program, args, around, (error, out, err) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err }),
    );
  });
}

/** One node on this machine, with its own key, ports and folders. */
export interface Slurm {
  readonly env: NodeJS.ProcessEnv;
  /** Waits for an array and the job that depends on it: state and exit code of each, such as `COMPLETED 0:0`. */
  ended(
    array: string,
    tasks: number,
    merge: string,
  ): Promise<{ readonly tasks: readonly string[]; readonly merge: string }>;
  /** What the daemons have logged, for a test that fails. */
  story(): Promise<string>;
  stop(): Promise<void>;
}

export async function startSlurm(folder: string): Promise<Slurm> {
  const at = (name: string): string => join(folder, name);
  for (const name of ['control', 'spool']) await mkdir(at(name));
  await writeFile(at('munge.key'), randomBytes(1024), { mode: 0o600 });
  await writeFile(at('slurm.conf'), await configuration(folder));
  const env = { ...process.env, SLURM_CONF: at('slurm.conf') };
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]): void => {
    daemons.push(spawn(pathOf(program) ?? program, args, { env, stdio: 'ignore' }));
  };
  const stop = async (): Promise<void> => {
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      daemon.kill('SIGTERM');
      const timer = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
      await once(daemon, 'exit');
      clearTimeout(timer);
    }
  };
  const story = async (): Promise<string> =>
    (await Promise.all(['munged.log', 'slurmctld.log', 'slurmd.log'].map((name) => tail(at(name))))).join(
      '\n',
    );
  try {
    start(
      'munged',
      '--foreground',
      '--force',
      `--socket=${at('munge.socket')}`,
      `--key-file=${at('munge.key')}`,
      `--pid-file=${at('munged.pid')}`,
      `--log-file=${at('munged.log')}`,
      `--seed-file=${at('munge.seed')}`,
    );
    await until(async () => existsSync(at('munge.socket')), story);
    start('slurmctld', '-D', '-i');
    start('slurmd', '-D');
    await until(
      async () => (await runProgram('sinfo', ['-h', '-o', '%t'], { env })).out.trim() === 'idle',
      story,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    async ended(array, tasks, merge) {
      let states: ReturnType<typeof statesIn> = [];
      await until(async () => {
        states = statesIn((await runProgram('scontrol', ['-o', 'show', 'job'], { env })).out);
        const isOver = (id: string): boolean =>
          states.some(({ job }) => job === id) &&
          states
            .filter(({ job }) => job === id)
            .every(({ state }) => !/PENDING|RUNNING|COMPLETING/.test(state));
        return isOver(merge) && isOver(array);
      }, story);
      const of = (id: string): string[] =>
        states.filter(({ job }) => job === id).map(({ state, exit }) => `${state} ${exit}`);
      const done = of(array);
      if (done.length !== tasks) throw new Error(`${done.length} tasks, expected ${tasks}`);
      return { tasks: done, merge: of(merge)[0] ?? '' };
    },
    story,
    stop,
  };
}

/** The jobs of `scontrol -o show job`; a task of an array stands under the array. */
function statesIn(text: string): { readonly job: string; readonly state: string; readonly exit: string }[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('JobId='))
    .map((line) => ({
      job: /\bArrayJobId=(\d+)/.exec(line)?.[1] ?? /^JobId=(\d+)/.exec(line)?.[1] ?? '',
      state: /\bJobState=(\S+)/.exec(line)?.[1] ?? '',
      exit: /\bExitCode=(\S+)/.exec(line)?.[1] ?? '',
    }));
}

async function configuration(folder: string): Promise<string> {
  const host = hostname().split('.')[0];
  const user = userInfo().username;
  return [
    'ClusterName=chatferry',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    `SlurmctldPort=${await freePort()}`,
    `SlurmdPort=${await freePort()}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${join(folder, 'munge.socket')}`,
    `StateSaveLocation=${join(folder, 'control')}`,
    `SlurmdSpoolDir=${join(folder, 'spool')}`,
    `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(folder, 'slurmd.pid')}`,
    `SlurmctldLogFile=${join(folder, 'slurmctld.log')}`,
    `SlurmdLogFile=${join(folder, 'slurmd.log')}`,
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'AccountingStorageType=accounting_storage/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'ReturnToService=2',
    'SlurmdTimeout=0',
    'MinJobAge=600',
    'SchedulerParameters=sched_interval=1,batch_sched_delay=1',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
    `PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function until(isSo: () => Promise<boolean>, story: () => Promise<string>): Promise<void> {
  for (let tries = 0; tries < MOST_SECONDS * 4; tries++) {
    if (await isSo()) return;
    await pause(250);
  }
  throw new Error(`Slurm did not come to what was waited for.\n${await story()}`);
}

async function tail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return `${path}:\n${text.split('\n').slice(-20).join('\n')}`;
}
