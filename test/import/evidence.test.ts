import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beginHandoff } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../support/temporary-folder.js';
import { handoffPapers } from './support/handoff-papers.js';
import { documentsOf, PACKAGES, soundBut, zipOf } from './support/package-fixture.js';

const BINARY = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const CAVEAT =
  'Ready to import. Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import.';

function validate(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BINARY, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function soundHandoff(t: ExecutionContext): Promise<string> {
  const folder = join(temporaryFolder(t), 'handoff');
  const handoff = await beginHandoff(folder, { replace: false, report: () => undefined });
  const zip = zipOf(documentsOf('sound'));
  writeFileSync(join(handoff.dataFolder, 'PersistentChatData.zip'), zip);
  const papers = handoffPapers([zip], readFileSync(join(PACKAGES, 'sound/ledger.json'), 'utf8'));
  for (const [name, text] of Object.entries(papers)) writeFileSync(join(handoff.dataFolder, name), text);
  for (const name of ['ledger.json', 'ledger.ndjson']) {
    writeFileSync(join(handoff.dataFolder, name), readFileSync(join(PACKAGES, 'sound', name)));
  }
  await handoff.commit({ softwareAgent: 'chatferry test' });
  return folder;
}

test('a validation names the bytes on which it rests, and what was asked of them', async (t) => {
  const folder = await soundHandoff(t);
  const { status, out } = validate(folder, '--json');
  t.is(status, 0);
  const { files, checks, compared } = JSON.parse(out);
  const names = ['data/PersistentChatData.zip', 'data/ledger.json', 'tagmanifest-sha256.txt'];
  t.deepEqual(
    files,
    names.map((name) => {
      const bytes = readFileSync(join(folder, name));
      return { name, bytes: bytes.length, sha256: sha256(bytes) };
    }),
  );
  const of = (outcome: string): string[] =>
    checks
      .filter((check: { outcome: string }) => check.outcome === outcome)
      .map(({ check }: { check: string }) => check);
  t.deepEqual(of('not asked for'), ['seal-signature', 'custody-unbroken', 'parts-agree', 'source-agrees']);
  t.deepEqual([of('skipped'), of('findings')], [[], []]);
  t.true(of('held').includes('ledger-balances'));
  t.deepEqual(compared, []);
  const text = validate(folder).out;
  t.true(text.startsWith(`${CAVEAT} Not signed.\n`));
  for (const { name, bytes, sha256: sum } of files)
    t.true(text.includes(`\n${name}: ${bytes.toLocaleString('en')} bytes, SHA-256 ${sum}\n`));
  t.regex(
    text,
    /\nRead back: 2 categories, 3 rooms, 8 principals, 4 messages; 4,523 bytes of XML, unpacked\.\n/,
  );
  t.regex(
    text,
    /\nChecks: 34 of 38 ran, 34 held; not asked for: seal-signature, custody-unbroken, parts-agree, source-agrees\.\n/,
  );
});

test('the package of a handoff whose seal is broken is named by the bytes that are there', async (t) => {
  const folder = await soundHandoff(t);
  const zip = join(folder, 'data/PersistentChatData.zip');
  const other = zipOf(soundBut(['ChatRooms.xml', 'Windfalls', 'Windfall']));
  writeFileSync(zip, other);
  const { status, out } = validate(folder, '--json');
  t.is(status, 1);
  t.is(JSON.parse(out).files[0].sha256, sha256(other));
});

interface Outcome {
  readonly check: string;
  readonly outcome: string;
}

/** What became of a check. */
function outcomeIn(json: string, wanted: string): string | undefined {
  const { checks } = JSON.parse(json) as { readonly checks: readonly Outcome[] };
  return checks.find(({ check }) => check === wanted)?.outcome;
}

test('handoff-ready is not said to hold of files that the manifests do not know', async (t) => {
  const other = zipOf(soundBut(['ChatRooms.xml', 'Windfalls', 'Windfall']));
  const spoiled: readonly ((folder: string) => void)[] = [
    (folder) => writeFileSync(join(folder, 'data/PersistentChatData.zip'), other),
    (folder) => writeFileSync(join(folder, 'data/desktop.ini'), ''),
    (folder) => rmSync(join(folder, 'manifest-sha256.txt')),
  ];
  for (const [index, spoil] of spoiled.entries()) {
    const folder = await soundHandoff(t);
    t.is(outcomeIn(validate(folder, '--json').out, 'handoff-ready'), 'held');
    spoil(folder);
    t.is(outcomeIn(validate(folder, '--json').out, 'handoff-ready'), 'skipped', `${index}`);
    t.regex(
      validate(folder).out,
      /^Skipped: handoff-ready \(the manifests that it compares with are not those of the files, see seal-intact\)\.$/m,
    );
  }
});

/** Ids of the checks of which a ZIP alone was found to hold. */
function heldBy(t: ExecutionContext, zip: Buffer): string[] {
  const path = join(temporaryFolder(t), 'package.zip');
  writeFileSync(path, zip);
  const { checks } = JSON.parse(validate(path, '--json').out) as { readonly checks: readonly Outcome[] };
  return checks.filter(({ outcome }) => outcome === 'held').map(({ check }) => check);
}

test('a check that could not see all that it looks at is not said to hold', (t) => {
  const whole = zipOf(documentsOf('sound'));
  const all = heldBy(t, whole);
  t.true(all.includes('node-unique'));
  t.deepEqual(heldBy(t, whole.subarray(0, 1000)), [], 'nothing was read');
  const without = documentsOf('sound');
  without.delete('AddIns.xml');
  const ofAddIns = [
    'name-unique',
    'name-length',
    'name-usable',
    'add-in-legal',
    'add-in-resolves',
    'id-usable',
  ];
  const lost = (held: readonly string[]): string[] => all.filter((check) => !held.includes(check)).sort();
  t.deepEqual(lost(heldBy(t, zipOf(without))), ['document-follows-layout', ...ofAddIns].sort());
  // The rest of the document is not read, nor held against its CRC-32.
  t.deepEqual(lost(heldBy(t, zipOf(soundBut(['Messages.xml', '</Messages>', '</Message>'])))), [
    'document-follows-layout',
    'document-well-formed',
    'id-usable',
    'last-chat-id-covers',
    'message-author-resolves',
    'message-date-legal',
    'message-in-unlogged-category',
    'message-key-unique',
    'message-room-resolves',
    'nothing-forbidden',
    'rich-text-ascii',
    'zip-readable',
  ]);
});

test('what a check found before it could not go on is told apart from what was skipped', (t) => {
  const path = join(temporaryFolder(t), 'package.zip');
  writeFileSync(path, zipOf(soundBut(['Messages.xml', '</Messages>', '</Message>'])));
  const { out } = validate(path);
  const unread = '\\(not every document could be read to its end\\)\\.$';
  t.regex(
    out,
    new RegExp(`^Skipped: zip-readable, document-follows-layout, nothing-forbidden ${unread}`, 'm'),
  );
  t.regex(out, new RegExp(`^Has findings, but has not seen all: document-well-formed ${unread}`, 'm'));
});

test('what the handoff itself has found is told, as far as its summary counts it', async (t) => {
  const folder = await soundHandoff(t);
  const path = join(folder, 'data/summary.json');
  t.is(JSON.parse(validate(folder, '--json').out).recorded, null);
  t.false(validate(folder).out.includes('own findings'));
  const summary = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...summary, findings: { error: 0, warning: 1, note: 1_107 } }));
  t.deepEqual(JSON.parse(validate(folder, '--json').out).recorded, { error: 0, warning: 1, note: 1_107 });
  t.regex(
    validate(folder).out,
    /^The handoff's own findings: 0 errors, 1 warning, 1,107 notes: data\/findings\.csv\.$/m,
  );
  for (const findings of [
    null,
    [],
    { error: 0, warning: '1', note: 0 },
    { error: -1, warning: 0, note: 0 },
  ]) {
    writeFileSync(path, JSON.stringify({ ...summary, findings }));
    t.is(JSON.parse(validate(folder, '--json').out).recorded, null);
  }
});

test('a cause is told before its consequences', async (t) => {
  const folder = await soundHandoff(t);
  writeFileSync(join(folder, 'custody.ndjson'), 'x\n');
  writeFileSync(join(folder, 'data/PersistentChatData.zip'), 'no ZIP');
  const { out } = validate(folder);
  const rules = [...out.matchAll(/^error ([\w-]+): /gm)].map(([, rule]) => rule);
  t.deepEqual(rules, ['seal-intact', 'custody-unbroken', 'zip-readable']);
  const told = JSON.parse(validate(folder, '--json').out).findings as readonly { readonly rule: string }[];
  t.deepEqual(
    told.map(({ rule }) => rule),
    rules,
  );
});

test('what is seen and what was expected is said once', async (t) => {
  const folder = await soundHandoff(t);
  writeFileSync(join(folder, 'more.txt'), '');
  const { out } = validate(folder);
  t.regex(out, /Unexpected extra file at more\.txt, expected only what tagmanifest-sha256\.txt lists$/m);
  const zip = join(temporaryFolder(t), 'package.zip');
  writeFileSync(zip, zipOf(soundBut(['Messages.xml', '{\\rtf1 x', '{\\rtf1 y'])));
  const ledger = validate(zip, '--ledger', join(PACKAGES, 'sound/ledger.json')).out;
  t.regex(ledger, /, expected what the ledger says \([0-9a-f]{64}, not [0-9a-f]{64}\)$/m);
});

test('what a package was compared with is named by its bytes', async (t) => {
  const export_ = join(PACKAGES, 'source-agrees/export.xml');
  const folder = join(PACKAGES, 'source-agrees/handoff');
  const reference = join(temporaryFolder(t), 'pool.zip');
  writeFileSync(reference, zipOf(new Map([...documentsOf('sound'), ['readme.txt', '?']])));
  const flags = ['--source', export_, '--reference', reference];
  const { compared } = JSON.parse(validate(folder, '--json', ...flags).out);
  const documents = (name: string, path: string) => [{ name, sha256: sha256(readFileSync(path)) }];
  t.deepEqual(compared, [
    {
      what: 'reference',
      path: reference,
      documents: documents('pool.zip', reference),
      notRead: [],
      messages: null,
      form: { assumedPaths: 68, seenPaths: 58, deviations: 6, isWhole: true },
    },
    {
      what: 'export',
      path: export_,
      documents: documents('export.xml', export_),
      notRead: [],
      messages: { read: 3, changed: 1, leftBehind: 0, isUndecided: false },
    },
  ]);
  t.true(
    validate(folder, ...flags).out.includes(
      `\nCompared with the export ${export_}:\n  3 messages: 2 must be as they were, 1 changed and 0 left behind by ledger.ndjson; rights, names and settings compared (what a decision may explain is a warning).\n  export.xml: SHA-256 ${sha256(readFileSync(export_))}\n`,
    ),
  );
});

/**
 * What lies beside the documents of an export, or in its archive, and holds no tables; read as XML, most would end the
 * run.
 */
const BESIDE: Readonly<Record<string, string>> = {
  '.hidden.xml': '<ROOT><Node nodeID="1"/></ROOT>',
  'notes.txt': 'to be copied on Friday',
  'page.html': '<!DOCTYPE html><html><body>A page<br></body></html>',
  'settings.config': '<configuration><add key="a" value="b"/></configuration>',
  'tblNode.xsd':
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Node"/></xs:schema>',
};

function firstMessages({ first }: { first: readonly { message: string }[] }): readonly string[] {
  return first.map(({ message }) => message);
}

for (const form of ['folder', 'archive'] as const) {
  test(`what of an export is not read is named so, and neither compared nor doubted: ${form}`, (t) => {
    const export_ = join(PACKAGES, 'source-agrees/export.xml');
    const handoff = join(PACKAGES, 'source-agrees/handoff');
    const files: Readonly<Record<string, string>> = {
      ...BESIDE,
      'export.xml': readFileSync(export_, 'utf8'),
    };
    let source = temporaryFolder(t);
    if (form === 'folder') {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
      mkdirSync(join(source, '.git'));
      symlinkSync(export_, join(source, 'link.xml'));
    } else {
      source = join(source, 'export.zip');
      writeFileSync(source, zipOf(new Map(Object.entries(files))));
    }
    const prefix = form === 'folder' ? '' : 'export.zip/';
    const others = form === 'folder' ? ['.git/', 'link.xml'] : [];
    const notRead = [...Object.keys(BESIDE).map((name) => prefix + name), ...others].sort();
    const alone = JSON.parse(validate(handoff, '--json', '--source', export_).out);
    const { compared, findings } = JSON.parse(validate(handoff, '--json', '--source', source).out);
    t.deepEqual(findings.map(firstMessages), alone.findings.map(firstMessages));
    t.deepEqual(compared, [
      {
        ...alone.compared[0],
        path: source,
        documents: [{ ...alone.compared[0].documents[0], name: `${prefix}export.xml` }],
        notRead,
      },
    ]);
    const { out } = validate(handoff, '--source', source);
    t.true(out.includes(`\n  Not read, so not compared: ${notRead.join(', ')}\n`), out);
  });
}

test('a folder or a link in the place of a file is told by the seal, and no evidence', async (t) => {
  const folder = await soundHandoff(t);
  const tags = join(folder, 'tagmanifest-sha256.txt');
  rmSync(tags);
  mkdirSync(tags);
  const named = (): string[] => {
    const { status, out, err } = validate(folder, '--json');
    t.is(status, 1, err);
    return JSON.parse(out).files.map(({ name }: { name: string }) => name);
  };
  t.deepEqual(named(), ['data/PersistentChatData.zip', 'data/ledger.json']);
  rmSync(tags, { recursive: true });
  symlinkSync(join(folder, 'bagit.txt'), tags);
  t.deepEqual(named(), ['data/PersistentChatData.zip', 'data/ledger.json']);
});

test('a handoff that has lost its package is told as one, and its folder data/ from itself', async (t) => {
  const folder = await soundHandoff(t);
  const data = join(folder, 'data');
  const inside = validate(data);
  t.is(inside.status, 2);
  t.is(
    inside.err,
    `Could not finish: ${data} holds no data/PersistentChatData.zip.\nName the folder around it, ${folder}.\n`,
  );
  rmSync(join(data, 'PersistentChatData.zip'));
  const lost = validate(folder);
  t.is(lost.status, 2);
  t.is(
    lost.err,
    `Could not finish: ${folder} is not whole: data/PersistentChatData.zip is missing, although manifest-sha256.txt lists it.\n` +
      'Copy the handoff again; do not import this copy.\n',
  );
  rmSync(join(folder, 'manifest-sha256.txt'));
  t.regex(validate(folder).err, / holds no data\/PersistentChatData\.zip\.\nName the folder that /);
});

test('nothing is written into the handoff, however its place is spelled', async (t) => {
  const folder = await soundHandoff(t);
  const link = join(temporaryFolder(t), 'link');
  symlinkSync(folder, link);
  const outputs = [
    ['validate', '--findings', join(folder, 'f.csv')],
    ['validate', '--findings', join(link, 'data/f.csv')],
    ['validate', '--keep', join(folder, 'data/k.sqlite')],
    ['view', '-o', join(folder, 'view')],
    ['view', '-o', join(link, 'new/view')],
  ] as const;
  for (const [command, option, output] of outputs) {
    const place = command === 'view' ? ['view', folder] : [folder];
    const { status, err } = validate(...place, option, output);
    t.is(status, 2, output);
    t.regex(err, /lies in the handoff .*, whose seal it would break/);
  }
  t.is(validate(folder, '--findings', join(folder, '../f.csv')).status, 0);
  t.is(validate(folder, '--quiet').status, 0);
});

test('the first line says what was not at hand, the quiet one too', (t) => {
  const folder = temporaryFolder(t);
  const zip = join(folder, 'package.zip');
  writeFileSync(zip, zipOf(documentsOf('sound')));
  const bare = validate(zip, '--quiet');
  t.is(
    bare.out,
    `${CAVEAT} Checked without ledger and seal: nothing here can tell whether messages are missing.\n`,
  );
  t.is(bare.status, 0);
  const ledger = validate(zip, '--quiet', '--ledger', join(PACKAGES, 'sound/ledger.json'));
  t.is(
    ledger.out,
    `${CAVEAT} Checked without seal: nothing here can tell whether these are the bytes that were sealed.\n`,
  );
  const reference = join(folder, 'pool.zip');
  writeFileSync(reference, zipOf(new Map([...documentsOf('sound'), ['readme.txt', '?']])));
  t.regex(
    validate(zip, '--reference', reference).out,
    /\nCompared with the reference .*pool\.zip:\n {2}every .*\n {2}pool\.zip: SHA-256 [0-9a-f]{64}\n/,
  );
});

test('--findings: every one of them, in a file that was not there before', (t) => {
  const folder = temporaryFolder(t);
  const zip = join(folder, 'package.zip');
  const messages = Array.from(
    { length: 50 },
    (_, id) => `<Message id="${id + 1}" date="0" userId="10" isAlert="0"><Content>x</Content></Message>`,
  );
  writeFileSync(
    zip,
    zipOf(
      soundBut([
        'Messages.xml',
        /<ChatRoom id="200">.*?<\/ChatRoom>/s,
        `<ChatRoom id="200">${messages.join('')}</ChatRoom>`,
      ]),
    ),
  );
  const lines = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  const shown = validate(zip, '--findings', join(folder, 'all.ndjson'));
  t.is(shown.status, 1);
  t.regex(shown.out, /error message-date-legal: 50\n[\s\S]*and 30 more/);
  t.is(lines('all.ndjson').filter((line) => JSON.parse(line).rule === 'message-date-legal').length, 50);
  t.is(validate(zip, '--quiet', '--findings', join(folder, 'all.CSV')).status, 1);
  t.is(lines('all.CSV').filter((line) => line.includes('message-date-legal')).length, 50);
  const again = validate(zip, '--findings', join(folder, 'all.ndjson'));
  t.is(again.status, 2);
  t.regex(again.err, /all\.ndjson exists already/);
  t.is(validate(join(folder, 'none.zip'), '--findings', join(folder, 'none.ndjson')).status, 2);
  t.false(existsSync(join(folder, 'none.ndjson')));
  const nowhere = ['--reference', join(folder, 'none.zip'), '--findings', join(folder, 'f.csv')];
  t.is(validate(zip, ...nowhere).status, 2);
  t.false(existsSync(join(folder, 'f.csv')), 'nothing lies under the name of a run that did not finish');
});
