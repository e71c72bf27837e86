import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendCustody, readPublicKey, verifyCustody } from '@chatferry/import';
import test from 'ava';
import { brief } from './support/package-fixture.js';
import { AT, chained, forged, linesIn, sealed, sha256 } from './support/sealed-handoff.js';
import { writeKeys } from './support/signing-keys.js';

type Trust = Parameters<typeof verifyCustody>[1];

const NO_TRUST: Trust = { keys: [], head: null };

/** What is said of a chain: kind, line, what was seen, what was expected. */
async function told(
  handoff: string,
  trust = NO_TRUST,
): Promise<(readonly [string, number, string, string])[]> {
  const { faults } = await verifyCustody(handoff, trust);
  return faults.map(({ kind, place, seen, expected }) => [kind, place.line, seen, expected] as const);
}

function write(handoff: string, lines: readonly string[]): void {
  writeFileSync(join(handoff, 'custody.ndjson'), lines.map((line) => `${line}\n`).join(''));
}

/** An entry as it stands, but for what the edit says; its own hash stays as it was. */
function edited(line: string, edit: object): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), ...edit });
}

/** The lines behind the first `kept`, made to follow on what stands before them. */
function followed(lines: readonly string[], kept: number): string[] {
  const all = lines.slice(0, kept);
  for (const line of lines.slice(kept))
    all.push(forged(line, () => ({ previous: sha256(`${all.at(-1)}\n`) })));
  return all;
}

// --- what of an entry breaks the chain, each alone

test('a number that is not the next breaks the chain, even when all hashes fit', async (t) => {
  const { handoff } = await chained(t);
  const [a = '', b = '', c = ''] = linesIn(handoff);
  for (const sequence of [1, 3, -2]) {
    write(handoff, followed([a, forged(b, () => ({ sequence })), c], 2));
    t.deepEqual(await told(handoff), [['custody', 2, `sequence ${sequence}`, '2']]);
  }
});

test('an entry that follows on another one breaks the chain, even when its number is the next', async (t) => {
  const { handoff } = await chained(t);
  const [a = '', b = '', c = ''] = linesIn(handoff);
  const other = sha256('another');
  write(handoff, [a, b, forged(c, () => ({ previous: other }))]);
  const before = `${sha256(`${b}\n`)}, the SHA-256 of the entry before`;
  t.deepEqual(await told(handoff), [['custody', 3, `previous ${other}`, before]]);
  write(handoff, followed([forged(a, () => ({ previous: other })), b, c], 1));
  t.deepEqual(await told(handoff), [
    ['custody', 1, `previous ${other}`, 'null, the SHA-256 of the entry before'],
  ]);
  write(handoff, [a, forged(b, () => ({ previous: null }))]);
  t.deepEqual(await told(handoff), [
    ['custody', 2, 'previous null', `${sha256(`${a}\n`)}, the SHA-256 of the entry before`],
  ]);
});

test('an entry that says something else than its hash breaks the chain', async (t) => {
  const { handoff } = await chained(t);
  const [a = '', b = '', c = ''] = linesIn(handoff);
  const { sha256: own } = JSON.parse(c) as { sha256: string };
  write(handoff, [a, b, edited(c, { by: 'Eve' })]);
  const { sha256: due } = JSON.parse(forged(c, () => ({ by: 'Eve' }))) as { sha256: string };
  t.deepEqual(await told(handoff), [['custody', 3, `sha256 ${own}`, `${due}, of what the entry says`]]);
});

test('an entry of another handoff breaks the chain, though it follows on', async (t) => {
  const { handoff } = await chained(t);
  const [a = '', b = '', c = ''] = linesIn(handoff);
  const other = sha256('another');
  write(handoff, [a, b, forged(c, () => ({ tagmanifest: other }))]);
  const own = sha256(readFileSync(join(handoff, 'tagmanifest-sha256.txt'), 'utf8'));
  t.deepEqual(await told(handoff), [
    ['custody', 3, `tagmanifest ${other}`, `${own}, the one of this handoff`],
  ]);
});

test('without a tag manifest the entries tell which one they are about', async (t) => {
  const { handoff } = await chained(t);
  const [a = ''] = linesIn(handoff);
  write(handoff, [a]);
  const own = sha256(readFileSync(join(handoff, 'tagmanifest-sha256.txt'), 'utf8'));
  rmSync(join(handoff, 'tagmanifest-sha256.txt'));
  t.deepEqual(await told(handoff), [
    [
      'custody',
      1,
      'absence of tagmanifest-sha256.txt',
      `the one that the entry is about, with SHA-256 ${own}`,
    ],
  ]);
});

// --- what is asked about

test('an entry signed by a key that was not given is a doubt, and names that key', async (t) => {
  const { folder, handoff, alice, key } = await chained(t);
  const bob = await readPublicKey(writeKeys(folder, 'bob').publicFile);
  const wanted = 'one by a key of --public-key';
  t.deepEqual(await told(handoff, { keys: [bob], head: null }), [
    ['custody-doubt', 1, `entry signed by ${key.fingerprint}`, wanted],
    ['custody-doubt', 2, `entry signed by ${key.fingerprint}`, wanted],
    ['custody-doubt', 3, 'entry that nobody signed', wanted],
  ]);
  const keys = [bob, await readPublicKey(alice.publicFile)];
  const { report, faults } = await verifyCustody(handoff, { keys, head: null });
  t.deepEqual(
    report.entries.map(({ state }) => state),
    ['verified', 'verified', 'unsigned'],
  );
  t.deepEqual(
    faults.map(({ place, message }) => [place.file, place.line, place.record, message]),
    [['custody.ndjson', 3, 'entry 3', `Unexpected entry that nobody signed, expected ${wanted}`]],
  );
});

test('a date is held against that of the entry before, and a doubt does not keep the next entry out', async (t) => {
  const { handoff } = await chained(t);
  const append = async (at: string) => await appendCustody(handoff, { by: 'Dee', note: 'x', at }, null);
  t.true('entry' in (await append('2025-01-01T00:00:00Z')));
  t.true('entry' in (await append('2025-01-01T00:00:00Z')));
  const appended = await append('2025-01-01T00:00:01Z');
  t.is('entry' in appended && appended.entry.sequence, 6);
  t.deepEqual(await told(handoff), [['custody-doubt', 4, 'date 2025-01-01T00:00:00Z', `none before ${AT}`]]);
});

// --- the head that is known

test('a head that no entry has is told at the last line, or at the first of no chain', async (t) => {
  const { handoff } = await chained(t);
  const head = sha256('another');
  const expected = `the entry of --custody-head ${head}`;
  t.deepEqual(await told(handoff, { keys: [], head }), [
    ['custody', 3, `chain without the entry ${head}`, expected],
  ]);
  const bare = await sealed(t);
  t.deepEqual(await told(bare.handoff, { keys: [], head }), [['custody', 1, 'absence of entries', expected]]);
  t.deepEqual(await told(bare.handoff), []);
  for (const line of linesIn(handoff)) {
    t.deepEqual(await told(handoff, { keys: [], head: sha256(`${line}\n`) }), []);
  }
});

test('the sum inside an entry is no head, and is told from one', async (t) => {
  const { handoff } = await chained(t);
  for (const [index, line] of linesIn(handoff).entries()) {
    const { sha256: head } = JSON.parse(line) as { sha256: string };
    const { report, faults } = await verifyCustody(handoff, { keys: [], head });
    t.false(report.isUnbroken);
    t.deepEqual(
      faults.map(({ message }) => message),
      [
        `Unexpected chain without the entry ${head}, expected the entry of --custody-head ${head}; that is the sum inside entry ${index + 1}; ` +
          'the head is the SHA-256 of its whole line, which chatferry seal printed',
      ],
    );
  }
});

// --- lines

test('after a thousand entries that break the chain no further one is read', async (t) => {
  const { handoff } = await sealed(t);
  await appendCustody(handoff, { by: 'Ann', note: 'x', at: AT }, null);
  const [first = ''] = linesIn(handoff);
  const copies = (count: number): string[] => Array.from({ length: count }, () => first);
  write(handoff, copies(1000));
  const { report, faults } = await verifyCustody(handoff, NO_TRUST);
  t.is(report.entries.length, 1000);
  t.is(faults.length, 999);
  write(handoff, copies(1500));
  const cut = await verifyCustody(handoff, NO_TRUST);
  t.is(cut.report.entries.length, 1001);
  t.is(cut.faults.length, 1001);
  t.deepEqual((await told(handoff)).at(-1), [
    'custody',
    1001,
    '1000 faults; read no further',
    'a chain of custody',
  ]);
});

const HASH = 'ab'.repeat(32);
const FIELDS = 'the fields of an entry and no others, in their order and form';
const SIGNED = 'a signature wherever a key is named, and only there';

/** One signed entry that is damaged so, and what a line is expected to have. */
const DAMAGED: Readonly<Record<string, readonly [(line: string) => string, expected: string]>> = {
  'a list': [(line) => `[${line}]`, 'a JSON object'],
  'a text': [() => '"x"', 'a JSON object'],
  null: [() => 'null', 'a JSON object'],
  'a cut object': [(line) => line.slice(0, -1), 'a JSON object'],
  'a number as text': [(line) => edited(line, { sequence: '1' }), 'sequence to be a number'],
  'a half number': [(line) => edited(line, { sequence: 1.5 }), 'sequence to be a number'],
  'a date without zone': [
    (line) => edited(line, { at: AT.replace('Z', '') }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  'a day that there is not': [
    (line) => edited(line, { at: '2026-02-30T00:00:00Z' }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  'a month that there is not': [
    (line) => edited(line, { at: '2026-13-01T00:00:00Z' }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  'a date that is a number': [
    (line) => edited(line, { at: 1 }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  'a date in a list': [
    (line) => edited(line, { at: [AT] }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  'a year of six digits': [
    (line) => edited(line, { at: `+01${AT}` }),
    'at to be an instant such as 2026-11-26T16:05:00Z',
  ],
  nobody: [(line) => edited(line, { by: null }), 'by and note to be texts'],
  'a note that is a number': [(line) => edited(line, { note: 1 }), 'by and note to be texts'],
  'a short hash of the tag manifest': [
    (line) => edited(line, { tagmanifest: HASH.slice(1) }),
    'tagmanifest and sha256 to be SHA-256 in hex',
  ],
  'a hash in upper case': [
    (line) => edited(line, { sha256: HASH.toUpperCase() }),
    'tagmanifest and sha256 to be SHA-256 in hex',
  ],
  'a hash that is no text': [
    (line) => edited(line, { sha256: [HASH] }),
    'tagmanifest and sha256 to be SHA-256 in hex',
  ],
  'a previous that is no hash': [
    (line) => edited(line, { previous: 'x' }),
    'previous to be a SHA-256 in hex, or null',
  ],
  'no previous': [
    (line) => edited(line, { previous: undefined }),
    'previous to be a SHA-256 in hex, or null',
  ],
  'a key that is no fingerprint': [(line) => edited(line, { key: HASH }), 'key to be a fingerprint, or null'],
  'a key that is no text': [
    (line) => edited(line, { key: [`sha256:${HASH}`] }),
    'key to be a fingerprint, or null',
  ],
  'a signature without a key': [(line) => edited(line, { key: null }), SIGNED],
  'a key without a signature': [(line) => edited(line, { signature: undefined }), SIGNED],
  'a short signature': [(line) => edited(line, { signature: 'AA==' }), 'signature to be 64 bytes in base64'],
  'a signature that is no text': [
    (line) => edited(line, { signature: 1 }),
    'signature to be 64 bytes in base64',
  ],
  'a signature in a list': [
    (line) => line.replace(/("signature":)("[^"]*")/, '$1[$2]'),
    'signature to be 64 bytes in base64',
  ],
  'a field too many': [(line) => edited(line, { more: 1 }), FIELDS],
  'a field too many inside': [(line) => line.replace('{', '{"more":1,'), FIELDS],
  'another order': [(line) => line.replace(/"sequence":1,("at":"[^"]*"),/, '$1,"sequence":1,'), FIELDS],
  'another form': [(line) => line.replace('"by":"', '"by":"\\u0041'), FIELDS],
  'a blank at the end': [(line) => `${line} `, FIELDS],
  'a carriage return at the end': [(line) => `${line}\r`, FIELDS],
  'no signature and none wanted, but named': [(line) => edited(line, { key: null, signature: null }), FIELDS],
};

test('a line that is no entry is told with what one has', async (t) => {
  const { handoff, key } = await sealed(t);
  await appendCustody(handoff, { by: 'Ann', note: 'x', at: AT }, key);
  const [line = ''] = linesIn(handoff);
  t.deepEqual(await told(handoff), []);
  for (const [what, [damage, expected]] of Object.entries(DAMAGED)) {
    t.not(damage(line), line, what);
    write(handoff, [damage(line)]);
    t.deepEqual(await told(handoff), [['custody', 1, 'line', expected]], what);
    t.deepEqual((await verifyCustody(handoff, NO_TRUST)).report.entries, [], what);
  }
});

// --- appending

test('nothing is appended to a broken chain, and to a broken handoff, and all of it is told', async (t) => {
  const { handoff } = await chained(t);
  const append = async (): Promise<string[] | null> => {
    const done = await appendCustody(handoff, { by: 'Dee', note: 'x', at: AT }, null);
    return 'findings' in done ? done.findings.map(brief) : null;
  };
  const whole = linesIn(handoff);
  write(handoff, [...whole, 'x']);
  t.deepEqual(await append(), [
    'error custody-unbroken custody.ndjson:4:1 entry 4 Unexpected line, expected a JSON object',
  ]);
  writeFileSync(join(handoff, 'more.txt'), '');
  t.deepEqual(await append(), [
    'error seal-intact more.txt:1:1 - Unexpected extra file at more.txt, expected only what tagmanifest-sha256.txt lists',
    'error custody-unbroken custody.ndjson:4:1 entry 4 Unexpected line, expected a JSON object',
  ]);
  t.deepEqual(linesIn(handoff), [...whole, 'x']);
});
