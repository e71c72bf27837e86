import { Buffer } from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import { KERNEL_BASE64 } from '../../packages/export/dist/xml/kernel-binary.js';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { compileKernel } from '../support/compile-kernel.js';
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

test.serial('the committed binary is the source, compiled', async (t) => {
  t.is(KERNEL_BASE64, (await compileKernel()).toString('base64'));
});

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
    t.true((seen.taken - before) / messages > 0.3);
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
