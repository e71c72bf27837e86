import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import anyTest, { type TestFn } from 'ava';
import type { RehearsalResult } from '../../packages/import/dist/rehearse/rehearse.js';
import { generateExport } from '../support/generate-export.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));

/** The sample in one piece and in three parts. */
const test = anyTest as TestFn<{ readonly whole: string; readonly parted: string }>;
const FOLDER = temporaryFolder({ teardown: test.after.always });

test.before(async (t) => {
  t.context = { whole: join(FOLDER, 'whole'), parted: join(FOLDER, 'parted') };
  const exportPath = join(FIXTURES, 'sample');
  await transformed({ exportPath, handoffPath: t.context.whole });
  await transformed({ exportPath, handoffPath: t.context.parted, partSize: 20_480 });
});

interface Outcome {
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string }[];
  readonly rehearsal: RehearsalResult;
}

async function rehearsed(path: string, ...args: string[]): Promise<Outcome> {
  const command = [CHATFERRY, 'validate', path, '--rehearse', '--json', ...args];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, command, { maxBuffer: 1 << 26 }, (_, out, err) => {
      if (out === '') reject(new Error(err));
      else resolve(JSON.parse(out) as Outcome);
    });
  });
}

function ofRehearsal({ findings }: Outcome): string[] {
  return findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('rehearsal-'));
}

test('a package in parts fills the same tables as the package in one piece', async (t) => {
  const [whole, parted] = await Promise.all([rehearsed(t.context.whole), rehearsed(t.context.parted)]);
  t.deepEqual(ofRehearsal(whole), []);
  t.deepEqual(ofRehearsal(parted), []);
  t.deepEqual(parted.rehearsal, whole.rehearsal);
  t.true(whole.rehearsal.tables.some(({ table, rows }) => table === 'tblChat' && rows > 0));
});

test('one part alone is held against its own rooms of the ledger only', async (t) => {
  const data = join(t.context.parted, 'data');
  const [first] = readdirSync(data)
    .filter((name) => name.endsWith('-0001.zip'))
    .sort();
  const part = await rehearsed(join(data, String(first)), '--ledger', join(data, 'ledger.json'));
  t.deepEqual(ofRehearsal(part), []);
  t.is(part.rehearsal.refused, 0);
});

test('an interrupted rehearsal ends with 2 and removes its database', async (t) => {
  const folder = temporaryFolder(t);
  const scratch = join(folder, 'scratch');
  const kept = join(folder, 'mgc.sqlite');
  await mkdir(scratch);
  await writeFile(join(folder, 'export.xml'), generateExport({ messages: 40_000, shape: 'elements' }));
  await transformed({ exportPath: join(folder, 'export.xml'), handoffPath: join(folder, 'handoff') });
  const zip = join(folder, 'handoff/data/PersistentChatData.zip');
  for (const keep of [[], ['--keep', kept]]) {
    const child: ChildProcess = spawn(process.execPath, [CHATFERRY, 'validate', zip, '--rehearse', ...keep], {
      env: { ...process.env, TMPDIR: scratch },
    });
    const exit = once(child, 'exit');
    const left = (): string[] => [
      ...readdirSync(scratch),
      ...readdirSync(folder).filter((name) => !['export.xml', 'handoff', 'scratch'].includes(name)),
    ];
    while (left().length === 0 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    t.deepEqual(await exit, [2, null]);
    t.deepEqual(left(), []);
  }
});
