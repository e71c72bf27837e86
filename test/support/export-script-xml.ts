import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Cell, type Column, cellOf, type Row, type Table } from './export-model.js';
import { escapeSqlText, sqlName } from './sql-xml.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/**
 * The files of Export-GroupChat.ps1: one per table, UTF-8 with declaration, the table's name as the row element,
 * columns as child elements, `xsi:nil` for NULL, CR as a reference, and base64 of the UTF-16LE code units where a
 * text holds what XML 1.0 forbids; beside them `export-manifest.json`.
 */
export function exportScriptFiles(tables: readonly Table[]): Map<string, Buffer> {
  const files = new Map(
    tables.map((table) => {
      const rows = table.rows.map((row) => scriptRow(table, row)).join('');
      const document = `<?xml version="1.0" encoding="utf-8"?>\n<GroupChat xmlns:xsi="${XSI}">\n${rows}</GroupChat>\n`;
      return [`${table.name}.xml`, Buffer.from(document, 'utf8')];
    }),
  );
  return files.set('export-manifest.json', Buffer.from(manifest(tables, files), 'utf8'));
}

function manifest(tables: readonly Table[], files: ReadonlyMap<string, Buffer>): string {
  const chat = tables.find((table) => table.name === 'tblChat')?.rows ?? [];
  const dates = chat.map((row) => BigInt(cellOf(row, 'chatDate') ?? 0)).sort((a, b) => (a < b ? -1 : 1));
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const content = {
    version: 1,
    exportedOn: '2012-02-03T04:05:06Z',
    tables: Object.fromEntries(tables.map((table) => [table.name, { rows: table.rows.length }])),
    chatDate: dates.length === 0 ? null : { min: String(dates[0]), max: String(dates.at(-1)) },
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, { sha256: digest(bytes) }])),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function scriptRow(table: Table, row: Row): string {
  const cells = table.columns
    .map((column) => `    ${scriptCell(column, cellOf(row, column.name))}\n`)
    .join('');
  return `  <${table.name}>\n${cells}  </${table.name}>\n`;
}

function scriptCell(column: Column, cell: Cell): string {
  const name = sqlName(column.name);
  if (cell === null) return `<${name} xsi:nil="true" />`;
  if (typeof cell === 'boolean') return `<${name}>${cell ? '1' : '0'}</${name}>`;
  const text = String(cell);
  if (FORBIDDEN.test(text) || !text.isWellFormed()) {
    return `<${name} encoding="base64-utf16le">${Buffer.from(text, 'utf16le').toString('base64')}</${name}>`;
  }
  return `<${name}>${escapeSqlText(text, false)}</${name}>`;
}
