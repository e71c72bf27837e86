import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_LAYOUT } from '@chatferry/import';
import { DEFAULT_OPTIONS, runMerge, runShard, type TransformOptions } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { digestsOf, runChatferry } from '../support/interrupted-runs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { FIXTURES } from '../support/write-fixtures.js';

const SAMPLE = join(FIXTURES, 'sample');
const QUIET = { layout: DEFAULT_LAYOUT, isDryRun: false, notice: () => undefined, progress: () => undefined };

interface Made {
  readonly count: number;
  readonly exportPath?: string;
  readonly options?: TransformOptions;
  readonly usersPath?: string;
}

/** Makes shard `index` of `count` as `name`. */
async function make(work: string, name: string, index: number, made: Made): Promise<string> {
  const { count, exportPath = SAMPLE, options = DEFAULT_OPTIONS, usersPath } = made;
  const shardPath = join(work, name);
  await runShard({
    ...QUIET,
    exportPath,
    options,
    usersPath,
    shard: { index, count },
    shardPath,
    isStrict: false,
    replace: true,
  });
  return shardPath;
}

/** Merges, expects that to fail and nothing to lie under the final name, and returns what was said. */
async function refusal(t: ExecutionContext, work: string, shardPaths: readonly string[]): Promise<string> {
  const merging = runMerge({ ...QUIET, shardPaths, handoffPath: join(work, 'handoff'), replace: false });
  const error = await t.throwsAsync(merging, { code: 'shards-unusable' });
  t.deepEqual(
    (await readdir(work)).filter((name) => name.includes('handoff')),
    [],
  );
  return error?.message ?? '';
}

test('a merge refuses shards that are missing, doubled, or of another number', async (t) => {
  const work = temporaryFolder(t);
  const a = await make(work, 'a', 1, { count: 3 });
  const b = await make(work, 'b', 2, { count: 3 });
  const other = await make(work, 'other', 2, { count: 2 });
  await cp(a, join(work, 'copy'), { recursive: true });
  t.is(await refusal(t, work, [a, b]), 'Unexpected absence of shard 3/3.');
  t.is(await refusal(t, work, [b]), 'Unexpected absence of shard 1/3, shard 3/3.');
  t.is(
    await refusal(t, work, [a, b, join(work, 'copy')]),
    'a (shard 1/3) and copy (shard 1/3) are the same shard.',
  );
  t.is(
    await refusal(t, work, [a, other]),
    'other (shard 2/2) does not belong to a (shard 1/3): one is of 2 shards, the other of 3.',
  );
});

test('a merge refuses shards of another export, of other options, or of other lists', async (t) => {
  const work = temporaryFolder(t);
  const a = await make(work, 'a', 1, { count: 2 });
  const changed = join(work, 'export');
  await cp(SAMPLE, changed, { recursive: true });
  const chat = await readFile(join(changed, 'tblChat.xml'), 'utf8');
  await writeFile(join(changed, 'tblChat.xml'), chat.replace('>', '>\n'));
  const otherExport = await make(work, 'b', 2, { count: 2, exportPath: changed });
  t.is(
    await refusal(t, work, [a, otherExport]),
    'b (shard 2/2) is of another export than a (shard 1/2): tblChat.xml has another SHA-256.',
  );
  await writeFile(join(changed, 'tblVersion.xml'), '<ROOT/>');
  const otherFiles = await make(work, 'c', 2, { count: 2, exportPath: changed });
  t.regex(
    await refusal(t, work, [a, otherFiles]),
    /^c \(shard 2\/2\) is of another export than a \(shard 1\/2\): /,
  );
  const options: TransformOptions = { ...DEFAULT_OPTIONS, rtf: 'drop' };
  const otherOptions = await make(work, 'd', 2, { count: 2, options });
  t.is(
    await refusal(t, work, [a, otherOptions]),
    'd (shard 2/2) was made with another value of rtf than a (shard 1/2).',
  );
  const usersPath = join(work, 'users.json');
  await writeFile(usersPath, '[{"SipAddress":"sip:ana@contoso.example","Enabled":true}]');
  const otherList = await make(work, 'e', 2, { count: 2, usersPath });
  t.is(
    await refusal(t, work, [a, otherList]),
    'e (shard 2/2) was made with another list of the target or of users than a (shard 1/2).',
  );
});

test('a merge refuses what is damaged, of another version, or no shard', async (t) => {
  const work = temporaryFolder(t);
  const a = await make(work, 'a', 1, { count: 2 });
  const b = await make(work, 'b', 2, { count: 2 });
  const spoilt = async (name: string, spoil: (data: string) => Promise<void>): Promise<string> => {
    const path = join(work, name);
    await cp(b, path, { recursive: true });
    await spoil(join(path, 'data'));
    return path;
  };
  const shorter = await spoilt('shorter', async (data) => truncate(join(data, 'records.bin'), 10));
  t.regex(await refusal(t, work, [a, shorter]), /^shorter \(shard 2\/2\) is damaged: .*records\.bin/);
  const without = await spoilt('without', async (data) => rm(join(data, 'rooms.ndjson')));
  t.regex(await refusal(t, work, [a, without]), /^without \(shard 2\/2\) is damaged: .*rooms\.ndjson/);
  const edited = await spoilt('edited', async (data) => {
    const text = await readFile(join(data, 'common', 'head.ndjson'), 'utf8');
    await writeFile(join(data, 'common', 'head.ndjson'), text.replace('note', 'error'));
  });
  t.regex(await refusal(t, work, [a, edited]), /^edited \(shard 2\/2\) is damaged: .*head\.ndjson/);
  const older = await spoilt('older', async (data) => {
    const text = await readFile(join(data, 'shard.json'), 'utf8');
    await writeFile(
      join(data, 'shard.json'),
      text.replace(/"version of chatferry": "[^"]*"/, '"version of chatferry": "0.0.9"'),
    );
  });
  t.regex(await refusal(t, work, [a, older]), /^older was made by chatferry 0\.0\.9, and this is /);
  const garbled = await spoilt('garbled', async (data) => writeFile(join(data, 'shard.json'), '{'));
  t.is(await refusal(t, work, [a, garbled]), 'garbled is damaged: its data/shard.json cannot be read.');
  t.is(await refusal(t, work, [a, SAMPLE]), 'sample is not a shard: it has no data/shard.json.');
});

test('on the command line: exit codes, what is said, and that a shard is no handoff', async (t) => {
  t.timeout(300_000);
  const work = temporaryFolder(t);
  const run = async (...args: string[]) => await runChatferry(work, args);
  const dirty = join(FIXTURES, 'dirty', 'export');
  t.is((await run('transform', SAMPLE, '-o', 'one', '--shard', '1/2', '--quiet')).code, 0);
  t.is((await run('transform', SAMPLE, '-o', 'two', '--shard', '2/2')).code, 0);
  t.is((await run('transform', dirty, '-o', 'bad', '--shard', '1/2', '--quiet')).code, 1);

  const again = await run('transform', SAMPLE, '-o', 'one', '--shard', '1/2');
  t.is(again.code, 2);
  t.regex(again.err, /exists/);
  const before = await digestsOf(join(work, 'one'));
  t.is(
    (await run('transform', SAMPLE, '-o', 'one', '--shard', '1/2', '--replace', '--workers', '0')).code,
    0,
  );
  t.deepEqual(await digestsOf(join(work, 'one')), before, 'a shard repeats byte for byte');

  for (const flags of [['--resume'], ['--no-read-back'], ['--part-size', '1M'], ['--document-size', '1M']]) {
    const refused = await run('transform', SAMPLE, '-o', 'x', '--shard', '1/2', ...flags);
    t.is(refused.code, 2);
    t.regex(refused.err, new RegExp(`--shard and ${flags[0]} do not go together`));
  }
  const wrong = await run('transform', SAMPLE, '-o', 'x', '--shard', '3/2');
  t.is(wrong.code, 2);
  t.regex(wrong.err, /--shard 3\/2 is not a shard/);

  const mixed = await run('merge', 'one', 'bad', '-o', 'handoff');
  t.is(mixed.code, 2);
  t.regex(mixed.err, /bad \(shard 1\/2\) are the same shard/);
  t.is((await run('validate', 'one')).code, 2);

  t.is((await run('merge', 'two', 'one', '-o', 'handoff', '--dry-run')).code, 0);
  t.false((await readdir(work)).includes('handoff'));
  t.is((await run('merge', 'two', 'one', '-o', 'handoff', '--quiet')).code, 0);
  t.is((await run('merge', 'two', 'one', '-o', 'handoff')).code, 2, 'the name is taken');
  t.is((await run('merge', 'two', 'one', '-o', 'handoff', '--replace', '--no-read-back')).code, 1);
  t.is((await run('transform', SAMPLE, '-o', 'whole', '--no-read-back')).code, 1);
  t.deepEqual(await digestsOf(join(work, 'handoff')), await digestsOf(join(work, 'whole')));
  t.is((await run('merge', 'two', 'one', '-o', 'handoff', '--replace')).code, 0);
  t.is((await run('validate', 'handoff')).code, 0);
});
