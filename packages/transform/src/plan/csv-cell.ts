/** What a spreadsheet takes for a formula (OWASP, "CSV Injection"), in ASCII and full width. */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
/** What a spreadsheet turns into a number, a date or a time: figures alone, or with one short word beside them. */
const CONVERTED = [
  /^[.,($€£¥]?[\d.,:/\s%Ee+()-]*\d[\d.,:/\s%Ee+()-]*$/,
  /^\d{1,4}[\s./-]*\p{L}{1,9}\.?(?:[\s./,-]*\d{1,4})?$/u,
  /^\p{L}{3,9}[\s./-]*\d{1,4}$/u,
];
/** Longer texts are never converted. */
const LONGEST_CONVERTED = 40;

/**
 * A value as it is written into a cell: one that a spreadsheet would calculate or convert gets an apostrophe in front,
 * which makes it text, and so does one that could be mistaken for a protected one. `unprotected` takes it off again.
 */
export function protectedCell(value: string): string {
  return needsApostrophe(value) ? `'${value}` : value;
}

/** The value of a cell; `unprotected(protectedCell(value))` is `value` for every text. */
export function unprotected(cell: string): string {
  return cell.startsWith("'") && needsApostrophe(cell.slice(1)) ? cell.slice(1) : cell;
}

/** A row as RFC 4180 has it, with CR LF. Cells of free text are to be protected before. */
export function csvRow(cells: readonly string[], delimiter: ',' | ';'): string {
  return `${cells.map(quoted).join(delimiter)}\r\n`;
}

function quoted(cell: string): string {
  return /[",;\r\n\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function needsApostrophe(value: string): boolean {
  let start = 0;
  while (value[start] === "'") start += 1;
  const text = value.slice(start);
  if (FORMULA.test(text)) return true;
  return text.length <= LONGEST_CONVERTED && CONVERTED.some((pattern) => pattern.test(text));
}
