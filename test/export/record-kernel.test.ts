import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { compileKernel, KERNELS, kernelModule, kernelModulePath } from '../support/compile-kernel.js';
import { cutUp } from '../support/hostile-bytes.js';
import { hostileExport } from '../support/hostile-export.js';
import { difference, type RowsRead, rowsRead, watchKernel } from '../support/rows-read.js';

const seen = watchKernel();

async function assertSame(chunks: readonly Buffer[], options: RowsRead): Promise<number> {
  const expected = await rowsRead(chunks, { ...options, readsTokensOnly: true });
  const found = difference(await rowsRead(chunks, options), expected);
  if (found === null) return expected.filter((entry) => entry.startsWith('chat')).length;
  const source = JSON.stringify(chunks.map((chunk) => chunk.toString('latin1')));
  throw new Error(`${found}\n${JSON.stringify(options)} ${source}`);
}

for (const kernel of KERNELS) {
  test.serial(`the committed binary is ${kernel.source}, compiled`, async (t) => {
    const module = kernelModule(kernel, await compileKernel(kernel));
    t.is(readFileSync(kernelModulePath(kernel), 'utf8'), module);
  });
}

const MODES: readonly RowsRead[] = [
  {},
  { isStrict: true },
  { skipsMessages: true },
  { mayHoldSurrogates: true },
  { isStrict: true, mayHoldSurrogates: true },
];

test.serial(
  'with the kernel and without, an export reads the same, sound or damaged, however it is cut',
  async (t) => {
    t.timeout(24 * 3600 * 1000);
    const before = seen.taken;
    let messages = 0;
    await fc.assert(
      fc.asyncProperty(tapes, async (tape) => {
        const random = choicesFrom(tape);
        const mode = random.pick(MODES);
        const document = hostileExport(random);
        messages += await assertSame(cutUp(document, random), mode);
      }),
      fuzzRuns(4000),
    );
    t.log(`${seen.taken - before} of ${messages} messages by the kernel`);
    t.true((seen.taken - before) / messages > 0.2);
  },
);

const TEXT = 'isAlert="0" content="Good evening"';
const message = (id: number, row = 'row'): string =>
  `<${row} channelID="17" chatID="${id}" chatDate="634567890123456789" userId="7" ${TEXT}/>`;
const wholly = async (text: string, options: RowsRead = {}): Promise<number> =>
  await assertSame([Buffer.from(text)], options);

test.serial(
  'a damaged bare row behind messages is a message, though rows of another table stood between',
  async (t) => {
    const other = '<row nodeID="1" nodeGuid="a"/>';
    const damagedRow = message(4).replace('Good', '&nbsp;');
    const rows = `${message(1)}${message(2)}${other}${message(3)}${damagedRow}`;
    t.is(await wholly(`<root>${rows}</root>`), 3);
    const told = await rowsRead([Buffer.from(`<root>${rows}</root>`)]);
    t.regex(told.at(-2) ?? '', /^damaged tblChat tblChat .*undefined-entity/);
  },
);

/** How many messages of a document with these rows the kernel takes, told as the tokens do. */
async function takenOf(rows: readonly string[], root = 'root'): Promise<number> {
  const before = seen.taken;
  await wholly(`<${root}>${rows.join('\n')}</${root.split(' ')[0]}>`);
  return seen.taken - before;
}

const child = (id: number, more: string, tag = 'tblChat'): string =>
  `<${tag}><channelID>17</channelID><chatID>${id}</chatID><chatDate>634567890123456789</chatDate>` +
  `<userId>7</userId><isAlert>1</isAlert><content>Good evening</content>${more}</${tag.split(' ')[0]}>`;
const XSI_DECLARED = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const IDS = [1, 2, 3, 4, 5, 6];

test.serial('the kernel takes rows with columns that nobody knows, in the order of each row', async (t) => {
  const extra = (id: number) => ` a="${id}&amp;"${id % 2 === 0 ? ' c="x" b="y"' : ' b="y" c="x"'}`;
  t.is(await takenOf(IDS.map((id) => message(id).replace(' content', `${extra(id)} content`))), 5);
  t.is(await takenOf(IDS.map((id) => child(id, `<a>${id}</a><b></b>`))), 5);
  const withMany = (id: number, count: number) =>
    message(id).replace('/>', `${Array.from({ length: count }, (_, i) => ` e${i}="${i}"`).join('')}/>`);
  t.is(await takenOf(IDS.map((id) => withMany(id, 9))), 5);
  t.is(await takenOf(IDS.map((id) => withMany(id, 10))), 0);
  t.is(await takenOf([withMany(1, 40), message(2), withMany(3, 9)]), 2);
});

test.serial('the kernel takes rows that repeat the declarations of the first, and no others', async (t) => {
  const declared = 'tblChat xmlns="urn:schemas-microsoft-com:sql:SqlRowSet1"';
  t.is(await takenOf(IDS.map((id) => message(id, declared))), 5);
  t.is(await takenOf(IDS.map((id) => child(id, '', declared))), 5);
  t.is(await takenOf(IDS.map((id) => message(id, id < 4 ? declared : 'tblChat'))), 4);
  for (const wrong of [' xmlns:xml="x"', ' xmlns:q=""', ' xmlns="http://www.w3.org/2000/xmlns/"']) {
    t.is(await takenOf(IDS.map((id) => message(id, `tblChat${wrong}`))), 0);
  }
  t.is(await takenOf([message(1, `tblChat xmlns='a"b'`), message(2, 'tblChat xmlns="a"b"')]), 0);
});

test.serial(
  'the kernel takes NULL as FOR XML and .NET write it, while its prefix means what it meant',
  async (t) => {
    for (const nil of [
      '<rtf xsi:nil="true"/>',
      '<rtf xsi:nil="true" />',
      '<rtf xsi:nil="1"/><note xsi:nil="true"/>',
    ]) {
      const rows = IDS.map((id) => child(id, nil));
      t.is(await takenOf(rows, `root ${XSI_DECLARED}`), 5);
      t.is(await takenOf(IDS.map((id) => child(id, nil, `tblChat ${XSI_DECLARED}`))), 5);
      t.is(await takenOf(rows), 0);
      const other = `</a><a xmlns:xsi="other">${child(7, nil)}${child(8, nil)}</a><a>${child(9, nil)}`;
      await wholly(`<root><a ${XSI_DECLARED}>${rows.join('')}${other}</a></root>`);
      const twice = child(8, `${nil}<rtf>x</rtf>`);
      await wholly(`<root ${XSI_DECLARED}>${rows.join('')}${twice}</root>`);
    }
    t.is(
      await takenOf(
        IDS.map((id) => child(id, id < 4 ? '<rtf>r</rtf>' : '<rtf xsi:nil="true"/>')),
        `root ${XSI_DECLARED}`,
      ),
      4,
    );
  },
);

test.serial('what is a message between some elements may be a wrapper between others', async (t) => {
  const rows = IDS.map((id) => child(id, '')).join('');
  const before = seen.taken;
  await wholly(`<tblChat>${rows}</tblChat>${child(7, '')}${child(8, '')}`);
  t.is(seen.taken - before, 5);
});
