/** What a spreadsheet takes for a formula (OWASP, "CSV Injection"), in ASCII and full width. */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
/** How months begin in the languages of Western and Northern Europe. */
const MONTHS =
  'jan|ene|gen|feb|f[ée]v|m[aä]r|mrt|maa|apr|avr|abr|ma[yigj]|mei|jun|jui|giu|jul|lug|aug|ao[uû]|ago|sep|set|o[ck]t|ott|out|nov|de[czs]|d[ée]c|dic';
/** What a spreadsheet turns into a number, a date or a time. */
const CONVERTED = [
  /^[.,($€£¥]?[\d.,:/\s%Ee+()-]*\d[\d.,:/\s%Ee+()-]*$/,
  /^\d{1,2}(?::\d\d){0,2}\s*[ap]\.?m?\.?$/i,
  new RegExp(`^\\d{1,4}[\\s./-]*(?:${MONTHS})\\p{L}{0,6}\\.?[\\s./,-]*\\d{0,4}$`, 'iu'),
  new RegExp(`^(?:${MONTHS})\\p{L}{0,6}[\\s./,-]*\\d{1,4}$`, 'iu'),
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
