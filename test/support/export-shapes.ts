import { Buffer } from 'node:buffer';
import { type WriteXmlForm, writeXml } from './dotnet-xml.js';
import type { ExportModel, Table } from './export-model.js';
import { exportScriptFiles } from './export-script-xml.js';
import { type ForXmlForm, forXml } from './sql-xml.js';

export type ShapeFiles = Map<string, Buffer>;

/** Which characters of a text a parser gets back changed, because the route writes them raw. */
type Loss = 'none' | 'line-ends' | 'attribute-tab';

interface Shape {
  readonly name: string;
  readonly loss: Loss;
  readonly isFragment: boolean;
  readonly write: (tables: readonly Table[]) => ShapeFiles;
}

const FRAGMENT = [false, true];
const COLUMNS = ['attributes', 'elements', 'xsinil'] as const;

/** RAW, one file per table, the table known from the file name only. */
const RAW = combinations('raw', { element: () => 'row', layout: 'by-table', root: 'rows' });
/** RAW('tblNode'), all tables in one file. */
const RAW_NAMED = combinations('raw-named', {
  element: (table) => table,
  layout: 'one-file',
  root: 'export',
});
/** AUTO: the element is the table as written in FROM. */
const AUTO = combinations('auto', { element: (table) => table, layout: 'one-file', root: 'root' });
const AUTO_DBO = combinations('auto-dbo', {
  element: (table) => `dbo.${table}`,
  layout: 'one-file',
  root: 'root',
});
const PATH = combinations('path', {
  element: (table) => shortName(table),
  layout: 'one-file',
  root: 'GroupChat',
  carriageReturn: '&#x0D;',
}).filter((shape) => !shape.name.includes('attributes'));

const FOR_XML_SPECIALS: readonly Shape[] = [
  forXmlShape('raw-table-from-root', (tables) =>
    eachTable(tables, (table, number) => [
      `query-${two(number)}.xml`,
      forXml([table], raw({ root: table.name })),
    ]),
  ),
  forXmlShape('raw-table-from-columns', (tables) =>
    eachTable(tables, (table, number) => [
      `query-${two(number)}.xml`,
      forXml([table], raw({ root: 'root' })),
    ]),
  ),
  forXmlShape('raw-short-file-names', (tables) =>
    eachTable(tables, (table) => [`${shortName(table.name)}.xml`, forXml([table], raw({ root: 'root' }))]),
  ),
  forXmlShape('raw-formatted', (tables) =>
    eachTable(tables, (table) => [
      `${table.name}.xml`,
      forXml([table], raw({ root: 'rows', formatted: true })),
    ]),
  ),
  forXmlShape('path-keys-as-attributes', (tables) =>
    eachTable(tables, (table) => [
      `${table.name}.xml`,
      forXml([table], { element: shortName, columns: 'elements', root: 'rows', keysAsAttributes: 2 }),
    ]),
  ),
  forXmlShape('xmlschema-raw-attributes', (tables) =>
    eachTable(tables, (table, number) => [
      `${table.name}.xml`,
      forXml([table], raw({ root: 'rows', rowSet: number })),
    ]),
  ),
  forXmlShape('xmlschema-auto-elements', (tables) =>
    eachTable(tables, (table) => [
      `${table.name}.xml`,
      forXml([table], { element: (name) => name, columns: 'elements', root: 'root', rowSet: 1 }),
    ]),
  ),
  {
    ...forXmlShape('xmlschema-fragment', (tables) =>
      eachTable(tables, (table) => [`${table.name}.xml`, forXml([table], raw({ root: null, rowSet: 1 }))]),
    ),
    isFragment: true,
  },
];

const DOTNET: readonly Shape[] = [
  dataSetShape('dataset', { root: 'NewDataSet' }),
  dataSetShape('dataset-schema', { root: 'NewDataSet', schema: 'dataset' }),
  dataSetShape('dataset-attributes', { root: 'NewDataSet', attributes: true }),
  dataSetShape('dataset-attributes-schema', { root: 'NewDataSet', attributes: true, schema: 'dataset' }),
  dataSetShape('diffgram', { root: 'NewDataSet', diffgram: true }),
  dataTableShape('datatable', { root: 'DocumentElement' }),
  dataTableShape('datatable-schema', { root: 'NewDataSet', schema: 'datatable' }),
];

const ENCODINGS: readonly Shape[] = [
  encodedShape('utf-8-bom', '', (text) => Buffer.from(`\uFEFF${text}`, 'utf8')),
  encodedShape('utf-8-declared', '<?xml version="1.0" encoding="utf-8"?>\n', (text) =>
    Buffer.from(text, 'utf8'),
  ),
  encodedShape('utf-16le-bom', '', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')),
  encodedShape('utf-16be-bom', '<?xml version="1.0" encoding="UTF-16"?>\n', (text) =>
    Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  ),
  encodedShape('utf-16le-bare', '', (text) => Buffer.from(text, 'utf16le')),
];

const EXPORT_SCRIPT: Shape = {
  name: 'export-script',
  loss: 'none',
  isFragment: false,
  write: (tables) => exportScriptFiles(tables),
};

const SHAPES: readonly Shape[] = [
  ...RAW,
  ...RAW_NAMED,
  ...AUTO,
  ...AUTO_DBO,
  ...PATH,
  ...FOR_XML_SPECIALS,
  ...DOTNET,
  ...ENCODINGS,
  EXPORT_SCRIPT,
];

/** Every shape in which the documented tables can arrive, by name. */
export const SHAPE_NAMES: readonly string[] = SHAPES.map((shape) => shape.name);

/** Writes the model in a shape: file name to bytes. Throws on an unknown shape. */
export function writeShape(model: ExportModel, shape: string): ShapeFiles {
  return shapeNamed(shape).write([...model.values()]);
}

/** Whether the shape's documents have many top elements. */
export function isFragmentShape(shape: string): boolean {
  return shapeNamed(shape).isFragment;
}

/** The text that a conforming parser reads where the model holds `text`: some routes write line ends or TAB raw. */
export function deliveredText(shape: string, text: string): string {
  const { loss } = shapeNamed(shape);
  if (loss === 'line-ends') return text.replace(/\r\n?/g, '\n');
  return loss === 'attribute-tab' ? text.replaceAll('\t', ' ') : text;
}

function shapeNamed(name: string): Shape {
  const shape = SHAPES.find((candidate) => candidate.name === name);
  if (shape === undefined)
    throw new Error(`Unexpected shape ${name}, expected one of ${SHAPE_NAMES.join(', ')}.`);
  return shape;
}

interface Combination {
  readonly element: (table: string) => string;
  readonly layout: 'by-table' | 'one-file';
  readonly root: string;
  readonly carriageReturn?: '&#x0D;';
}

function combinations(prefix: string, { layout, root, ...rest }: Combination): readonly Shape[] {
  return COLUMNS.flatMap((columns) =>
    FRAGMENT.map((isFragment) => {
      const form: ForXmlForm = { ...rest, columns, root: isFragment ? null : root };
      const name = `${prefix}-${columns}${isFragment ? '-fragment' : ''}`;
      const write = (tables: readonly Table[]): ShapeFiles =>
        layout === 'one-file'
          ? new Map([['groupchat.xml', Buffer.from(forXml(tables, form), 'utf8')]])
          : eachTable(tables, (table) => [`${table.name}.xml`, forXml([table], form)]);
      return { name, loss: 'none', isFragment, write };
    }),
  );
}

function forXmlShape(name: string, write: Shape['write']): Shape {
  return { name, loss: 'none', isFragment: false, write };
}

function raw(form: Pick<ForXmlForm, 'root' | 'formatted' | 'rowSet'>): ForXmlForm {
  return { element: () => 'row', columns: 'attributes', ...form };
}

/** One file; the messages stand before the directory, as a DataSet may be filled in any order. */
function dataSetShape(name: string, form: WriteXmlForm): Shape {
  const write = (tables: readonly Table[]): ShapeFiles => {
    const chat = tables.filter((table) => table.name === 'tblChat');
    const directory = tables.filter((table) => table.name !== 'tblChat');
    return new Map([['GroupChat.xml', Buffer.from(writeXml([...chat, ...directory], form), 'utf8')]]);
  };
  return { name, loss: form.attributes ? 'attribute-tab' : 'line-ends', isFragment: false, write };
}

function dataTableShape(name: string, form: WriteXmlForm): Shape {
  const write = (tables: readonly Table[]) =>
    eachTable(tables, (table) => [`${table.name}.xml`, writeXml([table], form)]);
  return { name, loss: 'line-ends', isFragment: false, write };
}

/** AUTO rows in one file; without root and declaration when the encoding must be told from the first bytes. */
function encodedShape(name: string, declaration: string, encode: (text: string) => Buffer): Shape {
  const isFragment = name === 'utf-16le-bare';
  const form: ForXmlForm = {
    element: (table) => table,
    columns: 'elements',
    root: isFragment ? null : 'root',
  };
  const write = (tables: readonly Table[]): ShapeFiles =>
    new Map([['groupchat.xml', encode(declaration + forXml(tables, form))]]);
  return { name, loss: 'none', isFragment, write };
}

function eachTable(
  tables: readonly Table[],
  file: (table: Table, number: number) => readonly [name: string, text: string],
): ShapeFiles {
  return new Map(
    tables.map((table, position) => {
      const [name, text] = file(table, position + 1);
      return [name, Buffer.from(text, 'utf8')];
    }),
  );
}

function shortName(table: string): string {
  return table.replace(/^tbl/, '');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
