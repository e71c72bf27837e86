import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunFailure } from '@chatferry/export';
import {
  appendCustody,
  readPublicKey,
  readSigningKey,
  signHandoff,
  verifyBag,
  verifyCustody,
  verifySignature,
} from '@chatferry/import';
import test from 'ava';
import { scratch } from './support/bag-fixture.js';
import {
  AT,
  chained,
  type Desk,
  failure,
  forged,
  linesIn,
  none,
  sealed,
  sha256,
} from './support/sealed-handoff.js';
import { writeKeys } from './support/signing-keys.js';

async function signatureOf(handoff: string, ...publicFiles: readonly string[]): Promise<[string, string[]]> {
  const keys = await Promise.all(publicFiles.map(readPublicKey));
  const { report, faults } = await verifySignature(handoff, keys);
  return [report.state, faults.map(({ seen }) => seen)];
}

// --- seal-signature

test('a signature verifies with its key, and only with it', async (t) => {
  const { folder, handoff, alice, key } = await sealed(t);
  const bob = writeKeys(folder, 'bob');
  t.deepEqual(await verifyBag(handoff), []);
  t.deepEqual(await signatureOf(handoff), ['not verified', []]);
  t.deepEqual(await signatureOf(handoff, alice.publicFile), ['verified', []]);
  t.deepEqual(await signatureOf(handoff, bob.publicFile, alice.publicFile), ['verified', []]);
  t.deepEqual(await signatureOf(handoff, bob.publicFile), ['wrong', [`signature by ${key.fingerprint}`]]);
  const { faults } = await verifySignature(handoff, [await readPublicKey(bob.publicFile)]);
  t.regex(faults[0]?.expected ?? '', /^one by sha256:[0-9a-f]{64} \(.*bob\.pub\.pem\)$/);
  t.regex(faults[0]?.remedy ?? '', /openssl pkeyutl -verify -pubin/);
});

test('signing is deterministic, and changes no other file', async (t) => {
  const { handoff, key } = await sealed(t);
  const unsigned = await sealed(t, false);
  const files = (folder: string): string[] => readdirSync(folder).sort();
  t.deepEqual(
    files(handoff).filter((name) => !files(unsigned.handoff).includes(name)),
    ['signer-public-key.pem', 'tagmanifest-sha256.txt.sig'],
  );
  for (const name of files(unsigned.handoff).filter((each) => each !== 'data')) {
    t.deepEqual(readFileSync(join(handoff, name)), readFileSync(join(unsigned.handoff, name)), name);
  }
  t.deepEqual(await signHandoff(unsigned.handoff, key), { fingerprint: key.fingerprint, wasSigned: false });
  t.deepEqual(await signHandoff(unsigned.handoff, key), { fingerprint: key.fingerprint, wasSigned: true });
  for (const name of files(handoff).filter((each) => each !== 'data')) {
    t.deepEqual(readFileSync(join(handoff, name)), readFileSync(join(unsigned.handoff, name)), name);
  }
});

const SPOILED: Readonly<
  Record<string, readonly [spoil: (handoff: string, desk: Desk) => void, seen: string]>
> = {
  'a changed tag manifest': [
    (handoff) => writeFileSync(join(handoff, 'tagmanifest-sha256.txt'), 'x'),
    'signature that does not fit the tag manifest',
  ],
  'a changed signature': [
    (handoff) => writeFileSync(join(handoff, 'tagmanifest-sha256.txt.sig'), Buffer.alloc(64)),
    'signature that does not fit the tag manifest',
  ],
  'a cut signature': [
    (handoff) => writeFileSync(join(handoff, 'tagmanifest-sha256.txt.sig'), Buffer.alloc(63)),
    'file that is no Ed25519 signature',
  ],
  'a huge signature': [
    (handoff) => writeFileSync(join(handoff, 'tagmanifest-sha256.txt.sig'), Buffer.alloc(17 * 2 ** 20)),
    'file that is no Ed25519 signature',
  ],
  'a link in place of the signature': [
    (handoff, { folder }) => {
      unlinkSync(join(handoff, 'tagmanifest-sha256.txt.sig'));
      symlinkSync(join(folder, 'alice.pem'), join(handoff, 'tagmanifest-sha256.txt.sig'));
    },
    'file that is no Ed25519 signature',
  ],
  'no signature': [
    (handoff) => unlinkSync(join(handoff, 'tagmanifest-sha256.txt.sig')),
    'absence of a signature',
  ],
  'another signer named': [
    (handoff, { folder }) => {
      const { publicFile } = writeKeys(folder, 'mallory');
      writeFileSync(join(handoff, 'signer-public-key.pem'), readFileSync(publicFile));
    },
    'named as the signer',
  ],
};

for (const [what, [spoil, expected]] of Object.entries(SPOILED)) {
  test(`a key given finds ${what}`, async (t) => {
    const desk = await sealed(t);
    spoil(desk.handoff, desk);
    const [, seen] = await signatureOf(desk.handoff, desk.alice.publicFile);
    t.is(seen.length, 1);
    t.true(seen[0]?.endsWith(expected), seen[0]);
  });
}

test('a handoff that is not whole is not signed, and one that another key has signed stays as it is', async (t) => {
  const { folder, handoff, key } = await sealed(t);
  const bob = await readSigningKey(writeKeys(folder, 'bob').privateFile, none);
  const refused = await failure(signHandoff(handoff, bob));
  t.is(refused.code, 'output-exists');
  t.true(refused.message.includes(key.fingerprint));
  writeFileSync(join(handoff, 'data/report.html'), 'x');
  const result = await signHandoff(handoff, key);
  t.true('findings' in result && result.findings.length > 0);
});

// --- keys

test('a protected key needs its passphrase', async (t) => {
  const { privateFile } = writeKeys(scratch(t), 'eve', 'opensesame');
  const key = await readSigningKey(privateFile, async () => 'opensesame');
  t.is(key.sign(Buffer.from('x')).length, 64);
  t.regex(
    (await failure(readSigningKey(privateFile, none))).message,
    /is encrypted, and no passphrase was given/,
  );
  const wrong = await failure(readSigningKey(privateFile, async () => 'wrong-one'));
  t.regex(wrong.message, /cannot be decrypted with the passphrase/);
  t.false(`${wrong.message} ${wrong.remedy} ${String(wrong.cause)}`.includes('wrong-one'));
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const REFUSED_KEYS: Readonly<Record<string, readonly [content: string, message: RegExp, remedy: RegExp]>> = {
  'an OpenSSH key': [
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n',
    /format of OpenSSH/,
    /openssl genpkey -algorithm ed25519/,
  ],
  'an RSA key': [
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    /is a key for rsa, expected Ed25519/,
    /openssl genpkey/,
  ],
  'an old RSA key': [
    rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    /is not an Ed25519 private key/,
    /openssl genpkey/,
  ],
  'a public key': [
    rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    /holds a public key, expected a private one/,
    /private key of that pair/,
  ],
  'a damaged key': [
    '-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n',
    /is damaged/,
    /openssl genpkey/,
  ],
  'no key': ['SECRET', /is not an Ed25519 private key/, /openssl genpkey/],
  'a gigantic file': ['x'.repeat(70_000), /is larger than 65536 bytes/, /key file/],
};

for (const [what, [content, message, remedy]] of Object.entries(REFUSED_KEYS)) {
  test(`--sign refuses ${what}, and tells nothing of it`, async (t) => {
    const file = join(scratch(t), 'key.pem');
    writeFileSync(file, content);
    const refused = await failure(readSigningKey(file, none));
    t.regex(refused.message, message);
    t.regex(refused.remedy, remedy);
    const secret = content.split('\n')[1] ?? content;
    t.false(`${refused.message}${refused.remedy}${String(refused.cause)}`.includes(secret || 'SECRET'));
  });
}

test('--public-key refuses what is no Ed25519 public key, a private key above all', async (t) => {
  const folder = scratch(t);
  const { privateFile, publicFile } = writeKeys(folder, 'alice');
  t.regex((await failure(readPublicKey(privateFile))).message, /holds a private key/);
  t.is((await failure(readPublicKey(join(folder, 'none')))).code, 'input-missing');
  const file = join(folder, 'x.pem');
  writeFileSync(file, rsa.publicKey.export({ type: 'spki', format: 'pem' }));
  t.regex((await failure(readPublicKey(file))).message, /not an Ed25519 public key/);
  writeFileSync(file, readFileSync(publicFile, 'utf8').repeat(2));
  t.regex((await failure(readPublicKey(file))).message, /not an Ed25519 public key/);
});

// --- custody-unbroken

test('entries are chained, signed, and leave the seal as it was', async (t) => {
  const { handoff, alice } = await chained(t);
  t.deepEqual(await verifyBag(handoff), []);
  const keys = [await readPublicKey(alice.publicFile)];
  t.deepEqual(await signatureOf(handoff, alice.publicFile), ['verified', []]);
  const { report, faults } = await verifyCustody(handoff, { keys, head: null });
  t.true(report.isUnbroken);
  t.deepEqual(
    report.entries.map(({ sequence, by, at, state }) => [sequence, by, at, state]),
    [
      [1, 'Ann', AT, 'verified'],
      [2, 'Ben, courier', AT, 'verified'],
      [3, 'Cay', AT, 'unsigned'],
    ],
  );
  t.is(report.head, sha256(`${linesIn(handoff)[2]}\n`));
  t.deepEqual(
    faults.map(({ kind, seen }) => [kind, seen]),
    [['custody-doubt', 'entry that nobody signed']],
  );
  const { report: unheld } = await verifyCustody(handoff, { keys: [], head: null });
  t.deepEqual(
    unheld.entries.map(({ state }) => state),
    ['not verified', 'not verified', 'unsigned'],
  );
  t.deepEqual(
    readdirSync(join(handoff, '..')).filter((name) => name.startsWith('.')),
    [],
  );
});

/** Each changes the lines of a chain of three; the first finding is at that line. */
const TAMPERED: Readonly<Record<string, readonly [(lines: string[]) => string[], line: number]>> = {
  'the first entry edited': [([a = '', ...rest]) => [a.replace('Ann', 'Eve'), ...rest], 1],
  'the last entry edited': [([a = '', b = '', c = '']) => [a, b, c.replace('Cay', 'Eve')], 3],
  'the first removed': [([, ...rest]) => rest, 1],
  'the middle removed': [([a = '', , c = '']) => [a, c], 2],
  'two swapped': [([a = '', b = '', c = '']) => [b, a, c], 1],
  'an entry twice': [([a = '', ...rest]) => [a, a, ...rest], 2],
  'blanks put in': [([a = '', ...rest]) => [a.replace(':', ': '), ...rest], 1],
  'a field twice': [([a = '', ...rest]) => [a.replace('{', '{"by":"Eve",'), ...rest], 1],
  'a field put in': [([a = '', ...rest]) => [a.replace('{', '{"x":1,'), ...rest], 1],
  'a signature taken off': [([a = '', ...rest]) => [a.replace(/,"signature":"[^"]*"/, ''), ...rest], 1],
  'an empty line': [([a = '', ...rest]) => [a, '', ...rest], 2],
  noise: [(lines) => ['\u001b[2J<script>', ...lines], 1],
  null: [(lines) => ['null', ...lines], 1],
};

for (const [what, [tamper, line]] of Object.entries(TAMPERED)) {
  test(`the chain is broken by ${what}`, async (t) => {
    const { handoff, key } = await chained(t);
    writeFileSync(join(handoff, 'custody.ndjson'), `${tamper(linesIn(handoff)).join('\n')}\n`);
    const { report, faults } = await verifyCustody(handoff, { keys: [], head: null });
    t.false(report.isUnbroken);
    t.is(faults.find(({ kind }) => kind === 'custody')?.place.line, line);
    const before = readFileSync(join(handoff, 'custody.ndjson'));
    const result = await appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, key);
    t.true('findings' in result, 'nothing is appended to a broken chain');
    t.deepEqual(readFileSync(join(handoff, 'custody.ndjson')), before);
  });
}

test('a forger who makes the hashes anew is found by the key, and not without it', async (t) => {
  const { handoff, alice } = await chained(t);
  const [a = '', b = '', c = ''] = linesIn(handoff);
  const one = forged(a, () => ({ note: 'Made by Eve' }));
  const two = forged(b, () => ({ previous: sha256(`${one}\n`) }));
  const three = forged(c, () => ({ previous: sha256(`${two}\n`) }));
  writeFileSync(join(handoff, 'custody.ndjson'), `${[one, two, three].join('\n')}\n`);
  t.true((await verifyCustody(handoff, { keys: [], head: null })).report.isUnbroken);
  const keys = [await readPublicKey(alice.publicFile)];
  const { report, faults } = await verifyCustody(handoff, { keys, head: null });
  t.false(report.isUnbroken);
  t.deepEqual(
    faults.filter(({ kind }) => kind === 'custody').map(({ place, seen }) => [place.line, seen]),
    [
      [1, 'signature that does not fit the entry'],
      [2, 'signature that does not fit the entry'],
    ],
  );
});

test('entries taken off the end are found by the head that is known, and by it alone', async (t) => {
  const { handoff } = await chained(t);
  const lines = linesIn(handoff);
  const head = sha256(`${lines[1]}\n`);
  const whole = await verifyCustody(handoff, { keys: [], head });
  t.true(whole.report.isUnbroken, 'later entries may follow');
  writeFileSync(join(handoff, 'custody.ndjson'), `${lines[0]}\n`);
  t.true((await verifyCustody(handoff, { keys: [], head: null })).report.isUnbroken);
  t.false((await verifyCustody(handoff, { keys: [], head })).report.isUnbroken);
  unlinkSync(join(handoff, 'custody.ndjson'));
  const gone = await verifyCustody(handoff, { keys: [], head });
  t.is(gone.faults[0]?.seen, 'absence of entries');
});

test('an entry of another handoff, a cut line, a link, a huge and an empty file are no chain', async (t) => {
  const { folder, handoff } = await chained(t);
  const file = join(handoff, 'custody.ndjson');
  const text = readFileSync(file, 'utf8');
  const seen = async (): Promise<string | undefined> =>
    (await verifyCustody(handoff, { keys: [], head: null })).faults[0]?.seen;
  const tagManifest = readFileSync(join(handoff, 'tagmanifest-sha256.txt'));
  writeFileSync(join(handoff, 'tagmanifest-sha256.txt'), 'x');
  t.regex((await seen()) ?? '', /^tagmanifest [0-9a-f]{64}$/);
  writeFileSync(join(handoff, 'tagmanifest-sha256.txt'), tagManifest);
  t.is(await seen(), undefined);
  writeFileSync(file, text.trimEnd());
  t.is(await seen(), 'line');
  writeFileSync(file, '');
  t.is(await seen(), 'file without entries');
  writeFileSync(file, Buffer.alloc(17 * 2 ** 20, 'x'));
  t.regex((await seen()) ?? '', /^file that is a link/);
  writeFileSync(file, Buffer.alloc(8 * 2 ** 20, '\n'));
  t.is((await verifyCustody(handoff, { keys: [], head: null })).faults.length, 1001);
  unlinkSync(file);
  writeFileSync(join(folder, 'elsewhere'), text);
  symlinkSync(join(folder, 'elsewhere'), file);
  t.regex((await seen()) ?? '', /^file that is a link/);
  const refused = await appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, null);
  t.true('findings' in refused);
  t.is(readFileSync(join(folder, 'elsewhere'), 'utf8'), text, 'nothing is written through a link');
});

test('a clock that went back is a doubt, and breaks nothing', async (t) => {
  const { handoff } = await chained(t);
  await appendCustody(handoff, { by: 'Dee', note: 'x', at: '2025-01-01T00:00:00Z' }, null);
  const { report, faults } = await verifyCustody(handoff, { keys: [], head: null });
  t.true(report.isUnbroken);
  t.deepEqual(
    faults.map(({ kind, seen }) => [kind, seen]),
    [['custody-doubt', 'date 2025-01-01T00:00:00Z']],
  );
});

test('a chain of thousands is read in a moment, and one that is full is not written to', async (t) => {
  const { folder, handoff, alice } = await sealed(t);
  await appendCustody(handoff, { by: 'Ann', note: 'x', at: AT }, null);
  const file = join(handoff, 'custody.ndjson');
  const [first = ''] = linesIn(handoff);
  const lines = [first];
  for (let sequence = 2; sequence <= 5000; sequence++) {
    lines.push(
      forged(first, () => ({ sequence, previous: sha256(`${lines.at(-1)}\n`), note: 'x'.repeat(100) })),
    );
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const keys = [await readPublicKey(alice.publicFile)];
  const { report, faults } = await verifyCustody(handoff, { keys, head: null });
  t.true(report.isUnbroken);
  t.is(report.entries.length, 5000);
  t.is(faults.length, 5000, 'each a doubt, because nobody signed it');
  const long = forged(first, () => ({ note: 'x'.repeat(16 * 2 ** 20 - 600) }));
  writeFileSync(file, `${long}\n`);
  t.true((await verifyCustody(handoff, { keys: [], head: null })).report.isUnbroken);
  const full = await failure(appendCustody(handoff, { by: 'Ann', note: 'y'.repeat(600), at: AT }, null));
  t.regex(full.message, /is full/);
  t.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});

test('two that append at once: both are in the chain, or one is told to wait', async (t) => {
  const { handoff } = await sealed(t);
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) =>
      appendCustody(handoff, { by: `Person ${index}`, note: 'x', at: AT }, null),
    ),
  );
  const done = results.filter(({ status }) => status === 'fulfilled').length;
  t.true(done >= 1);
  for (const result of results) {
    if (result.status === 'rejected') t.is((result.reason as RunFailure).code, 'output-exists');
  }
  const { report } = await verifyCustody(handoff, { keys: [], head: null });
  t.true(report.isUnbroken);
  t.is(report.entries.length, done);
});

test('a run that was killed leaves the old chain, and the next one cleans up', async (t) => {
  const { folder, handoff } = await chained(t);
  writeFileSync(join(folder, '.handoff.sealing'), 'half an ent');
  t.true((await verifyCustody(handoff, { keys: [], head: null })).report.isUnbroken);
  t.deepEqual(await verifyBag(handoff), []);
  await appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, null);
  t.is(linesIn(handoff).length, 4);
  t.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});

test('a folder that cannot be written is told, and nothing is changed', async (t) => {
  const { handoff } = await chained(t);
  mkdirSync(join(handoff, '..', '.handoff.sealing'));
  const refused = await failure(appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, null));
  t.is(refused.code, 'output-unwritable');
  t.is(linesIn(handoff).length, 3);
  rmSync(join(handoff, '..', '.handoff.sealing'), { recursive: true });
  if (process.getuid?.() === 0)
    return t.log('Read-only folders are left out: the superuser writes everywhere.');
  chmodSync(join(handoff, '..'), 0o555);
  t.is(
    (await failure(appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, null))).code,
    'output-unwritable',
  );
  return chmodSync(join(handoff, '..'), 0o755);
});

// --- stock tools

const hasOpenssl = /^OpenSSL [3-9]/.test(
  spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '',
);
const withOpenssl = hasOpenssl ? test : test.skip;
const why = hasOpenssl ? '' : ' (skipped: no openssl 3 found; apt-get install openssl)';

function openssl(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  return status === 0 ? stdout : `exit code ${status}: ${stdout}${stderr}`;
}

withOpenssl(
  `openssl makes the keys, verifies signature and entries, and prints the same fingerprint${why}`,
  async (t) => {
    const { folder, handoff } = await sealed(t, false);
    openssl(folder, 'genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:p', '-out', 'o.pem');
    openssl(folder, 'pkey', '-in', 'o.pem', '-passin', 'pass:p', '-pubout', '-out', 'o.pub.pem');
    const key = await readSigningKey(join(folder, 'o.pem'), async () => 'p');
    await signHandoff(handoff, key);
    const verify = ['pkeyutl', '-verify', '-pubin', '-inkey', '../o.pub.pem', '-rawin'];
    const sealOf = ['-in', 'tagmanifest-sha256.txt', '-sigfile', 'tagmanifest-sha256.txt.sig'];
    t.regex(openssl(handoff, ...verify, ...sealOf), /Signature Verified Successfully/);
    const own = spawnSync('sh', ['-c', 'openssl pkey -pubin -in o.pub.pem -outform DER | sha256sum'], {
      cwd: folder,
      encoding: 'utf8',
    });
    t.is(`sha256:${own.stdout.slice(0, 64)}`, key.fingerprint);
    t.is(openssl(folder, 'pkey', '-in', 'o.pem', '-passin', 'pass:p', '-pubout'), key.publicPem);
    const tagManifest = readFileSync(join(handoff, 'tagmanifest-sha256.txt'), 'utf8');
    writeFileSync(join(handoff, 'tagmanifest-sha256.txt'), `${tagManifest}\n`);
    t.regex(openssl(handoff, ...verify, ...sealOf), /^exit code 1/);
    writeFileSync(join(handoff, 'tagmanifest-sha256.txt'), tagManifest);
    await appendCustody(handoff, { by: 'Zoë \\ "Q"', note: 'naïve <b>', at: AT }, key);
    // As the README has it.
    const steps = `sed -n 1p custody.ndjson | sed 's/,"sha256":"[0-9a-f]*".*}$/}/' | tr -d '\\n' > ../entry
sed -n '1s/.*"signature":"\\([^"]*\\)"}$/\\1/p' custody.ndjson | base64 -d > ../entry.sig`;
    t.is(spawnSync('sh', ['-c', steps], { cwd: handoff }).status, 0);
    t.regex(
      openssl(handoff, ...verify, '-in', '../entry', '-sigfile', '../entry.sig'),
      /Verified Successfully/,
    );
    const { entries } = (await verifyCustody(handoff, { keys: [], head: null })).report;
    const tail = spawnSync('sh', ['-c', 'tail -n 1 custody.ndjson | sha256sum'], {
      cwd: handoff,
      encoding: 'utf8',
    });
    t.is(entries[0]?.line, tail.stdout.slice(0, 64));
  },
);

test('no file of a signed handoff holds a private key', async (t) => {
  const { handoff, alice } = await chained(t);
  const der = alice.privateKey.export({ type: 'pkcs8', format: 'der' });
  const secrets = [der.subarray(-32), Buffer.from(der.toString('base64'))];
  for (const name of readdirSync(handoff, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(handoff, name)).isFile()) continue;
    const content = readFileSync(join(handoff, name));
    for (const secret of secrets) t.false(content.includes(secret), name);
  }
});
