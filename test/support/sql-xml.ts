import type { Cell, Column, Row, Table } from './export-model.js';
import { cellOf } from './export-model.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const SQL_TYPES = 'http://schemas.microsoft.com/sqlserver/2004/sqltypes';
const XSD_TYPE = {
  int: 'int',
  bigint: 'bigint',
  bit: 'bit',
  guid: 'uniqueidentifier',
  datetime: 'datetime',
  text: 'nvarchar',
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
const SPECIAL_IN_ATTRIBUTE = /[&<>"\u0000-\u001F\uFFFE\uFFFF]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject
const SPECIAL_IN_ELEMENT = /[&<>\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g;

/** One `SELECT … FOR XML` as the server answers it (documentation of the FOR XML clause). */
export interface ForXmlForm {
  /** Name of the row element for a table. */
  readonly element: (table: string) => string;
  /** Columns as attributes, as child elements, or as child elements with `xsi:nil` for NULL. */
  readonly columns: 'attributes' | 'elements' | 'xsinil';
  /** ROOT('…'), or null for a fragment. */
  readonly root: string | null;
  /** XMLSCHEMA: the number of the row set in its namespace URI. */
  readonly rowSet?: number;
  /** PATH with `@` aliases: this many leading columns become attributes. */
  readonly keysAsAttributes?: number;
  /** Formatted by the XML viewer of the query tool: two blanks, one row a line. */
  readonly formatted?: boolean;
  /** How the server writes a carriage return; both forms are seen. */
  readonly carriageReturn?: '&#xD;' | '&#x0D;';
}

/** The answer to one query per table, one after another, inside one ROOT or as one fragment. */
export function forXml(tables: readonly Table[], form: ForXmlForm): string {
  const lineEnd = form.formatted ? '\n' : '';
  const indent = form.formatted && form.root !== null ? '  ' : '';
  const nilOnRoot = form.columns === 'xsinil' && form.root !== null ? ` xmlns:xsi="${XSI}"` : '';
  const parts: string[] = [];
  if (form.root !== null) parts.push(`<${form.root}${nilOnRoot}>${lineEnd}`);
  for (const table of tables) {
    if (form.rowSet !== undefined) parts.push(sqlSchema(table, form));
    for (const row of table.rows) parts.push(`${indent}${forXmlRow(table, row, form)}${lineEnd}`);
  }
  if (form.root !== null) parts.push(`</${form.root}>${lineEnd}`);
  return parts.join('');
}

/** One row element. */
export function forXmlRow(table: Table, row: Row, form: ForXmlForm): string {
  const element = form.element(table.name);
  const asAttributes = form.columns === 'attributes' ? table.columns.length : (form.keysAsAttributes ?? 0);
  let head = `<${element}`;
  if (form.rowSet !== undefined) head += ` xmlns="urn:schemas-microsoft-com:sql:SqlRowSet${form.rowSet}"`;
  if (form.columns === 'xsinil' && form.root === null) head += ` xmlns:xsi="${XSI}"`;
  let body = '';
  table.columns.forEach((column, position) => {
    const cell = cellOf(row, column.name);
    if (position < asAttributes) head += attribute(column, cell, form);
    else body += childElement(column, cell, form);
  });
  return body === '' ? `${head}/>` : `${head}>${body}</${element}>`;
}

function attribute(column: Column, cell: Cell, form: ForXmlForm): string {
  if (cell === null) return '';
  return ` ${sqlName(column.name)}="${escapeSqlText(sqlText(column, cell), true, form.carriageReturn)}"`;
}

function childElement(column: Column, cell: Cell, form: ForXmlForm): string {
  const name = sqlName(column.name);
  if (cell === null) return form.columns === 'xsinil' ? `<${name} xsi:nil="true"/>` : '';
  return `<${name}>${escapeSqlText(sqlText(column, cell), false, form.carriageReturn)}</${name}>`;
}

/** A column name as an XML name: what XML does not allow becomes `_xHHHH_`. */
export function sqlName(name: string): string {
  return name.replace(
    /[^A-Za-z0-9_.-]/g,
    (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  );
}

/** bit as 0/1, GUID upper-case, datetime without zone and without a zero fraction. */
function sqlText(column: Column, cell: NonNullable<Cell>): string {
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (column.type === 'guid') return String(cell).toUpperCase();
  if (column.type === 'datetime') return String(cell).replace(/\.000$/, '');
  return String(cell);
}

/**
 * Escapes as the server does: CR as a reference everywhere, TAB and LF in attributes only, and what XML 1.0 forbids
 * as a reference (which makes the document ill-formed, as in life). Surrogate pairs stay raw.
 */
export function escapeSqlText(text: string, isAttribute: boolean, carriageReturn = '&#xD;'): string {
  const special = isAttribute ? SPECIAL_IN_ATTRIBUTE : SPECIAL_IN_ELEMENT;
  return text.replace(special, (character) => {
    if (character === '&') return '&amp;';
    if (character === '<') return '&lt;';
    if (character === '>') return '&gt;';
    if (character === '"') return '&quot;';
    if (character === '\r') return carriageReturn;
    if (character === '\n') return '&#xA;';
    if (character === '\t') return '&#x9;';
    return `&#x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')};`;
  });
}

/** The inline schema of XMLSCHEMA. */
function sqlSchema(table: Table, form: ForXmlForm): string {
  const kind = form.columns === 'attributes' ? 'attribute' : 'element';
  const columns = table.columns.map((column) => {
    const required = form.columns === 'attributes' ? ' use="required"' : '';
    const optional = form.columns === 'attributes' ? '' : ' minOccurs="0"';
    const occurrence = column.nullable ? optional : required;
    return `<xsd:${kind} name="${sqlName(column.name)}" type="sqltypes:${XSD_TYPE[column.type]}"${occurrence}/>`;
  });
  const content =
    form.columns === 'attributes' ? columns.join('') : `<xsd:sequence>${columns.join('')}</xsd:sequence>`;
  return (
    `<xsd:schema targetNamespace="urn:schemas-microsoft-com:sql:SqlRowSet${form.rowSet}" ` +
    `xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:sqltypes="${SQL_TYPES}" elementFormDefault="qualified">` +
    `<xsd:import namespace="${SQL_TYPES}" schemaLocation="${SQL_TYPES}/sqltypes.xsd"/>` +
    `<xsd:element name="${form.element(table.name)}"><xsd:complexType>${content}</xsd:complexType></xsd:element></xsd:schema>`
  );
}
