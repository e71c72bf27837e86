import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ChatRow, RunFailure, TRAIT } from '@chatferry/export';
import { type MessageWindow, sortMessages } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asynchronous, chat, type GivenMessage, raw } from './support/messages.js';

const FOLDER = temporaryFolder({ teardown: test.after.always });

let folders = 0;
function newFolder(): string {
  folders += 1;
  const folder = join(FOLDER, String(folders));
  mkdirSync(folder);
  return folder;
}

/** All that a row says, its texts decoded. */
function told(row: ChatRow) {
  return {
    channelID: row.channelID,
    chatID: row.chatID,
    chatDate: row.chatDate,
    userId: row.userId,
    isAlert: row.isAlert,
    content: row.content === null ? null : [row.content.toString(), row.content.isForbidden],
    rtf: row.rtf === null ? null : [row.rtf.toString(), row.rtf.isForbidden],
    place: { ...row.place },
    defects: [...row.defects],
    extra: [...row.extra],
  };
}

type Told = ReturnType<typeof told>;

async function sorted(
  windows: AsyncIterable<MessageWindow>,
  options: { folder?: string; runBytes?: number; fanIn?: number } = {},
): Promise<Told[]> {
  const rows: Told[] = [];
  for await (const window of sortMessages({ folder: newFolder(), ...options, windows })) {
    for (const row of window.rows) rows.push(told(row));
  }
  return rows;
}

function windowsOf(rows: readonly ChatRow[], size = 3): AsyncIterable<MessageWindow> {
  const windows: MessageWindow[] = [];
  for (let at = 0; at < rows.length; at += size) {
    windows.push({ rows: rows.slice(at, at + size), windowId: at });
  }
  return asynchronous(windows);
}

/** What the sort must deliver, sorted in memory. */
function expected(rows: readonly ChatRow[]): Told[] {
  return rows
    .toSorted((a, b) => a.channelID - b.channelID || (a.chatID < b.chatID ? -1 : a.chatID > b.chatID ? 1 : 0))
    .map(told);
}

test('equals a stable sort in memory, whatever the size of runs and merges', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const message = fc.record({
    channelID: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(-2147483648, 2147483647)),
    chatID: fc.oneof(
      fc.bigInt({ min: 1n, max: 5n }),
      fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
    ),
    chatDate: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    userId: fc.integer(),
    isAlert: fc.boolean(),
    content: fc.option(text),
    rtf: fc.option(text),
    line: fc.nat(),
    extra: fc.array(fc.tuple(text, fc.option(text)), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    defects: fc.constantFrom([], [], [{ column: 'userId', seen: '\ud800', expected: 'an int' }]),
  });
  const shape = fc.record({
    runBytes: fc.constantFrom(1, 500, 2000, 1 << 25),
    fanIn: fc.constantFrom(2, 3, 64),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), shape, async (given, options) => {
      const rows = given.map((values: GivenMessage) => chat(values));
      t.deepEqual(await sorted(windowsOf(rows), options), expected(rows));
    }),
    { numRuns: 60 },
  );
});

test('texts come out decoded, forbidden code points stay and stay marked, absent stays absent', async (t) => {
  const rows = [
    chat({
      chatID: 1,
      content: raw('&#x26;lt;&amp;', TRAIT.REFERENCE),
      rtf: raw('a\r\nb', TRAIT.CARRIAGE_RETURN),
    }),
    chat({ chatID: 2, content: raw('&#x1;&#xD83D;x', TRAIT.REFERENCE | TRAIT.FORBIDDEN), rtf: '' }),
    chat({ chatID: 3, content: null }),
  ];
  const result = await sorted(windowsOf(rows));
  t.deepEqual(
    result.map(({ content, rtf }) => [content, rtf]),
    [
      [
        ['&lt;&', false],
        ['a\nb', false],
      ],
      [
        ['\u0001\ud83dx', true],
        ['', false],
      ],
      [null, null],
    ],
  );
});

test('a place without a record, and one with a line beyond 32 bits', async (t) => {
  const place = { file: 'Ärger/tblChat.xml', line: 2 ** 33, column: 2 ** 34, record: null };
  const result = await sorted(windowsOf([{ ...chat(), place }]));
  t.deepEqual(result[0]?.place, place);
});

test('a message larger than a block and a run', async (t) => {
  const large = 'x'.repeat(1_000_000);
  const rows = [chat({ chatID: 3 }), chat({ chatID: 2, content: large }), chat({ chatID: 1, rtf: large })];
  t.deepEqual(await sorted(windowsOf(rows), { runBytes: 1000, fanIn: 2 }), expected(rows));
});

test('windows are bounded, and each has a number of its own', async (t) => {
  const rows = Array.from({ length: 3000 }, (_, index) =>
    chat({ chatID: 3000 - index, content: 'y'.repeat(500) }),
  );
  const sizes: number[] = [];
  const ids = new Set<number>();
  let last = 0n;
  for await (const window of sortMessages({ windows: windowsOf(rows, 100), folder: newFolder() })) {
    let size = 0;
    for (const row of window.rows) {
      size += (row.content?.end ?? 0) - (row.content?.start ?? 0);
      t.true(row.chatID === last + 1n);
      last = row.chatID;
    }
    sizes.push(size);
    ids.add(window.windowId);
  }
  t.is(last, 3000n);
  t.is(ids.size, sizes.length);
  t.true(sizes.length > 3 && sizes.every((size) => size < 300_000));
});

test('no more runs are open than are merged at a time, and files go as soon as they are merged', async (t) => {
  const folder = newFolder();
  const rows = Array.from({ length: 10 }, (_, index) => chat({ chatID: 10 - index }));
  const counts: number[] = [];
  for await (const window of sortMessages({ windows: windowsOf(rows), folder, runBytes: 1, fanIn: 3 })) {
    counts.push([...window.rows].length, readdirSync(folder).length);
  }
  // Ten runs become four, then two.
  t.deepEqual(counts, [10, 2]);
  t.deepEqual(readdirSync(folder), []);
});

test('leaves no file behind: at the end, when the reader throws, when the consumer stops', async (t) => {
  const rows = Array.from({ length: 20 }, (_, index) => chat({ chatID: 20 - index }));
  const folder = newFolder();
  await sorted(windowsOf(rows), { folder, runBytes: 1 });
  t.deepEqual(readdirSync(folder), []);

  let files = 0;
  async function* failing(): AsyncGenerator<MessageWindow> {
    yield* windowsOf(rows);
    files = readdirSync(folder).length;
    throw new Error('torn');
  }
  await t.throwsAsync(sorted(failing(), { folder, runBytes: 1 }), { message: 'torn' });
  t.is(files, 20);
  t.deepEqual(readdirSync(folder), []);

  for await (const _ of sortMessages({ windows: windowsOf(rows), folder, runBytes: 1 })) {
    files = readdirSync(folder).length;
    break;
  }
  t.is(files, 20);
  t.deepEqual(readdirSync(folder), []);
});

test('a folder that takes no files ends the run with a remedy', async (t) => {
  const folder = join(FOLDER, 'missing');
  const failure = await t.throwsAsync(sorted(windowsOf([chat()]), { folder }), { instanceOf: RunFailure });
  t.is(failure.code, 'output-unwritable');
  t.regex(failure.remedy, /free space/);
});

test('nothing to sort', async (t) => {
  t.deepEqual(await sorted(windowsOf([])), []);
});
