import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
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

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;

/**
 * The same as a reader finds them that goes from front to back and believes the local headers (APPNOTE.TXT 4.3.7,
 * 4.3.9).
 */
export function streamedDocuments(zip: Buffer): RawEntry[] {
  const entries: RawEntry[] = [];
  let at = 0;
  while (zip.readUInt32LE(at) === LOCAL_SIGNATURE) {
    const nameEnd = at + 30 + zip.readUInt16LE(at + 26);
    const name = zip.toString('utf8', at + 30, nameEnd);
    const rest = zip.subarray(nameEnd + zip.readUInt16LE(at + 28));
    if ((zip.readUInt16LE(at + 6) & 8) === 0) {
      const packed = rest.subarray(0, zip.readUInt32LE(at + 18));
      const data = zip.readUInt16LE(at + 8) === 8 ? inflateRawSync(packed) : packed;
      entries.push({ name, data, method: 8 });
      at = zip.length - rest.length + packed.length;
    } else {
      const { buffer, engine } = inflateRawSync(rest, { info: true }) as unknown as Inflated;
      entries.push({ name, data: buffer, method: 8 });
      at = zip.length - rest.length + engine.bytesWritten;
      at += descriptorBytes(zip.subarray(at));
    }
  }
  if (zip.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw new Error(`something else lies at byte ${at}`);
  return entries;
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Up to the next signature: sizes have 4 or 8 bytes, and its own signature may be missing. */
function descriptorBytes(bytes: Buffer): number {
  const signature = bytes.readUInt32LE(0) === DESCRIPTOR_SIGNATURE ? 4 : 0;
  const isSmall = [LOCAL_SIGNATURE, CENTRAL_SIGNATURE].includes(bytes.readUInt32LE(signature + 12));
  return signature + (isSmall ? 12 : 20);
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
