import { Buffer } from 'node:buffer';
import { RunFailure } from '../run-failure.js';
import { quoteName } from './quote-name.js';
import { ENCODING_RECIPE } from './recipes.js';

export type SourceEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface DetectedEncoding {
  readonly encoding: SourceEncoding;
  /** Bytes of the byte order mark, which are no part of the text. */
  readonly bomLength: 0 | 2 | 3;
}

/** Declared names (lower case) that agree with each encoding. US-ASCII is a part of UTF-8. */
const AGREEING: Readonly<Record<SourceEncoding, readonly string[]>> = {
  'utf-8': ['utf-8', 'utf8', 'us-ascii', 'ascii'],
  'utf-16le': ['utf-16', 'utf-16le', 'iso-10646-ucs-2'],
  'utf-16be': ['utf-16', 'utf-16be', 'iso-10646-ucs-2'],
};

const FIRST_CHARACTERS: ReadonlySet<number> = new Set(Buffer.from('\t\n\r <XC'));

/**
 * Tells the encoding by the byte order mark, else by the first bytes (XML 1.0, appendix F): a zero byte beside the
 * first character shows UTF-16, also of a fragment without declaration. Everything else is taken as UTF-8. Throws
 * `RunFailure` 'input-encoding' for UTF-32.
 */
export function detectEncoding(start: Buffer, name: string): DetectedEncoding {
  const [a, b, c, d] = start;
  const isWide =
    (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff);
  if (
    isWide ||
    (isText(a) && b === 0 && c === 0 && d === 0) ||
    (a === 0 && b === 0 && c === 0 && isText(d))
  ) {
    throw encodingFailure(name, 'is stored as UTF-32');
  }
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bomLength: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bomLength: 2 };
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bomLength: 3 };
  if (isText(a) && b === 0) return { encoding: 'utf-16le', bomLength: 0 };
  if (a === 0 && isText(b)) return { encoding: 'utf-16be', bomLength: 0 };
  return { encoding: 'utf-8', bomLength: 0 };
}

/** White space, `<`, or the first letter of what sqlcmd writes before the XML ("XML_F52E…", "Changed database …"). */
function isText(byte: number | undefined): boolean {
  return byte !== undefined && FIRST_CHARACTERS.has(byte);
}

/**
 * Holds the encoding of the XML declaration, if `start` (decoded text) begins with one that names it, against the
 * bytes. Throws `RunFailure` 'input-encoding' when it is another one, supported or not.
 */
export function checkDeclaredEncoding(start: string, encoding: SourceEncoding, name: string): void {
  const declared = /^<\?xml\s[^>?]*?\bencoding\s*=\s*(["'])([^"']*)\1/.exec(start)?.[2];
  if (declared === undefined || AGREEING[encoding].includes(declared.toLowerCase())) return;
  throw encodingFailure(
    name,
    `declares the encoding ${quoteName(declared)} and is stored as ${encoding.toUpperCase()} or a code page`,
  );
}

/** A small text as a string, by its byte order mark or first characters; unpaired surrogates are kept. */
export function decodeText(bytes: Buffer, name: string): string {
  const { encoding, bomLength } = detectEncoding(bytes, name);
  const text = bytes.subarray(bomLength);
  if (encoding === 'utf-8') return text.toString('utf8');
  if (text.length % 2 === 1) throw encodingFailure(name, 'ends in half a UTF-16 code unit');
  return (encoding === 'utf-16be' ? Buffer.from(text).swap16() : text).toString('utf16le');
}

export function encodingFailure(name: string, fault: string): RunFailure {
  return new RunFailure(
    'input-encoding',
    `${quoteName(name)} ${fault}; expected UTF-8, or UTF-16 with a byte order mark, and a declaration that agrees.`,
    ENCODING_RECIPE,
  );
}
