import { stringify } from 'csv-stringify/sync';
import { BlockFile } from './block-file.js';
import { visible } from './wording.js';

const BYTE_ORDER_MARK = '\ufeff';
/** Rows that are formatted in one go; csv-stringify sets itself up anew for every call. */
const BATCH_ROWS = 128;

/**
 * A CSV file as RFC 4180 has it (CRLF, quotes doubled), in UTF-8 with a byte order mark so that Excel reads it as
 * such. A cell that begins with `=` `+` `-` `@` TAB or CR gets a leading apostrophe, so that no spreadsheet takes
 * data for a formula (OWASP, "CSV Injection"). What acts instead of being seen, such as ESC, a line feed or what turns the
 * direction of text, is written as its code point, `\u{1b}`: these files are shown in terminals too. Memory held: 128 rows and a block of 64 KiB.
 * @throws RunFailure `output-unwritable` from every method.
 */
export class CsvFile {
  readonly #file: BlockFile;
  #rows: (readonly string[])[] = [];

  /** @param kept bytes of an existing file that stay: `mark` of an earlier run. */
  constructor(path: string, header: readonly string[], kept?: number) {
    this.#file = new BlockFile(path, kept);
    if (kept === undefined) this.#file.append(BYTE_ORDER_MARK + format([header]));
  }

  row(cells: readonly string[]): void {
    this.#rows.push(cells.map(visible));
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
    const text = format(this.#rows);
    this.#rows = [];
    this.#file.append(text);
  }
}

function format(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { record_delimiter: '\r\n', escape_formulas: true });
}
