import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { parseDocument } from 'yaml';
import { CHATFERRY, digestsOf, INTERRUPTED_EXPORTS, runChatferry } from '../support/interrupted-runs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const RECIPES = fileURLToPath(new URL('../../packages/transform/recipes/kubernetes/', import.meta.url));

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Job {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly podFailurePolicy?: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: { readonly containerName: string; readonly values: readonly number[] };
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

/** The Job of a manifest and its only container. @throws Error for YAML that is not well-formed, or warned of. */
async function jobOf(name: string): Promise<{ readonly job: Job; readonly container: Container }> {
  const document = parseDocument(await readFile(join(RECIPES, name), 'utf8'), { strict: true });
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) throw new Error(troubles.map(({ message }) => message).join('\n'));
  const job = document.toJS() as Job;
  const [container, ...others] = job.spec.template.spec.containers;
  if (container === undefined || others.length > 0) throw new Error(`${name} has not one container`);
  return { job, container };
}

function variable({ env }: Container, name: string): string {
  return env.find((each) => each.name === name)?.value ?? '';
}

/** Runs the container's command as the pod would, with `chatferry` on the PATH. Returns its exit code. */
async function runContainer(
  { command, env }: Container,
  bin: string,
  given: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...args] = command;
  const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const path = `${bin}${delimiter}${process.env.PATH}`;
  return await new Promise((resolve) => {
    execFile(program, args, { env: { ...process.env, ...values, ...given, PATH: path } }, (error) =>
      resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : -1),
    );
  });
}

test('both manifests are Jobs that fit together, with volumes that are there', async (t) => {
  const shards = await jobOf('shards.yaml');
  const merge = await jobOf('merge.yaml');
  for (const { job, container } of [shards, merge]) {
    t.is(job.apiVersion, 'batch/v1');
    t.is(job.kind, 'Job');
    t.is(job.spec.template.spec.restartPolicy, 'Never');
    const volumes = job.spec.template.spec.volumes.map(({ name }) => name);
    t.true(container.volumeMounts.every(({ name }) => volumes.includes(name)));
  }
  t.is(shards.job.spec.completionMode, 'Indexed');
  t.is(String(shards.job.spec.completions), variable(shards.container, 'SHARDS'));
  t.is(variable(merge.container, 'SHARDS'), variable(shards.container, 'SHARDS'));
  t.is(variable(merge.container, 'WORK'), variable(shards.container, 'WORK'));
  const onExit =
    shards.job.spec.podFailurePolicy?.rules.flatMap(({ onExitCodes }) => onExitCodes ?? []) ?? [];
  t.deepEqual(
    onExit.map(({ containerName, values }) => [containerName, ...values]),
    [[shards.container.name, 2]],
  );
});

const onPosix = process.platform === 'win32' ? test.skip : test;

onPosix(
  'their commands make, for each index, a shard, and of the shards the unsharded handoff',
  async (t) => {
    t.timeout(300_000);
    const shards = await jobOf('shards.yaml');
    const merge = await jobOf('merge.yaml');
    const work = temporaryFolder(t);
    const program = join(work, 'chatferry');
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${CHATFERRY}" "$@"\n`);
    await chmod(program, 0o755);
    await writeFile(join(work, 'export.xml'), INTERRUPTED_EXPORTS.troubled?.() ?? '');
    const given = {
      SHARDS: '3',
      EXPORT: join(work, 'export.xml'),
      WORK: join(work, 'work'),
      HANDOFF: join(work, 'merged'),
      OPTIONS: '--since 2001-01-01',
    };
    for (let index = 0; index < 3; index++) {
      const code = await runContainer(shards.container, work, {
        ...given,
        JOB_COMPLETION_INDEX: String(index),
      });
      t.is(code, 0, 'error findings are no failure of a shard');
    }
    t.is(await runContainer(merge.container, work, given), 1);
    const whole = await runChatferry(work, [
      'transform',
      'export.xml',
      '-o',
      'whole',
      '--since',
      '2001-01-01',
    ]);
    t.is(whole.code, 1);
    t.deepEqual(await digestsOf(join(work, 'merged')), await digestsOf(join(work, 'whole')));

    const unusable = { ...given, OPTIONS: '--since never', JOB_COMPLETION_INDEX: '0' };
    t.is(await runContainer(shards.container, work, unusable), 2, 'the failure that ends the whole Job');
  },
);
