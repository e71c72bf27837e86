import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageSample, RoomSpool, shownText } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { browserMissing, openBrowser } from '../support/browser.js';
import { type Documents, PACKAGES, soundBut, zipOf } from './support/package-fixture.js';

const VALIDATE = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const APPLES = 'rooms/room-000000c8-0000-4000-8000-0000000000c8';
const NOTES = 'rooms/room-000000ca-0000-4000-8000-0000000000ca';
/** 2010-02-03T23:59:59.9999999Z and the tick behind it. */
const LAST_TICK_OF_DAY = 634_008_383_999_999_999n;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function view(...args: readonly string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [VALIDATE, 'view', ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chatferry-view-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function zip(t: ExecutionContext, documents: Documents = soundBut()): Promise<string> {
  const path = join(await folder(t), 'PersistentChatData.zip');
  writeFileSync(path, zipOf(documents));
  return path;
}

/** Every page by its path, with its content. */
function pagesIn(path: string): ReadonlyMap<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).sort();
  return new Map(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

function messages(body: string): Documents {
  return soundBut([
    'Messages.xml',
    /<ChatRoom id="200">[\s\S]*?<\/ChatRoom>/,
    `<ChatRoom id="200">${body}</ChatRoom>`,
  ]);
}

function message(id: number, date: bigint, text: string): string {
  return `<Message id="${id}" date="${date}" userId="10" isAlert="0"><Content>${text}</Content></Message>`;
}

/** The numbers of the messages of a page, in its order. */
function numbersIn(page: string | undefined): string[] {
  return Array.from(page?.matchAll(/<li id="m(\d+)">/g) ?? [], ([, id]) => id ?? '');
}

test('a package becomes a page for each month of each room, for its owner alone, with the notice on each', async (t) => {
  const out = join(await folder(t), 'view');
  const { code, out: said } = await view(await zip(t), '-o', out);
  t.is(code, 0);
  t.regex(said, /3 rooms, 4 messages/);
  t.regex(said, /personal text/);
  const pages = pagesIn(out);
  t.deepEqual(
    [...pages.keys()].filter((name) => name.startsWith(APPLES)),
    ['2010-01', '2010-05', 'index'].map((name) => `${APPLES}/${name}.html`),
  );
  t.deepEqual(numbersIn(pages.get(`${APPLES}/2010-01.html`)), ['1', '2']);
  t.regex(pages.get(`${APPLES}/2010-01.html`) ?? '', /Alert<\/b>/);
  t.regex(pages.get(`${NOTES}/index.html`) ?? '', /No message of this room/);
  for (const [name, page] of pages) {
    t.is(statSync(join(out, name)).mode & 0o777, 0o600, name);
    if (name.endsWith('.html')) t.regex(page, /This view holds personal text/, name);
    t.notRegex(page, /<script|\son\w+=|https?:\/\/(?!www\.w3)/i, name);
  }
  t.is(statSync(out).mode & 0o777, 0o700);
  t.is(statSync(join(out, APPLES)).mode & 0o777, 0o700);
});

test('a message without a character says that it is empty, and one of blanks only that it is that', async (t) => {
  const out = join(await folder(t), 'view');
  const documents = messages(
    message(1, 634_000_000_000_000_000n, '') +
      message(2, 634_000_000_000_000_001n, 'x') +
      message(3, 634_000_000_000_000_002n, ' \u00a0\t'),
  );
  t.is((await view(await zip(t, documents), '-o', out)).code, 0);
  const page = pagesIn(out).get(`${APPLES}/2010-01.html`) ?? '';
  t.is(page.match(/<p class="soft">\(empty\)<\/p>/g)?.length, 1);
  t.is(page.match(/<p class="soft">\(only blanks\)<\/p>/g)?.length, 1);
  t.is(page.match(/<div class="body" dir="auto">/g)?.length, 2);
});

test('names and messages that would be markup or paths are words, and links are inert', async (t) => {
  const documents = messages(
    message(
      1,
      634_000_000_000_000_000n,
      '&lt;script&gt;alert(1)&lt;/script&gt; \u202eevil http://x.example ma-filelink://f/&quot;a',
    ),
  );
  const rooms = String(documents.get('ChatRooms.xml')).replace(
    '<Name>Apples</Name>',
    '<Name>../../&lt;img src=x onerror=alert(1)&gt;\u202e</Name>',
  );
  documents.set('ChatRooms.xml', rooms);
  const out = join(await folder(t), 'view');
  t.is((await view(await zip(t, documents), '-o', out)).code, 0);
  const pages = pagesIn(out);
  t.true(pages.has(`${APPLES}/2010-01.html`));
  const all = [...pages.values()].join('');
  t.notRegex(all, /<script|<img|\u202e|href="(?!(?:[\w./-]+)\.html")/);
  const page = pages.get(`${APPLES}/2010-01.html`) ?? '';
  t.true(page.includes('&#60;script&#62;alert(1)'));
  t.true(page.includes('<span class="unseen">U+202E</span>evil http://x.example <span class="pointer">'));
});

test('the text of a message is shown with what cannot be seen in it', (t) => {
  const shown = (text: string, isExact: boolean): string =>
    shownText(text, isExact, (guid) => `room of ${guid.slice(0, 3)}`).html;
  t.is(shown('a\r\nb\tc', false), 'a\nb\tc');
  t.is(shown('a\r\nb', true), 'a<span class="unseen">U+000D</span>\nb');
  t.is(shown('\u200d', false), '\u200d');
  t.is(shown('\u200d', true), '<span class="unseen">U+200D</span>');
  t.is(shown('\ud800', false), '<span class="unseen">U+D800</span>');
  t.is(shown('\u200b\uffff', false), '<span class="unseen">U+200B</span><span class="unseen">U+FFFF</span>');
  t.regex(shown('ma-chan://x/000000c8-0000-4000-8000-0000000000c8', false), /room link.*\(room of 000\)/);
});

test('--since begins and --until ends with its day, to the tick', async (t) => {
  const path = await zip(
    t,
    messages(
      message(1, LAST_TICK_OF_DAY - 864_000_000_000n, 'before') +
        message(2, LAST_TICK_OF_DAY - 863_999_999_999n, 'first') +
        message(3, LAST_TICK_OF_DAY, 'last') +
        message(4, LAST_TICK_OF_DAY + 1n, 'behind'),
    ),
  );
  const out = join(await folder(t), 'view');
  t.is((await view(path, '-o', out, '--since', '2010-02-03', '--until', '2010-02-03')).code, 0);
  t.deepEqual(numbersIn(pagesIn(out).get(`${APPLES}/2010-02.html`)), ['2', '3']);
  for (const wrong of [
    ['--since', '2010-02-30'],
    ['--until', 'x'],
    ['--since', '2010-02-04', '--until', '2010-02-03'],
  ]) {
    const { code, err } = await view(path, '-o', `${out}2`, ...wrong);
    t.is(code, 2);
    t.regex(err, /--since|--until/);
  }
});

test('--room takes names and GUIDs, and refuses what names no room', async (t) => {
  const path = await zip(t);
  const out = join(await folder(t), 'view');
  const rooms = ['--room', 'Apples', '--room', '000000CA-0000-4000-8000-0000000000CA'];
  t.regex((await view(path, '-o', out, ...rooms)).out, /2 rooms, 3 messages/);
  const { code, err } = await view(path, '-o', `${out}2`, '--room', 'Pears');
  t.is(code, 2);
  t.regex(err, /"Pears" names no room/);
  t.deepEqual(readdirSync(join(out, '..')), ['view']);
});

test('messages out of order and in several stretches stand in order, and a long month is split', async (t) => {
  const ids = Array.from({ length: 1001 }, (_, index) => ((index * 5) % 1001) + 1);
  const body = ids.map((id) => message(id, 634_000_000_000_000_000n, `text ${id}`)).join('');
  const out = join(await folder(t), 'view');
  t.is((await view(await zip(t, messages(body)), '-o', out)).code, 0);
  const pages = pagesIn(out);
  const names = ['2010-01', '2010-01-p2', '2010-01-p3'].map((name) => `${APPLES}/${name}.html`);
  const seen = names.map((name) => numbersIn(pages.get(name)));
  t.deepEqual(
    seen.map(({ length }) => length),
    [500, 500, 1],
  );
  t.deepEqual(
    seen.flat(),
    Array.from({ length: 1001 }, (_, index) => String(index + 1)),
  );
  for (const name of names)
    t.regex(pages.get(name) ?? '', /<\/ol>[\s\S]*<\/main>\n<\/body>\n<\/html>\n$/, name);
});

test('a room whose records do not fit into memory is sorted on the disk', async (t) => {
  const spool = new RoomSpool(await folder(t));
  const text = 'x'.repeat(1 << 20);
  const ids = Array.from({ length: 40 }, (_, index) => BigInt((index * 17) % 40));
  const common = { side: 'package', date: 1n, userId: 1, alert: false, rtf: null, place: '' } as const;
  for (const id of ids) spool.add(1, { ...common, id, content: text });
  for (let time = 0; time < 2; time++) {
    t.deepEqual(
      Array.from(spool.records(1), ({ id }) => id),
      ids.toSorted((a, b) => Number(a - b)),
    );
  }
});

test('a sample is the same for a seed whatever the order, another for another seed', async (t) => {
  const drawn = (seed: string, ids: readonly number[]): number[] => {
    const sample = new MessageSample(5, seed);
    for (const id of ids) sample.offer(1, BigInt(id));
    return Array.from({ length: 100 }, (_, id) => id).filter((id) => sample.has(1, BigInt(id)));
  };
  const ids = Array.from({ length: 100 }, (_, id) => id);
  t.is(drawn('a', ids).length, 5);
  t.deepEqual(drawn('a', ids), drawn('a', ids.toReversed()));
  t.notDeepEqual(drawn('a', ids), drawn('b', ids));
  t.is(drawn('a', ids.slice(0, 3)).length, 3);

  const path = await zip(t);
  const outs = [join(await folder(t), 'view'), join(await folder(t), 'view')];
  for (const out of outs)
    t.regex((await view(path, '-o', out, '--sample', '2', '--seed', 's')).out, /2 messages/);
  const [a, b] = outs.map((out) => [...pagesIn(out)]);
  t.deepEqual(a, b);
  t.is((await view(path, '-o', `${outs[0]}2`, '--sample', '2')).code, 2);
});

test('a folder in the way is left alone unless --replace and it is a view of ours alone', async (t) => {
  const path = await zip(t);
  const out = join(await folder(t), 'view');
  t.is((await view(path, '-o', out)).code, 0);
  t.is((await view(path, '-o', out)).code, 2);
  t.is((await view(path, '-o', out, '--replace', '--room', 'Notes')).code, 0);
  t.is(readdirSync(join(out, 'rooms')).length, 1);
  writeFileSync(join(out, 'mine.txt'), 'mine');
  const { code, err } = await view(path, '-o', out, '--replace');
  t.is(code, 2);
  t.regex(err, /mine\.txt/);
  t.is(readFileSync(join(out, 'mine.txt'), 'utf8'), 'mine');
  const other = join(await folder(t), 'other');
  mkdirSync(other);
  t.is((await view(path, '-o', other, '--replace')).code, 2);
  symlinkSync(out, `${other}-link`);
  t.is((await view(path, '-o', `${other}-link`, '--replace')).code, 2);
  t.deepEqual(readdirSync(join(out, '..')), ['view']);
});

test('a truncated package, one without its messages and one that is not well-formed end with 2 and leave nothing', async (t) => {
  const whole = zipOf(soundBut());
  const without = soundBut();
  without.delete('Messages.xml');
  const broken = soundBut(['Messages.xml', '</Messages>', '</Massages>']);
  for (const bytes of [whole.subarray(0, whole.length - 40), zipOf(without), zipOf(broken)]) {
    const base = await folder(t);
    const path = join(base, 'p.zip');
    writeFileSync(path, bytes);
    const { code, err } = await view(path, '-o', join(base, 'view'));
    t.is(code, 2);
    t.notRegex(err, /bug of chatferry/);
    t.deepEqual(readdirSync(base), ['p.zip']);
  }
});

test('in a browser the pages run nothing, load nothing and can be walked through', async (t) => {
  const missing = browserMissing();
  if (missing !== null) {
    t.log(missing);
    t.pass();
    return;
  }
  const out = join(await folder(t), 'view');
  const hostile = '&lt;img src="http://127.0.0.1:9/x" onerror="document.title=1"&gt;';
  await view(await zip(t, messages(message(1, 634_000_000_000_000_000n, hostile))), '-o', out);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (line) => complaints.push(line.text()));
    await page.goto(`file://${out}/index.html`);
    await page.getByRole('link', { name: 'Apples' }).click();
    await page.getByRole('link', { name: '2010-01' }).click();
    t.is(await page.title(), 'Apples, 2010-01');
    t.regex((await page.locator('.body').textContent()) ?? '', /^<img src=/);
    t.is(await page.locator('main').count(), 1);
    const styled = "getComputedStyle(document.querySelector('.notice')).borderLeftStyle";
    t.is(await page.evaluate(styled), 'solid', 'the policy lets the style sheet in');
    t.true(requests.every((url) => url.startsWith(`file://${out}/`)));
    t.deepEqual(complaints, []);
    t.true((await page.pdf()).length > 1000);
  } finally {
    await browser.close();
  }
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a view that ${signal} ends says so and leaves nothing, neither pages nor what it kept beside them`, async (t) => {
    const path = await folder(t);
    const many = Array.from({ length: 60_000 }, (_, i) => message(i + 1, LAST_TICK_OF_DAY, `text ${i}`));
    writeFileSync(join(path, 'package.zip'), zipOf(messages(many.join(''))));
    const child = spawn(process.execPath, [VALIDATE, 'view', 'package.zip', '-o', 'pages'], { cwd: path });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const closed = once(child, 'close');
    while (!existsSync(join(path, '.pages.view-partial/spool')) && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    child.kill(signal);
    t.deepEqual(await closed, [2, null], said);
    t.regex(said, new RegExp(`Interrupted \\(${signal}\\)\\.\nStart again; nothing was left behind\\.`));
    t.deepEqual(readdirSync(path), ['package.zip']);
  });
}

test('the first page names the bytes that it shows, and says when the handoff is not as it was sealed', async (t) => {
  const at = await folder(t);
  const handoff = join(at, 'handoff');
  cpSync(join(PACKAGES, 'source-agrees/handoff'), handoff, { recursive: true });
  const whole = await view(handoff, '-o', join(at, 'whole'));
  t.regex(whole.out, /1 room, 3 messages, 1 of them listed in the ledger\./);
  t.notRegex(whole.out, /not as it was sealed/);
  const first = readFileSync(join(at, 'whole/index.html'), 'utf8');
  const sha256 = createHash('sha256')
    .update(readFileSync(join(handoff, 'data/PersistentChatData.zip')))
    .digest('hex');
  t.true(first.includes(`data/PersistentChatData.zip: SHA-256 ${sha256}`));
  t.regex(first, /Listed in the ledger/);
  appendFileSync(join(handoff, 'data/ledger.json'), ' ');
  const source = join(PACKAGES, 'source-agrees/export.xml');
  const broken = await view(handoff, '-o', join(at, 'broken'), '--source', source);
  t.is(broken.code, 0);
  t.regex(
    broken.out,
    /3 messages, 2 of them not the same on both sides\.\nThe handoff is not as it was sealed/,
  );
  const page = readFileSync(join(at, 'broken/index.html'), 'utf8');
  const [, differs] = /<a href="(rooms\/[^"]+\/differs\.html)">2<\/a>/.exec(page) ?? [];
  const differing = readFileSync(join(at, 'broken', String(differs)), 'utf8');
  t.is(differing.match(/<li id="m\d+">/g)?.length, 2);
  t.regex(differing, /<h1><bdi>[^<]*, not the same on both sides<\/bdi><\/h1>/);
  const [, around, id] = /<a href="([^"#]+)#(m\d+)">Among the messages around it</.exec(differing) ?? [];
  t.true(
    readFileSync(join(at, 'broken', String(differs), '..', String(around)), 'utf8').includes(
      `<li id="${id}">`,
    ),
  );
  t.true(
    page.includes('chatferry validate (on the target side: chatferry-validate) tells what is wrong'),
    'the target side has the one program only',
  );
  t.regex(page, /<li>The handoff is not as it was sealed/);
  const exported = createHash('sha256').update(readFileSync(source)).digest('hex');
  t.true(page.includes(`export.xml of the export: SHA-256 ${exported}`));
});
