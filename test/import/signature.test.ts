import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPublicKey, verifySignature } from '@chatferry/import';
import test from 'ava';
import { scratch } from './support/bag-fixture.js';
import { PACKAGES } from './support/package-fixture.js';
import { type Desk, sealed } from './support/sealed-handoff.js';
import { writeKeys } from './support/signing-keys.js';

const PROGRAM = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const SIGNATURE = 'tagmanifest-sha256.txt.sig';
const SIGNER = 'signer-public-key.pem';
const VERIFY =
  'Without chatferry: openssl pkeyutl -verify -pubin -inkey <signer.pub.pem> -rawin -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig';

/** What is known of a signature: state, signer, file of the key; and what is wrong, by file. */
async function told(handoff: string, ...publicFiles: readonly string[]) {
  const keys = await Promise.all(publicFiles.map(readPublicKey));
  const { report, faults } = await verifySignature(handoff, keys);
  const { state, signer, keyFile } = report;
  return [
    [state, signer, keyFile],
    ...faults.map(({ place, message }) => `${place.file}:${place.line}:${place.column} ${message}`),
  ];
}

function wanted({ key, alice }: Desk): string {
  return `one by ${key.fingerprint} (${alice.publicFile})`;
}

function unexpected(seen: string, expected: string, file = SIGNATURE): string {
  return `${file}:1:1 Unexpected ${seen} at ${file}, expected ${expected}`;
}

function folderInstead(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

test('a handoff that nobody has signed is a fault only when a key is given', async (t) => {
  const desk = await sealed(t, false);
  t.deepEqual(await told(desk.handoff), [['unsigned', null, null]]);
  t.deepEqual(await told(desk.handoff, desk.alice.publicFile), [
    ['unsigned', null, null],
    unexpected('absence of a signature', wanted(desk)),
  ]);
  writeFileSync(join(desk.handoff, SIGNER), readFileSync(desk.alice.publicFile));
  t.deepEqual(await told(desk.handoff), [['unsigned', null, null]], 'a name alone signs nothing');
});

test('a signature is told with whom the handoff names, until a key proves it', async (t) => {
  const { handoff, alice, key, folder } = await sealed(t);
  const bob = writeKeys(folder, 'bob').publicFile;
  t.deepEqual(await told(handoff), [['not verified', key.fingerprint, null]]);
  t.deepEqual(await told(handoff, bob, alice.publicFile), [['verified', key.fingerprint, alice.publicFile]]);
  for (const spoil of [
    () => rmSync(join(handoff, SIGNER)),
    () => writeFileSync(join(handoff, SIGNER), 'Alice'),
    () => writeFileSync(join(handoff, SIGNER), readFileSync(alice.privateFile)),
    () => folderInstead(join(handoff, SIGNER)),
  ]) {
    spoil();
    t.deepEqual(await told(handoff), [['not verified', null, null]]);
    t.deepEqual(await told(handoff, alice.publicFile), [['verified', key.fingerprint, alice.publicFile]]);
  }
});

test('a signature by a key that is not given is wrong, and named only when it is by the one that is named', async (t) => {
  const { handoff, key, folder } = await sealed(t);
  const bob = writeKeys(folder, 'bob');
  const mallory = writeKeys(folder, 'mallory');
  const { fingerprint } = await readPublicKey(bob.publicFile);
  const expected = `one by ${fingerprint} (${bob.publicFile})`;
  t.deepEqual(await told(handoff, bob.publicFile), [
    ['wrong', key.fingerprint, null],
    unexpected(`signature by ${key.fingerprint}`, expected),
  ]);
  writeFileSync(join(handoff, SIGNER), readFileSync(mallory.publicFile));
  const named = (await readPublicKey(mallory.publicFile)).fingerprint;
  const noFit = unexpected('signature that does not fit the tag manifest', expected);
  t.deepEqual(await told(handoff, bob.publicFile), [['wrong', named, null], noFit]);
  rmSync(join(handoff, SIGNER));
  t.deepEqual(await told(handoff, bob.publicFile), [['wrong', null, null], noFit]);
});

test('several keys are named together when none of them has signed', async (t) => {
  const { handoff, key, folder } = await sealed(t);
  const files = ['bob', 'cay'].map((name) => writeKeys(folder, name).publicFile);
  const prints = await Promise.all(files.map(async (file) => (await readPublicKey(file)).fingerprint));
  t.deepEqual(await told(handoff, ...files), [
    ['wrong', key.fingerprint, null],
    unexpected(
      `signature by ${key.fingerprint}`,
      `one by ${prints[0]} (${files[0]}) or ${prints[1]} (${files[1]})`,
    ),
  ]);
});

test('what is no signature is wrong, whether a key is given or not', async (t) => {
  const { handoff, alice, key } = await sealed(t);
  const found = [
    ['wrong', key.fingerprint, null],
    unexpected('file that is no Ed25519 signature', '64 bytes, as openssl pkeyutl -sign writes them'),
  ];
  for (const spoil of [
    () => writeFileSync(join(handoff, SIGNATURE), Buffer.alloc(65)),
    () => writeFileSync(join(handoff, SIGNATURE), ''),
    () => folderInstead(join(handoff, SIGNATURE)),
  ]) {
    spoil();
    t.deepEqual(await told(handoff), found);
    t.deepEqual(await told(handoff, alice.publicFile), found);
  }
});

test('without a tag manifest that can be read no signature fits', async (t) => {
  const desk = await sealed(t);
  const { handoff, alice, key } = desk;
  const found = [
    ['wrong', key.fingerprint, null],
    unexpected('signature that does not fit the tag manifest', wanted(desk)),
  ];
  const tagManifest = join(handoff, 'tagmanifest-sha256.txt');
  folderInstead(tagManifest);
  t.deepEqual(await told(handoff, alice.publicFile), found);
  rmSync(tagManifest, { recursive: true });
  t.deepEqual(await told(handoff), [['not verified', key.fingerprint, null]]);
  t.deepEqual(await told(handoff, alice.publicFile), found);
});

test('another signer named is told at that file, and openssl is no remedy for it', async (t) => {
  const { handoff, alice, key, folder } = await sealed(t);
  const mallory = writeKeys(folder, 'mallory').publicFile;
  const { fingerprint } = await readPublicKey(mallory);
  writeFileSync(join(handoff, SIGNER), readFileSync(mallory));
  t.deepEqual(await told(handoff, alice.publicFile), [
    ['verified', key.fingerprint, alice.publicFile],
    unexpected(`${fingerprint} named as the signer`, key.fingerprint, SIGNER),
  ]);
  const keys = [await readPublicKey(alice.publicFile)];
  const remedies = async (): Promise<string[]> =>
    (await verifySignature(handoff, keys)).faults.map(({ remedy }) => remedy);
  t.deepEqual(await remedies(), [
    `Somebody has changed ${SIGNER}, which is there to compare with only. Copy the handoff again.`,
  ]);
  rmSync(join(handoff, SIGNATURE));
  t.deepEqual(await remedies(), [
    `Ask the sender for the signed handoff; do not import this copy. ${VERIFY}`,
  ]);
});

test('who seals a handoff that is not ready is told so', (t) => {
  const folder = scratch(t);
  const handoff = join(folder, 'handoff');
  cpSync(join(PACKAGES, 'handoff-ready/handoff'), handoff, { recursive: true });
  const flags = ['--note', 'Kept', '--by', 'Alice', '--at', '2026-01-02T03:04Z'];
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'seal', handoff, ...flags], {
    encoding: 'utf8',
  });
  t.is(status, 0);
  t.regex(stderr, /^This handoff is NOT READY \(data\/PersistentChatData\.NOT-READY\.zip\): /);
  cpSync(join(PACKAGES, 'source-agrees/handoff'), join(folder, 'ready'), { recursive: true });
  t.is(spawnSync(process.execPath, [PROGRAM, 'seal', join(folder, 'ready'), ...flags]).stderr.length, 0);
});
