import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  type FinishedHash,
  HashThread,
  inlineHash,
  parseWorkers,
  RunFailure,
  type StreamHash,
  startHashing,
} from '@chatferry/export';
import test from 'ava';
import { pseudoRandom } from '../support/pseudo-random.js';

const BYTES = Buffer.from(Array.from({ length: 1 << 18 }, (_, i) => (i * 2654435761) >>> 13));

/** Hashes on the thread, each beside one of node:crypto. */
interface Pair {
  readonly hash: StreamHash;
  readonly expected: ReturnType<typeof createHash>;
}

test('many hashes at once, in any order of calls, have the digests of node:crypto', (t) => {
  const thread = new HashThread();
  t.teardown(() => thread.close());
  const random = pseudoRandom(11);
  const open: Pair[] = [];
  const finished: { readonly hash: StreamHash; readonly expected: string }[] = [];
  for (let round = 0; round < 6000; round++) {
    if (open.length < 8 || random.below(10) < 3) {
      open.push({ hash: thread.hash(), expected: createHash('sha256') });
    }
    for (let i = 0; i < 6; i++) {
      const { hash, expected } = open[random.below(open.length)] as Pair;
      const length = random.below(5) === 0 ? random.below(BYTES.length) : random.below(70_000);
      hash.update(BYTES.subarray(0, length));
      expected.update(BYTES.subarray(0, length));
    }
    if (random.below(3) > 0) continue;
    const [{ hash, expected }] = open.splice(random.below(open.length), 1) as [Pair];
    if (random.below(9) === 0) {
      hash.discard();
      continue;
    }
    hash.finish();
    const digest = expected.digest('hex');
    // Some are asked for at once, which waits for the thread; most later, when it is far ahead.
    if (random.below(2) === 0) t.is(hash.hex(), digest);
    else finished.push({ hash, expected: digest });
  }
  t.true(finished.length > 300);
  for (const { hash, expected } of finished) t.is(hash.hex(), expected);
});

test('more finished hashes than there are slots keep their digests', (t) => {
  const thread = new HashThread();
  t.teardown(() => thread.close());
  const hashes = Array.from({ length: 3000 }, (_, i) => {
    const hash = thread.hash();
    hash.update(Buffer.from(String(i)));
    hash.finish();
    return hash;
  });
  hashes.forEach((hash, i) => {
    t.is(hash.hex(), createHash('sha256').update(String(i)).digest('hex'));
  });
});

test('bytes may change after the call, also those that take several blocks', (t) => {
  const { makeHash, close } = startHashing(1);
  t.teardown(close);
  const bytes = Buffer.alloc(700_000, 'a');
  const hash = makeHash();
  hash.update(bytes);
  bytes.fill('b');
  hash.update(bytes.subarray(0, 0));
  hash.finish();
  t.is(hash.hex(), createHash('sha256').update(Buffer.alloc(700_000, 'a')).digest('hex'));
});

for (const [name, makeHash] of [
  ['inline', () => inlineHash()],
  ['thread', () => new HashThread().hash()],
] as const) {
  test(`${name}: nothing is hashed, and nothing can be added to what is finished`, (t) => {
    const hash = makeHash();
    t.throws(() => hash.hex(), { message: /not been finished/ });
    hash.finish();
    t.is(hash.hex(), createHash('sha256').digest('hex'));
    t.is(hash.hex(), hash.hex());
    t.throws(() => hash.update(Buffer.from('x')), { message: /has been finished/ });
  });
}

test('--workers takes a number of threads', (t) => {
  t.is(parseWorkers('0'), 0);
  t.is(parseWorkers('12'), 12);
  t.true(parseWorkers(undefined) >= 0);
  for (const text of ['', '-1', '1.5', 'all', '1000']) {
    t.throws(() => parseWorkers(text), { instanceOf: RunFailure, message: /--workers/ });
  }
});

for (const [where, make] of [
  ['the calling thread', inlineHash],
  ['a thread', () => startHashing(1).makeHash()],
] as const) {
  test(`a hash on ${where} tells the digest so far and goes on`, (t) => {
    const hash = make();
    const expected = createHash('sha256');
    const earlier: (readonly [copy: FinishedHash, hex: string])[] = [];
    for (let i = 0; i < 5; i++) {
      const copies = [hash.soFar(), hash.soFar()];
      earlier.push([copies[0] as FinishedHash, expected.copy().digest('hex')]);
      t.is(copies[1]?.hex(), expected.copy().digest('hex'));
      const bytes = BYTES.subarray(i, i * 50_000);
      hash.update(bytes);
      expected.update(bytes);
    }
    hash.finish();
    t.is(hash.hex(), expected.digest('hex'));
    t.throws(() => hash.soFar(), { instanceOf: TypeError });
    for (const [copy, hex] of earlier) t.is(copy.hex(), hex, 'asked for when all had gone on');
  });
}

test('copies for which nobody asks do not use up the thread', (t) => {
  const { makeHash, close } = startHashing(1);
  t.teardown(close);
  const hash = makeHash();
  const copies = Array.from({ length: 3000 }, () => hash.soFar());
  hash.update(BYTES);
  hash.finish();
  t.is(copies[0]?.hex(), createHash('sha256').digest('hex'));
  t.is(hash.hex(), createHash('sha256').update(BYTES).digest('hex'));
});
