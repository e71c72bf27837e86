import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import test from 'ava';
import { SaxesParser } from 'saxes';
import { type Cell, cellOf, type ExportModel, type Row, rowsOf } from './support/export-model.js';
import { deliveredText, isFragmentShape, SHAPE_NAMES, writeShape } from './support/export-shapes.js';
import { type GenerateOptions, generateExport } from './support/generate-export.js';
import { sampleModel, smallModel } from './support/sample-model.js';
import { FIXTURES, generatedFixtures } from './support/write-fixtures.js';

test('the committed fixtures are what write-fixtures writes', (t) => {
  const generated = generatedFixtures();
  t.deepEqual(committedFiles(), [...generated.keys()].sort());
  const differing = [...generated].filter(
    ([path, bytes]) => !readFileSync(join(FIXTURES, path)).equals(bytes),
  );
  t.deepEqual(
    differing.map(([path]) => path),
    [],
    'run: node test/dist/support/write-fixtures.js',
  );
});

for (const shape of SHAPE_NAMES) {
  test(`shape ${shape}: a strict parser reads every text of the model back`, (t) => {
    const model = smallModel();
    const texts = (column: string): string[] =>
      rowsOf(model, 'tblChat')
        .map((row) => cellOf(row, column))
        .filter((cell) => cell !== null)
        .map((cell) => deliveredText(shape, String(cell)));
    const files = [...writeShape(model, shape)].filter(([name]) => name.endsWith('.xml'));
    const cells = files.flatMap(([, bytes]) => readCells(decodeFile(bytes), isFragmentShape(shape)));
    const read = (column: string): string[] =>
      cells.filter(([name]) => name === column).map(([, text]) => text);
    t.deepEqual(read('content'), texts('content'));
    t.deepEqual(read('rtf'), texts('rtf'));
    t.is(read('chatID').length, 30);
    t.is(read('nodeGuid').length, 13);
    t.deepEqual(read('Cost_x0020_Centre'), ['CC 100']);
  });
}

test('the sample has its promised size and resolves every id', (t) => {
  const model = sampleModel();
  t.is(rowsOf(model, 'tblNode').length, 45);
  t.is(rowsOf(model, 'tblPrincipal').length, 40);
  t.is(rowsOf(model, 'tblChat').length, 400);
  const nodes = columnSet(model, 'tblNode', 'nodeID');
  const principals = columnSet(model, 'tblPrincipal', 'prinID');
  const dangling = (table: string, column: string, known: ReadonlySet<Cell>): Cell[] =>
    [...columnSet(model, table, column)].filter((cell) => cell !== null && !known.has(cell));
  t.deepEqual(dangling('tblNode', 'parentID', nodes), []);
  t.deepEqual(dangling('tblNode', 'siopID', columnSet(model, 'tblSiopWhiteList', 'siopID')), []);
  t.deepEqual(dangling('tblChat', 'channelID', nodes), []);
  t.deepEqual(dangling('tblChat', 'userId', principals), []);
  t.deepEqual(dangling('tblPrincipalRole', 'prinRoleNodeID', nodes), []);
  t.deepEqual(dangling('tblPrincipalRole', 'prinRolePrinID', principals), []);
  t.deepEqual(dangling('tblScopePrincipal', 'scopePrinID', principals), []);
  t.deepEqual(dangling('tblPrincipalAffiliations', 'affiliationID', principals), []);
});

test('in the sample, names stay unique and usable and all who hold a role are in scope', (t) => {
  const model = sampleModel();
  const names = rowsOf(model, 'tblNode').map((row) => flattenedName(model, row).trim().toLowerCase());
  t.is(new Set(names).size, names.length);
  t.true(names.every((name) => name.length > 0 && name.length <= 256));
  t.true(names.some((name) => name.length === 256));
  for (const node of rowsOf(model, 'tblNode')) {
    const scope = scopeOf(model, node);
    const outside = holders(model, node).filter(
      (id) => !groupsOf(model, id).some((group) => scope.has(group)),
    );
    t.deepEqual(outside, [], `outside the scope of node ${node.nodeID}`);
  }
});

test('a generated export has the messages asked for, the same bytes each time, and counters that fit', (t) => {
  for (const shape of ['elements', 'attributes'] as const) {
    for (const order of ['room', 'date'] as const) {
      const options: GenerateOptions = { messages: 3000, rooms: 30, users: 40, shape, order };
      const text = generated(options);
      t.is(generated(options), text);
      t.not(generated({ ...options, seed: 2 }), text);
      const cells = readCells(text, false);
      const column = (name: string): string[] =>
        cells.filter(([at]) => at === name).map(([, value]) => value);
      const rooms = column('channelID');
      const dates = column('chatDate').map(BigInt);
      t.is(rooms.length, 3000);
      t.true(Math.abs(text.length / 3000 - 500) < 60, `${text.length / 3000} units a message`);
      const highest = new Map<string, string>();
      column('chatID').forEach((id, position) => {
        const room = rooms[position] ?? '';
        t.is(id, String(Number(highest.get(room) ?? 0) + 1));
        highest.set(room, id);
      });
      t.deepEqual(
        column('lastChatID'),
        [...highest].sort(([a], [b]) => Number(a) - Number(b)).map(([, id]) => id),
      );
      const turns = rooms.filter((room, position) => room !== rooms[position - 1]).length;
      t.is(order === 'room', turns === highest.size);
      t.is(
        order === 'date',
        dates.every((date, position) => position === 0 || date >= (dates[position - 1] ?? 0n)),
      );
    }
  }
});

function generated(options: GenerateOptions): string {
  return Buffer.concat([...generateExport(options)]).toString('utf8');
}

function committedFiles(): string[] {
  return ['sample', 'shapes']
    .flatMap((folder) =>
      readdirSync(join(FIXTURES, folder), { recursive: true }).map((path) => join(folder, String(path))),
    )
    .filter((path) => statSync(join(FIXTURES, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .sort();
}

function decodeFile(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return Buffer.from(bytes).swap16().toString('utf16le').slice(1);
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le').slice(1);
  if (first === 0x3c && second === 0) return bytes.toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/**
 * Leaf elements and attributes of all rows in document order. References that XML 1.0 forbids, which strict parsers
 * refuse, travel through the parser as private-use characters.
 */
function readCells(document: string, isFragment: boolean): [name: string, text: string][] {
  const cells: [string, string][] = [];
  let text = '';
  let skipped = 0;
  let encoding = '';
  let isNil = false;
  const parser = new SaxesParser({ fragment: isFragment });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (skipped > 0 || name === 'diffgr:before' || name.endsWith(':schema')) skipped += 1;
    for (const [key, value] of Object.entries(attributes)) {
      if (skipped === 0 && !key.includes(':') && key !== 'encoding') cells.push([key, unmasked(value)]);
    }
    text = '';
    encoding = String(attributes.encoding ?? '');
    isNil = attributes['xsi:nil'] === 'true';
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', ({ name }) => {
    const value = encoding === '' ? unmasked(text) : Buffer.from(text, 'base64').toString('utf16le');
    if (skipped > 0) skipped -= 1;
    else if (!isNil) cells.push([name, value]);
    encoding = '';
    isNil = false;
  });
  parser.write(masked(document)).close();
  return cells;
}

const MASK = 0xe000;

function masked(document: string): string {
  return document
    .replace(/&#x([0-9A-F]{1,2});/g, (reference, digits: string) => {
      const code = Number.parseInt(digits, 16);
      return code < 0x20 && ![0x9, 0xa, 0xd].includes(code) ? String.fromCharCode(MASK + code) : reference;
    })
    .replaceAll('&#xFFFE;', String.fromCharCode(MASK + 0xfe));
}

function unmasked(text: string): string {
  return text.replace(/[\uE000-\uE0FE]/g, (character) => {
    const code = character.charCodeAt(0) - MASK;
    return String.fromCharCode(code === 0xfe ? 0xfffe : code);
  });
}

function columnSet(model: ExportModel, table: string, column: string): ReadonlySet<Cell> {
  return new Set(rowsOf(model, table).map((row) => cellOf(row, column)));
}

function pathToRoot(model: ExportModel, node: Row): readonly Row[] {
  const parent = rowsOf(model, 'tblNode').find((row) => row.nodeID === node.parentID);
  return parent === undefined || parent === node ? [node] : [node, ...pathToRoot(model, parent)];
}

/** The name below a nested category is led by those of its parents, the root left out. */
function flattenedName(model: ExportModel, node: Row): string {
  const path = pathToRoot(model, node);
  const isPrefixed = node.nodeType === true || path.length > 3;
  const named = isPrefixed ? path.slice(0, Math.max(1, path.length - 1)) : [node];
  return named
    .map((row) => String(row.nodeName).trim())
    .reverse()
    .join('_');
}

function scopeOf(model: ExportModel, node: Row): ReadonlySet<Cell> {
  const entries = rowsOf(model, 'tblScopePrincipal');
  const definer = pathToRoot(model, node).find((row) =>
    entries.some((entry) => entry.scopeNodeID === row.nodeID),
  );
  const own = entries.filter((entry) => entry.scopeNodeID === definer?.nodeID);
  return new Set(own.map((entry) => cellOf(entry, 'scopePrinID')).filter((id) => isCarried(model, id)));
}

/** Members down to the last restart of the list, managers of all ancestors, presenters: as they come to be written. */
function holders(model: ExportModel, node: Row): readonly Cell[] {
  const path = pathToRoot(model, node);
  const restart = path.findIndex((row) => row.overrideMember === true);
  const members = new Set(path.slice(0, restart < 0 ? path.length : restart + 1).map((row) => row.nodeID));
  const all = new Set(path.map((row) => row.nodeID));
  const managerType = 1;
  return rowsOf(model, 'tblPrincipalRole')
    .filter((row) => (row.prinRoleTypeID === managerType ? all : members).has(row.prinRoleNodeID))
    .map((row) => cellOf(row, 'prinRolePrinID'))
    .filter((id) => isCarried(model, id));
}

/** Federated and disabled principals lose their roles and scope entries. */
function isCarried(model: ExportModel, id: Cell): boolean {
  const principal = rowsOf(model, 'tblPrincipal').find((row) => row.prinID === id);
  return principal?.prinDisabled === false && ![7, 11].includes(Number(principal.prinTypeID));
}

function groupsOf(model: ExportModel, id: Cell): readonly Cell[] {
  return rowsOf(model, 'tblPrincipalAffiliations')
    .filter((row) => row.principalID === id)
    .map((row) => cellOf(row, 'affiliationID'));
}
