import type { Buffer } from 'node:buffer';

/** Versions of BagIt that are read. bagit.py up to 1.8 writes 0.97; RFC 8493 is 1.0. */
const VERSIONS: readonly string[] = ['0.97', '1.0'];

/** What `bagit.txt` says. */
export interface BagDeclaration {
  readonly version: string;
  /** As it stands there. */
  readonly encoding: string;
}

/** null for anything but the two lines of RFC 8493, section 2.1.1, in UTF-8 without a byte order mark. */
export function parseDeclaration(bytes: Buffer): BagDeclaration | null {
  const text = decodeTags(bytes, 'UTF-8', { keepMark: true });
  const [, version, encoding] =
    /^BagIt-Version: ([0-9]+\.[0-9]+)(?:\r\n|\r|\n)Tag-File-Character-Encoding: ([\w.:-]+)[ \t]*(?:\r\n|\r|\n)?$/.exec(
      text ?? '',
    ) ?? [];
  if (version === undefined || encoding === undefined || !VERSIONS.includes(version)) return null;
  return { version, encoding };
}

/** A tag file as text, without its byte order mark; null when the encoding is not known here, or the bytes are not of it. */
export function decodeTags(bytes: Buffer, encoding: string, { keepMark = false } = {}): string | null {
  switch (encoding.toUpperCase()) {
    case 'US-ASCII':
    case 'UTF-8':
      return decode(bytes, 'utf-8', keepMark);
    case 'ISO-8859-1':
      return bytes.toString('latin1');
    case 'UTF-16':
      return decode(bytes, bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-16be', keepMark);
    case 'UTF-16LE':
      return decode(bytes, 'utf-16le', keepMark);
    case 'UTF-16BE':
      return decode(bytes, 'utf-16be', keepMark);
    default:
      return null;
  }
}

function decode(bytes: Buffer, label: 'utf-8' | 'utf-16le' | 'utf-16be', keepMark: boolean): string | null {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: keepMark }).decode(bytes);
  } catch {
    return null;
  }
}

/** Lines end with LF, CR or CRLF: RFC 8493, section 2. The end of the last line may be missing. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Values of a label of bag-info.txt; labels do not distinguish case, values may go on in indented lines (section 2.2.2). */
export function tagValues(text: string, label: string): string[] {
  const values: string[] = [];
  let isWanted = false;
  for (const line of linesOf(text)) {
    if (/^[ \t]/.test(line)) {
      if (isWanted) values.push(`${values.pop() ?? ''} ${line.trim()}`.trim());
      continue;
    }
    const [, name, value = ''] = /^([^:]+):(.*)$/.exec(line) ?? [];
    isWanted = name?.trim().toLowerCase() === label.toLowerCase();
    if (isWanted) values.push(value.trim());
  }
  return values;
}
