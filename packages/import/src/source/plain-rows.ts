import { Buffer } from 'node:buffer';
import { RunFailure } from '@chatferry/export';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { plainName, tableByColumns, tableByFile, tableByName } from './legacy-tables.js';
import { plainText, unmarked } from './plain-text.js';

/** One row of a table of the export, with its columns by lower-case name; NULL and absent are both null or missing. */
export interface PlainRow {
  /** Physical name, or the element's when no documented table has it. */
  readonly table: string;
  readonly columns: ReadonlyMap<string, string | null>;
  /** Why the columns cannot be told apart, or null. */
  readonly damage: string | null;
  /** Where its tag begins, from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

const DEPTH_LIMIT = 256;
/** UTF-16 units between two events of the parser, and in one row. */
const LENGTH_LIMIT = 16 * 1024 * 1024;

/** An element that is open. Whether it is a column, a row or a wrapper shows at its end. */
interface Open extends Pick<PlainRow, 'line' | 'column'> {
  readonly name: string;
  readonly columns: Map<string, string | null>;
  readonly attributes: SaxesTagPlain['attributes'];
  hasAttributeColumns: boolean;
  hasColumns: boolean;
  hasRows: boolean;
  text: string;
  damage: string | null;
}

/**
 * Reads the rows of one document the plain way: with saxes, every value as a string. An element without columns of its
 * own is a column; one that holds columns, as attributes or elements, is a row; one that holds rows is a wrapper.
 * Inline schemas and a DiffGram's originals are passed over.
 *
 * Memory: one row, at most 16 Mi characters.
 *
 * @throws RunFailure `input-not-well-formed`, `input-dtd`, `input-encoding`, `input-limit`.
 */
export async function readPlainRows(
  document: { readonly name: string; open(): AsyncIterable<Buffer> },
  row: (row: PlainRow) => void,
): Promise<void> {
  const reader = new PlainRowReader(document.name, row);
  for await (const text of plainText(document.open(), document.name)) reader.write(text);
  reader.close();
}

class PlainRowReader {
  readonly #parser = new SaxesParser<{ fragment: true; xmlns: false }>({ fragment: true, xmlns: false });
  readonly #file: string;
  readonly #fileTable: string | null;
  readonly #row: (row: PlainRow) => void;
  readonly #open: Open[] = [];
  #skipped = 0;
  #sinceEvent = 0;
  #tagLine = 1;
  #tagColumn = 1;

  constructor(file: string, row: (row: PlainRow) => void) {
    this.#file = file;
    this.#fileTable = tableByFile(file);
    this.#row = row;
    const parser = this.#parser;
    parser.on('error', ({ message }) => {
      const what = message.replace(/^(?:[^ ]*:)?\d+:\d+: /, '');
      throw this.#failure(what.includes('doctype') ? 'input-dtd' : 'input-not-well-formed', what);
    });
    // A fragment has none; a parser that knew one would begin to read it.
    parser.on('doctype', () => {
      throw this.#failure('input-dtd', 'a document type declaration');
    });
    parser.on('opentagstart', ({ name }) => this.#beginTag(name));
    parser.on('opentag', (tag) => this.#begin(tag));
    parser.on('closetag', () => this.#end());
    parser.on('text', (text) => this.#text(unmarked(text)));
    parser.on('cdata', (text) => this.#text(unmarked(text, true)));
  }

  write(text: string): void {
    // In slices, so that what is too long is noticed before it is held.
    for (let at = 0; at < text.length; at += 1 << 16) {
      const slice = text.slice(at, at + (1 << 16));
      this.#sinceEvent += slice.length;
      if (this.#sinceEvent > LENGTH_LIMIT) throw this.#tooLong();
      this.#parser.write(slice);
    }
  }

  close(): void {
    this.#parser.close();
  }

  /** The parser stands behind the character after the name, which may be a line break. */
  #beginTag(name: string): void {
    const { line, columnIndex } = this.#parser;
    const isBroken = columnIndex === 0;
    this.#tagLine = isBroken ? line - 1 : line;
    this.#tagColumn = isBroken ? 1 : columnIndex - name.length - 1;
  }

  #begin({ name: written, attributes }: SaxesTagPlain): void {
    this.#sinceEvent = 0;
    const name = written.slice(written.indexOf(':') + 1);
    const isOriginal = written !== name && (name === 'before' || name === 'errors');
    if (this.#skipped > 0 || isOriginal || name.toLowerCase() === 'schema') {
      this.#skipped += 1;
      return;
    }
    if (this.#open.length >= DEPTH_LIMIT)
      throw this.#failure('input-limit', `more than ${DEPTH_LIMIT} levels`);
    const columns = new Map<string, string | null>();
    const open: Open = {
      name,
      line: this.#tagLine,
      column: this.#tagColumn,
      columns,
      attributes,
      hasAttributeColumns: false,
      hasColumns: false,
      hasRows: false,
      text: '',
      damage: null,
    };
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute.includes(':') || attribute === 'xmlns' || attribute === 'encoding') continue;
      open.hasAttributeColumns = true;
      addColumn(open, attribute, unmarked(value));
    }
    this.#open.push(open);
  }

  #text(text: string): void {
    const open = this.#open.at(-1);
    if (this.#skipped > 0) return;
    if (open === undefined || open.hasRows) {
      if (/[^ \t\r\n]/.test(text)) throw this.#failure('input-not-well-formed', 'text between rows');
      return;
    }
    open.text += text;
    if (open.text.length > LENGTH_LIMIT) throw this.#tooLong();
  }

  #end(): void {
    this.#sinceEvent = 0;
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    const open = this.#open.pop() as Open;
    const parent = this.#open.at(-1);
    if (open.hasRows) {
      if (open.columns.size > 0 && tableByColumns(open.columns) !== null) {
        throw this.#failure('input-not-well-formed', 'rows within rows');
      }
      if (parent !== undefined) parent.hasRows = true;
      return;
    }
    const isEmpty = !open.hasAttributeColumns && !open.hasColumns;
    const isColumn = isEmpty && (parent === undefined || !isEmptyRow(open));
    if (isColumn) {
      if (parent !== undefined) this.#column(parent, open);
      return;
    }
    this.#emit(open, parent?.name ?? '');
    if (parent !== undefined) parent.hasRows = true;
  }

  #column(row: Open, column: Open): void {
    row.hasColumns = true;
    const { value, damage } = columnValue(column);
    row.damage ??= damage;
    addColumn(row, column.name, value);
  }

  #emit(open: Open, wrapper: string): void {
    if (/[^ \t\r\n]/.test(open.text)) open.damage ??= 'text beside the columns';
    const table =
      tableByName(open.name) ?? tableByColumns(open.columns) ?? this.#fileTable ?? tableByName(wrapper);
    this.#row({
      table: table ?? plainName(open.name),
      columns: open.columns,
      damage: open.damage,
      line: open.line,
      column: open.column,
    });
  }

  #tooLong(): RunFailure {
    return this.#failure('input-limit', `a piece of more than ${LENGTH_LIMIT} characters`);
  }

  #failure(code: 'input-not-well-formed' | 'input-dtd' | 'input-limit', what: string): RunFailure {
    const place = {
      file: this.#file,
      line: this.#parser.line,
      column: this.#parser.column + 1,
      record: null,
    };
    return new RunFailure(
      code,
      `The second reader stopped in ${this.#file}, line ${place.line}: ${what.replace(/\.$/, '')}.`,
      'It takes well-formed XML only. Name the export that the package was made from, or make the export again.',
      { place },
    );
  }
}

function addColumn(row: Open, written: string, value: string | null): void {
  const name = plainName(written);
  const key = name.toLowerCase();
  if (row.columns.has(key)) row.damage ??= `a second column ${name}`;
  row.columns.set(key, value);
}

/** `<tblNode/>` within a wrapper: a row of which every column is NULL. */
function isEmptyRow({ name, text }: Open): boolean {
  return text === '' && /^(?:[^.]*\.)?tbl/i.test(name) && tableByName(name) !== null;
}

function columnValue({ attributes, text }: Open): {
  readonly value: string | null;
  readonly damage: string | null;
} {
  const nil = Object.entries(attributes).find(([name]) => name.endsWith(':nil'))?.[1];
  if (nil === 'true' || nil === '1') return { value: null, damage: null };
  if (attributes.encoding === undefined) return { value: text, damage: null };
  const digits = text.replace(/[ \t\r\n]/g, '');
  const bytes = Buffer.from(digits, 'base64');
  const isSound = bytes.toString('base64') === digits && bytes.length % 2 === 0;
  if (attributes.encoding !== 'base64-utf16le' || !isSound)
    return { value: null, damage: 'unknown encoding' };
  return { value: bytes.toString('utf16le'), damage: null };
}
