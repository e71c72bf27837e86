import { Buffer } from 'node:buffer';
import type { RecordElement } from '../record-text.js';
import { isXmlCharacter } from '../xml/characters.js';
import { TRAIT } from '../xml/text-value.js';
import type { RawColumns } from './decode-row.js';
import { decodeSqlName } from './tables.js';

/** A row whose columns cannot be told apart or read. */
export class UnusableRow extends Error {
  override readonly name = 'UnusableRow';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The columns of a parsed row, whether attributes or child elements, by lower-case name. NULL is an element with
 * `xsi:nil`; an absent column does not appear. Throws `UnusableRow` for a column that occurs twice or holds
 * elements, and for text beside the columns.
 */
export function columnsOf(row: RecordElement): RawColumns {
  const columns = new Map<string, { name: string; value: string | null }>();
  const add = (written: string, value: string | null): void => {
    const name = decodeSqlName(localName(written));
    const key = name.toLowerCase();
    if (columns.has(key))
      throw new UnusableRow('column-repeated', `Unexpected second column ${name} in one row`);
    columns.set(key, { name, value });
  };
  for (const [name, value] of row.attributes) if (isColumnAttribute(name)) add(name, value);
  for (const piece of row.pieces) {
    if (piece.kind === 'element') add(piece.element.name, columnText(piece.element));
    else if (/[^ \t\r\n]/.test(piece.text)) {
      throw new UnusableRow('text-in-row', 'Unexpected text beside the columns of a row');
    }
  }
  return columns;
}

/** Columns by the names of attributes and elements alone, for a row that nobody looks into. */
export function columnsWithoutValues(attributes: readonly string[], elements: Iterable<string>): RawColumns {
  const columns = new Map<string, { name: string; value: null }>();
  for (const written of [...attributes.filter(isColumnAttribute), ...elements]) {
    const name = decodeSqlName(localName(written));
    columns.set(name.toLowerCase(), { name, value: null });
  }
  return columns;
}

/**
 * Throws `UnusableRow` unless the record has exactly the attributes and child elements that the scanner saw:
 * fast-xml-parser renames some (`toString`) and cuts others at characters that JavaScript takes for white space.
 */
export function requireNames(row: RecordElement, seen: readonly string[]): void {
  const children = row.pieces.flatMap((piece) => (piece.kind === 'element' ? [piece.element.name] : []));
  const names = [...row.attributes.map(([name]) => name), ...children];
  const strange = seen.find((name, i) => names[i] !== name);
  if (strange === undefined && names.length === seen.length) return;
  throw new UnusableRow('name-unusable-in-row', `Unexpected column name ${strange ?? names.at(-1)}`);
}

function isColumnAttribute(name: string): boolean {
  return !name.includes(':') && name !== 'xmlns';
}

function columnText(column: RecordElement): string | null {
  let text = '';
  for (const piece of column.pieces) {
    if (piece.kind === 'element') {
      throw new UnusableRow('column-has-elements', `Unexpected element inside column ${column.name}`);
    }
    text += piece.text;
  }
  refuseStrangeAttributes(column);
  const attribute = (wanted: (name: string) => boolean) =>
    column.attributes.find(([name]) => wanted(name))?.[1];
  const nil = attribute((name) => name.endsWith(':nil'));
  if (nil === 'true' || nil === '1') return null;
  if (attribute((name) => name === 'encoding') !== 'base64-utf16le') return text;
  const decoded = decodeBase64Utf16(text);
  if (decoded === null) {
    throw new UnusableRow(
      'column-undecodable',
      `Unexpected text in column ${column.name}, expected base64 of UTF-16LE`,
    );
  }
  return decoded.text;
}

/**
 * A column has no attributes but xsi:nil, xml:space and our own script's flag: what has others is no column, and its
 * data would be lost.
 */
function refuseStrangeAttributes(column: RecordElement): void {
  for (const [name, value] of column.attributes) {
    if (name.includes(':') || name === 'xmlns' || (name === 'encoding' && value === 'base64-utf16le'))
      continue;
    throw new UnusableRow('column-has-attributes', `Unexpected attribute ${name} on column ${column.name}`);
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * Base64 of UTF-16LE code units: the export script's form for text that XML 1.0 cannot hold. null when it is not that.
 */
export function decodeBase64Utf16(
  encoded: string,
): { readonly text: string; readonly traits: number } | null {
  const compact = encoded.replace(/[ \t\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length % 2 !== 0) return null;
  const text = bytes.toString('utf16le');
  return { text, traits: isXmlText(text) ? 0 : TRAIT.FORBIDDEN };
}

function isXmlText(text: string): boolean {
  for (const character of text) {
    if (!isXmlCharacter(character.codePointAt(0) as number)) return false;
  }
  return true;
}
