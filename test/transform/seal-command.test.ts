import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { scratch, type Teardown } from '../import/support/bag-fixture.js';
import { writeKeys } from '../import/support/signing-keys.js';
import { CHATFERRY, digestsOf, runChatferry } from '../support/interrupted-runs.js';

const VALIDATE = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../fixtures/sample', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

/** A handoff of the sample, made once. */
const made = { folder: '' };

test.before((t) => {
  made.folder = join(scratch({ teardown: (work) => process.once('exit', work) }), 'handoff');
  t.is(run(CHATFERRY, ['transform', SAMPLE, '-o', made.folder, '--quiet']).code, 0);
});

function handoffIn(t: Teardown): { readonly folder: string; readonly handoff: string } {
  const folder = scratch(t);
  const handoff = join(folder, 'handoff');
  cpSync(made.folder, handoff, { recursive: true });
  return { folder, handoff };
}

function visibleFiles(folder: string): string[] {
  return readdirSync(folder).sort();
}

test('transform --sign adds two files to what it makes without, and tells how to verify', async (t) => {
  const folder = scratch(t);
  const { privateFile, publicFile } = writeKeys(folder, 'alice', 'open sesame');
  const signed = join(folder, 'signed');
  const args = ['transform', SAMPLE, '-o', signed, '--sign', privateFile];
  const closed = run(CHATFERRY, args);
  t.is(closed.code, 2);
  t.regex(closed.err, /is encrypted, and no passphrase was given/);
  t.false(existsSync(signed));
  const wrong = run(CHATFERRY, args, { CHATFERRY_KEY_PASSPHRASE: 'wrong-one' });
  t.is(wrong.code, 2);
  t.false(`${wrong.out}${wrong.err}`.includes('wrong-one'));
  const done = run(CHATFERRY, args, { CHATFERRY_KEY_PASSPHRASE: 'open sesame' });
  t.is(done.code, 0, done.err);
  t.regex(done.err, /Signed by sha256:[0-9a-f]{64}\.\n[\s\S]*openssl pkeyutl -verify -pubin/);
  const {
    'tagmanifest-sha256.txt.sig': first,
    'signer-public-key.pem': pem,
    ...rest
  } = await digestsOf(signed);
  t.truthy(first);
  t.truthy(pem);
  t.deepEqual(rest, await digestsOf(made.folder), 'everything else is, byte for byte, as without');
  writeFileSync(join(folder, 'pass'), 'open sesame\r\n');
  const again = run(CHATFERRY, [...args, '--replace', '--quiet', '--passphrase-file', join(folder, 'pass')]);
  t.is(again.code, 0, again.err);
  t.is((await digestsOf(signed))['tagmanifest-sha256.txt.sig'], first, 'Ed25519 is deterministic');

  const unheld = run(VALIDATE, [signed]);
  t.regex(unheld.out, /^Signature: signed, not verified: give --public-key\. .* by sha256:[0-9a-f]{64}\.$/m);
  const caveat = ' Signed, but not verified: give --public-key.';
  const firstOf = (...args: readonly string[]): string => run(VALIDATE, args).out.split('\n')[0] ?? '';
  const verified = firstOf(signed, '--public-key', publicFile);
  t.is(firstOf(made.folder), `${verified} Not signed.`);
  t.is(unheld.out.split('\n')[0], verified + caveat);
  t.is(firstOf(signed, '--quiet'), verified + caveat);
  t.regex(
    run(VALIDATE, [made.folder]).out,
    /^Signature: none; nobody has signed this handoff\.\nCustody: no entries\.$/m,
  );
  const other = writeKeys(folder, 'bob').publicFile;
  const held = run(VALIDATE, ['--public-key', other, '--public-key', publicFile, signed]);
  t.is(held.code, 0);
  t.regex(held.out, /^Signature: verified, by sha256:[0-9a-f]{64} \(.*alice\.pub\.pem\)\.$/m);
  const json = JSON.parse(run(CHATFERRY, ['validate', signed, '--public-key', publicFile, '--json']).out);
  t.is(json.seal.signature.state, 'verified');
  t.is(json.seal.signature.keyFile, publicFile);
  t.deepEqual(json.seal.custody, { entries: [], head: null, isUnbroken: true, isHeadGiven: false });
});

test('seal-signature: a wrong key and an unsigned handoff are errors when a key is given', (t) => {
  const { folder, handoff } = handoffIn(t);
  const alice = writeKeys(folder, 'alice');
  const bob = writeKeys(folder, 'bob');
  const unsigned = run(VALIDATE, [handoff, '--public-key', alice.publicFile]);
  t.is(unsigned.code, 1);
  t.regex(unsigned.out, /^NOT READY/);
  t.regex(unsigned.out, /error seal-signature: 1\n.*Unexpected absence of a signature/);
  t.is(run(CHATFERRY, ['seal', handoff, '--sign', alice.privateFile]).code, 0);
  const wrong = run(VALIDATE, [handoff, '--public-key', bob.publicFile, '--json']);
  t.is(wrong.code, 1);
  const json = JSON.parse(wrong.out);
  t.is(json.seal.signature.state, 'wrong');
  t.deepEqual(
    json.findings
      .filter(({ severity }: { severity: string }) => severity === 'error')
      .map(({ rule }: { rule: string }) => rule),
    ['seal-signature'],
  );
  const other = run(CHATFERRY, ['seal', handoff, '--sign', bob.privateFile]);
  t.is(other.code, 2);
  t.regex(other.err, /bears a signature already, by sha256:/);
});

test('custody-unbroken: the chain grows on both sides, and its head is held', (t) => {
  const { folder, handoff } = handoffIn(t);
  const { privateFile, publicFile } = writeKeys(folder, 'alice');
  const before = visibleFiles(handoff);
  const said = [
    '--by',
    'Ann',
    '--note',
    '=cmd|"/c calc"!A1 <script>alert(1)</script>',
    '--at',
    '2026-01-02T03:04Z',
  ];
  const first = run(CHATFERRY, ['seal', handoff, ...said, '--sign', privateFile, '--json']);
  t.is(first.code, 0, first.err);
  const { entry, head } = JSON.parse(first.out);
  t.is(entry.at, '2026-01-02T03:04:00Z');
  const quiet = run(VALIDATE, ['seal', handoff, '--by', 'Ben', '--note', 'received', '--quiet']);
  t.deepEqual(visibleFiles(handoff), [...before, 'custody.ndjson'].sort());
  const held = run(VALIDATE, [handoff, '--custody-head', head]);
  t.is(held.code, 0, held.out);
  t.regex(
    held.out,
    /^Ready.* Not signed, but its chain of custody has signed entries: give --public-key\.\n/,
  );
  t.regex(held.out, /^Custody: 2 entries, unbroken, up to [0-9a-f]{64}\.$/m);
  t.regex(held.out, /^ {2}1\. 2026-01-02T03:04:00Z Ann: =cmd.* \(signed, not verified, says: by sha256:/m);
  t.regex(held.out, /^ {2}2\. 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ Ben: received \(unsigned\)$/m);
  t.regex(quiet.out, /^[0-9a-f]{64}\n$/);
  t.is(run(VALIDATE, [handoff, '--custody-head', quiet.out.trim()]).code, 0);
  t.regex(
    run(VALIDATE, [handoff]).out,
    /^Custody: 2 entries, unbroken, up to [0-9a-f]{64}; only --custody-head can tell whether later ones were taken off\.$/m,
  );
  const mistaken = run(VALIDATE, [handoff, '--custody-head', entry.sha256]);
  t.is(mistaken.code, 1);
  t.regex(mistaken.out, /that is the sum inside entry 1; the head is the SHA-256 of its whole line/);
  const [line = ''] = readFileSync(join(handoff, 'custody.ndjson'), 'utf8').split('\n');
  writeFileSync(join(handoff, 'custody.ndjson'), `${line.replace('Ann', 'Eve')}\n`);
  const broken = run(VALIDATE, [handoff]);
  t.is(broken.code, 1);
  t.regex(
    broken.out,
    /^NOT READY[\s\S]*^Custody: BROKEN, see the findings\.$[\s\S]*error custody-unbroken: 1/m,
  );
  const refused = run(CHATFERRY, ['seal', handoff, '--by', 'Cay', '--note', 'x']);
  t.is(refused.code, 1);
  t.regex(refused.out, /^NOT SEALED[\s\S]*custody-unbroken custody\.ndjson:1:1/);
  writeFileSync(join(handoff, 'custody.ndjson'), `${line}\n`);
  const cut = run(VALIDATE, [handoff, '--custody-head', 'f'.repeat(64), '--public-key', publicFile]);
  t.is(cut.code, 1);
  t.regex(cut.out, /Unexpected chain without the entry f{64}/);
});

test('a chain that somebody else wrote steers no terminal', (t) => {
  const { handoff } = handoffIn(t);
  run(CHATFERRY, ['seal', handoff, '--by', 'Ann', '--note', 'MARK', '--at', '2026-01-02T03:04:05Z']);
  const file = join(handoff, 'custody.ndjson');
  writeFileSync(file, readFileSync(file, 'utf8').replace('MARK', '\\u001b[2J\u202e\u009b31m'));
  const { out } = run(VALIDATE, [handoff]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is printed is what is tested
  t.notRegex(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  t.regex(out, /\\u\{1b\}\[2J\\u\{202e\}\\u\{9b\}31m/);
});

const WRONG: Readonly<Record<string, readonly [args: readonly string[], message: RegExp]>> = {
  'nothing to do': [[], /neither --note nor --sign/],
  'a note by nobody': [['--note', 'x'], /--by is missing or empty/],
  'an empty note': [['--note', ' ', '--by', 'x'], /--note is missing or empty/],
  'a note of two lines': [['--note', 'a\nb', '--by', 'x'], /--note holds line ends/],
  'a note that steers': [['--note', 'a\u001b[2J', '--by', 'x'], /--note holds line ends or other characters/],
  'a name that turns the text around': [['--note', 'a', '--by', 'a\u202eb'], /--by holds line ends or other/],
  'a novel': [['--note', 'x'.repeat(2001), '--by', 'x'], /--note is longer than 2000/],
  'a name without a note': [['--by', 'x'], /--by and --at without --note/],
  'a day that there is not': [['--note', 'x', '--by', 'x', '--at', '2026-02-30T00:00Z'], /is not an instant/],
  'a time without a zone': [['--note', 'x', '--by', 'x', '--at', '2026-02-03T00:00'], /is not an instant/],
  'a passphrase without a key': [['--passphrase-file', 'x'], /--passphrase-file without --sign/],
  'a key that is not there': [['--sign', '/nowhere/key.pem'], /does not exist/],
};

for (const [what, [args, message]] of Object.entries(WRONG)) {
  test(`seal refuses ${what}`, (t) => {
    const { handoff } = handoffIn(t);
    const before = visibleFiles(handoff);
    const { code, err } = run(CHATFERRY, ['seal', handoff, ...args]);
    t.is(code, 2);
    t.regex(err, message);
    t.notRegex(err, /\n {4}at /);
    t.deepEqual(visibleFiles(handoff), before);
  });
}

test('a key in the handoff, a shard that is to be signed, and a ZIP with a key are refused', (t) => {
  const { folder, handoff } = handoffIn(t);
  const { privateFile } = writeKeys(join(handoff, 'data'), 'stray');
  symlinkSync(privateFile, join(folder, 'link.pem'));
  for (const key of [privateFile, join(folder, 'link.pem')]) {
    const inside = run(CHATFERRY, ['seal', handoff, '--sign', key]);
    t.is(inside.code, 2);
    t.regex(inside.err, /lies in the handoff .*, and would travel with it/);
  }
  const alice = writeKeys(folder, 'alice');
  const shard = run(CHATFERRY, [
    'transform',
    SAMPLE,
    '-o',
    join(folder, 's'),
    '--shard',
    '1/2',
    '--sign',
    alice.privateFile,
  ]);
  t.is(shard.code, 2);
  t.regex(shard.err, /--shard and --sign do not go together[\s\S]*chatferry merge/);
  const zip = run(VALIDATE, [join(handoff, 'data/PersistentChatData.zip'), '--public-key', alice.publicFile]);
  t.is(zip.code, 2);
  t.regex(zip.err, /A ZIP without its handoff bears no signature/);
});

test('a public key that comes with the handoff verifies nothing', (t) => {
  const { folder, handoff } = handoffIn(t);
  t.is(run(CHATFERRY, ['seal', handoff, '--sign', writeKeys(folder, 'mallory').privateFile]).code, 0);
  const own = run(VALIDATE, [handoff, '--public-key', join(handoff, 'signer-public-key.pem')]);
  t.is(own.code, 2);
  t.regex(own.err, /comes with the handoff that it is to verify/);
});

test('merge --sign signs what transform --sign signs', async (t) => {
  const folder = scratch(t);
  const { privateFile } = writeKeys(folder, 'alice');
  const shards = [1, 2].map((index) => join(folder, `shard-${index}`));
  shards.forEach((shard, index) => {
    const args = ['transform', SAMPLE, '--shard', `${index + 1}/2`, '-o', shard, '--quiet'];
    t.is(run(CHATFERRY, args).code, 0);
  });
  const merged = join(folder, 'merged');
  const done = run(CHATFERRY, ['merge', ...shards, '-o', merged, '--sign', privateFile, '--quiet']);
  t.is(done.code, 0, done.err);
  const whole = join(folder, 'whole');
  run(CHATFERRY, ['transform', SAMPLE, '-o', whole, '--sign', privateFile, '--quiet']);
  t.deepEqual(await digestsOf(merged), await digestsOf(whole));
});

test('several processes that append at once lose no entry', async (t) => {
  const { handoff } = handoffIn(t);
  const ends = await Promise.all(
    [1, 2, 3, 4].map(async (index) => {
      const args = [CHATFERRY, 'seal', handoff, '--by', `P${index}`, '--note', 'x', '--quiet'];
      const child: ChildProcess = spawn(process.execPath, args, { stdio: 'ignore' });
      return await new Promise<number | null>((resolve) => child.once('exit', resolve));
    }),
  );
  const done = ends.filter((code) => code === 0).length;
  t.true(done >= 1);
  t.true(ends.every((code) => code === 0 || code === 2));
  t.is(readFileSync(join(handoff, 'custody.ndjson'), 'utf8').trimEnd().split('\n').length, done);
  t.is(run(VALIDATE, [handoff, '--quiet']).code, 0);
});

test('whenever the power fails, the chain is that of before or that of after', async (t) => {
  const { folder, handoff } = handoffIn(t);
  const seal = ['seal', 'handoff', '--by', 'Ben', '--note', 'y', '--at', '2026-01-02T03:04:05Z', '--quiet'];
  t.is(
    run(CHATFERRY, ['seal', handoff, '--by', 'Ann', '--note', 'x', '--at', '2026-01-02T03:04:05Z']).code,
    0,
  );
  const before = readFileSync(join(handoff, 'custody.ndjson'), 'utf8');
  const fresh = async (kind: 'power' | 'full', at: number): Promise<void> => {
    const cwd = join(folder, `${kind}-${at}`);
    mkdirSync(cwd);
    cpSync(handoff, join(cwd, 'handoff'), { recursive: true });
    const { code, err } = await runChatferry(cwd, seal, { fault: { at, kind, seed: at } });
    t.notRegex(err, /\n {4}at /);
    const after = readFileSync(join(cwd, 'handoff/custody.ndjson'), 'utf8');
    t.true(
      after === before || (after.startsWith(before) && after.trimEnd().split('\n').length === 2),
      `${kind} ${at}`,
    );
    if (code === 0) t.not(after, before, 'what is told to be done is done');
    // A process that still lives cleans up itself; after one that is gone the next one does.
    if (kind === 'full') {
      t.deepEqual(readdirSync(cwd), ['handoff'], `full ${at}`);
      return;
    }
    const next = await runChatferry(cwd, seal);
    t.is(next.code, 0, `${kind} ${at}: the next run goes through: ${next.err}`);
    t.deepEqual(readdirSync(cwd), ['handoff'], `${kind} ${at}: and leaves nothing`);
  };
  const count = join(folder, 'count');
  cpSync(handoff, join(folder, 'counted/handoff'), { recursive: true });
  await runChatferry(join(folder, 'counted'), seal, { count });
  const calls = Number(readFileSync(count, 'utf8'));
  t.true(calls >= 4, `${calls} calls change the disk`);
  for (let at = 1; at <= calls; at++) await Promise.all([fresh('power', at), fresh('full', at)]);
});
