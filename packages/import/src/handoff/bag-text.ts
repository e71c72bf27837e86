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

/**
 * A tag file as text, without its byte order mark; null when the encoding is not known here, or the bytes are not of
 * it.
 */
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

/**
 * Lines end with LF, CR or CRLF: RFC 8493, section 2. The end of the last line may be missing. One line is held at a
 * time.
 */
export function* linesOf(text: string): Generator<string> {
  const ends = /\r\n|\r|\n/g;
  let from = 0;
  for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
    yield text.slice(from, end.index);
    from = ends.lastIndex;
  }
  if (from < text.length) yield text.slice(from);
}

/**
 * Values of a label of bag-info.txt; labels do not distinguish case, values may go on in indented lines (section
 * 2.2.2).
 */
export function tagValues(text: string, label: string): string[] {
  const values: string[][] = [];
  let current: string[] | undefined;
  for (const line of linesOf(text)) {
    if (/^[ \t]/.test(line)) {
      current?.push(line.trim());
      continue;
    }
    const colon = line.indexOf(':');
    current = undefined;
    if (colon < 0 || line.slice(0, colon).trim().toLowerCase() !== label.toLowerCase()) continue;
    current = [line.slice(colon + 1).trim()];
    values.push(current);
  }
  return values.map((parts) => parts.join(' ').trim());
}

/**
 * Number of the first line of bag-info.txt that is neither `label: value`, nor the indented continuation of one, nor
 * blank; null when there is none (section 2.2.2).
 */
export function lineWithoutLabel(text: string): number | null {
  let number = 0;
  let continues = false;
  for (const line of linesOf(text)) {
    number += 1;
    if (line.trim() === '' || (continues && /^[ \t]/.test(line))) continue;
    if (!line.includes(':')) return number;
    continues = true;
  }
  return null;
}
