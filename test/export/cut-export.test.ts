import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  cutExport,
  type ExportDocument,
  type OpenedExport,
  openExport,
  readRowWindows,
} from '@chatferry/export';
import test from 'ava';
import { SHAPE_NAMES } from '../support/export-shapes.js';
import { generateExport } from '../support/generate-export.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { FIXTURES } from '../support/write-fixtures.js';

const NOTHING = (): void => undefined;

/** The document with its bytes in pieces, so that it can be cut close to where one wants. */
function inPieces(document: ExportDocument, size: number): ExportDocument {
  return {
    ...document,
    async *open() {
      for await (const chunk of document.open()) {
        for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
      }
    },
  };
}

/** Messages and other rows in their order, without places. */
async function rowsOf(document: ExportDocument): Promise<string[]> {
  const rows: string[] = [];
  for await (const { reader, rows: tokens } of readRowWindows(document)) {
    for (const token of tokens) {
      const { chat, columns, tableName } = reader;
      rows.push(
        token === 'chat'
          ? `chat ${chat.channelID} ${chat.chatID} ${chat.content?.toString()}`
          : `${token} ${tableName} ${[...columns.values()].join('|')}`,
      );
    }
  }
  return rows;
}

async function bytesOf(document: ExportDocument): Promise<number> {
  let bytes = 0;
  for await (const chunk of document.open()) bytes += chunk.length;
  return bytes;
}

async function withShape(shape: string, work: (opened: OpenedExport) => Promise<void>): Promise<void> {
  const opened = await openExport(join(FIXTURES, 'shapes', shape), { report: NOTHING });
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

test('a cut export is well-formed in every shape, and holds the first rows of the whole one', async (t) => {
  let cutOnes = 0;
  for (const shape of SHAPE_NAMES) {
    await withShape(shape, async (opened) => {
      const whole = { ...opened, documents: opened.documents.map((each) => inPieces(each, 997)) };
      for (const limit of [1, 3000]) {
        const { opened: cut, cuts } = await cutExport(whole, limit);
        for (const [i, document] of cut.documents.entries()) {
          const rows = await rowsOf(document);
          const all = await rowsOf(opened.documents[i] as ExportDocument);
          t.deepEqual(rows, all.slice(0, rows.length), `${shape} ${document.name}`);
          const facts = cuts[i];
          t.is(facts?.isWhole, rows.length === all.length, `${shape} ${document.name}`);
          if (facts?.isWhole !== false) continue;
          cutOnes += 1;
          t.true(rows.some((row) => row.startsWith('chat')));
          t.true(facts.directoryBytes + facts.messageBytes <= facts.totalBytes);
          t.is(document.sizeInBytes, await bytesOf(document));
        }
      }
    });
  }
  t.true(cutOnes > SHAPE_NAMES.length, `${cutOnes} documents were cut`);
});

test('sizes of gzip files and of UTF-16 are guessed within 5 in 100, and known when nothing was cut', async (t) => {
  const folder = temporaryFolder(t);
  const text = Buffer.concat([...generateExport({ messages: 60_000, shape: 'attributes' })]);
  const files = {
    'plain.xml': text,
    'packed.xml.gz': gzipSync(text, { level: 1 }),
    'utf16.xml': Buffer.from(`\uFEFF${text.toString('utf8')}`, 'utf16le'),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes);
    const opened = await openExport(join(folder, name), { report: NOTHING });
    const { cuts } = await cutExport(opened, 1 << 20);
    const [cut] = cuts;
    t.false(cut?.isWhole);
    t.true(Math.abs((cut?.totalBytes ?? 0) / text.length - 1) < 0.05, `${name}: ${cut?.totalBytes}`);
    t.is((await cutExport(opened, 1 << 30)).cuts[0]?.totalBytes, text.length, name);
    await opened.close();
  }
});
