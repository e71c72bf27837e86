import { Buffer } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkManifest,
  type ExportDocument,
  type Finding,
  openExport,
  readDirectory,
  readMessages,
} from '@chatferry/export';
import test from 'ava';
import { readRowWindows } from '../../packages/export/dist/read-document.js';
import { CHAT_COLUMNS } from '../../packages/export/dist/rows/chat-row-view.js';
import { decodeDirectoryRow, type RawColumns } from '../../packages/export/dist/rows/decode-row.js';
import { TABLES } from '../../packages/export/dist/rows/tables.js';
import { isXmlCharacter } from '../../packages/export/dist/xml/characters.js';
import { documentedTable } from '../support/export-model.js';
import { exportScriptFiles } from '../support/export-script-xml.js';
import { powershellCode } from '../support/powershell-code.js';
import { smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), '../../packages/export/Export-GroupChat.ps1');
const PAGE = join(dirname(SCRIPT), 'README.md');
const TEXT = await readFile(SCRIPT, 'utf8');
const { code: CODE, strings: STRINGS, comments: COMMENTS } = powershellCode(TEXT);
const HELP = COMMENTS.find((comment) => comment.startsWith('<#')) ?? '';

/** Variables that PowerShell sets. */
const AUTOMATIC = [
  'null',
  'true',
  'false',
  'host',
  'pscmdlet',
  'psboundparameters',
  'erroractionpreference',
  '_',
];
/** Cmdlets of Windows PowerShell 3 without any module. */
const CMDLETS = [
  'ConvertTo-Json',
  'New-Object',
  'Remove-Item',
  'Set-StrictMode',
  'Write-Output',
  'Write-Progress',
  'Write-Warning',
];
const NAMESPACES =
  /^System\.(?:Array|BitConverter|Buffer|Convert|DateTimeKind|DBNull|(?:Data|Data\.SqlClient|Globalization|IO|Security\.Cryptography|Text|Text\.RegularExpressions|Xml)\.\w+)$/;

/** The script's tables with their columns as written: `nodeID*` of the key, `rtf?` of later schemas. */
const SCRIPT_TABLES = new Map(
  [...block('$Tables = [ordered]@{').matchAll(/^ {4}(\w+) = ((?:'[^']*'(?: \+\r\n *)?)+)/gm)].map(
    ([, table = '', literals = '']) => [
      table,
      [...literals.matchAll(/'([^']*)'/g)]
        .map(([, literal]) => literal)
        .join('')
        .split(' '),
    ],
  ),
);
const MESSAGES_ONLY = ['rtf'];

test('it is ASCII with CRLF, short, and says how it is used', (t) => {
  t.regex(TEXT, /^(?:[\x20-\x7E]*\r\n)+$/);
  t.true(TEXT.split('\r\n').length <= 300);
  t.regex(TEXT, /^#requires -Version 3\.0\r\n/);
  const parameters = [...block('param(').matchAll(/\]\$(\w+)/g)].map(([, name]) => name);
  t.deepEqual(parameters, ['SqlInstance', 'Database', 'OutputFolder', 'Since']);
  t.deepEqual(
    [...HELP.matchAll(/^\.PARAMETER (\w+)/gm)].map(([, name]) => name),
    parameters,
  );
  for (const section of ['.SYNOPSIS', '.DESCRIPTION', '.EXAMPLE']) t.true(HELP.includes(`\n${section}\r\n`));
  const used = [...HELP.matchAll(/ -([A-Z]\w+)(?= [\w.\\:-]+)/g)].map(([, name]) => name);
  const hostOptions = ['ExecutionPolicy', 'File'];
  t.deepEqual(
    used.filter((name = '') => !parameters.includes(name) && !hostOptions.includes(name)),
    ['NoProfile'],
  );
});

test('its tables and columns are those that the reader decodes, in schema order, messages last', (t) => {
  const read = TABLES.filter((table) => table.role !== 'left-behind');
  t.deepEqual([...SCRIPT_TABLES.keys()].sort(), read.map((table) => table.name).sort());
  t.is([...SCRIPT_TABLES.keys()].at(-1), 'tblChat');
  for (const { name, kind } of read) {
    const columns = columnsOf(name);
    if (kind === 'chat') t.deepEqual(columns, [...CHAT_COLUMNS]);
    else if (kind !== null) {
      const { asked, fields } = decodedColumns(kind);
      t.deepEqual(columns.map((column) => column.toLowerCase()).sort(), asked, name);
      t.deepEqual(
        fields.filter((field) => !columns.includes(field)),
        [],
        name,
      );
    }
    const schema = documentedTable(name, [], MESSAGES_ONLY).columns.map((column) => column.name);
    t.deepEqual(columnsOf(name, /\?$/), schema, name);
  }
});

test('rows are ordered by the whole key, messages by room and id', (t) => {
  t.deepEqual(keyOf('tblChat'), ['channelID', 'chatID']);
  t.deepEqual(keyOf('tblPrincipalRole'), ['prinRoleNodeID', 'prinRolePrinID', 'prinRoleTypeID']);
  t.deepEqual(keyOf('tblPrincipalInvites'), ['prinID', 'nodeID']);
  for (const table of SCRIPT_TABLES.keys()) t.true(keyOf(table).length > 0, table);
  t.true(
    STRINGS.some((text) => / FROM \[dbo\]\.\[.*\]\$Filter ORDER BY \$\(\$keys -join ', '\)$/.test(text)),
  );
});

test('it reads, and nothing else', (t) => {
  const statements = STRINGS.filter((text) => /\bselect\b/i.test(text));
  t.is(statements.length, 4);
  for (const statement of statements)
    t.notRegex(statement, /\*|;|--|\b(?:into|create|truncate|merge|grant)\b/i);
  t.notRegex(TEXT, /\b(?:insert|update|delete|exec|execute|drop|alter|sp_\w+)\b/i);
  t.notRegex(TEXT, /select\s+(?:top\b.*)?\*/i);
  t.is(CODE.match(/\bExecute\w+/g)?.filter((call) => !/^Execute(?:Reader|Scalar)$/.test(call)).length, 0);
  t.true(CODE.includes('$transaction.Rollback()'));
  t.notRegex(CODE, /\.Commit\(/);
});

test('it needs no module, loads no code, and reaches nothing but the database', (t) => {
  const foreign =
    /Invoke-|Import-Module|Add-Type|Start-|iex\b|System\.Net|WebClient|Sockets|ApplicationIntent|User ID|Password/gi;
  t.deepEqual(TEXT.match(foreign), null);
  t.notRegex(CODE, /SHA256Managed|Unicode\.GetBytes/);
  const types = [...CODE.matchAll(/(?:\[|New-Object )(System\.[\w.]+)/g)].map(([, type = '']) => type);
  t.true(types.length > 20);
  t.deepEqual(
    types.filter((type) => !NAMESPACES.test(type)),
    [],
  );
  const functions = [...CODE.matchAll(/^function ([\w-]+)/gm)].map(([, name = '']) => name);
  const called = [...CODE.matchAll(/(?<![\w.$-]|function )[A-Z][A-Za-z]+-[A-Z]\w+/g)].map(([name]) => name);
  t.deepEqual([...new Set(called)].sort(), [...functions, ...CMDLETS].sort());
});

test('every variable is assigned where it is seen, and no typed parameter is assigned again', (t) => {
  const parts = CODE.split(/^(?=function )|(?<=^\}\r\n)/m);
  const top = parts.filter((part) => !part.startsWith('function ')).join('');
  const everywhere = assigned(top);
  for (const part of parts) {
    const known = new Set([...AUTOMATIC, ...everywhere, ...assigned(part)]);
    t.deepEqual(
      variables(part).filter((name) => !known.has(name)),
      [],
      part.split('\r\n', 1)[0],
    );
  }
  const all = variables(CODE);
  const once = all.filter((name) => all.indexOf(name) === all.lastIndexOf(name));
  t.deepEqual(
    once.filter((name) => !AUTOMATIC.includes(name)),
    [],
  );
  t.notRegex(top, /\$(?:SqlInstance|Database|OutputFolder|Since)\s*[+]?=/i);
  t.deepEqual(variables('$a = "$$b $c.d" + $(e)'.replace('$$b', '$' + '{b}')), ['a', 'b', 'c']);
});

test('what its pattern finds is exactly what XML 1.0 cannot hold', (t) => {
  const pattern = STRINGS.find((text) => text.includes('\\uFFFE')) ?? '(?!)';
  const forbidden = new RegExp(pattern);
  const wrong = Array.from({ length: 0x10000 }, (_, unit) => unit).filter(
    (unit) => forbidden.test(`a${String.fromCharCode(unit)}z`) === isXmlCharacter(unit),
  );
  t.deepEqual(wrong, []);
  const astral = ['\u{10000}', '\u{1F600}', '\u{10FFFF}', 'x\u{1F600}\u{1F600}y'];
  t.deepEqual(
    astral.filter((text) => forbidden.test(text)),
    [],
  );
  const torn = [
    '\u{1F600}\uDE00',
    '\uD83D\u{1F600}',
    '\uDE00\uD83D',
    '\uD83D',
    '\uDE00',
    'a\uD83D\uD83D\uDE00',
  ];
  t.deepEqual(
    torn.filter((text) => !forbidden.test(text)),
    [],
  );
});

test('its form is the one that the reader is tested with', (t) => {
  const files = exportScriptFiles([...smallModel().values()]);
  const chat = String(files.get('tblChat.xml'));
  const root =
    /^<\?xml version="1\.0" encoding="utf-8"\?>\n<(\w+) xmlns:xsi="([^"]+)">\n {2}<tblChat>\n/.exec(chat);
  t.is(/WriteStartElement\('(\w+)'\)/.exec(TEXT)?.[1], root?.[1]);
  t.is(/\$Xsi = '([^']+)'/.exec(TEXT)?.[1], root?.[2]);
  t.true(TEXT.includes("$Writer.WriteAttributeString('xsi', 'nil', $Xsi, 'true')"));
  t.true(chat.includes('<rtf xsi:nil="true" />'));
  const [, name, value] = /WriteAttributeString\('(encoding)', '([^']+)'\)/.exec(TEXT) ?? [];
  t.true(chat.includes(`<content ${name}="${value}">`));
  t.true(chat.includes('&#xD;\n') && TEXT.includes('[System.Xml.NewLineHandling]::Entitize'));
  for (const setting of ['CheckCharacters = $true', 'UTF8Encoding($false)', 'NewLineChars = "`n"']) {
    t.true(TEXT.includes(setting));
  }
  const manifest = JSON.parse(String(files.get('export-manifest.json'))) as Record<string, unknown>;
  const keys = [...block('$manifest = [ordered]@{').matchAll(/(\w+) = /g)].map(([, key]) => key);
  t.deepEqual(keys, Object.keys(manifest));
  t.true(TEXT.includes("'export-manifest.json'") && TEXT.includes(`version = ${manifest.version};`));
  t.true(TEXT.includes('[ordered]@{ min = [string]$result.Lowest; max = [string]$result.Highest }'));
  t.true(TEXT.includes('@{ rows = $result.Rows }') && TEXT.includes('@{ sha256 = $result.Sha256 }'));
});

test('what XmlWriter makes of it reads without a finding: empty table, no line feed at the end', async (t) => {
  const tables = [...SCRIPT_TABLES.keys()].map((name) => smallModel().get(name));
  const files = exportScriptFiles(
    tables.map((table) => {
      if (table?.name === 'tblPrincipal') return documentedTable('tblPrincipal', table.rows);
      return table?.name === 'tblSiopWhiteList'
        ? { ...table, rows: [] }
        : (table as NonNullable<typeof table>);
    }),
  );
  for (const [name, bytes] of files) {
    const text = String(bytes)
      .replace(/\n$/, '')
      .replace(/>\n<\/GroupChat>/, (end) => (bytes.length < 200 ? ' />' : end));
    files.set(name, Buffer.from(text));
  }
  t.regex(String(files.get('tblSiopWhiteList.xml')), /instance" \/>$/);
  const folder = temporaryFolder(t);
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const opened = await openExport(folder, { report });
  t.teardown(() => opened.close());
  const { directory, counts } = await readDirectory(opened, { report, isThorough: true });
  t.is(directory.siopWhiteList.length, 0);
  t.true(directory.nodes.length > 0);
  const dates: bigint[] = [];
  for await (const window of readMessages(opened, { report, isThorough: true, counts })) {
    for (const { chatDate } of window.rows) dates.push(chatDate);
  }
  dates.sort((a, b) => (a < b ? -1 : 1));
  const chatDate = { min: dates[0] ?? 0n, max: dates.at(-1) ?? 0n };
  t.deepEqual(findings, []);
  t.not(opened.manifest, null);
  if (opened.manifest === null) return;
  const { files: digests, ...manifest } = opened.manifest;
  t.deepEqual([...digests.keys()].sort(), [...SCRIPT_TABLES.keys()].map((name) => `${name}.xml`).sort());
  const rows = new Map(counts.list().map((count) => [count.name, count.rows]));
  t.deepEqual(checkManifest({ ...manifest, files: new Map() }, { rows, chatDate, documents: [] }), []);
});

test('every shape that the page of the room shows is read as it says', async (t) => {
  const page = await readFile(PAGE, 'utf8');
  const examples = [...page.matchAll(/^```xml\n([\s\S]*?)^```/gm)].map(([, example = '']) => example);
  t.true(examples.length >= 12);
  for (const example of examples) {
    t.is(example.split('\n').length, 3, example);
    const document = { name: 'tblNode.xml', mayHoldSurrogates: false, open: () => piecesOf(example) };
    const seen: string[] = [];
    for await (const { rows, reader } of readRowWindows(document as unknown as ExportDocument)) {
      for (const token of rows) {
        const values = [...reader.columns.values()].map(({ name, value }) => `${name}=${value}`);
        seen.push(`${token} ${reader.tableName} ${values.sort().join(' ')}`);
      }
    }
    const unset = /xsi:nil/.test(example) ? 'invite=null ' : '';
    t.deepEqual(seen, [`row tblNode ${unset}nodeID=5 nodeName=R&D`], example);
  }
});

test('the script reader finds what is not closed', (t) => {
  const sound = 'a "b $(c \'d"\' "e") `" f" # g }\n<# ( #> @{ h = \'i\'\'(\' }\n';
  t.deepEqual(powershellCode(sound).strings, ['d"', 'e', 'b $(c \'d"\' "e") `" f', "i'("]);
  t.is(powershellCode(sound).code.length, sound.length);
  for (const broken of ['{', ')', '(]', "'a", '"a', '"$(a"', '<# a', "'a\n'"]) {
    t.throws(() => powershellCode(broken), { message: /^line 1: / }, broken);
  }
  const last = TEXT.lastIndexOf('}');
  t.throws(() => powershellCode(TEXT.slice(0, last) + TEXT.slice(last + 1)));
});

async function* piecesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** From an opening to the line that closes it at the left margin. */
function block(opening: string): string {
  const start = TEXT.indexOf(`${opening}\r\n`);
  const indent = /[ ]*$/.exec(TEXT.slice(0, start))?.[0] ?? '';
  const close = opening.endsWith('(') ? ')' : '}';
  const end = TEXT.indexOf(`\r\n${indent}${close}`, start);
  return start === -1 || end === -1 ? '' : TEXT.slice(start + opening.length, end);
}

function columnsOf(table: string, without = /$^/): string[] {
  const columns = SCRIPT_TABLES.get(table) ?? [];
  return columns.filter((column) => !without.test(column)).map((column) => column.replace(/[*?]$/, ''));
}

function keyOf(table: string): string[] {
  const columns = SCRIPT_TABLES.get(table) ?? [];
  return columns.filter((column) => column.endsWith('*')).map((column) => column.slice(0, -1));
}

/** The columns that decoding a row of a kind asks for (lower case), and the fields that it fills, as documented. */
function decodedColumns(kind: Parameters<typeof decodeDirectoryRow>[0]): {
  readonly asked: readonly string[];
  readonly fields: readonly string[];
} {
  const asked = new Set<string>();
  class Asked extends Map<string, { readonly name: string; readonly value: string | null }> {
    override get(key: string) {
      asked.add(key);
      return super.get(key);
    }
  }
  const columns: RawColumns = new Asked();
  const row = decodeDirectoryRow(kind, columns, { file: 'x.xml', line: 1, column: 1 });
  const own = ['kind', 'place', 'extra', 'defects'];
  return { asked: [...asked].sort(), fields: Object.keys(row).filter((field) => !own.includes(field)) };
}

/** Variables that a part of the script reads or writes, lower case. */
function variables(part: string): string[] {
  return [...part.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name.toLowerCase());
}

/** Variables that a part assigns: `$a =`, `foreach ($a in`, parameters. */
function assigned(part: string): string[] {
  const parameters =
    /^function [\w-]+\(([^\r\n]*)\) \{/.exec(part)?.[1] ??
    /param\(([^)]*(?:\)[^)]*)*?)\r\n\)/.exec(part)?.[1] ??
    '';
  const loops = [...part.matchAll(/\$(\w+) (?:=|\+=|in) /g)].map(([, name = '']) => name.toLowerCase());
  return [...variables(parameters), ...loops];
}
