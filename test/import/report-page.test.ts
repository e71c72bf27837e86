import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Finding } from '@chatferry/export';
import {
  markdownReport,
  type RoomAccount,
  type RunSummary,
  type SampledMessage,
  type SampledText,
  verdictOf,
} from '@chatferry/import';
import test from 'ava';
import fc from 'fast-check';
import {
  embeddedCounts,
  type FindingStep,
  findingBlocks,
  stepBetween,
  type TextStep,
} from '../../packages/import/dist/reports/finding-blocks.js';
import { periodsOf } from '../../packages/import/dist/reports/periods.js';
import {
  ASSUMED,
  CONFIRMED,
  counts,
  finding,
  LEDGER,
  NOT_CONFIRMED,
  pageOf,
  room,
  run,
  SHA,
} from './support/report-run.js';

test('report.html: verdict first, sign-off last, sections between', async (t) => {
  const page = await pageOf(run());
  t.true(page.includes('<h1>Audit report of an import package for Persistent Chat</h1>'));
  t.true(page.includes('<p class="sentence">Ready to import.</p>'));
  const caveat = NOT_CONFIRMED.replace('-WhatIf', '<span class="word">-WhatIf</span>');
  t.true(page.includes(`<p class="caveat">${caveat}</p>`));
  t.true(
    page.includes(
      '<p>1,234,567 messages read, 1,234,564 written, 2 excluded, 1 refused; 25 errors, 1 warning, 0 notes.</p>',
    ),
  );
  t.true(page.includes(`<p>PersistentChatData.zip, SHA-256 <span class="id">${SHA}</span></p>`));
  t.true(page.includes(`@bottom-left { content: "Package ${SHA.slice(0, 16)}…";`));
  const byHand = [
    'SHA-256 of tagmanifest-sha256.txt',
    'SHA-256 of ledger.json',
    'Fingerprint of the key that signed',
    'SHA-256 of the last entry of custody.ndjson, as its writer told it',
    'Verdict of chatferry-validate (step 2 of RUNBOOK.md), or why it was left out',
  ];
  const lines = (of: readonly string[]): string =>
    `<div class="sign one">${of.map((line) => `<p>${line}</p>`).join('')}</div>`;
  t.true(page.includes(lines(byHand)));
  const known = await pageOf(run({ ledgerSha256: SHA }));
  t.true(known.includes(`<p>SHA-256 of ledger.json: <span class="id">${SHA}</span></p>`));
  t.true(known.includes(lines(byHand.filter((line) => line !== 'SHA-256 of ledger.json'))));
  t.true(page.includes('(on the target side: <code>chatferry-validate view</code>)'));
  for (const command of ['trace', 'explain']) {
    const at = page.indexOf(`<code>chatferry ${command}</code>`);
    t.true(
      page
        .slice(at - 80, at + 120)
        .toLowerCase()
        .includes('where chatferry itself is at hand'),
      command,
    );
  }
  const titles = [...page.matchAll(/<h2 id="[a-z-]+">(.*?)<\/h2>/g)].map((match) => match[1]);
  t.deepEqual(titles, [
    'Ledger',
    'Messages by month',
    'Findings',
    'Categories, before and after',
    'Settings of rooms, before and after',
    'Sample of messages',
    'Decisions of the plan',
    'What was read',
    'What was written',
    'Sign-off',
  ]);
  const sections = [...markdownReport(run()).matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  t.deepEqual(sections, titles, 'report.md has the same order');
  t.true(page.indexOf('<h1>') < page.indexOf('<h2'));
  t.true(page.includes('<tfoot><tr><th scope="row">Sum</th><td>1,234,579</td>'));
  t.true(page.includes('<tfoot><tr><th scope="row">Sum</th><td class="text"></td><td>6</td><td>6</td>'));
  t.true(page.includes('no room: channelID 99'));
  t.is(page.match(/<li><bdi>Unexpected/g)?.length, 21);
  t.true(page.includes('And 5 more: all are in <code>findings.csv</code>'));
  t.true(page.includes('<span class="heard">IT › </span><bdi>Operations</bdi>'));
  t.true(page.includes('<strong>&quot; - &quot;</strong>'));
  t.true(page.includes('<b>Members</b> <bdi>3</bdi>'));
  t.true(page.includes('drawn with the seed <code>seed 1</code>'));
  const author = '3f1d0c4e-0f1b-4c53-8f7c-000000000007';
  t.true(
    page.includes(
      `<bdi>Ana &lt;Rey&gt;, sip:ana.rey@contoso.example</bdi><br><span class="id soft">${author}</span>`,
    ),
  );
  t.true(markdownReport(run()).includes(`| Ana \\<Rey\\>, sip:ana.rey\\@contoso.example \`${author}\` |`));
  t.false(page.includes('class="off"'));
});

test('the verdict of report.html: not ready, without a package, and in parts', async (t) => {
  const verdict = verdictOf({ findings: [], imbalances: ['x'], layout: ASSUMED, failure: null });
  const none = await pageOf(run({ verdict, package: null }));
  t.true(none.includes('<header class="verdict not-ready">'));
  t.true(none.includes('<p class="sentence">NOT READY: the ledger does not balance.</p>'));
  t.true(none.includes('<p class="caveat">Layout not confirmed'));
  t.true(none.includes('@bottom-left { content: "No package";'));
  const part = { name: 'part-1.zip', sha256: SHA, bytes: 9, entries: [], rooms: 1, messages: 2 };
  const parts = [{ ...part, firstRoomId: 1, lastRoomId: 1 }];
  const inParts = await pageOf(run({ package: null, parts }));
  t.true(inParts.includes('<p>1 part, each with its SHA-256 under <a href="#written">'));
  t.true(inParts.includes(`content: "Package in parts, the first ${SHA.slice(0, 16)}…";`));
  const known = await pageOf(run({ layout: CONFIRMED }));
  t.false(known.includes('class="caveat"'));
});

test('what is not a SHA-256 does not get into the style sheet', async (t) => {
  const hostile = { name: 'a.zip', sha256: '"; } body { display: none', bytes: 1, entries: [] };
  t.true((await pageOf(run({ package: hostile }))).includes('content: "Package without SHA-256";'));
});

test('a rule is told by its condition and remedy; its whole page is folded away', async (t) => {
  const sections = [
    { title: 'Condition', text: 'XML 1.0 cannot hold it. Nor can YAML.' },
    { title: 'Action', text: 'It is replaced.' },
    { title: 'Remedy', text: 'None needed. Else mend it.' },
  ];
  const pages = { 'role-out-of-scope': { sections }, 'name-unusable': { sections } };
  const page = await pageOf(run({ pages }));
  const groups = page.split('<section class="group">').slice(1);
  t.is(groups.length, 2);
  for (const [index, remedy] of [
    'Widen the scope in categories.csv.',
    'None needed. Else mend it.',
  ].entries()) {
    const [told = '', folded = ''] = (groups[index] ?? '').split('<details class="page">');
    t.true(told.includes('<p class="told">XML 1.0 cannot hold it.</p>'));
    t.true(told.includes(`<b>To do:</b> <bdi>${remedy}</bdi>`));
    t.false(told.includes('It is replaced.'));
    for (const { text } of sections) t.true(folded.includes(`<dd>${text}</dd>`));
  }
});

test('the chart of findings shows the gravest first, however few they are', async (t) => {
  const many = (['error', 'warning', 'note'] as const).flatMap((severity, grave) =>
    Array.from({ length: 10 }, (_, index) => ({
      rule: `${severity}-${index}`,
      severity,
      count: (grave + 1) * 100 + index,
      first: [],
    })),
  );
  const page = await pageOf(run({ findings: many }), []);
  const chart = /<svg[^>]*aria-labelledby="rules-title[\s\S]*?<\/svg>/.exec(page)?.[0] ?? '';
  const kinds = [...chart.matchAll(/<rect class="(\w+)"/g)].map(([, kind]) => kind);
  t.deepEqual(kinds, [...Array<string>(10).fill('error'), ...Array<string>(10).fill('warning')]);
  t.true(page.includes('Findings by rule, 20 of 30, the gravest first'));
});

test('the rooms of the categories add up, and the rules that left some behind are named', async (t) => {
  const byRule = {
    'room-disabled': [{ state: 'excluded', records: 2, textBytes: 0 }],
    'category-nested': [{ state: 'changed', records: 7, textBytes: 0 }],
  } as const;
  const tables = { ...LEDGER.tables, tblNode: counts({ byRule }) };
  const categories = [{ legacyPath: ['IT'], name: 'IT', roomsRead: 5, roomsWritten: 3 }];
  const page = await pageOf(run({ categories, ledger: { ...LEDGER, tables } }));
  for (const [heading, read, written] of [
    ['Sum', '5', '3'],
    ['Excluded or refused', '', '2'],
    ['Sum with these', '5', '5'],
  ])
    t.true(
      page.includes(
        `<th scope="row">${heading}</th><td class="text"></td><td>${read}</td><td>${written}</td>`,
      ),
    );
  t.true(page.includes('Rooms and categories excluded or refused, by rule: room-disabled (2 excluded).'));
});

test('what was decided is counted before the table of all options', async (t) => {
  const [decided, ...left] = run().options;
  const said = async (members: Partial<RunSummary>): Promise<string> =>
    /<h2 id="decisions">[^<]*<\/h2>\n<p>([^<]*)<\/p>/.exec(await pageOf(run(members)))?.[1] ?? '';
  t.is(await said({}), '1 of 3 options was decided.');
  t.is(
    await said({ options: decided === undefined ? [] : [decided, decided, ...left] }),
    '2 of 4 options were decided.',
  );
  t.is(await said({ options: left }), '0 of 2 options were decided.');
  t.is(
    await said({ options: left, decidedRecords: [] }),
    'Nothing was decided: every option has its default.',
  );
  t.true(markdownReport(run()).includes('## Decisions of the plan\n\n1 of 3 options was decided.\n\n'));
});

test('both reports tell which records a plan decides about, what they become and why', async (t) => {
  const page = await pageOf(run());
  const cells = [
    '<bdi>Night &lt;shift&gt;</bdi><br><span class="id soft">0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11</span>',
    '<td class="text">exclude</td>',
    '<bdi>legal: retention | ended</bdi>',
    '<td class="text">move</td>',
    '<bdi>in category &quot;Sales&quot; (0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c13)</bdi>',
    '<p>And 1 more decision: all of them are in <code>data/plan/rooms.csv</code>.</p>',
  ];
  for (const cell of cells) t.true(page.includes(cell), cell);
  const lines = [
    '| Night \\<shift\\> `0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11` | exclude |  | legal: retention \\| ended |\n',
    'And 1 more decision: all of them are in `data/plan/rooms.csv`.\n',
  ];
  for (const line of lines) t.true(markdownReport(run()).includes(line), line);
  const [decided] = run().decidedRecords;
  const [record] = decided?.first ?? [];
  t.truthy(record);
  if (decided === undefined || record === undefined) return;
  const of = { ...decided, records: 1, first: [{ ...record, reason: '\u{1f4dc}'.repeat(5_000) }] };
  for (const report of [
    await pageOf(run({ decidedRecords: [of] })),
    markdownReport(run({ decidedRecords: [of] })),
  ]) {
    t.is(report.match(/\u{1f4dc}/gu)?.length, 500);
    t.true(report.includes('\u{1f4dc}…'));
    t.false(report.includes('more decision'));
  }
});

test('the tables of the ledger say what their counts are not', async (t) => {
  const said = [
    'a record counts under its first rule only; findings may be more',
    'rows written include what the target adds or inherits',
  ];
  const page = await pageOf(run());
  const told = markdownReport(run());
  for (const words of said) {
    t.true([...page.matchAll(/<caption>(.*?)<\/caption>/g)].some(([, caption]) => caption?.includes(words)));
    t.true(told.includes(words));
  }
});

test('a hash stands below its name, and rooms stand by name, then GUID', async (t) => {
  const rooms = { a: room('b', {}), c: room('B', {}), d: room('ä', {}), b: room('b', {}) };
  const page = await pageOf(run({ ledger: { ...LEDGER, rooms } }));
  t.true(page.includes(`<th scope="row">AdUsers.xml<br><span class="id soft">${SHA}</span></th>`));
  t.true(page.includes(`<th scope="row">40#9007199254740993<br><span class="id soft">${SHA}</span></th>`));
  const guids = [...page.matchAll(/<\/bdi><br><span class="id soft">([a-d])<\/span>/g)].map(
    ([, guid]) => guid,
  );
  t.deepEqual(guids, ['c', 'a', 'b', 'd']);
});

test('the months of report.html add up to the ledger, with a line for what has no usable date', async (t) => {
  const page = await pageOf(run());
  t.true(page.includes('<th scope="row">2010-09</th><td>1,000,000</td><td>999,998</td><td>2</td><td>0</td>'));
  t.true(page.includes('<th scope="row">Without a usable date</th><td>1</td><td>0</td><td>0</td><td>1</td>'));
  t.true(page.includes('<th scope="row">Sum</th><td>1,234,567</td><td>1,234,564</td><td>2</td><td>1</td>'));
});

test('report.html stands alone: its policy lets in its own script and style, and nothing is outside', async (t) => {
  const page = await pageOf(run());
  const hashOf = (tag: string): string => {
    const text = new RegExp(`<${tag}>([^§]*?)</${tag}>`).exec(page)?.[1] ?? '';
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  t.true(
    page.includes(
      `content="default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"`,
    ),
  );
  const withoutScript = page.replace(/<script>[\s\S]*?<\/script>/, '');
  t.false(
    /<link|<img|<iframe|<base|<form|\ssrc=|\shref="[^#]|\sstyle=|url\(|@import|https?:|\son[a-z]+=/i.test(
      withoutScript,
    ),
  );
  t.is(page.match(/<script(?! type="application\/json")/g)?.length, 1);
  t.is(page, await pageOf(run()));
});

test('everything that comes from the export is escaped in report.html, in its charts and in its data', async (t) => {
  const nasty = `</script><!--<script>alert(1)</script>&"'\u202e\u0000`;
  const safe = '&lt;/script&gt;&lt;!--&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;\\u{202e}\\u{0}';
  const one = finding({
    rule: nasty,
    severity: 'error',
    message: nasty,
    remedy: nasty,
    place: { file: nasty, line: 1, column: 1, record: nasty },
  });
  const page = await pageOf(
    run({
      verdict: { exitCode: 2, sentence: nasty },
      inputs: [{ name: nasty, sha256: null, bytes: null }],
      package: { name: nasty, sha256: nasty, bytes: 1, entries: [{ name: nasty, sha256: nasty, size: 1 }] },
      imbalances: [nasty],
      findings: [{ rule: nasty, severity: 'error', count: 1, first: [one] }],
      ledger: {
        ...LEDGER,
        rooms: { [nasty]: room(nasty, {}) },
        unplaced: { [nasty]: room('', {}) },
        tables: {
          [nasty]: counts({ byRule: { [nasty]: [{ state: 'changed', records: 1, textBytes: 1 }] } }),
        },
      },
      categories: [{ legacyPath: [nasty], name: nasty, roomsRead: 1, roomsWritten: 1 }],
      options: [{ name: nasty, value: nasty, default: nasty, explanation: nasty, decidedBy: nasty }],
      decidedRecords: [
        {
          file: nasty,
          records: 2,
          decidedBy: nasty,
          first: [{ action: nasty, id: nasty, name: nasty, becomes: nasty, reason: nasty }],
        },
      ],
      roomChanges: [
        { guid: nasty, name: nasty, settings: [{ setting: nasty, before: nasty, after: nasty }] },
      ],
      sample: {
        seed: nasty,
        of: 1,
        messages: [
          {
            roomId: 1,
            roomGuid: nasty,
            roomName: nasty,
            id: nasty,
            date: nasty,
            authorId: 1,
            author: nasty,
            authorName: nasty,
            alert: true,
            content: { bytes: 1, sha256: nasty, text: nasty },
            rtf: { bytes: 1, sha256: nasty, text: nasty },
            changedBy: nasty,
            changedFields: [nasty],
            place: { file: nasty, line: 1, column: 1, record: nasty },
            source: {
              authorId: 2,
              author: nasty,
              content: { bytes: 1, sha256: 'another', text: `${nasty} ma-chan://x` },
              rtf: { bytes: 1, sha256: 'another', text: `${nasty} ma-filelink:x` },
            },
          },
        ],
      },
      pages: { [nasty]: { sections: [{ title: nasty, text: nasty }] } },
      tool: { name: nasty, version: nasty },
      command: nasty,
      date: nasty,
    }),
  );
  t.is(page.match(/<script/g)?.length, 3);
  t.is(page.match(/<\/script/g)?.length, 3);
  t.is(page.indexOf('<!--'), -1, page.slice(page.indexOf('<!--') - 300));
  t.false(page.includes('\u202e'));
  t.true(page.split(safe).length > 50);
});

test('an account that does not balance stands out in report.html', async (t) => {
  const tables = { ...LEDGER.tables, tblNode: counts({ read: 13, carried: 12, written: 12 }) };
  const page = await pageOf(run({ ledger: { ...LEDGER, tables }, imbalances: ['tblNode: read 13, but 12'] }));
  t.true(page.includes('<tr class="off"><th scope="row">tblNode</th>'));
  t.true(page.includes('<li>tblNode: read 13, but 12</li>'));
});

test('both reports list the rooms by name, and below them what has no room', async (t) => {
  const one = { read: 1, carried: 1, written: 1 };
  const rooms = { b: room('Alpha', one), a: room('Beta', one), c: room('Alpha', one) };
  const of = run({ ledger: { ...LEDGER, rooms, unplaced: { 99: room('', one) } } });
  const heads = (report: string, pattern: RegExp): string[] =>
    [...report.matchAll(pattern)].map(([, name = '', guid = '']) => `${name} ${guid}`);
  const order = ['Alpha b', 'Alpha c', 'Beta a'];
  t.deepEqual(heads(await pageOf(of), /<bdi>(Alpha|Beta)<\/bdi><br><span class="id soft">(.)</g), order);
  t.deepEqual(heads(markdownReport(of), /^\| (Alpha|Beta) `(.)`/gm), order);
});

test('a page of very many rooms sums up the quiet ones and still adds up', async (t) => {
  const rooms: Record<string, RoomAccount> = {};
  for (let i = 0; i < 3_000; i++) rooms[`guid-${i}`] = room(`Room ${i}`, { read: 2, carried: 2, written: 2 });
  rooms['guid-7'] = room('Loud', { read: 2, carried: 1, refused: 1, written: 1 });
  const roomChanges = Object.entries(rooms).map(([guid, { name }]) => ({
    guid,
    name,
    settings: [{ setting: 'Members', before: '1', after: '2' }],
  }));
  const page = await pageOf(run({ ledger: { ...LEDGER, rooms, unplaced: {} }, roomChanges }));
  t.true(page.includes('<bdi>Loud</bdi><br>'));
  t.true(
    page.includes('<th scope="row">2,999 other rooms, see ledger.json</th><td>5,998</td><td>5,998</td>'),
  );
  t.true(
    page.includes(
      '<th scope="row">Sum</th><td>6,000</td><td>5,999</td><td>0</td><td>0</td><td>1</td><td>5,999</td>',
    ),
  );
  t.is(page.match(/<b>Members<\/b>/g)?.length, 2_000);
  t.true(page.includes('And 1,000 more rooms'));
});

test('the section of rooms says where to read who may enter, also when no room changed, and nothing without access.csv', async (t) => {
  const told =
    '<p><code>access.csv</code> lists who may enter, manage and present, before and after: 1,234 entries lost, 2 new; 5 entries of rooms that stay behind.</p>';
  t.true((await pageOf(run())).includes(`${told}<div class="wide"`));
  t.true((await pageOf(run({ roomChanges: [] }))).includes(`${told}<p>Every room`));
  t.true(markdownReport(run()).includes(told.replace(/<.?code>/g, '`').replace(/<.?p>/g, '')));
  const { access: _, ...without } = run();
  t.false((await pageOf(without)).includes('access.csv'));
  t.false(markdownReport(without).includes('access.csv'));
});

// The sample of messages

const MESSAGE = run().sample?.messages[0] as SampledMessage;

async function sampleOf(members: Partial<SampledMessage>): Promise<string> {
  const page = await pageOf(run({ sample: { seed: '1', of: 1, messages: [{ ...MESSAGE, ...members }] } }));
  return /<h2 id="sample">[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
}

function textOf(text: string, bytes = Buffer.byteLength(text)): SampledText {
  return { text, bytes, sha256: createHash('sha256').update(text).digest('hex') };
}

test('a sampled message is told with what became of it, where it stood, and how to see both sides', async (t) => {
  const options = ['--handoff handoff', '--export export'];
  const words = options.map((option) => ` <span class="word">${option}</span>`);
  const trace = `chatferry trace 40#9007199254740993${words.join('')}`;
  const carried = await sampleOf({});
  t.true(
    carried.includes(`<td class="text">Carried as it was<br><span class="id soft">${trace}</span></td>`),
  );
  t.false(carried.includes('--show-text</code>.'));
  t.false(carried.includes('Their texts'));
  const changed = await sampleOf({
    changedBy: 'principal-duplicate',
    changedFields: ['author', 'content'],
    place: { file: 'tblChat<2>.xml', line: 7, column: 3, record: 'message 40#9' },
  });
  const said = '<strong>Changed</strong> by <code>principal-duplicate</code>: author, content';
  const where = '<bdi class="id soft">tblChat&lt;2&gt;.xml:7:3</bdi>';
  t.true(
    changed.includes(
      `<td class="text">${said}<br>${where}<br><span class="id soft">${trace}</span></td><td>41</td>`,
    ),
  );
});

test('the texts of the sample are shown when they were asked for, line by line, and only then', async (t) => {
  const content = textOf('one\r\ntwo <b>');
  const source = { authorId: 7, author: MESSAGE.author, content, rtf: null };
  const page = await sampleOf({ content, source });
  t.true(page.includes('This page holds personal text'));
  t.true(
    page.includes('The same in the export.</p>\n<blockquote dir="auto">one\ntwo &#60;b&#62;</blockquote>'),
  );
  t.is(page.match(/<blockquote/g)?.length, 1);
  t.false(page.includes('class="sides"'));
});

test('the source stands beside the target where they differ, with what nobody would see', async (t) => {
  const page = await sampleOf({
    content: textOf('zero \uFFFD'),
    place: { file: 'tblChat.xml', line: 7, column: 3, record: null },
    source: {
      authorId: 9,
      author: 'another-guid',
      content: textOf('zero \u0000\r\u200d<i>'),
      rtf: textOf('{\\rtf1 zero}'),
    },
  });
  const quoted = [...page.matchAll(/<p class="side">(.*?)<\/p>\n(.*)\n/g)].map(([, ...parts]) => parts);
  const unseen = (code: string) => `<span class="unseen">U+${code}</span>`;
  const inExport = 'In the export<bdi> (tblChat.xml:7:3)</bdi>, ';
  t.deepEqual(quoted, [
    [
      `${inExport}13 bytes`,
      `<blockquote dir="auto">zero ${unseen('0000')}${unseen('000D')}${unseen('200D')}&#60;i&#62;</blockquote>`,
    ],
    ['In the package, 8 bytes', '<blockquote dir="auto">zero \uFFFD</blockquote>'],
    [`${inExport}12 bytes`, '<blockquote dir="auto">{\\rtf1 zero}</blockquote>'],
    ['In the package', '<p class="soft">None.</p>'],
  ]);
  t.true(page.includes('Text: not the same on both sides.'));
  t.true(page.includes('Rich text: not the same on both sides.'));
  t.true(
    page.includes(
      `Its author is principal 9 <span class="id">another-guid</span> in the export, principal 7 <span class="id">${MESSAGE.author}</span> in the package.`,
    ),
  );
});

test('a text that is cut off says so, and so do two that differ behind the cut', async (t) => {
  const long = 'x'.repeat(4_000);
  const page = await sampleOf({
    content: { text: long, bytes: 4_100, sha256: SHA },
    source: {
      authorId: 7,
      author: MESSAGE.author,
      content: { text: long, bytes: 4_101, sha256: 'cd'.repeat(32) },
      rtf: null,
    },
  });
  t.true(page.includes('Text: the two differ behind what is shown.'));
  t.true(page.includes('x… (4101 bytes)</blockquote>'));
  t.true(page.includes('x… (4100 bytes)</blockquote>'));
});

test('what is not known of the export is not claimed', async (t) => {
  const content = textOf('as written');
  const same = await sampleOf({ content });
  t.true(
    same.includes('The export was not read (merge --source); by the ledger its text is the same there.'),
  );
  const other = await sampleOf({ content, changedBy: 'a-rule', changedFields: ['content'] });
  t.true(other.includes('In the export it says something else, which is not known here'));
  t.false(other.includes('the same'));
  const author = await sampleOf({ content, changedBy: 'a-rule', changedFields: ['author'] });
  t.true(author.includes('by the ledger its text is the same there'));
  const many = await sampleOf({ content, source: null });
  t.true(many.includes('could not be told among those of its key'));
  const rich = textOf('{\\rtf1}');
  const both = await sampleOf({
    content,
    rtf: rich,
    source: { authorId: 7, author: MESSAGE.author, content, rtf: rich },
  });
  t.true(both.includes('Its rich text, 7 bytes, is the same in the export.'));
});

// The findings in the page

test('the steps from text to text lead back to every text', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[ab]{0,12}$/),
    fc.constant('😀😁'),
  );
  const check = fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
    let before = '';
    for (const each of texts) {
      const step = JSON.parse(JSON.stringify(stepBetween(before, each))) as TextStep;
      before = after(before, step);
      t.is(before, each);
    }
  });
  fc.assert(check, { numRuns: 500 });
});

/** As the page's script does it. */
function after(before: string, step: TextStep): string {
  return step === 0 ? before : before.slice(0, step[0]) + step[2] + before.slice(before.length - step[1]);
}

test('a page that cannot hold all findings holds the small groups whole and as many of each other group', (t) => {
  t.deepEqual(embeddedCounts([5, 1_000, 10, 500], 215), [5, 100, 10, 100]);
  t.deepEqual(embeddedCounts([5, 7], 100), [5, 7]);
  t.deepEqual(embeddedCounts([], 100), []);
  const check = fc.property(fc.array(fc.nat(1_000)), fc.nat(3_000), (groups, most) => {
    const held = embeddedCounts(groups, most);
    const sum = held.reduce((total, count) => total + count, 0);
    t.true(held.every((count, index) => count <= (groups[index] as number)));
    t.true(sum <= most);
    const total = groups.reduce((all, count) => all + count, 0);
    t.true(total > most || sum === total);
  });
  fc.assert(check);
});

test('the data blocks hold all findings in their order, up to the limit', async (t) => {
  const groups = [
    { rule: 'a', severity: 'error', count: 5_000, first: [] },
    { rule: 'b', severity: 'note', count: 3, first: [] },
  ] as const;
  const findings: Finding[] = [];
  for (let i = 0; i < 5_000; i++) {
    findings.push(finding({ rule: 'a', severity: 'error', message: `Unexpected ${i} </script>` }));
    if (i % 2_000 === 0)
      findings.push(finding({ rule: 'b', severity: 'note', message: `note ${i}`, place: null }));
  }
  let written = '';
  for await (const piece of findingBlocks(findings, groups, 4_003)) written += piece;
  const blocks = written.match(/<script[^>]*>[\s\S]*?<\/script>\n/g) ?? [];
  t.is(blocks.length, 4);
  t.true(blocks[0]?.includes('"embedded":4000'));
  const rows = blocks
    .slice(1)
    .flatMap((block) => JSON.parse(block.replace(/^<script[^>]*>|<\/script>\n$/g, '')) as FindingStep[]);
  t.is(rows.length, 4_003);
  const last = groups.map(() => ['', '', '']);
  const told = rows.map(([group, ...steps]) => {
    const texts = steps.map((step, index) => after(last[group]?.[index] ?? '', step));
    last[group] = texts;
    return [group, ...texts];
  });
  t.deepEqual(told[0], [0, 'Unexpected 0 </script>', 'tblNode.xml:3:9 (node 5)', '']);
  t.deepEqual(told[1], [1, 'note 0', 'whole export or package', '']);
  t.deepEqual(told.at(-2), [0, 'Unexpected 3999 </script>', 'tblNode.xml:3:9 (node 5)', '']);
});

test('months become years, decades or centuries when there are too many, and no message is lost', (t) => {
  const month = (name: string, read: number) => ({
    month: name,
    read,
    written: read - 1,
    excluded: 1,
    refused: 0,
  });
  t.deepEqual(periodsOf([]), { unit: 'month', counts: [] });
  const few = periodsOf([month('2009-11', 3), month('2010-02', 5)]);
  t.is(few.unit, 'month');
  t.deepEqual(
    few.counts.map(({ period, read }) => [period, read]),
    [
      ['2009-11', 3],
      ['2009-12', 0],
      ['2010-01', 0],
      ['2010-02', 5],
    ],
  );
  const years = periodsOf([month('1990-01', 3), month('2010-02', 5), month('2010-12', 7)]);
  t.is(years.unit, 'year');
  t.like(years.counts.at(-1), { period: '2010', read: 12, written: 10, excluded: 2 });
  t.is(periodsOf([month('1000-01', 3), month('2010-02', 5)]).unit, 'decade');
  const all = periodsOf([month('0001-01', 3), month('9999-12', 5)]);
  t.is(all.unit, 'century');
  t.is(all.counts.length, 100);
  t.like(all.counts[0], { period: '0000s', read: 3 });
});
