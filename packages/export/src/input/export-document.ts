import type { Buffer } from 'node:buffer';
import type { Report } from '../finding.js';
import type { HashMaker } from '../hash/stream-hash.js';
import { withoutArtefacts } from './artefact-filter.js';
import { type ByteSource, readStart } from './byte-source.js';
import { artefactFinding, consoleHeaderLength, findConsoleArtefacts } from './console-artefacts.js';
import { checkDeclaredEncoding, detectEncoding, type SourceEncoding } from './encoding.js';
import { HashedSource, type ReadSoFar } from './hashed-source.js';
import { type RefusedFormat, refusedFormat } from './refused-formats.js';
import { utf16ToUtf8 } from './transcode-utf16.js';

/** One XML document of an export. */
export interface ExportDocument {
  /** Name inside the export, '/' separated, never absolute: `tblChat.xml`, `inner.zip/export/tblChat.xml`. */
  readonly name: string;
  /** Uncompressed source bytes, for progress; null when only reading tells (gzip). */
  readonly sizeInBytes: number | null;
  /** `sizeInBytes`, or about how many they are, judged by the beginning (gzip). Throws what reading throws. */
  guessSize(): Promise<number>;
  readonly encoding: SourceEncoding;
  /** Whether the bytes may hold surrogates in three-byte form (UTF-16 sources only). */
  readonly mayHoldSurrogates: boolean;
  /**
   * The text as UTF-8, byte order mark and console artefacts removed, in chunks of any size (about 256 KiB); may be
   * called again for a second pass. Throws `RunFailure` 'input-unreadable', 'input-encoding' or 'archive-damaged'.
   * Memory held: one chunk, and that of the decoder (transcode-utf16.ts) when the source is UTF-16.
   */
  open(): AsyncIterable<Buffer>;
  /**
   * SHA-256 (hex) of the uncompressed bytes as stored, before transcoding; null until they have been read once to the
   * end.
   */
  sha256(): string | null;
  /** How far the first reading has come; null when it has not begun. */
  readSoFar(): ReadSoFar | null;
  /**
   * Holds the first reading against an earlier one that came so far: this or `open` throws `RunFailure`
   * 'checkpoint-unusable' when the bytes are others. To be called before the document is read.
   */
  expectSame(earlier: ReadSoFar): void;
}

/** Bytes of text that tell format, encoding and console artefacts; a console header and its first line fit well. */
const START_BYTES = 64 * 1024;

/**
 * Looks at the beginning of a source: an XML document, or a format to refuse. Console artefacts are looked for and
 * reported here, once. Throws `RunFailure` 'input-encoding', and what reading the source throws.
 */
export async function examineSource(
  source: ByteSource,
  report: Report,
  makeHash: HashMaker,
): Promise<ExportDocument | RefusedFormat> {
  const hashed = new HashedSource(source, makeHash);
  const openStored = (): AsyncIterable<Buffer> => hashed.open();
  const bytes = await readStart(openStored(), START_BYTES);
  const { encoding, bomLength } = detectEncoding(bytes, source.name);
  const openText = (): AsyncIterable<Buffer> => {
    const stored = bomLength === 0 ? openStored() : withoutFirst(openStored(), bomLength);
    return encoding === 'utf-8' ? stored : utf16ToUtf8(stored, encoding, source.name);
  };
  const start = encoding === 'utf-8' ? bytes.subarray(bomLength) : await readStart(openText(), START_BYTES);
  const body = start.subarray(consoleHeaderLength(start));
  const refused = refusedFormat({ bytes, text: body.toString('utf8', 0, 4096) });
  if (refused !== null) return refused;
  checkDeclaredEncoding(body.toString('latin1', 0, 1024), encoding, source.name);
  const artefacts = await findConsoleArtefacts(start, start.length < START_BYTES, openText);
  if (artefacts !== null) report(artefactFinding(source.name, artefacts));
  return {
    name: source.name,
    sizeInBytes: source.sizeInBytes,
    guessSize: async () => source.sizeInBytes ?? (await source.guessSize?.()) ?? 0,
    encoding,
    mayHoldSurrogates: encoding !== 'utf-8',
    open: () => (artefacts === null ? openText() : withoutArtefacts(openText(), artefacts)),
    sha256: () => hashed.sha256(),
    readSoFar: () => hashed.readSoFar(),
    expectSame: (earlier) => hashed.expectSame(earlier),
  };
}

async function* withoutFirst(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
