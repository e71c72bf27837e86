import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import { fromBuffer, type ZipFile } from 'yauzl';
import type { RawEntry } from '../support/raw-zip.js';

/** The documents of a ZIP, by another library than ours in the product. */
export async function zipDocuments(path: string): Promise<RawEntry[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(readFileSync(path), { lazyEntries: true }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const entries: RawEntry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry) => {
      zip.openReadStream(entry, async (error, stream) => {
        if (error) return reject(error);
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of stream) chunks.push(chunk as Buffer);
        } catch (cause) {
          return reject(cause);
        }
        entries.push({ name: entry.fileName, data: Buffer.concat(chunks), method: 8 });
        zip.readEntry();
      });
    });
    zip.readEntry();
  });
  return entries;
}

/** All that the messages of a package say, as a plain parser reads it. */
export async function messagesOf(documents: readonly RawEntry[]): Promise<string> {
  const said: string[] = [];
  for (const { name, data } of documents) {
    if (!/^Messages(-\d+)?\.xml$/.test(name)) continue;
    const parser = new SaxesParser();
    // Comments and CDATA sections cut a text into pieces, which are one all the same.
    let text = '';
    const endText = (): void => {
      if (text.trim() !== '') said.push(text);
      text = '';
    };
    parser.on('opentag', ({ name: tag, attributes }) => {
      endText();
      // The layout knows the order of attributes of a message by name only.
      const values = Object.entries(attributes).filter(([attribute]) => attribute !== 'lastChatId');
      said.push(`<${tag} ${JSON.stringify(values.sort())}`);
    });
    parser.on('closetag', endText);
    for (const piece of ['text', 'cdata'] as const) {
      parser.on(piece, (value) => {
        text += value;
      });
    }
    parser.write(String(data)).close();
  }
  return said.join('\n');
}
