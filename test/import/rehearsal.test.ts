import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LedgerDocument } from '@chatferry/import';
import test from 'ava';
import { RehearsalDatabase } from '../../packages/import/dist/rehearse/rehearsal-database.js';
import { REHEARSAL_QUERIES } from '../../packages/import/dist/rehearse/rehearsal-queries.js';
import type { RehearsalResult } from '../../packages/import/dist/rehearse/rehearse.js';
import { type Edit, soundBut, zipOf } from './support/package-fixture.js';
import { entry, LEDGER, rehearsed, role, scratchFolder, soundLedger } from './support/rehearsed.js';

const MANIFEST = fileURLToPath(new URL('../../packages/import/package.json', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));

test('the sound package is taken whole, every query counts what it should, and the ledger agrees', async (t) => {
  const { findings, result } = await rehearsed(t, [], soundLedger());
  t.deepEqual(findings, []);
  t.is(result.refused, 0);
  t.deepEqual(
    result.queries.map(({ counted, expected }) => counted - expected),
    REHEARSAL_QUERIES.map(() => 0),
  );
  t.true(result.tables.every(({ table, rows }) => rows > 0 || table === 'tblSiopWhiteList'));
});

test('of a refused row nothing stays in the database', async (t) => {
  const sound = await rehearsed(t, []);
  const { result } = await rehearsed(t, [['ChatRooms.xml', /categoryId="100"/, 'categoryId="99"']]);
  const nodes = ({ tables }: RehearsalResult) => tables.find(({ table }) => table === 'tblNode')?.rows;
  t.is(nodes(result), Number(nodes(sound.result)) - 1);
});

/**
 * The sound package with one role that the scope of its category does not cover; 20 is denied, and so is whatever
 * belongs to it.
 */
const OUT_OF_SCOPE: Readonly<Record<string, readonly Edit[]>> = {
  'a member who is not allowed': [role(13, '0100')],
  'a member who is denied': [role(20, '0100')],
  'a manager who is denied': [role(20, '1000')],
  'a member who belongs to what is denied, in two steps': [
    [
      'AdAffiliations.xml',
      '<User id="21"><Groups><Group id="22"/>',
      '<User id="21"><Groups><Group id="20"/>',
    ],
    ['ChatRooms.xml', entry(11, '0100'), ''],
    ['ChatRooms.xml', entry(11, '0110'), ''],
    ['ChatRooms.xml', entry(10, '1100'), ''],
    role(11, '0100'),
    ['Categories.xml', '<Principal id="10" isCreator="1"/>', ''],
  ],
  'a creator who is denied': [
    ['Categories.xml', '<Principal id="10" isCreator="1"/>', '<Principal id="20" isCreator="1"/>'],
  ],
};

for (const [what, edits] of Object.entries(OUT_OF_SCOPE)) {
  test(`a role out of scope breaks no key, and is found by a query: ${what}`, async (t) => {
    const { findings } = await rehearsed(t, edits);
    t.is(findings.length, 1, findings.join('\n'));
    t.regex(
      findings[0] ?? '',
      /^error rehearsal-balances - Unexpected 1 rows of the query "roles outside the scope of the category" \(R5, R6, R7\), expected 0/,
    );
  });
}

test('every difference from the ledger is told, room by room', async (t) => {
  const ledger = soundLedger();
  const [[guid, account]] = Object.entries(ledger.rooms).filter(([, { written }]) => written > 0) as [
    [string, LedgerDocument['rooms'][string]],
  ];
  const tblChat = ledger.tables.tblChat as LedgerDocument['tables'][string];
  const other: LedgerDocument = {
    ...ledger,
    tables: { ...ledger.tables, tblChat: { ...tblChat, written: tblChat.written + 1 } },
    rooms: {
      ...ledger.rooms,
      [guid]: { ...account, written: account.written + 1, textBytesWritten: 3, lastDate: '1' },
      'ffffffff-0000-0000-0000-000000000000': account,
    },
  };
  const { findings } = await rehearsed(t, [], other);
  const said = findings.join('\n');
  t.is(findings.length, 5, said);
  t.regex(said, new RegExp(`Unexpected messages ${account.written} of room ${guid}`));
  t.regex(said, new RegExp(`Unexpected textBytes \\d+ of room ${guid}.*expected 3 by the ledger`));
  t.regex(said, new RegExp(`Unexpected lastDate \\d+ of room ${guid}.*expected 1 by the ledger`));
  t.regex(said, /Unexpected absence of room ffffffff-0000/);
});

test('rows that the ledger does not have, and rows that are missing, are told by table', async (t) => {
  const ledger = soundLedger();
  const { tblNode, tblPrincipalRole } = ledger.directory;
  const other: LedgerDocument = {
    ...ledger,
    directory: {
      ...ledger.directory,
      tblNode: { ...tblNode, rows: tblNode.rows - 1 },
      tblPrincipalRole: { ...tblPrincipalRole, rows: tblPrincipalRole.rows + 1 },
    },
  };
  const { findings } = await rehearsed(t, [], other);
  const told = (rows: number, table: string, expected: number): string =>
    `error rehearsal-balances - Unexpected ${rows} rows of ${table} in the rehearsal's database, expected ${expected} by the ledger.`;
  t.deepEqual(findings, [
    told(tblNode.rows, 'tblNode', tblNode.rows - 1),
    told(tblPrincipalRole.rows, 'tblPrincipalRole', tblPrincipalRole.rows + 1),
  ]);
});

test('--keep leaves alone what lies beside it, whatever it is called', async (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  writeFileSync(zip, zipOf(soundBut()));
  const others = ['k.partial', 'k.partial.lock', 'k-journal', 'k.partial-journal'];
  for (const name of others) mkdirSync(join(folder, name));
  t.is(
    spawnSync(process.execPath, [PROGRAM, zip, '--ledger', LEDGER, '--keep', join(folder, 'k'), '--quiet'])
      .status,
    0,
  );
  t.deepEqual(readdirSync(folder).sort(), [...others, 'k', 'package.zip'].sort());
});

test('--keep replaces nothing, also what has come to lie there since the rehearsal began', async (t) => {
  const folder = scratchFolder(t);
  const kept = join(folder, 'mgc.sqlite');
  const database = await RehearsalDatabase.create(kept);
  writeFileSync(kept, 'of another');
  t.like(
    t.throws(() => database.finish()),
    { code: 'output-exists', message: `${kept} exists already.` },
  );
  database.abandon();
  t.is(readFileSync(kept, 'utf8'), 'of another');
  t.deepEqual(readdirSync(folder), ['mgc.sqlite']);
  const nowhere = join(folder, 'link to mgc.sqlite');
  symlinkSync(join(folder, 'nowhere'), nowhere);
  t.is((await t.throwsAsync(RehearsalDatabase.create(nowhere)))?.message, `${nowhere} exists already.`);
});

test('the command: exit codes, --keep for a stock tool, and nothing else left behind', (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  const kept = join(folder, 'mgc.sqlite');
  writeFileSync(zip, zipOf(soundBut()));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, zip, '--ledger', LEDGER, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder },
    });
  const first = run('--keep', kept);
  t.is(first.status, 0, first.stderr);
  t.regex(first.stdout, /Rehearsed: tblPrincipal \d+.* 0 refused\./);
  t.deepEqual(readdirSync(folder).sort(), ['mgc.sqlite', 'package.zip']);
  const { Database } = createRequire(MANIFEST)('node-sqlite3-wasm');
  const left = new Database(kept, { readOnly: true });
  t.deepEqual(left.get('SELECT * FROM readableMessages WHERE chatId = 2'), {
    room: 'Apples',
    chatId: 2,
    date: '2010-01-25T07:06:40.0000000Z',
    author: 'Cem Loquat',
    authorUri: 'sip:cem@elsewhere.example',
    isAlert: 1,
    content: 'café 🍎',
    rtf: '{\\rtf1 x\r\n}',
  });
  t.is(left.get('SELECT date FROM readableMessages WHERE chatId = 1').date, '2010-01-25T07:06:40.0000001Z');
  t.deepEqual(left.get("SELECT * FROM readableRoles WHERE kind = 'category'"), {
    node: 'Fruit',
    kind: 'category',
    role: 'Creator',
    principalUri: 'sip:ada@orchard.example',
  });
  left.close();
  const second = run('--keep', kept);
  t.is(second.status, 2);
  t.regex(second.stderr, /mgc\.sqlite exists already.*\n.*another file/);
  const json: unknown = JSON.parse(run('--rehearse', '--json').stdout);
  t.is((json as { rehearsal: RehearsalResult }).rehearsal.refused, 0);
  t.deepEqual(readdirSync(folder).sort(), ['mgc.sqlite', 'package.zip']);
  writeFileSync(zip, zipOf(soundBut(['Messages.xml', /userId="\d+"/, 'userId="97"'])));
  t.is(run('--rehearse', '--quiet').status, 1);

  const python = spawnSync('python3', ['-c', 'import sqlite3'], { encoding: 'utf8' });
  if (python.status !== 0) {
    t.log('python3 with sqlite3 is not here: the database was not opened by another program');
    return;
  }
  const query = 'SELECT COUNT(*), (SELECT integrity_check FROM pragma_integrity_check) FROM tblChat';
  const script = `import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("${query}").fetchone())`;
  const messages = soundLedger().tables.tblChat?.written;
  t.is(execFileSync('python3', ['-c', script, kept], { encoding: 'utf8' }).trim(), `${messages} ok`);
});

test('what cannot be written ends the run, and nothing is left', (t) => {
  const folder = scratchFolder(t);
  const zip = join(folder, 'package.zip');
  writeFileSync(zip, zipOf(soundBut()));
  const kept = join(folder, 'nowhere', 'mgc.sqlite');
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, zip, '--keep', kept], {
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.regex(stderr, /Could not finish: The rehearsal's database .*nowhere.* cannot be written/);
  t.false(existsSync(kept));
});
