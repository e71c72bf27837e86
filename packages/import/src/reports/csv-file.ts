import { stringify } from 'csv-stringify/sync';
import { BlockFile } from './block-file.js';
import { visible } from './wording.js';

const BYTE_ORDER_MARK = '\ufeff';
/** Rows that are formatted in one go; csv-stringify sets itself up anew for every call. */
const BATCH_ROWS = 128;
/**
 * A cell that stands as it is: a letter or digit, then nothing that acts, ends a cell or must be quoted. Most cells are
 * such.
 */
const PLAIN = /^(?:[\p{L}\p{N}][ !#-+\--~\p{L}\p{M}\p{N}]*)?$/u;

/**
 * A CSV file as RFC 4180 has it (CRLF, quotes doubled), in UTF-8 with a byte order mark so that Excel reads it as
 * such. A cell that begins with `=` `+` `-` `@` TAB or CR gets a leading apostrophe, so that no spreadsheet takes
 * data for a formula (OWASP, "CSV Injection"). What acts instead of being seen, such as ESC, a line feed or what turns
 * the direction of text, is written as its code point, `\u{1b}`: these files are shown in terminals too. Memory held:
 * 128 rows and a block of 64 KiB.
 * @throws RunFailure `output-unwritable` from every method.
 */
export class CsvFile {
  readonly #file: BlockFile;
  /** Lines, or cells that are still to be made one. */
  #rows: (string | readonly string[])[] = [];

  /** @param kept bytes of an existing file that stay: `mark` of an earlier run. */
  constructor(path: string, header: readonly string[], kept?: number) {
    this.#file = new BlockFile(path, kept);
    if (kept === undefined) this.#file.append(BYTE_ORDER_MARK + format([header]));
  }

  row(cells: readonly string[]): void {
    this.#rows.push(isPlain(cells) ? cells.join(',') : cells.map(visible));
    if (this.#rows.length === BATCH_ROWS) this.#flush();
  }

  /** Where `truncate` can return to. */
  mark(): number {
    this.#flush();
    return this.#file.position;
  }

  /** See `BlockFile`. */
  async sync(): Promise<void> {
    this.#flush();
    await this.#file.sync();
  }

  truncate(mark: number): void {
    this.#rows = [];
    this.#file.truncate(mark);
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      this.#file.close();
    }
  }

  #flush(): void {
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    let text = '';
    let cells: (readonly string[])[] = [];
    for (const row of rows) {
      if (typeof row !== 'string') {
        cells.push(row);
        continue;
      }
      text += `${format(cells)}${row}\r\n`;
      if (cells.length > 0) cells = [];
    }
    this.#file.append(text + format(cells));
  }
}

/**
 * csv-stringify would write such cells as they are, and takes several times as long to find out: millions of rows are
 * such.
 */
function isPlain(cells: readonly string[]): boolean {
  return cells.every((cell) => PLAIN.test(cell));
}

function format(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return stringify([...rows], { record_delimiter: '\r\n', escape_formulas: true });
}
