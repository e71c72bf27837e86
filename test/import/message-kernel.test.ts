import type { Buffer } from 'node:buffer';
import { XmlScanner } from '@chatferry/export';
import {
  type DocumentLayout,
  PackageDirectory,
  type PackageMessage,
  type ReadFault,
} from '@chatferry/import';
import test from 'ava';
import fc from 'fast-check';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { cutUp } from '../support/hostile-bytes.js';
import { hostileMessages, MESSAGE_LAYOUTS } from '../support/hostile-package.js';
import { difference, failureInWords, textInWords, watchKernel } from '../support/rows-read.js';

const internal = (file: string) =>
  new URL(`../../packages/import/dist/read-package/${file}.js`, import.meta.url).href;
const { walkDocument } = (await import(
  internal('document-walk')
)) as typeof import('../../packages/import/dist/read-package/document-walk.js');
const { messageWalk } = (await import(
  internal('read-package')
)) as typeof import('../../packages/import/dist/read-package/read-package.js');

const seen = watchKernel();

/** All that is told of a document of messages, an entry a message or fault, in plain words. */
async function messagesRead(
  chunks: readonly Buffer[],
  document: DocumentLayout,
  readsTokensOnly: boolean,
): Promise<string[]> {
  const told: string[] = [];
  const scanner = new XmlScanner({ file: document.name, forbidden: 'report', readsTokensOnly });
  const fault = (fault: ReadFault) => void told.push(`fault ${JSON.stringify(fault)}`);
  const visitor = {
    directory: new PackageDirectory(),
    fault,
    directoryRead: () => undefined,
    message: (message: PackageMessage) => void told.push(inWords(message)),
    progress: () => undefined,
  };
  const common = { scanner, document, fault, incomplete: () => void told.push('incomplete') };
  async function* bytes(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  try {
    await walkDocument(bytes(), messageWalk(common, visitor), (count) => void told.push(`${count} bytes`));
  } catch (error) {
    const place = error instanceof Error && 'place' in error ? JSON.stringify(error.place) : '';
    told.push(`${failureInWords(error)} ${place}`);
  }
  return told;
}

function inWords(message: PackageMessage): string {
  const { roomId, id, date, userId, alert, content, rtf, idDigits, dateDigits } = message;
  const { line, column, record } = message.place();
  return (
    `message ${roomId} ${id} ${date} ${userId} ${alert} ${line}:${column} ${record} ` +
    `${textInWords(idDigits)} ${textInWords(dateDigits)} ${textInWords(content)} ${textInWords(rtf)}`
  );
}

for (const [index, layout] of MESSAGE_LAYOUTS.entries()) {
  test.serial(`with the kernel and without, messages of layout ${index + 1} read the same`, async (t) => {
    t.timeout(24 * 3600 * 1000);
    const before = seen.taken;
    let messages = 0;
    await fc.assert(
      fc.asyncProperty(tapes, async (tape) => {
        const random = choicesFrom(tape);
        const chunks = cutUp(hostileMessages(layout, random), random);
        const expected = await messagesRead(chunks, layout, true);
        const found = difference(await messagesRead(chunks, layout, false), expected);
        if (found !== null) throw new Error(`${found}\n${JSON.stringify(chunks.map(String))}`);
        messages += expected.filter((entry) => entry.startsWith('message')).length;
      }),
      fuzzRuns(800),
    );
    t.log(`${seen.taken - before} of ${messages} messages by the kernel`);
    t.true((seen.taken - before) / messages > 0.5);
  });
}
