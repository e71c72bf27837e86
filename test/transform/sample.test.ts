import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { SampledMessage, SampleSummary } from '@chatferry/import';
import { DEFAULT_OPTIONS, runMerge } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { readListedMessages } from '../../packages/transform/dist/sample/listed-messages.js';
import { rowsOf } from '../support/export-model.js';
import { exportText } from '../support/golden.js';
import { digestsOf, INTERRUPTED_EXPORTS, runChatferry } from '../support/interrupted-runs.js';
import { chatferryArguments } from '../support/our-program.js';
import { sampleModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { PLAIN_REQUEST, transformed, type Wanted } from '../support/transformed.js';
import { add, BO, type Change, dayOf, message, NIGHT_WATCH } from '../support/trouble-base.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { madeShards } from './support/sharded-runs.js';

const SAMPLE = join(FIXTURES, 'sample');
const ALL = { size: 1_000, seed: '1', showsText: false };
const ALL_SHOWN = { ...ALL, showsText: true };

async function sampled(wanted: Wanted): Promise<SampleSummary> {
  const { sample } = await transformed({ sample: ALL, ...wanted });
  if (sample === null) throw new Error('Unexpected run without a sample, expected one.');
  return sample;
}

const keyOf = ({ id, roomId }: SampledMessage): string => `${roomId}#${id}`;

interface Listed {
  readonly key: string;
  readonly table: string;
  readonly state: string;
  readonly rule: string;
  readonly fields?: readonly string[];
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

function listedIn(handoff: string): Listed[] {
  const lines = readFileSync(join(handoff, 'data/ledger.ndjson'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Listed).filter(({ table }) => table === 'tblChat');
}

test('what became of each message is what ledger.ndjson says, and nothing where it says nothing', async (t) => {
  const handoffPath = join(temporaryFolder(t), 'handoff');
  const { messages } = await sampled({ exportPath: SAMPLE, handoffPath });
  const listed = new Map(
    listedIn(handoffPath).flatMap((line) => (line.state === 'changed' ? [[line.key, line] as const] : [])),
  );
  t.is(messages.length, 384);
  t.is(listed.size, 25);
  for (const each of messages) {
    const line = listed.get(keyOf(each));
    t.is(each.changedBy, line?.rule ?? null);
    t.deepEqual(each.changedFields, line?.fields ?? []);
    t.deepEqual(each.place, (line?.place ?? null) as typeof each.place);
    t.false('source' in each);
    t.is(each.content.text, undefined);
  }
});

test('with texts each message stands beside its row of the export, at the place where that begins', async (t) => {
  const { messages } = await sampled({
    exportPath: SAMPLE,
    handoffPath: join(temporaryFolder(t), 'handoff'),
    sample: ALL_SHOWN,
  });
  const rows = new Map(
    rowsOf(sampleModel(), 'tblChat').map((row) => [`${row.channelID}#${row.chatID}`, row]),
  );
  const guids = new Map(rowsOf(sampleModel(), 'tblPrincipal').map((row) => [row.prinID, row.prinGuid]));
  const lines = readFileSync(join(SAMPLE, 'tblChat.xml'), 'utf8').split('\n');
  let different = 0;
  for (const each of messages) {
    const row = rows.get(keyOf(each));
    const text = String(row?.content);
    t.is(each.source?.authorId, row?.userId as number);
    t.is(each.source?.author, guids.get(row?.userId as number) as string);
    t.is(each.source?.content?.bytes, Buffer.byteLength(text));
    t.is(each.source?.content?.sha256, createHash('sha256').update(text).digest('hex'));
    t.true(text.startsWith(each.source?.content?.text ?? '?'));
    t.is(each.source?.rtf, null);
    const { file, line = 0, column = 0 } = each.place ?? {};
    t.is(file, 'tblChat.xml');
    t.true(
      lines[line - 1]?.slice(column - 1).startsWith(`<row channelID="${each.roomId}" chatID="${each.id}" `),
    );
    const isSame = each.source?.content?.sha256 === each.content.sha256;
    t.is(isSame, !each.changedFields.includes('content'));
    t.is(each.source?.authorId === each.authorId, !each.changedFields.includes('author'));
    if (!isSame) different += 1;
  }
  t.is(different, 2);
});

/** The base with changes, in a file. */
async function exportOf(t: ExecutionContext, ...change: readonly Change[]): Promise<Wanted> {
  const folder = temporaryFolder(t);
  const exportPath = join(folder, 'export.xml');
  await writeFile(exportPath, exportText({ change }));
  return { exportPath, handoffPath: join(folder, 'handoff') };
}

const CHAT = 'tblChat';

test('of several rows with one key, the one that lives on is the source', async (t) => {
  const early = { chatDate: dayOf(-3n) };
  const wanted = await exportOf(
    t,
    add(CHAT, message(NIGHT_WATCH, 2n, 'too early', early), message(NIGHT_WATCH, 2n, 'in time')),
    add(CHAT, message(NIGHT_WATCH, 2n, 'a second one', { userId: BO })),
    add(CHAT, message(NIGHT_WATCH, 3n, 'early again', early), message(NIGHT_WATCH, 3n, 'bell \u0007')),
  );
  const options = { ...DEFAULT_OPTIONS, since: dayOf(0n) };
  const { messages } = await sampled({ ...wanted, options, sample: ALL_SHOWN });
  t.deepEqual(
    messages.map(({ content, source }) => [source?.content?.text, content.text === source?.content?.text]),
    [
      ['Good evening.', true],
      ['in time', true],
      ['bell \u0007', false],
    ],
  );
  const states = listedIn(wanted.handoffPath).map(({ key, state }) => `${key} ${state}`);
  t.deepEqual(states, ['10#2 excluded', '10#2 refused', '10#3 excluded', '10#3 changed']);
});

test('where too many rows of its key stayed behind, only a row that the ledger names is said to be the source', async (t) => {
  const early = [2n, 3n].map((id) =>
    Array.from({ length: 21 }, () => message(NIGHT_WATCH, id, 'too early', { chatDate: dayOf(-3n) })),
  );
  const [two = [], three = []] = early;
  const wanted = await exportOf(
    t,
    add(CHAT, ...two, message(NIGHT_WATCH, 2n, 'in time')),
    add(CHAT, ...three, message(NIGHT_WATCH, 3n, 'bell \u0007')),
  );
  const options = { ...DEFAULT_OPTIONS, since: dayOf(0n) };
  const { messages } = await sampled({ ...wanted, options, sample: ALL_SHOWN });
  t.like(messages[1], { source: null, place: null });
  t.is(messages[2]?.source?.content?.text, 'bell \u0007');
  t.not(messages[0]?.source, null);
});

test('rich text that was left behind is shown, with the rule', async (t) => {
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, 'plain', { rtf: '{\\rtf1 plain}' })));
  const kept = await sampled({ ...wanted, sample: ALL_SHOWN });
  t.is(kept.messages[1]?.rtf?.text, '{\\rtf1 plain}');
  t.deepEqual(kept.messages[1]?.source?.rtf, kept.messages[1]?.rtf ?? null);
  const options = { ...DEFAULT_OPTIONS, rtf: 'drop' } as const;
  const dropped = await sampled({ ...wanted, options, replace: true, sample: ALL_SHOWN });
  t.like(dropped.messages[1], { changedBy: 'message-rtf-present', changedFields: ['rtf'], rtf: null });
  t.is(dropped.messages[1]?.source?.rtf?.text, '{\\rtf1 plain}');
});

test('a message of more than 4,000 bytes is shown up to a whole character, on both sides', async (t) => {
  const long = `${'ä'.repeat(1_999)}a😀${'\u0007'.repeat(50)}`;
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, long)));
  const { messages } = await sampled({ ...wanted, sample: ALL_SHOWN });
  const cut = `${'ä'.repeat(1_999)}a`;
  t.is(messages[1]?.content.text, cut);
  t.like(messages[1]?.source?.content, { text: cut, bytes: 3_998 + 1 + 4 + 50 });
});

test('half a surrogate pair and a byte order mark are shown as what they are', async (t) => {
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, '\uFEFFhalf @ pair')));
  const text = readFileSync(wanted.exportPath, 'utf8');
  await writeFile(wanted.exportPath, text.replace('half @', 'half &#xD83D;'));
  const { messages } = await sampled({ ...wanted, sample: ALL_SHOWN });
  t.is(messages[1]?.source?.content?.text, '\uFEFFhalf \uD83D pair');
  t.is(messages[1]?.content.text, '\uFEFFhalf \uFFFD pair');
  const page = readFileSync(join(wanted.handoffPath, 'data/report.html'), 'utf8');
  t.true(page.includes('half <span class="unseen">U+D83D</span> pair'));
});

test('only the ledger lines of the messages that were drawn are held', async (t) => {
  const path = join(temporaryFolder(t), 'ledger.ndjson');
  const place = { column: 1, file: 'a', line: 1, record: null };
  const line = (members: object) =>
    `${JSON.stringify({ key: '1#1', place, rule: 'x', table: CHAT, ...members })}\n`;
  writeFileSync(
    path,
    line({ state: 'changed', table: 'tblNode' }) +
      line({ key: '1#10', state: 'changed' }) +
      line({ key: '', state: 'changed' }) +
      line({ state: 'excluded', rule: 'message-id-duplicate' }) +
      line({ state: 'excluded' }),
  );
  const listed = await readListedMessages(path, new Set(['1#1', '1#2']));
  t.deepEqual([...listed.keys()], ['1#1']);
  t.deepEqual([...(listed.get('1#1')?.gone ?? [])], ['["a",1,1,null]']);
  t.is(listed.get('1#1')?.changed, null);
});

// The same bytes

test('the sample with texts is the same with any number of workers, and when messages must be sorted', async (t) => {
  const folder = temporaryFolder(t);
  for (const [name, xml] of Object.entries(INTERRUPTED_EXPORTS)) {
    const exportPath = join(folder, `${name}.xml`);
    await writeFile(exportPath, xml(300));
    const runs = [];
    for (const workers of [0, 2]) {
      const handoffPath = join(folder, `${name}-${workers}`);
      const sample = { ...ALL_SHOWN, size: 50 };
      const { messages } = await sampled({ exportPath, handoffPath, sample, workers });
      t.true(
        messages.every(({ place, source }) => place !== null && source != null),
        name,
      );
      runs.push(await digestsOf(handoffPath));
    }
    t.deepEqual(runs[0], runs[1], name);
  }
});

test('a merge gives the same report with texts when it is given the export, and says what it lacks when not', async (t) => {
  const work = temporaryFolder(t);
  const request = { ...PLAIN_REQUEST, exportPath: SAMPLE };
  const { paths } = await madeShards(request, work, 2);
  await transformed({ exportPath: SAMPLE, handoffPath: join(work, 'whole'), sample: ALL_SHOWN });
  const merging = { ...PLAIN_REQUEST, shardPaths: paths, sample: ALL_SHOWN };
  await runMerge({ ...merging, handoffPath: join(work, 'merged'), sourcePath: SAMPLE });
  t.deepEqual(await digestsOf(join(work, 'merged')), await digestsOf(join(work, 'whole')));

  const { sample } = await runMerge({ ...merging, handoffPath: join(work, 'blind') });
  t.true(sample?.messages.every((each) => !('source' in each)));
  const page = readFileSync(join(work, 'blind/data/report.html'), 'utf8');
  t.true(page.includes('which is not known here, because the export was not read (merge --source)'));

  const other = join(work, 'other');
  cpSync(SAMPLE, other, { recursive: true });
  const chat = readFileSync(join(other, 'tblChat.xml'), 'utf8');
  writeFileSync(join(other, 'tblChat.xml'), chat.replace('line one', 'line two'));
  const lying = runMerge({ ...merging, handoffPath: join(work, 'lying'), sourcePath: other });
  await t.throwsAsync(lying, { code: 'arguments', message: /tblChat\.xml has SHA-256/ });
  const alone = runMerge({
    ...merging,
    handoffPath: join(work, 'lying'),
    sourcePath: join(other, 'tblChat.xml'),
  });
  await t.throwsAsync(alone, { code: 'arguments', message: /is missing here/ });
  t.false(readdirSync(work).some((name) => name.includes('lying')));
  const silent = { ...merging, sourcePath: other, isDryRun: true, handoffPath: join(work, 'lying') };
  t.is((await runMerge({ ...silent, readsBack: false })).sample, null);
  t.false('source' in ((await runMerge({ ...silent, sample: ALL })).sample?.messages[0] ?? {}));
  const flags = ['merge', ...paths, '-o', 'lying', '--source', SAMPLE];
  const refused = await runChatferry(work, flags);
  t.is(refused.code, 2);
  t.regex(refused.err, /--source is for the texts of the sample only/);
});

test('standard input is read for the texts too, and nothing of it stays', async (t) => {
  const folder = temporaryFolder(t);
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, 'bell \u0007')));
  const args = [...chatferryArguments(), 'transform', '-', '-o', 'handoff', '--show-text', '--quiet'];
  const input = readFileSync(wanted.exportPath);
  t.is(spawnSync(process.execPath, args, { cwd: folder, input }).status, 0);
  const page = readFileSync(join(folder, 'handoff/data/report.html'), 'utf8');
  t.true(page.includes('bell <span class="unseen">U+0007</span>'));
  t.false(readdirSync(join(folder, 'handoff/data')).some((name) => name.startsWith('chatferry-')));
});
