import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { FIXTURES } from '../support/write-fixtures.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const SAMPLE = join(FIXTURES, 'sample');

async function chatferry(...args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [CHATFERRY, ...args], (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });
}

/** All pages of months, one behind the other. */
function monthsIn(view: string): string {
  const names = readdirSync(view, { recursive: true }).map(String).sort();
  return names
    .filter((name) => /(?:\d|no-date)\.html$/.test(name))
    .map((name) => readFileSync(join(view, name), 'utf8'))
    .join('');
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

test('a handoff in one piece or in parts is viewed beside its export, with what the ledger says', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'chatferry-view-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);
  await chatferry('transform', SAMPLE, '-o', at('handoff'));
  const exceptions = readFileSync(at('handoff/data/ledger.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && JSON.parse(line).table === 'tblChat');
  await chatferry('view', at('handoff'), '-o', at('beside'), '--source', SAMPLE);
  const beside = monthsIn(at('beside'));
  t.true(exceptions.length > 10);
  t.is(count(beside, /Ledger: /g), exceptions.length);
  t.true(beside.includes('control <span class="unseen">U+0001</span>'));
  t.regex(beside, /Not in the package\.<\/p>[\s\S]*?Ledger: excluded by message-room-excluded/);
  t.regex(beside, /Differs: author\./);
  t.is(count(beside, /Not in the export/g), 0);
  const rooms = readFileSync(at('beside/index.html'), 'utf8');
  t.regex(rooms, /<bdi>Old helpdesk<\/bdi><\/a><\/th><td class="text">not in the package<\/td>/);
  t.regex(
    rooms,
    /<td><a href="rooms\/[^"]*\/differs\.html">16<\/a><\/td>/,
    'a count stands right, link or not',
  );

  await chatferry('view', at('handoff'), '-o', at('alone'));
  const alone = monthsIn(at('alone'));
  t.is(count(alone, /Ledger: /g), exceptions.length);
  t.regex(alone, /The export was not read \(--source\)/);
  t.true(
    readFileSync(at('alone/index.html'), 'utf8').includes(
      '<bdi>(room 36, left behind by room-disabled)</bdi>',
    ),
  );
  t.is(count(alone, /In the export \(/g), 0);

  await t.throwsAsync(
    chatferry('view', at('handoff'), '-o', at('left'), '--room', 'Old helpdesk'),
    { message: /"Old helpdesk" was left behind[\s\S]*Give --source/ },
    'what the ledger knows',
  );
  t.regex(
    await chatferry(
      ...['view', at('handoff'), '-o', at('renamed'), '--source', SAMPLE, '--room', 'Handover'],
    ),
    /: 1 room, /,
    'a room is found by the name that the export has',
  );
  t.regex(
    readFileSync(at('renamed/index.html'), 'utf8'),
    /<bdi>Operations_<wbr>Shifts_<wbr>Night_<wbr>Handover<\/bdi>/,
  );

  await chatferry('transform', SAMPLE, '-o', at('parts'), '--part-size', '20K');
  await chatferry('view', at('parts'), '-o', at('of-parts'), '--source', SAMPLE);
  t.true(readdirSync(at('parts/data')).includes('PARTS.json'));
  const unplaced = (text: string): string =>
    text.replace(/(?:PersistentChatData-part-\d+\.zip\/)?Messages\.xml:\d+:\d+/g, '');
  t.is(unplaced(monthsIn(at('of-parts'))), unplaced(beside));
});
