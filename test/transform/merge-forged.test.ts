import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runChatferry } from '../support/interrupted-runs.js';
import { FIXTURES } from '../support/write-fixtures.js';

const SAMPLE = join(FIXTURES, 'sample');
/** Common to all shards: forged in each of them alike. */
const COMMON = 'common/';

/** How each file of a shard is forged: the seal is then made again, so that only the values are wrong. */
const FORGERIES: Readonly<Record<string, readonly [file: string, forge: (text: string) => string]>> = {
  'bound is null': ['shard.json', set('bound', null)],
  'inputs are numbers': ['shard.json', set('inputs', [1, null])],
  'more shards than there may be': ['shard.json', set('count', 1_000_000_000)],
  'index is text': ['shard.json', set('index', '2')],
  'shard.json is null': ['shard.json', () => 'null'],
  'facts are null': ['common/facts.json', () => 'null\n'],
  'facts without options': ['common/facts.json', () => '{}\n'],
  'counts are no list': ['common/facts.json', set('counts', 7)],
  'inputs of the facts are text': ['common/facts.json', set('inputs', 'x')],
  'a bigint that is none': ['common/facts.json', set('inputs', { $bigint: 'x' })],
  'a row of null': ['common/directory.ndjson', () => 'null\n'],
  'a row without columns': ['common/directory.ndjson', () => '{"kind":"node"}\n'],
  'a finding of null': ['common/head.ndjson', () => '{"finding":null}\n'],
  'a line of null': ['rooms.ndjson', (text) => `${text}null\n`],
  'a room of text': ['rooms.ndjson', (text) => text.replace(/"room":\d+/, '"room":"x"')],
  'a number of bytes that is none': [
    'rooms.ndjson',
    (text) => text.replace(/"records":\d+/, '"records":"x"'),
  ],
  'an exception of null': ['rooms.ndjson', (text) => `${text}{"exception":null,"lost":{}}\n`],
  'an account of null': ['settled.ndjson', () => '{"account":null}\n'],
  'a tally of a number': ['settled.ndjson', () => '{"tally":5}\n'],
  'a change of null': ['settled.ndjson', (text) => `${text}{"change":null}\n`],
};

function set(key: string, value: unknown): (text: string) => string {
  return (text) => JSON.stringify({ ...JSON.parse(text), [key]: value });
}

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chatferry-forged-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Changes a payload file of a bag, and its manifests with it. */
async function forge(bag: string, file: string, change: (text: string) => string): Promise<void> {
  const path = join(bag, 'data', file);
  const text = await readFile(path, 'utf8');
  const forged = change(text);
  if (forged === text) throw new Error(`Unexpected ${file} without the value to forge.`);
  await writeFile(path, forged);
  await reseal(bag, 'manifest-sha256.txt', `data/${file}`);
  await reseal(bag, 'tagmanifest-sha256.txt', 'manifest-sha256.txt');
}

async function reseal(bag: string, manifest: string, file: string): Promise<void> {
  const digest = createHash('sha256')
    .update(await readFile(join(bag, file)))
    .digest('hex');
  const lines = (await readFile(join(bag, manifest), 'utf8')).split('\n');
  const others = lines.map((line) => (line.endsWith(` ${file}`) ? digest + line.slice(64) : line));
  await writeFile(join(bag, manifest), others.join('\n'));
}

test('a merge refuses shards whose seal is whole and whose values are of wrong types', async (t) => {
  t.timeout(300_000);
  const work = await folder(t);
  const run = async (...args: string[]) => await runChatferry(work, args);
  t.is((await run('transform', SAMPLE, '-o', 'a', '--shard', '1/2', '--quiet')).code, 0);
  t.is((await run('transform', SAMPLE, '-o', 'b', '--shard', '2/2', '--quiet')).code, 0);
  for (const [name, [file, change]] of Object.entries(FORGERIES)) {
    for (const shard of ['a', 'b']) await cp(join(work, shard), join(work, `x${shard}`), { recursive: true });
    await forge(join(work, 'xb'), file, change);
    if (file.startsWith(COMMON)) await forge(join(work, 'xa'), file, change);
    const { code, err } = await run('merge', 'xa', 'xb', '-o', 'handoff', '--quiet');
    t.is(code, 2, `${name}: ${err}`);
    t.notRegex(err, /\n\s+at |bug of chatferry/, `${name}: ${err}`);
    t.regex(err, /^Could not finish: .*x[ab]\b/m, name);
    t.regex(err, /(again|nothing else\.)/, name);
    const left = (await readdir(work)).filter((each) => each.includes('handoff'));
    t.deepEqual(left, [], name);
    for (const shard of ['xa', 'xb']) await rm(join(work, shard), { recursive: true });
  }
});

test('a merge refuses shards of different plans', async (t) => {
  const work = await folder(t);
  const run = async (...args: string[]) => await runChatferry(work, args);
  t.is((await run('plan', SAMPLE, '-o', 'plan-1', '--quiet')).code, 0);
  t.is((await run('plan', SAMPLE, '-o', 'plan-2', '--exclude-rooms', '*', '--quiet')).code, 0);
  for (const index of [1, 2]) {
    const args = ['--plan', `plan-${index}`, '--shard', `${index}/2`, '-o', `shard-${index}`, '--quiet'];
    t.not((await run('transform', SAMPLE, ...args)).code, 2);
  }
  const { code, err } = await run('merge', 'shard-1', 'shard-2', '-o', 'handoff');
  t.is(code, 2);
  t.regex(err, /shard-2 \(shard 2\/2\) was made with another plan than shard-1 \(shard 1\/2\)/);
  t.regex(err, /Make all shards with the same command, plan and lists/);
  t.false((await readdir(work)).includes('handoff'));
});
