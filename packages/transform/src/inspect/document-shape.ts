import { Buffer } from 'node:buffer';
import { type ExportDocument, XmlFault, XmlScanner } from '@chatferry/export';

/** How the rows of a document are written. */
export interface DocumentShape {
  /** What wrote it, as far as its form tells: `FOR XML`, `DataSet.WriteXml`, `DiffGram` … */
  readonly route: string;
  /** The top element; null for a fragment with many. */
  readonly root: string | null;
  /** The element of the first row, with its prefix. */
  readonly row: string;
  readonly columns: 'attributes' | 'elements' | 'attributes and elements';
  readonly hasSchema: boolean;
  readonly writesNil: boolean;
}

/** Bytes (UTF-8) at the beginning of a document that tell its shape; an inline schema of all tables fits. */
const START_BYTES = 128 * 1024;
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** The document, with a copy of its first bytes taken while it is read. Memory held: 128 KiB and one chunk. */
export function watchStart(document: ExportDocument): {
  readonly document: ExportDocument;
  readonly start: () => Buffer;
} {
  const chunks: Buffer[] = [];
  let length = 0;
  async function* open(): AsyncGenerator<Buffer> {
    for await (const chunk of document.open()) {
      if (length < START_BYTES) {
        chunks.push(Buffer.from(chunk.subarray(0, START_BYTES - length)));
        length += chunk.length;
      }
      yield chunk;
    }
  }
  return { document: { ...document, open }, start: () => Buffer.concat(chunks) };
}

/**
 * Tells the shape by the first row. null when the start holds none: an empty table, or a first row or schema of
 * more than 128 KiB. Basis: FOR XML and DataSet.WriteXml as the design's source-formats.md lists them.
 */
export function shapeOf(start: Buffer): DocumentShape | null {
  const found = firstRow(start);
  if (found === null) return null;
  const { row, above, columns, hasSchema } = found;
  const root = above[0] ?? null;
  return {
    route: routeOf(root, above),
    root,
    row,
    columns,
    hasSchema,
    writesNil: start.includes(XSI),
  };
}

/** The shape in words: `FOR XML, rows named "row", columns as attributes, root "tblNode"`. */
export function shapeInWords(shape: DocumentShape | null): string {
  if (shape === null) return 'no row at its beginning';
  return [
    shape.route,
    `rows named "${shape.row}"`,
    `columns as ${shape.columns}`,
    shape.root === null ? 'no root element' : `root "${shape.root}"`,
    ...(shape.hasSchema ? ['inline schema'] : []),
    ...(shape.writesNil ? ['NULL as xsi:nil'] : []),
  ].join(', ');
}

function routeOf(root: string | null, above: readonly string[]): string {
  if (above.some((name) => localName(name) === 'diffgram')) return 'DiffGram';
  if (root === 'NewDataSet') return 'DataSet.WriteXml';
  if (root === 'DocumentElement') return 'DataTable.WriteXml';
  return 'FOR XML';
}

interface OpenElement {
  readonly name: string;
  readonly hasAttributes: boolean;
  hasLeaf: boolean;
  hasBranch: boolean;
}

interface FirstRow extends Pick<DocumentShape, 'row' | 'columns' | 'hasSchema'> {
  readonly above: readonly string[];
}

/** A row is the first element that ends with columns: attributes, or children that have no children themselves. */
function firstRow(start: Buffer): FirstRow | null {
  const scanner = startScanner(start);
  const open: OpenElement[] = [];
  let hasSchema = false;
  let passedOver = 0;
  try {
    for (let token = scanner.next(); token !== 'more' && token !== 'done'; token = scanner.next()) {
      if (token === 'start') {
        const { local, text } = scanner.name;
        const isSchema = local === 'schema';
        if (passedOver > 0 || isSchema || local === 'before') passedOver += 1;
        else open.push({ name: text, hasAttributes: hasColumns(scanner), hasLeaf: false, hasBranch: false });
        hasSchema ||= isSchema;
      } else if (token === 'end') {
        if (passedOver > 0) {
          passedOver -= 1;
          continue;
        }
        const row = rowEnded(open);
        if (row !== null) return { ...row, hasSchema };
      }
    }
  } catch (error) {
    // What is not well-formed is told by the reading itself.
    if (!(error instanceof XmlFault)) throw error;
  }
  return null;
}

function startScanner(start: Buffer): XmlScanner {
  const scanner = new XmlScanner({
    file: '',
    forbidden: 'report',
    allowsFragment: true,
    mayHoldSurrogates: true,
    holdsRecoverableFaults: true,
  });
  scanner.push(start);
  return scanner;
}

/** Attributes that are columns: neither namespaces nor what DataSet and xsi write about a row. */
function hasColumns(scanner: XmlScanner): boolean {
  for (let i = 0; i < scanner.attributeCount; i++) {
    const name = scanner.attributeName(i);
    if (!name.isDeclaration && name.prefix === '' && name.local !== 'encoding') return true;
  }
  return false;
}

/** Closes the innermost element; answers the row that it was, or null. */
function rowEnded(open: OpenElement[]): Omit<FirstRow, 'hasSchema'> | null {
  const element = open.pop();
  if (element === undefined) return null;
  const isLeaf = !element.hasLeaf && !element.hasBranch;
  const isRow = element.hasAttributes || (element.hasLeaf && !element.hasBranch);
  if (isRow) {
    const both = element.hasAttributes && element.hasLeaf;
    return {
      row: element.name,
      columns: both ? 'attributes and elements' : element.hasAttributes ? 'attributes' : 'elements',
      above: open.map(({ name }) => name),
    };
  }
  const parent = open.at(-1);
  if (parent !== undefined) {
    if (isLeaf) parent.hasLeaf = true;
    else parent.hasBranch = true;
  }
  return null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
