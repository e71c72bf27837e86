import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { columnsFrom, type ExportModel, modelOf, type Row, rowsOf } from '../support/export-model.js';
import { deliveredText, SHAPE_NAMES, writeShape } from '../support/export-shapes.js';
import { smallModel } from '../support/sample-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';

const CHATFERRY = fileURLToPath(new URL('../../packages/transform/bin/chatferry.js', import.meta.url));
const ON_INTERRUPT = new URL('../../packages/transform/dist/commands/on-interrupt.js', import.meta.url).href;
const SAMPLE = join(FIXTURES, 'sample');
const READY =
  'Ready to import. Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import.';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Buffer;
}

async function chatferry(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  return await new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CHATFERRY, ...args],
      { cwd: around.cwd, env: { ...process.env, ...around.env }, maxBuffer: 1 << 26 },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
    child.stdin?.end(around.stdin);
  });
}

/** Every file below a folder with its SHA-256. */
async function digests(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(path, { recursive: true })).sort()) {
    const bytes = await readFile(join(path, name)).catch(() => null);
    if (bytes !== null) found[name] = createHash('sha256').update(bytes).digest('hex');
  }
  return found;
}

async function writeExport(path: string, model: ExportModel, shape = 'raw-attributes'): Promise<string> {
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of writeShape(model, shape)) await writeFile(join(path, name), bytes);
  return path;
}

/** The small model with one table's rows exchanged. */
function altered(table: string, change: (rows: readonly Row[]) => readonly Row[]): ExportModel {
  const model = smallModel();
  return modelOf(
    [...model.values()].map((one) => (one.name === table ? { ...one, rows: change(one.rows) } : one)),
  );
}

test('exit 0: the sample is ready, sealed, and validates again by both programs', async (t) => {
  const path = temporaryFolder(t);
  const done = await chatferry(['transform', SAMPLE, '-o', 'handoff'], { cwd: path });
  t.is(done.code, 0, done.err);
  t.is(done.out.split('\n').slice(0, 2).join(' ').trim(), READY);
  t.true(done.out.trimEnd().endsWith('Report: handoff/data/report.html'));
  const files = Object.keys(await digests(join(path, 'handoff')));
  t.deepEqual(files, [
    'bag-info.txt',
    'bagit.txt',
    'data/Import-Package.ps1',
    'data/PersistentChatData.zip',
    'data/RUNBOOK.md',
    'data/access.csv',
    'data/files-to-copy.csv',
    'data/findings.csv',
    'data/findings.ndjson',
    'data/junit.xml',
    'data/ledger.json',
    'data/ledger.ndjson',
    'data/plan/plan.json',
    'data/report.html',
    'data/report.md',
    'data/summary.json',
    'manifest-sha256.txt',
    'tagmanifest-sha256.txt',
  ]);
  const validated = await chatferry(['validate', 'handoff'], { cwd: path });
  t.is(validated.code, 0, validated.err + validated.out);
  t.true(validated.out.startsWith(READY));
  const ledger = await readFile(join(path, 'handoff/data/ledger.json'));
  const ledgerSum = createHash('sha256').update(ledger).digest('hex');
  for (const name of ['report.html', 'report.md']) {
    const report = await readFile(join(path, 'handoff/data', name), 'utf8');
    t.regex(report, new RegExp(`SHA-256 of ledger\\.json: (<span class="id">|\`)${ledgerSum}`), name);
  }
  const csv = await readFile(join(path, 'handoff/data/findings.csv'));
  t.is(csv.subarray(0, 3).toString('hex'), 'efbbbf');
});

test('exit 1: an error finding marks the package and the verdict, and validate agrees', async (t) => {
  const path = temporaryFolder(t);
  await writeExport(
    join(path, 'export'),
    altered('tblChat', (rows) => rows.map((row, i) => (i === 3 ? { ...row, userId: 99_999 } : row))),
  );
  const done = await chatferry(['transform', 'export', '-o', 'handoff'], { cwd: path });
  t.is(done.code, 1);
  t.true(done.out.startsWith('NOT READY: 1 error finding.'));
  t.true(done.out.includes('message-author-missing'));
  const files = await readdir(join(path, 'handoff/data'));
  t.true(files.includes('PersistentChatData.NOT-READY.zip'));
  t.false(files.includes('PersistentChatData.zip'));
  const validated = await chatferry(['validate', 'handoff'], { cwd: path });
  t.is(validated.code, 1);
  t.true(validated.out.startsWith('NOT READY'));
  const report = await readFile(join(path, 'handoff/data/report.html'), 'utf8');
  t.true(report.includes('NOT READY: 1 error finding.'));
});

const USAGE: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown command', ['transmogrify'], /unknown command/],
  ['no command', [], /Usage/],
  ['a missing argument', ['transform', '-o', 'x'], /missing required argument/],
  ['a missing option', ['transform', SAMPLE], /required option/],
  [
    'a dry run to be continued',
    ['transform', SAMPLE, '-o', 'x', '--dry-run', '--resume'],
    /Give one of the two/,
  ],
  [
    'checkpoints that are no number',
    ['transform', SAMPLE, '-o', 'x', '--checkpoint-every', '1k'],
    /1k is not a number of bytes/,
  ],
  ['an unknown option', ['transform', SAMPLE, '-o', 'x', '--frobnicate'], /unknown option/],
  [
    'a date that is none',
    ['transform', SAMPLE, '-o', 'x', '--since', '2010-02-30'],
    /2010-02-30 is not a date/,
  ],
  [
    'dates that cross',
    ['transform', SAMPLE, '-o', 'x', '--since', '2011-01-01', '--until', '2010-01-01'],
    /not before --until/,
  ],
  ['a path that is not there', ['transform', 'nowhere', '-o', 'x'], /"nowhere" does not exist/],
  ['a handoff that is not there', ['validate', 'nowhere'], /nowhere does not exist/],
];

for (const [what, args, sentence] of USAGE) {
  test(`exit 2: ${what}`, async (t) => {
    const path = temporaryFolder(t);
    const done = await chatferry(args, { cwd: path });
    t.is(done.code, 2);
    t.regex(done.err, sentence);
    t.notRegex(done.err, /\n {4}at /, 'no stack');
    t.deepEqual(await readdir(path), []);
  });
}

test('exit 0: help and version', async (t) => {
  for (const args of [['--help'], ['--version'], ['transform', '--help'], ['validate', '--help']]) {
    const done = await chatferry(args);
    t.is(done.code, 0);
    t.true(args[0] === '--version' || done.out.includes('Example:'), args.join(' '));
  }
});

test('exit 2: inputs that cannot be read leave nothing under the final name', async (t) => {
  const path = temporaryFolder(t);
  const dataset = [...writeShape(smallModel(), 'dataset').values()][0] as Buffer;
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    [
      'truncated.xml',
      dataset.subarray(0, dataset.length - 400),
      /truncated\.xml:\d+:\d+: Unexpected end of the document/,
    ],
    [
      'mismatched.xml',
      Buffer.from(dataset.toString().replace('</tblNode>', '</tblNod>')),
      /mismatched\.xml:\d+:\d+: Unexpected end tag/,
    ],
    [
      'dtd.xml',
      Buffer.from(
        `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${dataset.toString().replace(/^<\?.*?\?>/, '')}`,
      ),
      /document type declaration/,
    ],
    ['empty.xml', Buffer.alloc(0), /empty/],
    ['no-rows.xml', Buffer.from('<NewDataSet />'), /without rows/],
    [
      'missing.xml',
      Buffer.from(dataset.toString().replaceAll('tblPrincipalRole', 'tblConfig')),
      /Unexpected absence of tblPrincipalRole \(it says who/,
    ],
    ['latin.xml', Buffer.from('<?xml version="1.0" encoding="windows-1252"?><NewDataSet/>'), /windows-1252/],
  ];
  for (const [name, bytes, sentence] of cases) {
    await writeFile(join(path, name), bytes);
    const done = await chatferry(['transform', name, '-o', 'handoff'], { cwd: path });
    t.is(done.code, 2, name);
    t.regex(done.err, sentence, name);
    t.true(done.err.trim().split('\n').length >= 2, 'a remedy follows');
    t.notRegex(done.err, /\n {4}at /, name);
    await rm(join(path, name));
    t.deepEqual(await readdir(path), [], name);
  }
});

test('a damaged record is refused and named, the rest is carried; --strict ends instead', async (t) => {
  const path = temporaryFolder(t);
  const dataset = [...writeShape(smallModel(), 'dataset').values()][0] as Buffer;
  const damaged = dataset.toString().replace(/<isAlert>false<\/isAlert>/, '<isAlert>&nbsp;</isAlert>');
  await writeFile(join(path, 'export.xml'), damaged);
  const done = await chatferry(['transform', 'export.xml', '-o', 'handoff', '--json'], { cwd: path });
  t.is(done.code, 1);
  const summary = JSON.parse(done.out);
  t.is(summary.verdict.exitCode ?? summary.exitCode, 1);
  t.true(done.out.includes('record-not-well-formed'));
  const ledger = JSON.parse(await readFile(join(path, 'handoff/data/ledger.json'), 'utf8'));
  t.is(ledger.tables.tblChat.refused, 1);
  t.is(ledger.tables.tblChat.read, rowsOf(smallModel(), 'tblChat').length);
  const strict = await chatferry(['transform', 'export.xml', '-o', 'strict', '--strict'], { cwd: path });
  t.is(strict.code, 2);
  t.regex(strict.err, /export\.xml:\d+:\d+: Unexpected reference &nbsp;/);
});

test('a folder that exists is never overwritten unasked, and never when it is no handoff', async (t) => {
  const path = temporaryFolder(t);
  await mkdir(join(path, 'photos'));
  await writeFile(join(path, 'photos/me.jpg'), 'x');
  for (const flags of [[], ['--replace']]) {
    const done = await chatferry(['transform', SAMPLE, '-o', 'photos', ...flags], { cwd: path });
    t.is(done.code, 2);
    t.regex(done.err, /exists/);
  }
  t.deepEqual(await readdir(join(path, 'photos')), ['me.jpg']);
  t.is((await chatferry(['transform', SAMPLE, '-o', 'handoff', '--quiet'], { cwd: path })).code, 0);
  t.is((await chatferry(['transform', SAMPLE, '-o', 'handoff'], { cwd: path })).code, 2);
  t.is((await chatferry(['transform', SAMPLE, '-o', 'handoff', '--replace'], { cwd: path })).code, 0);
  t.deepEqual((await readdir(path)).sort(), ['handoff', 'photos']);
});

test('--dry-run says the same and leaves nothing behind', async (t) => {
  const path = temporaryFolder(t);
  const dry = await chatferry(['transform', SAMPLE, '-o', 'handoff', '--dry-run'], { cwd: path });
  t.is(dry.code, 0);
  t.deepEqual(await readdir(path), []);
  const real = await chatferry(['transform', SAMPLE, '-o', 'handoff'], { cwd: path });
  t.is(real.out.replace(/\n\nReady to import\.\nReport: .*\n$/, '\n'), dry.out);
});

test('--no-read-back: the package is never ready, is called so, and no check of it can make it ready', async (t) => {
  const path = temporaryFolder(t);
  const done = await chatferry(['transform', SAMPLE, '-o', 'handoff', '--no-read-back'], { cwd: path });
  t.is(done.code, 1, done.err);
  const sentence = 'NOT READY: the package was not read back.';
  t.is(done.out.split('\n')[0], sentence);
  const read = (name: string): Promise<string> => readFile(join(path, 'handoff/data', name), 'utf8');
  t.true((await read('report.html')).includes(sentence));
  t.true((await read('RUNBOOK.md')).includes(sentence));
  t.like(JSON.parse(await read('summary.json')), { exitCode: 1, verdict: sentence });
  t.false(existsSync(join(path, 'handoff/data/PersistentChatData.zip')));
  t.true(existsSync(join(path, 'handoff/data/PersistentChatData.NOT-READY.zip')));
  const validated = await chatferry(['validate', 'handoff', '--json'], { cwd: path });
  t.is(validated.code, 1);
  t.deepEqual(
    (JSON.parse(validated.out) as { findings: { rule: string; severity: string }[] }).findings
      .filter(({ severity }) => severity === 'error')
      .map(({ rule }) => rule),
    ['handoff-ready'],
  );
});

test('options that would change nothing beside --no-read-back are refused before anything is read', async (t) => {
  const path = temporaryFolder(t);
  for (const flags of [['--sample', '5'], ['--seed', 'x'], ['--show-text']]) {
    const done = await chatferry(['transform', SAMPLE, '-o', 'handoff', '--no-read-back', ...flags], {
      cwd: path,
    });
    t.is(done.code, 2);
    t.regex(done.err, new RegExp(`--no-read-back and ${flags[0]} do not go together`));
  }
  t.deepEqual(await readdir(path), []);
});

test('--since, --until and --include-disabled move messages between the states of the ledger', async (t) => {
  const path = temporaryFolder(t);
  const chats = async (...flags: string[]) => {
    const done = await chatferry(['transform', SAMPLE, '-o', 'handoff', '--replace', ...flags], {
      cwd: path,
    });
    t.is(done.code, 0, done.err);
    const ledger = JSON.parse(await readFile(join(path, 'handoff/data/ledger.json'), 'utf8'));
    return ledger.tables.tblChat;
  };
  const all = await chats();
  t.is(all.read, 400);
  const disabled = await chats('--include-disabled');
  t.is(disabled.excluded, 0);
  const since = await chats('--since', '2009-02-20');
  t.true(since.excluded > all.excluded);
  t.true('message-before-cutoff' in since.byRule);
  const until = await chats('--until', '2009-02-20T00:00:00Z');
  t.true('message-after-cutoff' in until.byRule);
  t.is(
    since.excluded + until.excluded - 2 * all.excluded + 0,
    400 - all.excluded,
    'every message is on one side of the cut',
  );
});

test('two runs, other folder, other TZ and LANG: identical bytes', async (t) => {
  const [one, other] = [temporaryFolder(t), temporaryFolder(t)];
  const surroundings: readonly Surroundings[] = [
    { cwd: one, env: { TZ: 'UTC', LANG: 'C.UTF-8' } },
    { cwd: other, env: { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
  ];
  for (const around of surroundings) {
    await cp(SAMPLE, join(around.cwd as string, 'export'), { recursive: true });
    t.is((await chatferry(['transform', 'export', '-o', 'handoff'], around)).code, 0);
  }
  t.deepEqual(await digests(join(other, 'handoff')), await digests(join(one, 'handoff')));
});

test('each shape of the same data gives the identical package, apart from what the shape cannot carry', async (t) => {
  const path = temporaryFolder(t);
  const byText = new Map<string, string>();
  for (const shape of SHAPE_NAMES) {
    const handoffPath = join(path, shape);
    const run = await transformed({ exportPath: join(FIXTURES, 'shapes', shape), handoffPath });
    t.is(run.verdict.exitCode, 0, shape);
    const bytes = await readFile(join(handoffPath, 'data/PersistentChatData.zip'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    // Shapes whose text reaches us equally must give equal bytes.
    const text = deliveredText(shape, 'a\r\nb\tc');
    t.is(byText.get(text) ?? sha256, sha256, shape);
    byText.set(text, sha256);
  }
  t.is(byText.size, 3);
});

test('a file, a ZIP in a folder, and standard input give what the folder gives', async (t) => {
  const path = temporaryFolder(t);
  const [[name, bytes]] = [...writeShape(smallModel(), 'dataset')] as [[string, Buffer]];
  await writeFile(join(path, name), bytes);
  const file = await chatferry(['transform', name, '-o', 'a', '--quiet'], { cwd: path });
  const stdin = await chatferry(['transform', '-', '-o', 'b', '--quiet'], { cwd: path, stdin: bytes });
  t.deepEqual([file.code, stdin.code], [0, 0], stdin.err);
  const zip = (handoff: string) => readFile(join(path, handoff, 'data/PersistentChatData.zip'));
  t.deepEqual(await zip('a'), await zip('b'));
  t.deepEqual((await readdir(path)).sort(), ['a', 'b', name].sort());
});

test('messages out of order, and a directory behind the messages, give the same package', async (t) => {
  const path = temporaryFolder(t);
  const sorted = smallModel();
  const model = altered('tblChat', (rows) => rows.toReversed());
  await writeExport(join(path, 'sorted'), sorted, 'auto-attributes');
  await writeExport(join(path, 'reversed'), model, 'auto-attributes');
  const tables = [...model.values()];
  const late = modelOf([
    ...tables.filter(({ name }) => name === 'tblChat'),
    ...tables.filter(({ name }) => name !== 'tblChat'),
  ]);
  await writeExport(join(path, 'late'), late, 'auto-attributes');
  for (const name of ['sorted', 'reversed', 'late']) {
    const done = await chatferry(['transform', name, '-o', `${name}-out`, '--quiet'], { cwd: path });
    t.is(done.code, 0, done.err);
  }
  const zip = (name: string) => readFile(join(path, `${name}-out/data/PersistentChatData.zip`));
  t.deepEqual(await zip('reversed'), await zip('sorted'));
  t.deepEqual(await zip('late'), await zip('sorted'));
});

test('an export manifest that disagrees is an error', async (t) => {
  const path = temporaryFolder(t);
  await cp(join(FIXTURES, 'shapes/export-script'), join(path, 'export'), { recursive: true });
  const chat = join(path, 'export/tblChat.xml');
  const text = await readFile(chat, 'utf8');
  const first = text.indexOf('<tblChat>');
  const end = text.indexOf('</tblChat>') + '</tblChat>'.length;
  await writeFile(chat, text.slice(0, first) + text.slice(end));
  const done = await chatferry(['transform', 'export', '-o', 'handoff'], { cwd: path });
  t.is(done.code, 1);
  t.regex(done.out, /Unexpected row count of tblChat 29, expected 30/);
  t.regex(done.out, /SHA-256 of "tblChat.xml"/);
});

test('hostile names are harmless in every report', async (t) => {
  const path = temporaryFolder(t);
  const hostile = '<script>alert(1)</script>';
  const model = altered('tblNode', (rows) =>
    rows.map((row) =>
      row.nodeType === false && row.disabled === false && row.topic === ''
        ? { ...row, nodeName: `=cmd|' /C calc'!A0 ${hostile}${row.nodeID}` }
        : row,
    ),
  );
  await writeExport(join(path, 'export'), model);
  const done = await chatferry(['transform', 'export', '-o', 'handoff'], { cwd: path });
  t.is(done.code, 0, done.err);
  const html = await readFile(join(path, 'handoff/data/report.html'), 'utf8');
  t.false(html.includes(hostile));
  t.true(html.includes('&lt;script&gt;'));
  t.regex(html, /default-src (?:'|&#39;)none(?:'|&#39;)/);
  t.notRegex(html, /https?:\/\/(?!www\.w3\.org)/);
});

test('interrupted: exit 2 and nothing under the final name', async (t) => {
  const path = temporaryFolder(t);
  const child: ChildProcess = spawn(process.execPath, [CHATFERRY, 'transform', '-', '-o', 'handoff'], {
    cwd: path,
  });
  // Standard input stays open, so the run waits in the middle.
  child.stdin?.write('<NewDataSet>');
  while (!(await readdir(path)).some((name) => name.includes('partial')))
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  t.is(code, 2);
  t.deepEqual(await readdir(path), []);
});

test('a second interrupt waits for the clean-up of the first', async (t) => {
  const program = `
    import { onInterrupt } from ${JSON.stringify(ON_INTERRUPT)};
    const interrupt = onInterrupt(' Nothing is left.');
    interrupt.use(() => new Promise((done) => setTimeout(() => { console.log('cleaned'); done(); }, 400)));
    setInterval(() => undefined, 1000);
    console.log('ready');
    process.on('SIGINT', () => interrupt.forget());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const closed = once(child, 'close');
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  while (!out.includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  while (!err.includes('interrupted')) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const [code] = await closed;
  t.is(code, 2);
  t.is(out, 'ready\ncleaned\n');
  t.is(err, 'Could not finish: interrupted (SIGINT). Nothing is left.\n');
});

test('a reader that has read enough ends nothing with a stack trace', async (t) => {
  if (process.platform === 'win32') {
    t.log('SKIPPED: needs bash.');
    return t.pass();
  }
  const child = spawn('bash', ['-c', '"$0" "$@" | head -1', process.execPath, CHATFERRY, 'explain']);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  await once(child, 'close');
  t.is(out, 'Conditions of the reader\n');
  t.is(err, '');
});

test('a report that cannot be written is a fault of the disk, not a bug', async (t) => {
  if (process.platform === 'win32') {
    t.log('SKIPPED: this system has no limit for the size of a file.');
    return t.pass();
  }
  const path = temporaryFolder(t);
  for (const [kilobytes, args, name] of [
    [80, 'transform', 'report\\.html'],
    [1, 'plan', '[a-z]+\\.(?:csv|json)'],
  ] as const) {
    const script = `ulimit -f ${kilobytes}; exec "$0" "$@"`;
    const command = ['-c', script, process.execPath, CHATFERRY, args, SAMPLE, '-o', 'out'];
    const child = spawn('bash', command, { cwd: path, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr?.on('data', (data) => {
      err += data;
    });
    const [code] = await once(child, 'close');
    t.is(code, 2);
    t.regex(err, new RegExp(`${name}[: ]`));
    t.notRegex(err, /bug/);
    t.deepEqual(await readdir(path), []);
  }
  return t.pass();
});

test('a program that cannot be loaded ends with 2 and a sentence', async (t) => {
  for (const [package_, name] of [
    ['transform', 'chatferry'],
    ['import', 'chatferry-validate'],
  ] as const) {
    const path = temporaryFolder(t);
    await mkdir(join(path, 'bin'));
    const source = new URL(`../../packages/${package_}/bin/${name}.js`, import.meta.url);
    await cp(source, join(path, 'bin/program.js'));
    await writeFile(join(path, 'package.json'), '{"type":"module"}');
    const child = execFile(process.execPath, [join(path, 'bin/program.js')]);
    let err = '';
    child.stderr?.on('data', (data) => {
      err += data;
    });
    const [code] = await once(child, 'close');
    t.is(code, 2);
    t.regex(
      err,
      new RegExp(`^Could not finish: ${name} cannot be loaded \\(Cannot find .*\\)\\.\nInstall it again`),
    );
    t.false(err.includes('    at '));
  }
});

test('a symbolic link in an export makes it not ready', async (t) => {
  const path = temporaryFolder(t);
  await cp(SAMPLE, join(path, 'export'), { recursive: true });
  await symlink(join(SAMPLE, 'tblChat.xml'), join(path, 'export/tblChat-2.xml'));
  const done = await chatferry(['transform', 'export', '-o', 'handoff'], { cwd: path });
  t.is(done.code, 1, done.err);
  t.regex(done.out, /Unexpected file "tblChat-2\.xml", which is a symbolic link/);
});

test('killed: the next run says what it found, removes it, and succeeds', async (t) => {
  const path = temporaryFolder(t);
  const child: ChildProcess = spawn(process.execPath, [CHATFERRY, 'transform', '-', '-o', 'handoff'], {
    cwd: path,
  });
  child.stdin?.write('<NewDataSet>');
  while (!(await readdir(path)).some((name) => name.includes('partial')))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await chatferry(['transform', SAMPLE, '-o', 'handoff'], { cwd: path });
  t.is(second.code, 2, 'two runs at once');
  t.regex(second.err, /handoff/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.false(existsSync(join(path, 'handoff')));
  const next = await chatferry(['transform', SAMPLE, '-o', 'handoff'], { cwd: path });
  t.is(next.code, 0, next.err);
  t.regex(next.err, /unfinished handoff/i);
  t.deepEqual(await readdir(path), ['handoff']);
});

test('a table that nobody knows is counted, not lost', async (t) => {
  const path = temporaryFolder(t);
  const surprise = { name: 'tblSurprise', columns: columnsFrom('colour:text'), rows: [{ colour: 'red' }] };
  const model = modelOf([...smallModel().values(), surprise]);
  await writeExport(join(path, 'export'), model, 'auto-attributes');
  t.is((await chatferry(['transform', 'export', '-o', 'handoff'], { cwd: path })).code, 0);
  const ledger = JSON.parse(await readFile(join(path, 'handoff/data/ledger.json'), 'utf8'));
  t.is(ledger.tables.tblSurprise.excluded, 1);
});
