import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampledMessage, SampleSummary } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { readListedMessages } from '../../packages/transform/dist/sample/listed-messages.js';
import { exportText } from '../support/golden.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed, type Wanted } from '../support/transformed.js';
import { add, type Change, message, NIGHT_WATCH } from '../support/trouble-base.js';
import { FIXTURES } from '../support/write-fixtures.js';

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
    t.is(each.content.text, undefined);
  }
});

/** The base with changes, in a file. */
async function exportOf(t: ExecutionContext, ...change: readonly Change[]): Promise<Wanted> {
  const folder = temporaryFolder(t);
  const exportPath = join(folder, 'export.xml');
  await writeFile(exportPath, exportText({ change }));
  return { exportPath, handoffPath: join(folder, 'handoff') };
}

const CHAT = 'tblChat';

test('a message of more than 4,000 bytes is shown up to a whole character', async (t) => {
  const long = `${'ä'.repeat(1_999)}a😀${'\u0007'.repeat(50)}`;
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, long)));
  const { messages } = await sampled({ ...wanted, sample: ALL_SHOWN });
  const cut = `${'ä'.repeat(1_999)}a`;
  t.is(messages[1]?.content.text, cut);
  t.is(messages[1]?.content.bytes, 3_998 + 1 + 4 + 50 * 3);
});

test('a byte order mark at the beginning of a text is shown', async (t) => {
  const wanted = await exportOf(t, add(CHAT, message(NIGHT_WATCH, 2n, '\uFEFFtext')));
  const { messages } = await sampled({ ...wanted, sample: ALL_SHOWN });
  t.is(messages[1]?.content.text, '\uFEFFtext');
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
      line({ state: 'excluded' }),
  );
  const listed = await readListedMessages(path, new Set(['1#1', '1#10']));
  t.deepEqual([...listed.keys()], ['1#10']);
});
