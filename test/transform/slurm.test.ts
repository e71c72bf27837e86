import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { CHATFERRY, digestsOf, INTERRUPTED_EXPORTS, runChatferry } from '../support/interrupted-runs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { missingPrograms, runProgram, startSlurm } from './support/slurm.js';

const SUBMIT = fileURLToPath(new URL('../../packages/transform/recipes/slurm/submit.sh', import.meta.url));
const SHARDS = 3;

const missing = missingPrograms();
const onSlurm = missing.length > 0 ? test.skip : test;
const why =
  missing.length > 0 ? ` (skipped: ${missing.join(', ')} not found; apt-get install slurm-wlm munge)` : '';

onSlurm(`a Slurm job array and its merge make the unsharded handoff${why}`, async (t) => {
  t.timeout(300_000);
  const work = temporaryFolder(t);
  await writeFile(join(work, 'chatferry'), `#!/bin/sh\nexec "${process.execPath}" "${CHATFERRY}" "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(join(work, 'export.xml'), INTERRUPTED_EXPORTS.troubled?.() ?? '');
  const slurm = await startSlurm(work);
  t.teardown(() => slurm.stop());
  const env = { ...slurm.env, CHATFERRY: join(work, 'chatferry') };

  const refused = await runProgram(SUBMIT, [], { cwd: work, env });
  t.is(refused.code, 2);
  t.regex(refused.err, /submit\.sh <shards> <export> <work> <handoff>/);

  const args = [String(SHARDS), 'export.xml', 'work', 'handoff', '--until', '2030-01-01'];
  const submitted = await runProgram(SUBMIT, args, { cwd: work, env });
  t.is(submitted.code, 0, submitted.err);
  const [, array = '', merge = ''] = /as job (\d+) and their merge as job (\d+)/.exec(submitted.out) ?? [];
  const ended = await slurm.ended(array, SHARDS, merge);
  const log = async (name: string): Promise<string> => await readFile(join(work, 'work', name), 'utf8');
  t.deepEqual(ended.tasks, Array(SHARDS).fill('COMPLETED 0:0'), await slurm.story());
  t.is(ended.merge, 'FAILED 1:0', 'the exit code is the verdict: not ready');
  t.regex(await log('merge.log'), /^NOT READY: /m);
  for (let index = 1; index <= SHARDS; index++) {
    t.regex(await log(`shard-${index}.log`), new RegExp(`^Finished shard ${index}/${SHARDS}`));
  }
  const whole = await runChatferry(work, ['transform', 'export.xml', '-o', 'whole', '--until', '2030-01-01']);
  t.is(whole.code, 1);
  t.deepEqual(await digestsOf(join(work, 'handoff')), await digestsOf(join(work, 'whole')));

  const hopeless = await runProgram(SUBMIT, ['2', 'export.xml', 'lost', 'none', '--since', 'never'], {
    cwd: work,
    env,
  });
  const [, failing = '', cancelled = ''] =
    /as job (\d+) and their merge as job (\d+)/.exec(hopeless.out) ?? [];
  const end = await slurm.ended(failing, 2, cancelled);
  t.deepEqual(end.tasks, ['FAILED 2:0', 'FAILED 2:0']);
  t.is(end.merge, 'CANCELLED 0:0', 'no merge of shards that are not there');
  t.false(existsSync(join(work, 'none')));
});
