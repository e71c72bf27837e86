import { Buffer } from 'node:buffer';
import { readRowWindows } from '@chatferry/export';
import test from 'ava';
import { TextPosition } from '../../packages/export/dist/xml/text-position.js';
import { pseudoRandom } from '../support/pseudo-random.js';
import { difference, documentOf, rowsRead, textInWords, watchKernel } from '../support/rows-read.js';

const seen = watchKernel();

/** The kernel sees this many bytes at once. */
const WINDOW_BYTES = 1 << 19;

const text = (id: number): string => `Message ${id} &amp; café &#x1F600; 日本\r`;
const message = (id: number, content = text(id)): string =>
  `<tblChat channelID="17" chatID="${id}" chatDate="634567890123456789" userId="7" isAlert="0" content="${content}"/>`;
const childMessage = (id: number, content = text(id)): string =>
  `<tblChat><channelID>17</channelID><chatID>${id}</chatID><chatDate>634567890123456789</chatDate>` +
  `<userId>7</userId><isAlert>true</isAlert><content>${content}</content></tblChat>`;
const wrapped = (...rows: readonly string[]): Buffer => Buffer.from(`<root>\n${rows.join('\n')}\n</root>`);

/** Where the kernel's reading parts from the tokens', and how many messages it took. */
async function compared(chunks: readonly Buffer[]): Promise<{ parting: string | null; taken: number }> {
  const expected = await rowsRead(chunks, { readsTokensOnly: true });
  const before = seen.taken;
  const parting = difference(await rowsRead(chunks), expected);
  return { parting: parting === null ? null : parting.slice(0, 400), taken: seen.taken - before };
}

function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

test.serial("messages read the same wherever the end of the kernel's window falls", async (t) => {
  const random = pseudoRandom(7);
  for (const row of [message, childMessage]) {
    const rows = Array.from({ length: 14_000 }, (_, id) => row(id, text(id).repeat(random.below(4))));
    const document = wrapped(...rows);
    t.true(document.length > 3 * WINDOW_BYTES);
    for (const size of [document.length, 300_001]) {
      const { parting, taken } = await compared(inPieces(document, size));
      t.is(parting, null, `pieces of ${size}`);
      t.true(taken > 12_000, `${taken}`);
    }
  }
});

test.serial("a message about as long as the kernel's window reads the same", async (t) => {
  for (const unit of ['a', '\r', '&#9;', 'é', '\u{1F600}', '&amp;\n', '>\r']) {
    const bytes = Buffer.byteLength(unit);
    for (const beyond of [-300, -140, -16, 40]) {
      const long = unit.repeat(Math.floor((WINDOW_BYTES + beyond) / bytes));
      for (const row of [message, childMessage]) {
        const { parting } = await compared([wrapped(row(1), row(2, long), row(3))]);
        t.is(parting, null, `${JSON.stringify(unit)} ${beyond}`);
      }
    }
  }
  const { taken } = await compared([wrapped(message(1), message(2, '\r'.repeat(WINDOW_BYTES - 200)))]);
  t.is(taken, 1);
});

test.serial('a message too long to be kept is refused the same, and its neighbours are read', async (t) => {
  const long = 'Good evening &amp; é '.repeat(500_000);
  for (const row of [message, childMessage]) {
    const document = wrapped(row(1), row(2), row(3, long), row(4), row(5));
    const { parting, taken } = await compared(inPieces(document, 1 << 18));
    t.is(parting, null);
    t.is(taken, 3);
  }
});

test.serial(
  'a document cut off anywhere ends the same, though the kernel still holds the rest of another',
  async (t) => {
    for (const row of [message, childMessage]) {
      const document = wrapped(row(1), row(2), row(3));
      const from = document.indexOf('<tblChat', document.indexOf('<tblChat') + 8);
      for (let end = from; end < document.length; end++) {
        await rowsRead([document]);
        const { parting } = await compared([document.subarray(0, end)]);
        t.is(parting, null, `${end}`);
      }
    }
  },
);

test.serial('a message cut between two chunks anywhere reads the same', async (t) => {
  for (const row of [message, childMessage]) {
    const document = wrapped(row(1), row(2), row(3));
    for (let end = 0; end <= document.length; end++) {
      const { parting } = await compared([document.subarray(0, end), document.subarray(end)]);
      t.is(parting, null, `${end}`);
    }
  }
});

test.serial("two readers that take turns do not see each other's bytes", async (t) => {
  const count = 3000;
  const documents = ['a', 'b'].map((word) =>
    wrapped(
      ...Array.from({ length: count }, (_, id) => message(id, `${word} ${id} &#xD; ${word.repeat(id % 90)}`)),
    ),
  );
  const expected = await Promise.all(documents.map((bytes) => rowsRead([bytes], { readsTokensOnly: true })));
  const readers = documents.map((bytes) => turns([bytes]));
  const told: string[][] = [[], []];
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const [i, reader] of readers.entries()) {
      const { value, done } = await reader.next();
      if (done === true) continue;
      told[i]?.push(value);
      isDone = false;
    }
  }
  for (const [i, words] of expected.entries()) {
    const texts = words.flatMap((entry) => /attribute \d+ \[.*?\](?= null)/s.exec(entry)?.[0] ?? []);
    t.is(texts.length, count);
    t.is(difference(told[i] ?? [], texts), null);
  }
});

/** The contents of the messages, one at a time. */
async function* turns(chunks: readonly Buffer[]): AsyncGenerator<string> {
  for await (const { reader, rows } of readRowWindows(documentOf(chunks))) {
    for (const token of rows) if (token === 'chat') yield textInWords(reader.chat.content);
  }
}

test.serial(
  'values stay what they are until the next message, whatever the kernel does meanwhile',
  async (t) => {
    const document = wrapped(...Array.from({ length: 50 }, (_, id) => message(id)));
    const other = wrapped(...Array.from({ length: 50 }, (_, id) => message(id, '&amp;'.repeat(id))));
    for await (const { reader, rows } of readRowWindows(documentOf([document]))) {
      for (const token of rows) {
        if (token !== 'chat') continue;
        const before = textInWords(reader.chat.content);
        await rowsRead([other]);
        t.is(textInWords(reader.chat.content), before);
      }
    }
  },
);

test.serial('places far apart are what counting tells, over lines, long lines and window ends', async (t) => {
  const random = pseudoRandom(3);
  const gaps = ['', '\n', '\r\n', '\n\n<!-- é -->'];
  const rows = Array.from({ length: 9000 }, (_, id) => `${random.pick(gaps)}${message(id)}`);
  rows[4000] += `<!--${'日本\u{1F600}'.repeat(80_000)}-->`;
  const document = Buffer.from(`<root>${rows.join('')}</root>`);
  const asked: string[] = [];
  const expected: string[] = [];
  let at = document.indexOf('<tblChat');
  for (const size of [document.length, 700_001]) {
    let id = 0;
    for await (const { reader, rows: tokens } of readRowWindows(documentOf(inPieces(document, size)))) {
      for (const token of tokens) {
        if (token === 'chat' && id++ % 190 === 0) {
          const { line, column } = reader.place();
          asked.push(`${line}:${column}`);
        }
      }
    }
  }
  for (let id = 0; at >= 0; id++, at = document.indexOf('<tblChat', at + 1)) {
    if (id % 190 !== 0) continue;
    const before = document.toString('utf8', 0, at).split('\n');
    expected.push(`${before.length}:${[...(before.at(-1) ?? '')].length + 1}`);
  }
  t.deepEqual(asked, [...expected, ...expected]);
});

test.serial('a place is the same whether it is asked for at once or step by step, in any bytes', (t) => {
  const random = pseudoRandom(5);
  const bytes = Buffer.from(Array.from({ length: 50_000 }, () => random.below(256)));
  bytes.fill(0xc0, 20_000, 40_000);
  const byStep = new TextPosition();
  for (let at = 0; at < bytes.length; at += 1 + random.below(500)) {
    const expected = byStep.locate(bytes, at);
    t.deepEqual(new TextPosition().locate(bytes, at), expected, `${at}`);
  }
});
