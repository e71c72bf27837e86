import type { Cell, Column, Row, Table } from './export-model.js';
import { cellOf } from './export-model.js';
import { sqlName } from './sql-xml.js';

/** The exporting machine's line end; also between elements. */
const LINE_END = '\r\n';
/** The exporting machine's offset, which the library adds to every datetime without a kind. */
const OFFSET = '-05:00';
const GUID_TYPE = 'System.Guid, mscorlib, Version=2.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089';
const XSD_TYPE = {
  int: 'int',
  bigint: 'long',
  bit: 'boolean',
  guid: 'string',
  datetime: 'dateTime',
  text: 'string',
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
const SPECIAL_IN_ATTRIBUTE = /[&<>"\u0000-\u0008\u000A-\u001F\uFFFE\uFFFF]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
const SPECIAL_IN_ELEMENT = /[&<>\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** One call of `DataSet.WriteXml` or `DataTable.WriteXml`. */
export interface WriteXmlForm {
  /** `NewDataSet` (DataSet, or DataTable with schema) or `DocumentElement` (DataTable). */
  readonly root: 'NewDataSet' | 'DocumentElement';
  /** XmlWriteMode.WriteSchema; of a DataTable the schema names its main table. */
  readonly schema?: 'dataset' | 'datatable';
  /** XmlWriteMode.DiffGram: originals of changed rows follow in `diffgr:before`. */
  readonly diffgram?: boolean;
  /** Columns mapped to attributes (`ColumnMapping = Attribute`). */
  readonly attributes?: boolean;
}

/** The document that `WriteXml(fileName)` writes: declaration without encoding, UTF-8, two blanks a level. */
export function writeXml(tables: readonly Table[], form: WriteXmlForm): string {
  const lines: string[] = ['<?xml version="1.0" standalone="yes"?>'];
  const depth = form.diffgram ? 1 : 0;
  if (form.diffgram) {
    lines.push(
      '<diffgr:diffgram xmlns:msdata="urn:schemas-microsoft-com:xml-msdata" ' +
        'xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">',
    );
  }
  lines.push(`${indent(depth)}<${form.root}>`);
  if (form.schema !== undefined) lines.push(...dataSetSchema(tables, form));
  for (const table of tables) {
    table.rows.forEach((row, order) => {
      lines.push(...writeXmlRow(table, row, { form, depth: depth + 1, ...(form.diffgram ? { order } : {}) }));
    });
  }
  lines.push(`${indent(depth)}</${form.root}>`);
  if (form.diffgram) lines.push(...originals(tables), '</diffgr:diffgram>');
  return lines.join(LINE_END);
}

/** Where and how one row stands; `order` is its place in the table, for a DiffGram. */
export interface RowPlace {
  readonly form: WriteXmlForm;
  readonly depth: number;
  readonly order?: number;
  readonly isOriginal?: boolean;
}

/** The lines of one row. */
export function writeXmlRow(table: Table, row: Row, place: RowPlace): readonly string[] {
  const blanks = indent(place.depth);
  let head = `<${table.name}${diffAttributes(table, place)}`;
  if (place.form.attributes) {
    for (const column of table.columns) {
      const cell = cellOf(row, column.name);
      if (cell === null) continue;
      head += ` ${sqlName(column.name)}="${escapeDotnetText(dotnetText(column, cell), true)}"`;
    }
    return [`${blanks}${head} />`];
  }
  const lines = [`${blanks}${head}>`];
  for (const column of table.columns) {
    const cell = cellOf(row, column.name);
    if (cell !== null) lines.push(`${indent(place.depth + 1)}${childElement(column, cell)}`);
  }
  lines.push(`${blanks}</${table.name}>`);
  return lines;
}

function diffAttributes(table: Table, { order, isOriginal }: RowPlace): string {
  if (order === undefined) return '';
  const change = isOriginal ? '' : ` diffgr:hasChanges="${isModified(order) ? 'modified' : 'inserted'}"`;
  return ` diffgr:id="${table.name}${order + 1}" msdata:rowOrder="${order}"${change}`;
}

function isModified(order: number): boolean {
  return order < 2;
}

/** Old values of the first two rows of every table, and one deleted row: none of them is data. */
function originals(tables: readonly Table[]): readonly string[] {
  const form: WriteXmlForm = { root: 'NewDataSet', diffgram: true };
  const lines = [`${indent(1)}<diffgr:before>`];
  for (const table of tables) {
    const kept = table.rows.filter((_, order) => isModified(order));
    const deleted = table.rows.slice(-1);
    for (const [position, row] of [...kept, ...deleted].entries()) {
      const order = position < kept.length ? position : table.rows.length;
      lines.push(
        ...writeXmlRow(table, withOldTexts(table, row), { form, depth: 2, order, isOriginal: true }),
      );
    }
  }
  return [...lines, `${indent(1)}</diffgr:before>`];
}

function withOldTexts(table: Table, row: Row): Row {
  const old: Record<string, Cell> = { ...row };
  for (const column of table.columns) {
    if (column.type === 'text' && old[column.name]) old[column.name] = 'old value';
  }
  return old;
}

function childElement(column: Column, cell: NonNullable<Cell>): string {
  const name = sqlName(column.name);
  const text = dotnetText(column, cell);
  if (text === '') return `<${name} />`;
  const space = /^[ \t\r\n]+$/.test(text) ? ' xml:space="preserve"' : '';
  return `<${name}${space}>${escapeDotnetText(text, false)}</${name}>`;
}

/** bit as true/false, GUID lower-case, datetime with the machine's offset and without trailing zeros. */
function dotnetText(column: Column, cell: NonNullable<Cell>): string {
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  if (column.type === 'datetime') return String(cell).replace(/\.?0+$/, '') + OFFSET;
  return String(cell);
}

/**
 * Escapes as XmlTextWriter does: CR and LF raw in element text and as references in attributes, TAB raw in both,
 * the quote only in attributes, what XML 1.0 forbids as a reference (ill-formed, as in life).
 */
function escapeDotnetText(text: string, isAttribute: boolean): string {
  const special = isAttribute ? SPECIAL_IN_ATTRIBUTE : SPECIAL_IN_ELEMENT;
  return text.replace(special, (character) => {
    if (character === '&') return '&amp;';
    if (character === '<') return '&lt;';
    if (character === '>') return '&gt;';
    if (character === '"') return '&quot;';
    return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
  });
}

function dataSetSchema(tables: readonly Table[], form: WriteXmlForm): readonly string[] {
  const main = form.schema === 'datatable' ? ` msdata:MainDataTable="${tables[0]?.name}"` : '';
  return [
    '  <xs:schema id="NewDataSet" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema" ' +
      'xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">',
    `    <xs:element name="NewDataSet" msdata:IsDataSet="true"${main} msdata:UseCurrentLocale="true">`,
    '      <xs:complexType>',
    '        <xs:choice minOccurs="0" maxOccurs="unbounded">',
    ...tables.flatMap((table) => tableSchema(table, form)),
    '        </xs:choice>',
    '      </xs:complexType>',
    '    </xs:element>',
    '  </xs:schema>',
  ];
}

function tableSchema(table: Table, form: WriteXmlForm): readonly string[] {
  const columns = table.columns.map((column) => {
    const dataType = column.type === 'guid' ? ` msdata:DataType="${GUID_TYPE}"` : '';
    const typed = `name="${sqlName(column.name)}"${dataType} type="xs:${XSD_TYPE[column.type]}"`;
    return form.attributes ? `<xs:attribute ${typed} />` : `<xs:element ${typed} minOccurs="0" />`;
  });
  const body = form.attributes
    ? columns.map((column) => `${indent(7)}${column}`)
    : [
        `${indent(7)}<xs:sequence>`,
        ...columns.map((column) => `${indent(8)}${column}`),
        `${indent(7)}</xs:sequence>`,
      ];
  return [
    `${indent(5)}<xs:element name="${table.name}">`,
    `${indent(6)}<xs:complexType>`,
    ...body,
    `${indent(6)}</xs:complexType>`,
    `${indent(5)}</xs:element>`,
  ];
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
