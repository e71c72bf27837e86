import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beginHandoff, verifyBag } from '@chatferry/import';
import test from 'ava';
import { type PseudoRandom, pseudoRandom } from '../support/pseudo-random.js';
import { scratch, type Teardown, writeFiles } from './support/bag-fixture.js';

// Held against the reference implementation, bagit.py of the Library of Congress, where it is installed.

const PYTHON = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import bagit']).status === 0,
);
const withBagit = PYTHON === undefined ? test.skip : test;
const why =
  PYTHON === undefined ? ' (skipped: python3 has no module bagit; apt-get install python3-bagit)' : '';

const JUDGE = `import logging, sys, bagit
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    try:
        bagit.Bag(line[:-1]).validate()
        print("valid", flush=True)
    except Exception as error:
        print("not valid:", str(error).replace("\\n", " "), flush=True)`;

/** One process that tells of each folder whether bagit.py takes it for a bag. */
function bagitJudge(t: Teardown): (folder: string) => Promise<string> {
  const judge = spawn(PYTHON ?? 'python3', ['-c', JUDGE], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => judge.kill());
  const answers = createInterface({ input: judge.stdout })[Symbol.asyncIterator]();
  return async (folder) => {
    judge.stdin.write(`${folder}\n`);
    return (await answers.next()).value ?? 'no answer';
  };
}

async function sealedFolder(t: Teardown): Promise<string> {
  const folder = join(scratch(t), 'handoff');
  const handoff = await beginHandoff(folder, { replace: false, report: () => undefined });
  writeFiles(handoff.dataFolder, { 'report.html': '<p>', 'plan/plan.json': '{}', 'Änderung ß.txt': '' });
  await handoff.commit({ softwareAgent: 'chatferry 0.1.0', info: [['External-Description', 'x']] });
  return folder;
}

withBagit(`bagit.py validates our bag, and sees what is wrong with it${why}`, async (t) => {
  const folder = await sealedFolder(t);
  const judge = bagitJudge(t);
  t.is(await judge(folder), 'valid');
  writeFiles(folder, {
    'tagmanifest-sha256.txt.sig': 'x',
    'signer-public-key.pem': 'x',
    'custody.ndjson': 'x',
  });
  t.is(await judge(folder), 'valid', 'what lies outside of the seal does not disturb');
  writeFileSync(join(folder, 'data/report.html'), '<b>');
  t.regex(await judge(folder), /^not valid: .*data\/report\.html/);
});

// --- what bagit.py makes

function bagOfBagit(folder: string): void {
  const code =
    'import sys, bagit; bagit.make_bag(sys.argv[1], {"Contact-Name": ["A", "B"]}, checksums=["md5", "sha1", "sha256", "sha512"])';
  execFileSync(PYTHON ?? 'python3', ['-c', code, folder], { stdio: 'pipe' });
}

withBagit(`we validate what bagit.py makes, and see what is wrong with it${why}`, async (t) => {
  const folder = scratch(t);
  writeFiles(folder, { 'a.txt': 'alpha', 'sub/b c.txt': 'beta', 'new\nline.txt': '', 'Müller.txt': '1' });
  bagOfBagit(folder);
  t.deepEqual(await verifyBag(folder, 'bag'), []);
  t.deepEqual(await verifyBag(folder, 'handoff'), []);
  writeFileSync(join(folder, 'data/a.txt'), 'alphA');
  t.is((await verifyBag(folder, 'bag')).length, 4, 'once for each algorithm');
  t.regex(readFileSync(join(folder, 'bagit.txt'), 'utf8'), /^BagIt-Version: (?:0\.97|1\.0)\n/);
});

// Not names such as `%0a` and `%25`: bagit.py leaves their percent sign as it stands, against RFC 8493, section 2.1.3.
withBagit(`we validate bags of bagit.py whatever their files are called${why}`, async (t) => {
  const random = pseudoRandom(1);
  const pieces = ['a', 'B', 'ß', 'ü', 'ü', ' ', '.', '%', '\r', '\n', '*', '#', '~', '\\', '😀'];
  for (let round = 0; round < 20; round += 1) {
    const folder = scratch(t);
    for (let file = 0; file < 20; file += 1) {
      const name = `x${Array.from({ length: random.below(5) }, () => random.pick(pieces)).join('')}x`;
      writeFiles(folder, { [join(random.pick(['', 'sub dir', 'ä/é']), name)]: String(file) });
    }
    bagOfBagit(folder);
    const names = readFileSync(join(folder, 'manifest-md5.txt'), 'utf8');
    t.deepEqual(await verifyBag(folder, 'bag'), [], names);
  }
});

// --- damaged bags

const TAG_FILES = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt'];

type Damage = (bytes: Buffer, random: PseudoRandom) => Buffer;

const ofLine =
  (change: (line: string, random: PseudoRandom) => string): Damage =>
  (bytes, random) => {
    const lines = bytes.toString('utf8').split('\n');
    const at = random.below(lines.length);
    return Buffer.from(lines.map((line, index) => (index === at ? change(line, random) : line)).join('\n'));
  };

const DAMAGE: readonly Damage[] = [
  (bytes, random) =>
    bytes.map((byte, index) => (index === 0 ? byte ^ (1 << random.below(8)) : byte)) as Buffer,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(random.pick(['x', '\n', 'word\n', 'Key: value\n']))]),
  ofLine(() => ''),
  ofLine((line) => `${line}\n${line}`),
  ofLine((line) => line.toUpperCase()),
  ofLine((line) => `f${line.slice(1)}`),
  ofLine((line, random) => line.replace('  ', random.pick([' ', '\t', ' *', '   ']))),
  ofLine((line, random) =>
    line.replace('data/', random.pick(['../', '/', './data/', 'data/../data/', '~/'])),
  ),
  ofLine((line, random) => `${random.pick(['', '#', 'word', ' word', 'Key: value'])}\n${line}`),
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function damage(folder: string, random: PseudoRandom): string {
  const hasNoTagManifest = random.below(2) === 0;
  if (hasNoTagManifest) rmSync(join(folder, 'tagmanifest-sha256.txt'));
  const tagFiles = TAG_FILES.slice(0, hasNoTagManifest ? 3 : 4).map((name) => join(folder, name));
  const file = random.pick(random.below(3) === 0 ? filesBelow(folder) : tagFiles);
  const kind = random.below(DAMAGE.length + 3);
  const change = DAMAGE[kind];
  if (change !== undefined) writeFileSync(file, change(readFileSync(file), random));
  else if (kind === DAMAGE.length) rmSync(file);
  else if (kind === DAMAGE.length + 1) renameSync(file, `${file}2`);
  else {
    const extra = join(folder, random.pick(['data/extra', 'data/plan/more', 'manifest-md5.txt']));
    mkdirSync(dirname(extra), { recursive: true });
    writeFileSync(extra, random.pick(['', 'x', `${'0'.repeat(32)}  data/report.html\n`]));
  }
  return `${file}, kind ${kind}, ${hasNoTagManifest ? 'without' : 'with'} tag manifest`;
}

withBagit(`what bagit.py refuses, we refuse${why}`, async (t) => {
  const whole = await sealedFolder(t);
  const judge = bagitJudge(t);
  const random = pseudoRandom(1);
  const folder = join(scratch(t), 'damaged');
  let refused = 0;
  for (let round = 0; round < 300; round += 1) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(whole, folder, { recursive: true });
    const what = damage(folder, random);
    const theirs = await judge(folder);
    if (theirs === 'valid') continue;
    refused += 1;
    t.not((await verifyBag(folder, 'bag')).length, 0, `${what}: ${theirs}`);
  }
  t.true(refused > 150, `${refused} refused`);
});
