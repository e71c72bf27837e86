import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LISTED, ListedExceptions } from '../../packages/import/dist/source/listed-exceptions.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { compared, handedOff, scratch } from './support/second-reader.js';

const SAMPLE = join(FIXTURES, 'sample');

/** A copy of the sample in which one document is changed. */
function otherSample(
  t: Parameters<typeof scratch>[0],
  name: string,
  change: (xml: string) => string,
): string {
  const other = join(scratch(t), 'export');
  cpSync(SAMPLE, other, { recursive: true });
  const before = readFileSync(join(other, name), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was changed in ${name}`);
  writeFileSync(join(other, name), after);
  return other;
}

/** A message of a channel that is no room, put before all others. */
function withStray(xml: string): string {
  return xml.replace(
    /(?= {2}<row )/,
    '  <row channelID="404" chatID="1" chatDate="633716740612811362" userId="14" isAlert="0" content="lost"/>\n',
  );
}

test('the list of exceptions must be of this export: one line too many', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  const path = join(data, 'ledger.ndjson');
  const line = {
    key: '30#4000',
    place: null,
    rule: 'message-id-duplicate',
    state: 'excluded',
    table: 'tblChat',
  };
  writeFileSync(path, `${readFileSync(path, 'utf8')}${JSON.stringify(line)}\n`);
  const { errors, texts } = await compared(data, SAMPLE);
  t.deepEqual(errors, [
    'ledger-balances - Unexpected 17 excluded records of tblChat in ledger.ndjson, expected 16 as in ledger.json',
    'source-agrees - Unexpected number of messages in ledger.ndjson, expected as many as the export holds of them',
  ]);
  t.is(texts[1], '42 / 41');
});

test('the list of exceptions must be of this export: as long as ledger.json says, but of another one', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  const path = join(data, 'ledger.ndjson');
  const list = readFileSync(path, 'utf8');
  writeFileSync(path, list.replace('"key":"20#6"', '"key":"20#4000"'));
  const { errors, texts } = await compared(data, SAMPLE);
  t.deepEqual(errors, [
    'source-agrees - Unexpected number of messages in ledger.ndjson, expected as many as the export holds of them',
    'source-agrees - Unexpected number of exceptions of room fa8cfb85-004e-4c0d-9a5c-a15d12100014 in the ledger, expected what the export gives',
    'source-agrees message 20#6 Unexpected content of message 20#6 in room 20 "Night watch", expected as in the export, where it is the first of 1 message of this room that differs',
  ]);
  t.deepEqual(texts.slice(0, 2), ['41 / 40', '3 / 2']);
});

test('messages of no room are counted on both sides', async (t) => {
  const stray = otherSample(t, 'tblChat.xml', withStray);
  const data = await handedOff(stray, join(scratch(t), 'handoff'));
  // Because of that message the package is not ready; the comparison says nothing of it.
  const [notReady, ...others] = (await compared(data, stray)).errors;
  t.regex(notReady ?? '', /^handoff-ready /);
  t.deepEqual(others, []);
  const { errors, texts } = await compared(data, SAMPLE);
  t.deepEqual(errors.slice(1), [
    'source-agrees - Unexpected number of records read of tblChat in the ledger, expected what the export holds',
    'source-agrees - Unexpected number of messages in ledger.ndjson, expected as many as the export holds of them',
    'source-agrees - Unexpected number of messages without a room in the ledger, expected what the export holds',
  ]);
  t.deepEqual(texts.slice(1), ['401 / 400', '42 / 41', '1 / 0']);
});

test('messages of a room that the ledger does not know are messages without a room', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  const path = join(data, 'ledger.json');
  const ledger = JSON.parse(readFileSync(path, 'utf8')) as { rooms: Record<string, unknown> };
  delete ledger.rooms['fa8cfb85-004e-4c0d-9a5c-a15d12100014'];
  writeFileSync(path, JSON.stringify(ledger));
  const { errors, texts } = await compared(data, SAMPLE);
  const at = errors.findIndex((error) => error.startsWith('source-agrees'));
  t.deepEqual(
    errors.filter((error) => error.startsWith('source-agrees')),
    [
      'source-agrees - Unexpected number of messages without a room in the ledger, expected what the export holds',
    ],
  );
  t.is(texts[at], '0 / 23');
});

test('every field that a line lists may differ, and no other', (t) => {
  const listed = new ListedExceptions();
  const changed = { table: 'tblChat', state: 'changed', rule: 'message-content-lone-surrogate' };
  const { AUTHOR, CHANGED, CONTENT, RTF } = LISTED;
  t.true(listed.add({ ...changed, key: '20#1', fields: ['author', 'content', 'rtf'] }));
  t.is(listed.of(20, 1n), CHANGED | AUTHOR | CONTENT | RTF);
  t.true(listed.add({ ...changed, key: '20#2', fields: [] }));
  t.is(listed.of(20, 2n), CHANGED);
  for (const fields of [undefined, 'content', ['date'], ['toString'], [1]]) {
    t.false(listed.add({ ...changed, key: '20#3', fields }), JSON.stringify(fields));
  }
});
