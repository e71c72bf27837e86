import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type LedgerDocument, type RecordState } from '@chatferry/import';
import { assertBalance, type HashedMessage, Ledger, LedgerExceptions } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { NO_DIRECTORY } from '../support/no-directory.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const AUTHOR = '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11';
const GUIDS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const EMPTY_SHA256 = createHash('sha256').digest('hex');

function hashed(id: bigint, date: bigint, text = '', alert = false): HashedMessage {
  const bytes = Buffer.from(text, 'utf8');
  return {
    id,
    date,
    authorGuid: Buffer.from(AUTHOR),
    alert,
    content: { bytes, start: 0, end: bytes.length },
  };
}

/** The byte form as `RoomAccount.sha256` documents it. */
function expectedSha256(
  messages: readonly { id: bigint; date: bigint; text: string; alert: boolean }[],
): string {
  const hash = createHash('sha256');
  for (const { id, date, text, alert } of messages) {
    hash.update(`${id}\u001f${date}\u001f${AUTHOR}\u001f${alert ? '1' : '0'}\u001f${text}\u001e`, 'utf8');
  }
  return hash.digest('hex');
}

/** One thing that can happen to a record; `where` chooses the table, room or channelID. */
type Step =
  | { kind: 'row'; where: number; state: RecordState; rule: string; records: number }
  | { kind: 'message'; where: number; state: RecordState; rule: string; bytes: number; grown: number }
  | { kind: 'unplaced'; where: number; state: 'excluded' | 'refused'; rule: string; bytes: number };

const anyState = fc.constantFrom<RecordState>('carried', 'changed', 'excluded', 'refused');
const anyRule = fc.constantFrom('message-id-duplicate', 'room-disabled', 'name-unusable');
const anyBytes = fc.nat({ max: 70_000 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('row' as const),
    where: fc.nat({ max: 1 }),
    state: anyState,
    rule: anyRule,
    records: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('message' as const),
    where: fc.nat({ max: 1 }),
    state: anyState,
    rule: anyRule,
    bytes: anyBytes,
    grown: anyBytes,
  }),
  fc.record({
    kind: fc.constant('unplaced' as const),
    where: fc.nat({ max: 1 }),
    state: fc.constantFrom('excluded' as const, 'refused' as const),
    rule: anyRule,
    bytes: anyBytes,
  }),
);

function play(ledger: Ledger, steps: readonly Step[]): LedgerDocument {
  let id = 0n;
  for (const step of steps) {
    if (step.kind === 'row') {
      const table = ledger.table(step.where === 0 ? 'tblNode' : 'tblPrincipal');
      table.read(step.records);
      table.settle(step.state, step.state === 'carried' ? null : step.rule, step.records);
    } else if (step.kind === 'unplaced') {
      ledger.unplaced(40 + step.where)[step.state](step.rule, step.bytes);
    } else {
      id += 1n;
      playMessage(ledger, step, id);
    }
  }
  return ledger.toDocument(NO_DIRECTORY);
}

function playMessage(ledger: Ledger, step: Extract<Step, { kind: 'message' }>, id: bigint): void {
  const room = ledger.room(GUIDS[step.where] as string, `Room ${step.where}`);
  const date = 634_000_000_000_000_000n - id;
  if (step.state === 'excluded' || step.state === 'refused') {
    room[step.state](step.rule, step.bytes);
    return;
  }
  if (step.state === 'carried') room.carried(id, date, step.bytes);
  else room.changed(step.rule, { id, date }, { bytesRead: step.bytes, bytesWritten: step.grown });
  room.hashMessage(hashed(id, date));
}

/** Every number of a document as a path to it. */
function numberPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => numberPaths(member, [...path, key]));
}

function withAltered(document: LedgerDocument, path: readonly string[], by: number): LedgerDocument {
  const copy = structuredClone(document);
  let at = copy as unknown as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = path.at(-1) as string;
  at[last] = (at[last] as number) + by;
  return copy;
}

test('any sequence of settlements balances', (t) => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      t.deepEqual(assertBalance(play(new Ledger(), steps)), []);
    }),
  );
});

test('a single count that is off never balances', (t) => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { minLength: 1, maxLength: 30 }),
      fc.nat(),
      fc.integer({ min: -3, max: 3 }).filter((by) => by !== 0),
      (steps, choice, by) => {
        const document = play(new Ledger(), steps);
        // What was written of the directory is held against the package, not against itself.
        const paths = numberPaths(document).filter(([top]) => top !== 'version' && top !== 'directory');
        const path = paths[choice % paths.length] as string[];
        t.not(assertBalance(withAltered(document, path, by)).length, 0, path.join('.'));
      },
    ),
    { numRuns: 300 },
  );
});

test('the document of one of everything', (t) => {
  const ledger = new Ledger();
  const nodes = ledger.table('tblNode');
  nodes.read(4);
  nodes.settle('carried', null, 2);
  nodes.settle('changed', 'category-nested');
  nodes.settle('excluded', 'room-disabled');
  const room = ledger.room(GUIDS[0] as string, 'Operations');
  room.carried(3n, 634_000_000_000_000_009n, 10);
  room.hashMessage(hashed(3n, 634_000_000_000_000_009n, 'ten bytes!'));
  room.changed(
    'message-content-forbidden-character',
    { id: 7n, date: 634_000_000_000_000_002n },
    { bytesRead: 5, bytesWritten: 7 },
  );
  room.hashMessage(hashed(7n, 634_000_000_000_000_002n, 'changed', true));
  room.excluded('message-id-duplicate', 10);
  room.refused('message-id-duplicate', 4);
  ledger.unplaced(99).refused('message-room-missing', 6);
  const duplicates = [
    { state: 'excluded', records: 1, textBytes: 10 },
    { state: 'refused', records: 1, textBytes: 4 },
  ];
  const document = ledger.toDocument(NO_DIRECTORY);
  t.deepEqual(document.tables.tblNode, {
    read: 4,
    carried: 2,
    changed: 1,
    excluded: 1,
    refused: 0,
    written: 3,
    byRule: {
      'category-nested': [{ state: 'changed', records: 1, textBytes: 0 }],
      'room-disabled': [{ state: 'excluded', records: 1, textBytes: 0 }],
    },
  });
  t.deepEqual(document.rooms[GUIDS[0] as string], {
    name: 'Operations',
    read: 4,
    carried: 1,
    changed: 1,
    excluded: 1,
    refused: 1,
    written: 2,
    byRule: {
      'message-content-forbidden-character': [{ state: 'changed', records: 1, textBytes: 2 }],
      'message-id-duplicate': duplicates,
    } as never,
    textBytesRead: 29,
    textBytesWritten: 17,
    textBytesExcluded: 10,
    textBytesRefused: 4,
    textBytesAltered: 2,
    firstDate: '634000000000000002',
    lastDate: '634000000000000009',
    lowestId: '3',
    highestId: '7',
    sha256: expectedSha256([
      { id: 3n, date: 634_000_000_000_000_009n, text: 'ten bytes!', alert: false },
      { id: 7n, date: 634_000_000_000_000_002n, text: 'changed', alert: true },
    ]),
  });
  t.is(document.tables.tblChat?.read, 5);
  t.is(document.tables.tblChat?.written, 2);
  t.deepEqual(document.tables.tblChat?.byRule['message-room-missing'], [
    { state: 'refused', records: 1, textBytes: 6 },
  ]);
  t.deepEqual(document.unplaced['99']?.sha256, EMPTY_SHA256);
  t.deepEqual(assertBalance(document), []);
});

test('a room of which nothing is written, and an empty ledger', (t) => {
  const ledger = new Ledger();
  t.deepEqual(Object.keys(ledger.toDocument(NO_DIRECTORY).tables), ['tblChat']);
  t.deepEqual(assertBalance(ledger.toDocument(NO_DIRECTORY)), []);
  ledger.room(GUIDS[0] as string, 'Empty');
  const account = ledger.toDocument(NO_DIRECTORY).rooms[GUIDS[0] as string];
  t.like(account, { read: 0, written: 0, firstDate: null, highestId: null, sha256: EMPTY_SHA256 });
  t.deepEqual(assertBalance(ledger.toDocument(NO_DIRECTORY)), []);
});

test('a room SHA-256 is that of the documented bytes, whatever the lengths and the interleaving', (t) => {
  const anyMessage = fc.record({
    room: fc.nat({ max: 1 }),
    date: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
    alert: fc.boolean(),
    text: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 65_300, max: 65_700 }).map((length) => 'x'.repeat(length)),
      fc.constant('y'.repeat(140_000)),
    ),
  });
  const check = fc.property(
    fc.array(anyMessage, { maxLength: 12 }),
    fc.bigInt({ min: -9n, max: 2n ** 62n }),
    (drawn, first) => {
      const ledger = new Ledger();
      const messages = drawn.map((message, index) => ({ ...message, id: first + BigInt(index) }));
      for (const { room, id, date, text, alert } of messages) {
        const account = ledger.room(GUIDS[room] as string, 'Room');
        account.carried(id, date, Buffer.byteLength(text));
        account.hashMessage(hashed(id, date, text, alert));
      }
      const { rooms } = ledger.toDocument(NO_DIRECTORY);
      GUIDS.forEach((guid, room) => {
        const own = messages.filter((message) => message.room === room);
        t.is(rooms[guid]?.sha256 ?? EMPTY_SHA256, expectedSha256(own));
      });
    },
  );
  fc.assert(check, { numRuns: 60 });
});

test('a document can be taken twice; it ends the messages of every room', (t) => {
  const ledger = new Ledger();
  const room = ledger.room(GUIDS[0] as string, 'Room');
  room.carried(1n, 5n, 1);
  room.hashMessage(hashed(1n, 5n, 'a'));
  t.deepEqual(ledger.toDocument(NO_DIRECTORY), ledger.toDocument(NO_DIRECTORY));
  t.is(
    ledger.toDocument(NO_DIRECTORY).rooms[GUIDS[0] as string]?.sha256,
    expectedSha256([{ id: 1n, date: 5n, text: 'a', alert: false }]),
  );
  t.throws(() => room.hashMessage(hashed(2n, 5n, 'b')), { message: /after the last one/ });
});

test('forgetMessages starts over: the second pass is as if it were the first', (t) => {
  const steps = fc.sample(anyStep, { numRuns: 40, seed: 7 }).filter((step) => step.kind !== 'row');
  const ledger = new Ledger();
  ledger.table('tblNode').read();
  ledger.table('tblNode').settle('carried', null);
  ledger.messagesRead(1_000);
  play(ledger, steps);
  ledger.forgetMessages();
  const room = ledger.room(GUIDS[0] as string, 'Room 0');
  room.carried(1n, 1n, 1);
  room.hashMessage(hashed(1n, 1n, 'staged, and not to be seen again'));
  ledger.forgetMessages();
  const fresh = new Ledger();
  fresh.table('tblNode').read();
  fresh.table('tblNode').settle('carried', null);
  t.deepEqual(play(ledger, steps), play(fresh, steps));
});

test('after the last message of a room its digest is final', (t) => {
  const play = (isEnded: boolean): Ledger => {
    const ledger = new Ledger();
    const room = ledger.room(GUIDS[0] as string, 'Room');
    room.carried(1n, 5n, 1);
    room.hashMessage(hashed(1n, 5n, 'a'));
    if (isEnded) room.endMessages();
    return ledger;
  };
  t.deepEqual(play(true).toDocument(NO_DIRECTORY), play(false).toDocument(NO_DIRECTORY));
  const room = play(true).room(GUIDS[0] as string, 'Room');
  t.throws(() => room.hashMessage(hashed(2n, 5n, 'b')), { message: /after the last one/ });
  room.clear();
  t.notThrows(() => room.hashMessage(hashed(2n, 5n, 'b')));
});

test('a message that was read but never settled, and a row of a table likewise, do not balance', (t) => {
  const ledger = new Ledger();
  ledger.messagesRead(2);
  ledger.room(GUIDS[0] as string, 'Room').refused('message-author-missing', 3);
  ledger.table('tblNode').read(2);
  ledger.table('tblNode').settle('carried', null);
  t.deepEqual(assertBalance(ledger.toDocument(NO_DIRECTORY)), [
    'tblChat: read 2, but carried 0 + changed 0 + excluded 0 + refused 1 = 1',
    'tblNode: read 2, but carried 1 + changed 0 + excluded 0 + refused 0 = 1',
    'tblChat: read 2, but the rooms sum up to 1',
  ]);
});

test('what the sums cannot hold is refused at once', (t) => {
  const ledger = new Ledger();
  t.throws(() => ledger.table('tblChat'), { message: /settled on their rooms/ });
  t.throws(() => ledger.table('tblNode').settle('refused', null), { message: /without a rule/ });
  t.throws(() => ledger.table('tblNode').settle('carried', 'some-rule'), { message: /needs no rule/ });
  ledger.room(GUIDS[0] as string, 'Room').carried(1n, 1n, 1);
  t.throws(() => ledger.toDocument(NO_DIRECTORY), { message: 'room "Room": 0 messages hashed, 1 written' });
});

test('assertBalance sees dates, ids and hashes that contradict the counts', (t) => {
  const ledger = new Ledger();
  ledger.room(GUIDS[0] as string, 'Empty');
  const room = ledger.room(GUIDS[1] as string, 'Room');
  room.carried(1n, 1n, 1);
  room.hashMessage(hashed(1n, 1n, 'a'));
  const alter = (guid: string, members: object): LedgerDocument => {
    const document = structuredClone(ledger.toDocument(NO_DIRECTORY));
    Object.assign(document.rooms[guid] as object, members);
    return document;
  };
  t.is(assertBalance(alter(GUIDS[0] as string, { firstDate: '1' })).length, 1);
  t.is(assertBalance(alter(GUIDS[0] as string, { sha256: 'ab' })).length, 1);
  t.is(assertBalance(alter(GUIDS[1] as string, { sha256: EMPTY_SHA256 })).length, 1);
  t.is(assertBalance(alter(GUIDS[1] as string, { lastDate: null })).length, 1);
  t.is(assertBalance(alter(GUIDS[1] as string, { lowestId: '10', highestId: '9' })).length, 1);
});

test('an unplaced message cannot have been written', (t) => {
  const ledger = new Ledger();
  const lost = ledger.unplaced(5);
  lost.carried(1n, 1n, 1);
  lost.hashMessage(hashed(1n, 1n, 'a'));
  t.deepEqual(assertBalance(ledger.toDocument(NO_DIRECTORY)), [
    'channelID 5: written 1, although the room does not exist',
  ]);
});

test('ledger.json has the same bytes for the same settlements in another order', (t) => {
  const write = (order: readonly number[]): string => {
    const ledger = new Ledger();
    for (const channelID of order) ledger.unplaced(channelID).refused(`rule-${channelID}`, 1);
    for (const guid of order.map((index) => `guid-${index}`)) ledger.room(guid, guid).excluded('rule', 2);
    return canonicalJson(ledger.toDocument(NO_DIRECTORY));
  };
  t.is(write([2, 10, 1]), write([1, 2, 10]));
  t.true(
    write([2, 10, 1]).includes(
      '\n  },\n  "rooms": {\n    "guid-1": {\n      "byRule": {\n        "rule": [\n',
    ),
  );
  t.regex(
    write([2, 10, 1]),
    /"unplaced": \{\n {4}"1": .*\n {4}"10": .*\n {4}"2": .*\},\n {2}"version": 1\n\}\n$/s,
  );
});

test('ledger.ndjson lists exceptions in order, and rewinds', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'ledger.ndjson');
  const exceptions = new LedgerExceptions(path);
  const place = { file: 'tblNode.xml', line: 3, column: 9, record: 'node 5' };
  exceptions.row({ table: 'tblNode', key: '5', place, state: 'excluded', rule: 'room-disabled' });
  const mark = exceptions.mark();
  for (let id = 0; id < 2_000; id++) {
    exceptions.row({ table: 'tblChat', key: `40#${id}`, place: null, state: 'refused', rule: 'gone' });
  }
  exceptions.rewind(mark);
  exceptions.row({
    table: 'tblChat',
    key: '40#7',
    place: null,
    state: 'refused',
    rule: 'message-room-missing',
  });
  exceptions.close();
  exceptions.close();
  t.deepEqual(readFileSync(path, 'utf8').split('\n'), [
    '{"key":"5","place":{"column":9,"file":"tblNode.xml","line":3,"record":"node 5"},"rule":"room-disabled","state":"excluded","table":"tblNode"}',
    '{"key":"40#7","place":null,"rule":"message-room-missing","state":"refused","table":"tblChat"}',
    '',
  ]);
  const silent = new LedgerExceptions(null);
  silent.row({ table: 'tblChat', key: '1', place: null, state: 'refused', rule: 'x' });
  silent.rewind(silent.mark());
  t.notThrows(() => silent.close());
  t.throws(() => new LedgerExceptions(join(folder, 'missing', 'ledger.ndjson')), {
    message: /^Cannot write /,
  });
});
