import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  checkManifest,
  type ExportDocument,
  type FailureCode,
  type Finding,
  type OpenExportOptions,
  openExport,
  RunFailure,
} from '@chatferry/export';
import test, { type ExecutionContext } from 'ava';
import { rawZip } from '../support/raw-zip.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** How a file of macOS's foreign-disk companions begins (RFC 1740). */
const APPLE_DOUBLE = Buffer.from('0005160700020000', 'hex');
const REFUSED = fileURLToPath(new URL('../../fixtures/refuse', import.meta.url));

async function folderWith(t: ExecutionContext, files: Record<string, Buffer | string> = {}): Promise<string> {
  const folder = temporaryFolder(t);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

interface Read {
  readonly documents: readonly ExportDocument[];
  readonly texts: Record<string, string>;
  readonly findings: readonly Finding[];
  readonly manifest: Awaited<ReturnType<typeof openExport>>['manifest'];
}

/** Opens, reads every document to its end, closes. */
async function readAll(path: string, options: Partial<OpenExportOptions> = {}): Promise<Read> {
  const findings: Finding[] = [];
  const opened = await openExport(path, { report: (finding) => findings.push(finding), ...options });
  const texts: Record<string, string> = {};
  try {
    for (const document of opened.documents) texts[document.name] = (await contentOf(document)).toString();
  } finally {
    await opened.close();
  }
  return { documents: opened.documents, texts, findings, manifest: opened.manifest };
}

async function contentOf(document: ExportDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of document.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function failureOf(
  t: ExecutionContext,
  path: string,
  options: Partial<OpenExportOptions> = {},
): Promise<RunFailure> {
  const failure = await t.throwsAsync(() => readAll(path, options), { instanceOf: RunFailure });
  t.true((failure?.remedy.length ?? 0) > 20, 'a remedy');
  return failure as RunFailure;
}

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** Every file of fixtures/refuse, and what its refusal must say. */
const REFUSALS: Record<string, [FailureCode, RegExp]> = {
  'archive.7z': ['input-not-an-export', /a 7z archive/],
  'archive.cab': ['input-not-an-export', /a cabinet \(CAB\)/],
  'archive.rar': ['input-not-an-export', /a RAR archive/],
  'archive.tar': ['input-not-an-export', /a tar archive/],
  'backup-compressed.bak': ['input-not-an-export', /an SQL Server backup/],
  'backup-tape.bak': ['input-not-an-export', /an SQL Server backup/],
  'blank.xml': ['input-empty', /"blank.xml" is empty/],
  'compliance.xml': ['input-not-an-export', /a compliance XML file \(Conversations\)/],
  'convertto-xml.xml': ['input-not-an-export', /ConvertTo-Xml file \(Objects\)/],
  'cut.zip': ['archive-damaged', /"cut.zip" is damaged/],
  'document.docx': ['input-not-an-export', /an Office document/],
  'empty.xml': ['input-empty', /"empty.xml" is empty/],
  'encrypted.zip': ['input-not-an-export', /an encrypted ZIP/],
  'export-clixml.xml': ['input-not-an-export', /Export-Clixml file \(Objs\)/],
  'inventory-called.xml': ['input-not-an-export', /is JSON/],
  'inventory.json': ['input-not-an-export', /is JSON/],
  'iso-8859-1.xml': ['input-encoding', /declares the encoding "iso-8859-1"/],
  'no-entries.zip': ['input-empty', /found no file at all/],
  'no-xml.zip': ['input-empty', /found only "readme.txt" \(neither XML/],
  'notes.txt': ['input-not-an-export', /neither XML nor a format/],
  'page-called.xml': ['input-not-an-export', /an HTML page/],
  'page.pdf': ['input-not-an-export', /a PDF document/],
  'path-trick.zip': ['archive-unsafe', /"\.\.\/tblNode.xml" has a path that leaves/],
  'pool-document.xml': ['input-not-an-export', /Persistent Chat pool document/],
  'pool-export.zip': ['input-not-an-export', /an export of a Persistent Chat pool/],
  'report.html': ['input-not-an-export', /an HTML page/],
  'table-powershell.csv': ['input-not-an-export', /is CSV/],
  'table.csv': ['input-not-an-export', /is CSV/],
  'utf-16-declared-utf-8-stored.xml': ['input-encoding', /declares the encoding "utf-16"/],
  'utf-16-half-unit.xml': ['input-encoding', /ends in half a UTF-16 code unit/],
  'utf-32.xml': ['input-encoding', /stored as UTF-32/],
  'utf-8-declared-utf-16-stored.xml': ['input-encoding', /declares the encoding "utf-8"/],
  'windows-1252.xml': ['input-encoding', /declares the encoding "windows-1252"/],
  'workbook.xlsx': ['input-not-an-export', /an Office document/],
  'wrong-checksum.zip': ['archive-damaged', /"tblNode.xml" is damaged: its CRC-32/],
  'zip-in-zip.zip': ['input-not-an-export', /"inner.zip" is a ZIP inside another archive/],
};

test('every row has its file in fixtures/refuse', async (t) => {
  const files = (await readdir(REFUSED)).filter((name) => Object.hasOwn(REFUSALS, name));
  t.deepEqual(files.sort(), Object.keys(REFUSALS).sort());
});

for (const [name, [code, message]] of Object.entries(REFUSALS)) {
  test(`refuses ${name}`, async (t) => {
    const failure = await failureOf(t, join(REFUSED, name));
    t.is(failure.code, code);
    t.regex(failure.message, message);
    t.false(failure.message.includes(REFUSED) && code !== 'input-empty');
  });
  test(`refuses ${name} on standard input`, async (t) => {
    const stdin = Readable.from([await readFile(join(REFUSED, name))]);
    t.is((await failureOf(t, '-', { stdin })).code, code);
  });
}

test('a file in each encoding gives the same UTF-8, twice, and the digest of its own bytes', async (t) => {
  const text = '<?xml version="1.0"?>\n<r a="é€😀"/>';
  const swapped = (value: string): Buffer => Buffer.from(value, 'utf16le').swap16();
  const stored: [string, Buffer][] = [
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\uFEFF${text}`)],
    ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', swapped(`\uFEFF${text}`)],
    ['utf-16be', swapped(text)],
  ];
  for (const [encoding, bytes] of stored) {
    const folder = await folderWith(t, { 'tblNode.xml': bytes });
    const opened = await openExport(join(folder, 'tblNode.xml'), { report: () => t.fail() });
    const [document] = opened.documents as [ExportDocument];
    t.is(document.name, 'tblNode.xml');
    t.is(document.encoding, encoding as ExportDocument['encoding']);
    t.is(document.mayHoldSurrogates, encoding !== 'utf-8');
    t.is(document.sizeInBytes, bytes.length);
    t.is((await contentOf(document)).toString(), text);
    t.is((await contentOf(document)).toString(), text);
    t.is(document.sha256(), sha256(bytes));
    await opened.close();
  }
});

test('the digest is known only after a complete read', async (t) => {
  const folder = await folderWith(t, { 'tblChat.xml': `<r>${'x'.repeat(2_000_000)}</r>` });
  const opened = await openExport(folder, { report: () => t.fail() });
  const [document] = opened.documents as [ExportDocument];
  t.is(document.sha256(), null);
  for await (const chunk of document.open()) {
    t.true(chunk.length <= 262_144);
    break;
  }
  t.is(document.sha256(), null);
  await contentOf(document);
  t.is(document.sha256(), sha256(`<r>${'x'.repeat(2_000_000)}</r>`));
  await opened.close();
});

test('a folder: recursive, sorted, archives opened, the rest noted', async (t) => {
  const zip = rawZip([
    { name: 'export/' },
    { name: 'export/tblChat.xml', data: '<chat/>', method: 8 },
    { name: 'readme.txt', data: 'x' },
    { name: '__MACOSX/export/._tblChat.xml', data: APPLE_DOUBLE },
    { name: 'export/.tblPrincipal.xml', data: '<p/>' },
  ]);
  const folder = await folderWith(t, {
    'b/tblNode.xml': '<node/>',
    'a.xml': '<a/>',
    'B.xml': '<b/>',
    'no-ending': '\r\n<?xml version="1.0"?><c/>',
    'rows.out': Buffer.from('<d/>', 'utf16le'),
    'inner.zip': zip,
    'old.xml.gz': gzipSync('<e/>'),
    'query.sql': 'SELECT 1',
    'Export.ps1': '# export',
    'list.csv': 'a,b',
    'tblNode.xsd': '<xs:schema/>',
    'empty.xml': '',
    'old.7z': Buffer.from('377abcaf271c0000', 'hex'),
    '.hidden/x.xml': '<h/>',
    '.hidden.xml': '<h/>',
  });
  await symlink(join(folder, 'a.xml'), join(folder, 'link.xml'));
  const read = await readAll(folder);
  t.deepEqual(read.texts, {
    'B.xml': '<b/>',
    'a.xml': '<a/>',
    'b/tblNode.xml': '<node/>',
    'inner.zip/export/tblChat.xml': '<chat/>',
    'no-ending': '\r\n<?xml version="1.0"?><c/>',
    'old.xml': '<e/>',
    'rows.out': '<d/>',
  });
  t.deepEqual(
    read.documents.map((document) => document.name),
    Object.keys(read.texts).sort(),
  );
  t.true(read.findings.every((finding) => finding.rule === 'file-not-read'));
  t.deepEqual(
    read.findings.map((finding) => `${finding.severity} ${finding.place?.file}: ${finding.seen}`).sort(),
    [
      'error .hidden.xml: a hidden file',
      'error .hidden/x.xml: a hidden file',
      'error empty.xml: empty',
      'error inner.zip/export/.tblPrincipal.xml: a hidden file',
      'error link.xml: a symbolic link',
      'note .hidden: a hidden folder',
      'note Export.ps1: neither XML nor a format that chatferry knows',
      'note inner.zip/__MACOSX/export/._tblChat.xml: a hidden file',
      'note inner.zip/readme.txt: neither XML nor a format that chatferry knows',
      'note list.csv: CSV',
      'note query.sql: neither XML nor a format that chatferry knows',
      'note tblNode.xsd: a schema, page, settings or Office file',
      'warning old.7z: a 7z archive',
    ],
  );
});

test('what may hold tables and is not read is an error; what may not is none', async (t) => {
  const folder = await folderWith(t, {
    'tblNode.xml': '<n/>',
    '.tblChat.xml.gz': gzipSync('<c/>'),
    '.inner.zip': 'PK',
    '.DS_Store': 'x',
    '._tblNode.xml': APPLE_DOUBLE,
    '._tblChat.xml': '<c/>',
    '.git/config': 'x',
    '.git/deep/tblChat.xml': '<c/>',
    'tblPrincipalInvites.xml': '',
    'tblChat.txt': '',
    'dbo.tblChat.xml': ' \r\n',
    'Chat-2009.xml.gz': gzipSync(''),
    'notes.txt': '',
    'real/tblRoleType.xml': '<r/>',
  });
  await symlink(join(folder, 'real'), join(folder, 'linked'));
  await symlink('/nowhere/at/all', join(folder, 'dangling'));
  await symlink('/nowhere.xsd', join(folder, 'schema.xsd'));
  await symlink('/nowhere', join(folder, '.git/HEAD'));
  await symlink(join(folder, '.inner.zip'), join(folder, 'old.zip'));
  const socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(folder, 'tblSocket.xml'), resolve));
  t.teardown(() => void socket.close());
  const read = await readAll(folder);
  t.deepEqual(
    read.findings
      .map(({ rule, severity, place, seen }) => `${rule} ${severity} ${place?.file}: ${seen}`)
      .sort(),
    [
      'error ._tblChat.xml: a hidden file',
      'error .git/deep/tblChat.xml: a hidden file',
      'error .inner.zip: a hidden file',
      'error .tblChat.xml.gz: a hidden file',
      'error Chat-2009.xml: empty',
      'error dangling: a symbolic link',
      'error dbo.tblChat.xml: empty',
      'error linked: a symbolic link',
      'error old.zip: a symbolic link',
      'error tblChat.txt: empty',
      'error tblSocket.xml: a special file',
      'note .DS_Store: a hidden file',
      'note ._tblNode.xml: a hidden file',
      'note .git: a hidden folder',
      'note schema.xsd: a symbolic link',
      'warning notes.txt: empty',
      'warning tblPrincipalInvites.xml: empty',
    ].map((line) => `file-not-read ${line}`),
  );
  t.true(read.findings.every(({ severity, remedy }) => severity === 'note' || (remedy ?? '').length > 20));
});

test('a folder with a link alone is empty, and the sentence says what is there', async (t) => {
  const folder = await folderWith(t);
  await symlink('/nowhere/tblChat.xml', join(folder, 'tblChat.xml'));
  const failure = await failureOf(t, folder);
  t.is(failure.code, 'input-empty');
  t.regex(failure.message, /found only "tblChat\.xml" \(a symbolic link\)\.$/);
});

test('a file name that is not valid UTF-8 is named as such', async (t) => {
  const folder = await folderWith(t, { 'tblNode.xml': '<n/>' });
  const name = Buffer.concat([Buffer.from(`${folder}/R`), Buffer.from([0xe4]), Buffer.from('ume.xml')]);
  try {
    await writeFile(name, '<x/>');
  } catch {
    t.log('SKIPPED: this file system takes UTF-8 names only.');
    return t.pass();
  }
  const failure = await failureOf(t, folder);
  t.is(failure.code, 'input-unreadable');
  t.regex(failure.message, /"R\ufffdume\.xml" has a name that cannot be decoded/);
  return t.regex(failure.remedy, /^Rename it/);
});

test('a ZIP as the path: names without its own name, CRC-32 checked to the end', async (t) => {
  const folder = await folderWith(t, {
    'a.zip': rawZip([
      { name: 'x/tblNode.xml', data: '<n/>', method: 8 },
      { name: 'tblChat.xml', data: '<c/>' },
      { name: 'x/export-manifest.json', data: JSON.stringify(MANIFEST), method: 8 },
    ]),
  });
  const read = await readAll(join(folder, 'a.zip'));
  t.deepEqual([...(read.manifest?.files.keys() ?? [])], ['x/tblNode.xml']);
  t.deepEqual(read.texts, { 'tblChat.xml': '<c/>', 'x/tblNode.xml': '<n/>' });
  t.is(read.documents[1]?.sizeInBytes, 4);
});

test('gzip: name without .gz, size unknown, several members, damage and bombs refused', async (t) => {
  const whole = gzipSync('<c/>'.repeat(1000));
  const folder = await folderWith(t, {
    'tblChat.xml.gz': Buffer.concat([whole, gzipSync('<!-- end -->')]),
    'cut.xml.gz': whole.subarray(0, whole.length - 9),
    'bomb.xml.gz': gzipSync(`<c>${' '.repeat(400_000)}</c>`),
    'twice.zip.gz': gzipSync(rawZip([{ name: 'a.xml', data: '<a/>' }])),
  });
  const read = await readAll(join(folder, 'tblChat.xml.gz'));
  t.is(read.texts['tblChat.xml'], `${'<c/>'.repeat(1000)}<!-- end -->`);
  t.is(read.documents[0]?.sizeInBytes, null);
  t.is(read.documents[0]?.sha256(), sha256(`${'<c/>'.repeat(1000)}<!-- end -->`));
  t.is((await failureOf(t, join(folder, 'cut.xml.gz'))).code, 'archive-damaged');
  const limits = { ratioFreeBytes: 100_000 };
  const bomb = await failureOf(t, join(folder, 'bomb.xml.gz'), { limits });
  t.is(bomb.code, 'archive-unsafe');
  t.regex(bomb.message, /beyond the limits \(ratio 200:1\)\.$/);
  const bounded = await failureOf(t, join(folder, 'bomb.xml.gz'), { limits: { entryBytes: 1000 } });
  t.regex(bounded.message, /beyond the limits \(ratio 200:1, 1000 bytes\)\.$/);
  t.regex((await failureOf(t, join(folder, 'twice.zip.gz'))).message, /"twice.zip" is a ZIP inside another/);
});

test('standard input: XML, gzip and ZIP are spooled, and the spool is removed', async (t) => {
  const spoolFolder = await folderWith(t);
  const zip = rawZip([{ name: 'tblNode.xml', data: '<n/>', method: 8 }]);
  for (const [bytes, name] of [
    [Buffer.from('<n/>'), 'stdin'],
    [gzipSync('<n/>'), 'stdin'],
    [zip, 'tblNode.xml'],
  ] as const) {
    const stdin = Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]);
    const opened = await openExport('-', { report: () => t.fail(), spoolFolder, stdin });
    t.is((await readdir(spoolFolder)).length, 1);
    t.is(opened.documents[0]?.name, name);
    t.is((await contentOf(opened.documents[0] as ExportDocument)).toString(), '<n/>');
    await opened.close();
    await opened.close();
    t.deepEqual(await readdir(spoolFolder), []);
  }
});

test('standard input that fails, or cannot be kept, leaves nothing behind', async (t) => {
  const spoolFolder = await folderWith(t);
  t.is((await failureOf(t, '-', { spoolFolder, stdin: Readable.from([]) })).code, 'input-empty');
  const broken = new Readable({
    read() {
      this.destroy(Object.assign(new Error('pipe'), { code: 'EPIPE' }));
    },
  });
  t.is((await failureOf(t, '-', { spoolFolder, stdin: broken })).code, 'input-unreadable');
  t.deepEqual(await readdir(spoolFolder), []);
  const nowhere = join(spoolFolder, 'none');
  const stdin = Readable.from([Buffer.from('<n/>')]);
  t.is((await failureOf(t, '-', { spoolFolder: nowhere, stdin })).code, 'output-unwritable');
});

test('paths that are missing, no files, or forbidden', async (t) => {
  const folder = await folderWith(t, { 'x.xml': '<x/>' });
  t.is((await failureOf(t, join(folder, 'none.xml'))).code, 'input-missing');
  t.is((await failureOf(t, join(folder, 'x.xml', 'y'))).code, 'input-missing');
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  await new Promise((resolve) => server.once('listening', resolve));
  t.is((await failureOf(t, socket)).code, 'input-unreadable');
  const beside = await readAll(folder);
  t.deepEqual(
    beside.findings.map((finding) => finding.seen),
    ['a special file'],
  );
  server.close();
  await chmod(join(folder, 'x.xml'), 0);
  if (process.getuid?.() !== 0) t.is((await failureOf(t, folder)).code, 'input-unreadable');
});

test('folders that hold no export say what they hold', async (t) => {
  const strays = await folderWith(t, Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((i) => [`${i}.txt`, 'x'])));
  const failure = await failureOf(t, strays);
  t.is(failure.code, 'input-empty');
  t.regex(failure.message, /found only "1.txt" \(.*\), "2.txt" .* "5.txt" \(.*\) and 2 more\.$/);
  t.regex((await failureOf(t, await folderWith(t))).message, /found no file at all/);
  const pool = await folderWith(t, { 'p/ADUSERS.xml': '<Pool/>', 'tblNode.xml': '<n/>' });
  t.regex((await failureOf(t, pool)).message, /an export of a Persistent Chat pool/);
  const mixed = await folderWith(t, { 'tblNode.xml': '<n/>', 'c.xml': '<Conversations/>' });
  t.regex((await failureOf(t, mixed)).message, /"c.xml" is a compliance XML file/);
  const twice = await folderWith(t, { 'a.xml': '<n/>', 'a.xml.gz': gzipSync('<n/>') });
  t.regex((await failureOf(t, twice)).message, /"a.xml" is there twice/);
  const many = await folderWith(t, { 'a.xml': '<n/>', 'b/c.xml': '<n/>' });
  t.is((await failureOf(t, many, { limits: { entries: 1 } })).code, 'input-limit');
});

test('a wrapped sqlcmd file is repaired and reported once', async (t) => {
  const text = `<rows>${'<row a="x"/>'.repeat(600)}</rows>`;
  const lines = text.match(/.{1,2033}/g) as string[];
  const header = `XML_F52E2B61-18A1-11d1-B105-00805F49916B\r\n${'-'.repeat(40)}\r\n`;
  const bytes = Buffer.from(`\uFEFF${header}${lines.join('\r\n')}\r\n\r\n(4 rows affected)\r\n`, 'utf16le');
  const folder = await folderWith(t, { 'tblChat.rpt': bytes });
  const read = await readAll(folder);
  t.is(read.texts['tblChat.rpt'], text);
  t.is(read.documents[0]?.sha256(), sha256(bytes));
  t.deepEqual(
    read.findings.map(({ rule, severity, seen }) => [rule, severity, seen]),
    [
      [
        'console-artefact-repaired',
        'warning',
        'the column header, 3 line breaks after every 2033 characters, the row count',
      ],
    ],
  );
});

const MANIFEST = {
  version: 1,
  exportedOn: '2012-05-06T07:08:09Z',
  tables: { tblNode: { rows: 2 }, tblChat: { rows: 1 } },
  chatDate: { min: '634000000000000000', max: '634000000000000001' },
  files: { 'tblNode.xml': { sha256: sha256('<n/>').toUpperCase() } },
};

test('a manifest is read beside its files and compared with what was read', async (t) => {
  const json = JSON.stringify(MANIFEST);
  for (const bytes of [
    Buffer.from(json),
    Buffer.from(`\uFEFF${json}`),
    Buffer.from(`\uFEFF${json}`, 'utf16le'),
  ]) {
    const folder = await folderWith(t, { 'e/tblNode.xml': '<n/>', 'e/Export-Manifest.json': bytes });
    const { manifest, documents, findings } = await readAll(folder);
    t.deepEqual(findings, []);
    if (manifest === null) return t.fail('no manifest');
    t.is(manifest.exportedOn, MANIFEST.exportedOn);
    const seen = {
      rows: new Map([
        ['tblNode', 2],
        ['tblChat', 1],
      ]),
      chatDate: { min: 634000000000000000n, max: 634000000000000001n },
      documents,
    };
    t.deepEqual(checkManifest(manifest, seen), []);
    const other = checkManifest(manifest, {
      rows: new Map([
        ['tblNode', 3],
        ['tblPrincipal', 1],
      ]),
      chatDate: { min: 634000000000000000n, max: 634000000000000002n },
      documents: [
        { name: 'e/tblNode.xml', sha256: () => sha256('<m/>') },
        { name: 'e/more.xml', sha256: () => null },
      ],
    });
    t.true(other.every((finding) => finding.rule === 'manifest-mismatch' && finding.severity === 'error'));
    t.deepEqual(
      other.map((finding) => `${finding.place?.file ?? ''} ${finding.seen} ${finding.expected}`),
      [
        ' 0 1',
        ' 3 2',
        ' 1 none',
        ' 634000000000000002 634000000000000001',
        'e/more.xml a file not read to its end none',
        `e/tblNode.xml ${sha256('<m/>')} ${sha256('<n/>')}`,
      ],
    );
    t.is(checkManifest(manifest, { ...seen, chatDate: null, documents: [] }).length, 3);
  }
  return undefined;
});

test('a manifest that is not as documented ends the run', async (t) => {
  const wrong: [object, RegExp][] = [
    [{ ...MANIFEST, version: 2 }, /"version", expected the number 1/],
    [{ ...MANIFEST, more: 1 }, /an object with exactly version/],
    [{ ...MANIFEST, exportedOn: 'yesterday' }, /"exportedOn"/],
    [{ ...MANIFEST, tables: { tblNode: { rows: '2' } } }, /"tables.tblNode.rows", expected a whole number/],
    [{ ...MANIFEST, tables: [] }, /"tables", expected an object/],
    [{ ...MANIFEST, chatDate: { min: 1, max: 2 } }, /"chatDate.min"/],
    [{ ...MANIFEST, files: { a: { sha256: 'abc' } } }, /"files.a.sha256"/],
    [[], /"document", expected an object/],
  ];
  for (const [manifest, message] of wrong) {
    const folder = await folderWith(t, {
      'a.xml': '<n/>',
      'export-manifest.json': JSON.stringify(manifest),
    });
    const failure = await failureOf(t, folder);
    t.is(failure.code, 'input-unreadable');
    t.regex(failure.message, message);
  }
  const json = JSON.stringify(MANIFEST);
  const two = await folderWith(t, {
    'a.xml': '<n/>',
    'export-manifest.json': json,
    'b/export-manifest.json': json,
  });
  t.regex((await failureOf(t, two)).message, /more than one export/);
  const broken = await folderWith(t, { 'a.xml': '<n/>', 'export-manifest.json': '{' });
  t.regex((await failureOf(t, broken)).message, /"text", expected JSON/);
});

test('an unsafe archive beside good files ends the run', async (t) => {
  const folder = await folderWith(t, {
    'a.xml': '<n/>',
    'b.zip': rawZip([{ name: '/abs.xml', data: '<n/>' }]),
  });
  t.is((await failureOf(t, folder)).code, 'archive-unsafe');
});

test('a document that was read in part can be held against that reading', async (t) => {
  const xml = `<n>${'x'.repeat(700_000)}</n>`;
  const folder = await folderWith(t, { 'a.xml': xml });
  const opened = await openExport(folder, { report: () => undefined });
  const [document] = opened.documents;
  if (document === undefined) return t.fail('no document');
  const chunks = document.open()[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.next();
  await chunks.return?.();
  const soFar = document.readSoFar();
  t.true(soFar !== null && soFar.bytes > 0 && soFar.bytes < xml.length);
  t.is(soFar?.sha256, sha256(xml.slice(0, soFar?.bytes)));
  for (const earlier of [soFar, { ...soFar, bytes: 10 }, { bytes: 10, sha256: sha256(xml.slice(0, 10)) }]) {
    const again = (await openExport(folder, { report: () => undefined })).documents[0];
    again?.expectSame(earlier as { bytes: number; sha256: string });
    const read = async (): Promise<string | null> => {
      for await (const _ of again?.open() ?? []);
      return again?.sha256() ?? null;
    };
    if (earlier?.bytes === 10 && earlier.sha256 === soFar?.sha256) {
      await t.throwsAsync(read(), { message: /a\.xml" has changed since the run/ });
    } else {
      t.is(await read(), sha256(xml));
      t.deepEqual(again?.readSoFar(), { bytes: xml.length, sha256: sha256(xml) });
    }
  }
  return undefined;
});

test('a document that became another one, or shorter, is told, also when it is small', async (t) => {
  const long = 'x'.repeat(100_000);
  const folder = await folderWith(t, { 'a.xml': '<n/>', 'b.xml': `<n>${long}</n>` });
  const [small, large] = (await openExport(folder, { report: () => undefined })).documents;
  const expected = { instanceOf: RunFailure, message: /has changed since the run/ };
  t.throws(() => small?.expectSame({ bytes: 4, sha256: sha256('<m/>') }), expected);
  small?.expectSame({ bytes: 4, sha256: sha256('<n/>') });
  large?.expectSame({ bytes: 100_008, sha256: sha256(`<n>${long}</n> `) });
  const read = async (): Promise<void> => {
    for await (const _ of large?.open() ?? []);
  };
  await t.throwsAsync(read(), expected);
});
