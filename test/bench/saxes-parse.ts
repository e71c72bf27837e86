import { createReadStream } from 'node:fs';
import process from 'node:process';
import { SaxesParser } from 'saxes';

/** Parses a file with saxes and does nothing else: `saxes-parse.js <file>`. */
const parser = new SaxesParser({ position: false });
parser.on('error', (error) => {
  throw error;
});
const decoder = new TextDecoder('utf-8', { fatal: true });
for await (const chunk of createReadStream(process.argv[2] ?? '', { highWaterMark: 1 << 18 })) {
  parser.write(decoder.decode(chunk as Uint8Array, { stream: true }));
}
parser.write(decoder.decode());
parser.close();
