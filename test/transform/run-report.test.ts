import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawOrdinals, type RoomChange, type RunSummary } from '@chatferry/import';
import { DEFAULT_OPTIONS } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { DEFAULT_LAYOUT } from '../../packages/import/dist/layout/layout.js';
import { PackageDirectory } from '../../packages/import/dist/read-package/package-directory.js';
import { readPackage } from '../../packages/import/dist/read-package/read-package.js';
import { sampleRequest } from '../../packages/transform/dist/commands/sample-flags.js';
import { MessageMonths, type SavedMonth } from '../../packages/transform/dist/messages/message-months.js';
import { OPTION_NAMES } from '../../packages/transform/dist/plan/option-facts.js';
import { OPTION_OWNERS } from '../../packages/transform/dist/plan/option-owners.js';
import { rowsOf, ticksOf } from '../support/export-model.js';
import { sampleModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';

const SAMPLE = join(FIXTURES, 'sample');
const SINCE = ticksOf('2009-03-05T00:00:00Z');

async function sampleRun(handoffPath: string, more: object = {}): Promise<RunSummary> {
  return await transformed({ exportPath: SAMPLE, handoffPath, ...more });
}

// Months

/** By JavaScript's own calendar. */
function monthOf(ticks: bigint): string {
  return new Date(Number((ticks - 621_355_968_000_000_000n) / 10_000n)).toISOString().slice(0, 7);
}

test('messages are counted by month one by one and many at a time alike', (t) => {
  const day = fc
    .integer({ min: 0, max: 4_000 })
    .map((days) => ticksOf('2005-01-01T00:00:00Z') + BigInt(days) * 432_000_000_000n);
  const edge = fc
    .constantFrom(
      '2008-02-29T23:59:59Z',
      '2008-03-01T00:00:00Z',
      '2007-12-31T23:59:59Z',
      '0001-01-01T00:00:01Z',
      '9999-12-31T23:59:59Z',
    )
    .map((instant) => ticksOf(instant));
  const check = fc.property(fc.array(fc.oneof(day, edge), { maxLength: 60 }), (dates) => {
    dates.sort((a, b) => (a < b ? -1 : 1));
    const [single, many] = [new MessageMonths(), new MessageMonths()];
    for (const date of dates) single.read(date);
    if (dates.length > 0) {
      many.readAll({
        messages: dates.length,
        lastDate: dates.at(-1) as bigint,
        dateAt: (at) => dates[at] as bigint,
      });
    }
    const expected = new Map<string, number>();
    for (const date of dates) expected.set(monthOf(date), (expected.get(monthOf(date)) ?? 0) + 1);
    t.deepEqual(
      single.counts().map(({ month, read }) => [month, read]),
      [...expected].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    t.deepEqual(many.counts(), single.counts());
  });
  fc.assert(check, { numRuns: 200 });
});

test('a date that is no instant belongs to no month', (t) => {
  const months = new MessageMonths();
  for (const date of [0n, -5n, 3_155_378_976_000_000_000n, (1n << 63n) - 1n]) months.read(date);
  t.deepEqual(months.counts(), []);
});

test('months go over to another process: only what has changed, and shards add up', (t) => {
  const months = new MessageMonths();
  months.read(ticksOf('2010-01-05T00:00:00Z'));
  months.read(ticksOf('2010-02-05T00:00:00Z'));
  t.is([...months.changes()].length, 2);
  months.read(ticksOf('2010-02-06T00:00:00Z'));
  const changed: SavedMonth[] = [...months.changes()];
  t.deepEqual(changed, [{ month: '2010-02', read: 2, excluded: 0, refused: 0 }]);
  const other = new MessageMonths();
  other.restore({ month: '2010-02', read: 1, excluded: 0, refused: 0 });
  for (const month of changed) other.restore(month);
  t.deepEqual(other.counts(), changed);
  for (const month of changed) other.add({ ...month, refused: 1 });
  t.deepEqual(other.counts(), [{ month: '2010-02', read: 4, excluded: 0, refused: 1 }]);
});

test('the months of a run are those of the export, and what stayed behind is told by month', async (t) => {
  const run = await sampleRun(join(temporaryFolder(t), 'handoff'), {
    options: { ...DEFAULT_OPTIONS, since: SINCE },
  });
  const expected = new Map<string, { read: number; late: number }>();
  for (const { chatDate } of rowsOf(sampleModel(), 'tblChat')) {
    const date = BigInt(chatDate as bigint);
    const counts = expected.get(monthOf(date)) ?? { read: 0, late: 0 };
    counts.read += 1;
    if (date >= SINCE) counts.late += 1;
    expected.set(monthOf(date), counts);
  }
  t.deepEqual(
    run.months.map(({ month, read }) => [month, read]),
    [...expected].map(([month, { read }]) => [month, read] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const chat = run.ledger?.tables.tblChat;
  const sum = (part: 'read' | 'written' | 'excluded' | 'refused') =>
    run.months.reduce((total, month) => total + month[part], 0);
  t.deepEqual(
    [sum('read'), sum('written'), sum('excluded'), sum('refused')],
    [chat?.read, chat?.written, chat?.excluded, chat?.refused],
  );
  t.true(sum('excluded') > 16);
  t.true(run.months.every(({ month, written }) => written <= (expected.get(month)?.late ?? 0)));
});

// The sample of messages

test('ordinals are drawn as the report says, without repetition and in order', (t) => {
  t.deepEqual(drawOrdinals('1', 3, 3), [0, 1, 2]);
  t.deepEqual(drawOrdinals('1', 20, 0), []);
  t.deepEqual(drawOrdinals('1', 0, 5), []);
  const drawn = drawOrdinals('2026-audit', 20, 1_000_000);
  const expected = new Set<number>();
  for (let attempt = 0; expected.size < 20; attempt++) {
    const hash = createHash('sha256').update(`2026-audit\u001f${attempt}`).digest('hex');
    expected.add(Number(BigInt(`0x${hash.slice(0, 16)}`) % 1_000_000n));
  }
  t.deepEqual(
    drawn,
    [...expected].sort((a, b) => a - b),
  );
  t.notDeepEqual(drawn, drawOrdinals('another', 20, 1_000_000));
  t.is(drawOrdinals('x', 99, 100).length, 99);
});

test('the sample is what the package holds at these places, without texts unless they are asked for', async (t) => {
  const folder = temporaryFolder(t);
  const plain = await sampleRun(join(folder, 'plain'), { sample: { size: 40, seed: 'x', showsText: false } });
  const texts: string[] = [];
  const ids: string[] = [];
  await readPackage(join(folder, 'plain/data/PersistentChatData.zip'), DEFAULT_LAYOUT, {
    directory: new PackageDirectory(),
    fault: ({ message }) => t.fail(message),
    directoryRead: () => undefined,
    message({ content, id }) {
      ids.push(String(id));
      texts.push(content.toString());
    },
    progress: () => undefined,
  });
  const ordinals = drawOrdinals('x', 40, ids.length);
  t.is(plain.sample?.of, ids.length);
  t.deepEqual(
    plain.sample?.messages.map(({ id }) => id),
    ordinals.map((ordinal) => ids[ordinal] as string),
  );
  const digests = ordinals.map((at) =>
    createHash('sha256')
      .update(texts[at] as string)
      .digest('hex'),
  );
  t.deepEqual(
    plain.sample?.messages.map(({ content }) => content.sha256),
    digests,
  );
  const shown = await sampleRun(join(folder, 'shown'), { sample: { size: 40, seed: 'x', showsText: true } });
  t.deepEqual(
    shown.sample?.messages.map(({ content }) => content.text),
    ordinals.map((at) => texts[at]),
  );
  const words =
    ordinals.map((at) => texts[at] as string).find((text) => /^[A-Za-z0-9 ,.:]{16,}$/.test(text)) ?? '';
  t.not(words, '');
  const read = (name: string, file: string) => readFileSync(join(folder, name, 'data', file), 'utf8');
  for (const file of ['report.html', 'report.md', 'summary.json', 'junit.xml'])
    t.false(read('plain', file).includes(words), file);
  t.true(read('shown', 'report.html').includes(words));
  for (const file of ['report.md', 'summary.json', 'junit.xml'])
    t.false(read('shown', file).includes(words), file);
});

test('a run without read-back has no sample, and one in parts has the same as one in a piece', async (t) => {
  const folder = temporaryFolder(t);
  const whole = await sampleRun(join(folder, 'whole'));
  const blind = await sampleRun(join(folder, 'blind'), { readsBack: false });
  const parts = await sampleRun(join(folder, 'parts'), { partSize: 5_000 });
  t.is(whole.sample?.messages.length, 20);
  t.is(whole.sample?.seed, '1');
  t.is(blind.sample, null);
  t.true((parts.parts?.length ?? 0) > 1);
  t.deepEqual(parts.sample, whole.sample);
});

test('the flags of the sample', (t) => {
  t.deepEqual(sampleRequest({}), { size: 20, seed: '1', showsText: false });
  t.deepEqual(sampleRequest({ sample: '0', seed: 'a b', showText: true }), {
    size: 0,
    seed: 'a b',
    showsText: true,
  });
  for (const sample of ['-1', 'x', '1001', '1.5', '']) {
    t.throws(() => sampleRequest({ sample }), { code: 'arguments', message: /--sample/ });
  }
});

// Rooms and decisions

test('what changed in rooms is told room by room, and no description or topic', async (t) => {
  const run = await sampleRun(join(temporaryFolder(t), 'handoff'));
  const changes = new Map<string, RoomChange>([...run.roomChanges].map((change) => [change.name, change]));
  t.deepEqual([...run.roomChanges], [...run.roomChanges]);
  t.deepEqual(changes.get('back_slash room')?.settings, [
    { setting: 'Name', before: 'back\\slash room', after: 'back_slash room' },
  ]);
  t.deepEqual(changes.get('Fabrikam project')?.settings.slice(-2), [
    {
      setting: 'Members',
      before: '6',
      after: '3 (−3: ma-grp:2e2ac0ea-0050-4c0d-9a5c-75fb297f0009@u.g, Lena Fischer, Omar Said lost)',
    },
    { setting: 'Managers', before: '4', after: '3 (−1: Lena Fischer lost)' },
  ]);
  t.like(run.access, { lost: 21, added: 0, leftBehind: 6 });
  t.deepEqual(changes.get('Operations_Shifts_Night_Handover')?.settings.slice(0, 4), [
    { setting: 'Name', before: 'Handover', after: 'Operations_Shifts_Night_Handover' },
    { setting: 'Category', before: 'Operations › Shifts › Night', after: 'Operations_Shifts_Night' },
    { setting: 'Topic', before: '10 UTF-16 units', after: 'none' },
    { setting: 'Invitations', before: 'on', after: 'inherited' },
  ]);
  t.deepEqual(changes.get('Runbook links')?.settings.slice(0, 2), [
    { setting: 'Chat history', before: 'off', after: 'on' },
    { setting: 'File upload', before: 'off', after: 'on' },
  ]);
  const topics = rowsOf(sampleModel(), 'tblNode').flatMap(({ topic }) =>
    topic === '' || topic == null ? [] : [String(topic)],
  );
  t.true(topics.length > 3);
  const told = JSON.stringify([...changes.values()]);
  for (const topic of topics) t.false(told.includes(topic));
});

test('every decision of a plan has somebody who may change it', async (t) => {
  t.deepEqual(Object.keys(OPTION_OWNERS), [...OPTION_NAMES]);
  const run = await sampleRun(join(temporaryFolder(t), 'handoff'), { isDryRun: true });
  t.true(
    run.options.every(({ decidedBy, explanation }) => decidedBy !== undefined && explanation !== undefined),
  );
  t.deepEqual(run.decidedRecords, []);
});

// Categories

test('the rooms of all categories add up, those below the root among them', async (t) => {
  const run = await sampleRun(join(temporaryFolder(t), 'handoff'));
  const sum = (key: 'roomsRead' | 'roomsWritten'): number =>
    run.categories.reduce((total, category) => total + category[key], 0);
  t.is(sum('roomsRead'), Object.keys(run.ledger?.rooms ?? {}).length);
  const kept = run.categories.filter(({ name }) => name !== null && name !== '(no category)').length;
  t.is(sum('roomsWritten'), Number(run.ledger?.directory.tblNode.rows) - kept);
  t.deepEqual(
    run.categories.filter(({ name }) => name === '(no category)'),
    [{ legacyPath: ['(directly below the root)'], name: '(no category)', roomsRead: 2, roomsWritten: 0 }],
  );
});
