import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, TextValue, XmlScanner } from '@chatferry/export';
import {
  createPackageWriter,
  DEFAULT_LAYOUT,
  type DocumentLayout,
  locatePackage,
  PackageDirectory,
  PackageLedger,
  type PackageMessage,
  type ReadFault,
  readPackage,
  type TargetDirectory,
  type TargetMessage,
} from '@chatferry/import';
import test from 'ava';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.js';
import { brief, documentsOf, PACKAGES, soundBut, validated, zipOf } from './support/package-fixture.js';
import { guid, SAMPLE_DIRECTORY } from './support/target-sample.js';

const internal = (file: string) =>
  new URL(`../../packages/import/dist/read-package/${file}.js`, import.meta.url).href;
const { walkDocument } = (await import(
  internal('document-walk')
)) as typeof import('../../packages/import/dist/read-package/document-walk.js');
const { parseInt32, parseInt64, readInt32, readInt64 } = (await import(
  internal('parse-number')
)) as typeof import('../../packages/import/dist/read-package/parse-number.js');

interface PlainMessage {
  readonly roomId: number;
  readonly id: bigint;
  readonly date: bigint;
  readonly userId: number;
  readonly alert: boolean;
  readonly content: string;
  readonly rtf: string | null;
}

interface ReadBack {
  readonly directory: PackageDirectory;
  readonly messages: PlainMessage[];
  readonly faults: ReadFault[];
  readonly ledger: PackageLedger;
}

function plain(message: PackageMessage): PlainMessage {
  const { roomId, id, date, userId, alert, content, rtf } = message;
  return { roomId, id, date, userId, alert, content: content.toString(), rtf: rtf?.toString() ?? null };
}

async function readBack(zipPath: string): Promise<ReadBack> {
  const directory = new PackageDirectory();
  const ledger = new PackageLedger(directory);
  const messages: PlainMessage[] = [];
  const faults: ReadFault[] = [];
  await readPackage(zipPath, DEFAULT_LAYOUT, {
    directory,
    fault: (fault) => faults.push(fault),
    directoryRead: () => undefined,
    message(message) {
      ledger.message(message);
      messages.push(plain(message));
    },
    progress: () => undefined,
  });
  ledger.finish();
  return { directory, messages, faults, ledger };
}

async function readDocuments(folder: string, zip: Buffer): Promise<ReadBack> {
  const zipPath = join(folder, 'package.zip');
  writeFileSync(zipPath, zip);
  return await readBack(zipPath);
}

// --- what is read

test('the sound package reads back as what it says', async (t) => {
  const { directory, messages, faults } = await readDocuments(
    temporaryFolder(t),
    zipOf(documentsOf('sound')),
  );
  t.deepEqual(faults, []);
  t.deepEqual(
    directory.principals.map(({ id, principalKind, disabled }) => [id, principalKind, disabled]),
    [
      [1, 'system', 0],
      [10, 'user', 0],
      [11, 'user', 0],
      [12, 'user', 1],
      [13, 'user', 0],
      [20, 'group', 0],
      [21, 'folder', 0],
      [22, 'domain', 0],
    ],
  );
  t.is(directory.principalById.get(10)?.adPath, 'CN=Quince\\, Ada,OU=Growers,DC=orchard,DC=example');
  t.is(directory.principalById.get(11)?.email, null);
  t.deepEqual(directory.affiliations[0], { kind: 'affiliation', principalId: 10, groupIds: [20, 21] });
  t.is(directory.addIns[0]?.url, 'https://board.orchard.example/?a=1&b=2');
  const [fruit, drafts] = directory.categories;
  t.deepEqual([fruit?.allowed, fruit?.denied, fruit?.creators], [[22], [13], [10]]);
  t.deepEqual([fruit?.addedBy, fruit?.addedOn, fruit?.updatedBy], [1, 634000000000000000n, null]);
  t.deepEqual([drafts?.invitations, drafts?.chatHistory, drafts?.fileUpload], [false, false, true]);
  const [apples, auction, notes] = directory.rooms;
  t.deepEqual([apples?.type, apples?.privacy, apples?.invitations], ['Normal', 'Closed', 'Inherit']);
  t.deepEqual([auction?.type, auction?.privacy, auction?.invitations], ['Auditorium', 'Secret', 'False']);
  t.deepEqual([notes?.disabled, notes?.privacy, notes?.addInId], [true, 'Open', null]);
  t.deepEqual([apples?.managers, apples?.members, auction?.presenters], [[10], [10, 11], [11]]);
  t.deepEqual(
    directory.lastChatIds.map(({ roomId, id }) => [roomId, id]),
    [
      [200, 9007199254740993n],
      [201, 7n],
    ],
  );
  t.deepEqual(messages, [
    {
      roomId: 200,
      id: 1n,
      date: 634000000000000001n,
      userId: 10,
      alert: false,
      content: '1 < 2 && 3 > 2\r\nnext line',
      rtf: null,
    },
    {
      roomId: 200,
      id: 2n,
      date: 634000000000000000n,
      userId: 12,
      alert: true,
      content: 'café 🍎',
      rtf: '{\\rtf1 x\r\n}',
    },
    {
      roomId: 200,
      id: 9007199254740993n,
      date: 634100000000000000n,
      userId: 11,
      alert: false,
      content: '',
      rtf: null,
    },
    {
      roomId: 201,
      id: 7n,
      date: 635000000000000000n,
      userId: 1,
      alert: false,
      content: '&lt; stays, and <b> &amp; too',
      rtf: null,
    },
  ]);
});

test('the order of the documents in the ZIP does not matter', async (t) => {
  const folder = temporaryFolder(t);
  const inOrder = await readDocuments(folder, zipOf(documentsOf('sound')));
  const reversed = await readDocuments(folder, zipOf(new Map([...documentsOf('sound')].reverse())));
  t.deepEqual(reversed.messages, inOrder.messages);
  t.deepEqual(reversed.directory.rooms, inOrder.directory.rooms);
  t.deepEqual(reversed.ledger.tallies, inOrder.ledger.tallies);
});

test('a record that does not decode is left out and takes no other with it', async (t) => {
  const zip = zipOf(soundBut(['Messages.xml', 'date="634000000000000000"', 'date="soon"']));
  const { messages, faults, directory } = await readDocuments(temporaryFolder(t), zip);
  t.deepEqual(
    messages.map(({ id }) => id),
    [1n, 9007199254740993n, 7n],
  );
  t.deepEqual(
    faults.map(({ kind, place }) => [kind, place?.line]),
    [['layout', 6]],
  );
  t.deepEqual([...directory.incomplete], ['message']);
});

// --- cutting

/** Everything that a walk over one document says, in order, as text. */
async function walked(bytes: readonly Buffer[], document: DocumentLayout): Promise<string[]> {
  const said: string[] = [];
  async function* chunks(): AsyncGenerator<Buffer> {
    yield* bytes;
  }
  const scanner = new XmlScanner({ file: document.name, forbidden: 'report' });
  const note = (fault: ReadFault) =>
    said.push(`${fault.kind} ${fault.message} ${fault.place?.line}:${fault.place?.column}`);
  try {
    await walkDocument(
      chunks(),
      {
        scanner,
        document,
        fault: note,
        incomplete: () => said.push('incomplete'),
        record(reader, groupRoomId) {
          for (const fault of reader.faults) note(fault);
          const fields = ['id', 'name', 'description', 'date', 'content', 'rtf', 'principalId', 'uri'];
          const values = fields.map((field) => {
            const slot = reader.slot(field);
            return slot?.isSeen === true ? slot.value.toString() : '-';
          });
          const { line, column } = reader.place(null);
          said.push(
            `${groupRoomId} ${values.join('|')} ${JSON.stringify([...reader.lists])} ${line}:${column}`,
          );
        },
      },
      () => undefined,
    );
  } catch (error) {
    said.push(String(error));
  }
  return said;
}

test('any cutting of the bytes gives the same records, faults and places', async (t) => {
  const broken = soundBut(
    ['Messages.xml', '<Content/>', '<Content>a<!-- cut -->b&#x1;<![CDATA[c]]></Content><Odd>x<y/></Odd>'],
    ['Messages.xml', '<ChatRoom id="201">', '<Stray><Message id="1"/></Stray><ChatRoom id="201" x="1">'],
    ['ChatRooms.xml', 'isMember="1"', 'isMember="maybe"'],
    ['Categories.xml', '</Category>', '<Category/></Category>'],
    ['AddIns.xml', '</Url>', '</URL>'],
  );
  for (const document of DEFAULT_LAYOUT.documents) {
    const bytes = Buffer.from(broken.get(document.name) ?? '');
    const whole = await walked([bytes], document);
    t.true(whole.length > 0);
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const edges = [0, ...places.sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        t.deepEqual(await walked(pieces, document), whole);
      }),
      { numRuns: 40, seed: 7 },
    );
    const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    t.deepEqual(await walked(single, document), whole, document.name);
  }
});

// --- against the writer

const TEXT = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', ' ', '&lt;', ']]>', 'a\r\nb\rc\n\t', '😀', '<b>&amp;</b>', '\u0085\u2028'),
  )
  .map((text) =>
    text.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''),
  );

const MESSAGE = fc.record({
  gap: fc.bigInt({ min: 1n, max: 1n << 40n }),
  date: fc.bigInt({ min: 1n, max: 3155378975999999999n }),
  userId: fc.constantFrom(...SAMPLE_DIRECTORY.principals.map(({ id }) => id)),
  alert: fc.boolean(),
  content: TEXT,
  rtf: fc.option(TEXT),
});

test('what the package writer writes reads back equal, with the hash of its definition', async (t) => {
  const folder = temporaryFolder(t);
  const roomIds = SAMPLE_DIRECTORY.rooms.map(({ id }) => id);
  const guids = new Map(SAMPLE_DIRECTORY.principals.map((principal) => [principal.id, principal.guid]));
  const rooms = fc.array(fc.array(MESSAGE, { minLength: 1, maxLength: 8 }), { maxLength: roomIds.length });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rooms, fc.constantFrom(200, 2 ** 31), async (generated, documentLimit) => {
      run += 1;
      const messages: PlainMessage[] = generated.flatMap((room, index) => {
        let id = 0n;
        return room.map(({ gap, ...message }) => {
          id += gap;
          return { ...message, id, roomId: roomIds[index] as number };
        });
      });
      const file = join(folder, `${run}.zip`);
      const writer = await createPackageWriter({ file, layout: DEFAULT_LAYOUT, documentLimit });
      for (const message of messages) writer.messages.message(targetMessage(message));
      await writer.finish(SAMPLE_DIRECTORY, new Map());
      const read = await readBack(file);
      t.deepEqual(read.faults, []);
      t.deepEqual(read.messages, messages);
      t.deepEqual(lists(read.directory), lists(SAMPLE_DIRECTORY));
      for (const roomId of new Set(messages.map((message) => message.roomId))) {
        const own = messages.filter((message) => message.roomId === roomId);
        const tally = read.ledger.tallies.get(roomId);
        t.is(tally?.sha256, hashOf(own, guids));
        t.is(tally?.messages, own.length);
        t.is(
          tally?.textBytes,
          Buffer.byteLength(own.map(({ content, rtf }) => content + (rtf ?? '')).join('')),
        );
        t.is(tally?.highestId, own.at(-1)?.id);
      }
    }),
    { numRuns: 20, seed: 11 },
  );
});

function targetMessage(message: PlainMessage): TargetMessage {
  const rtf = message.rtf === null ? null : TextValue.from(message.rtf);
  return { ...message, kind: 'message', content: TextValue.from(message.content), rtf };
}

/** The records in the writer's order: ascending by id, principals of each list as well. */
function lists(directory: TargetDirectory): readonly unknown[] {
  const ascending = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
  const byId = <R extends { readonly id: number }>(records: readonly R[]) =>
    [...records].sort((a, b) => a.id - b.id);
  return [
    byId(directory.principals),
    [...directory.affiliations].sort((a, b) => a.principalId - b.principalId),
    directory.addIns
      .map((addIn) => ({ ...addIn, id: addIn.id.toLowerCase() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    byId(directory.categories).map(({ allowed, denied, creators, ...category }) => ({
      ...category,
      lists: [allowed, denied, creators].map(ascending),
    })),
    byId(directory.rooms).map(({ managers, members, presenters, ...room }) => ({
      ...room,
      lists: [managers, members, presenters].map(ascending),
    })),
  ];
}

/** The definition in ledger.ts, written down once more. */
function hashOf(messages: readonly PlainMessage[], guids: ReadonlyMap<number, string>): string {
  const hash = createHash('sha256');
  for (const { id, date, userId, alert, content, rtf } of messages) {
    const text = rtf === null ? content : `${content}\u001f${rtf}`;
    hash.update(`${id}\u001f${date}\u001f${guids.get(userId)}\u001f${alert ? 1 : 0}\u001f${text}\u001e`);
  }
  return hash.digest('hex');
}

test('a message larger than many chunks, and a room of many blocks, are hashed whole', async (t) => {
  const file = join(temporaryFolder(t), 'large.zip');
  const [roomId] = SAMPLE_DIRECTORY.rooms.map(({ id }) => id);
  const [user] = SAMPLE_DIRECTORY.principals;
  const messages = [1, 3_000_000, 5, 70_000, 65_000].map(
    (size, index): PlainMessage => ({
      roomId: roomId as number,
      id: BigInt(index + 1),
      date: 5n,
      userId: user?.id as number,
      alert: false,
      content: 'é<'.repeat(size),
      rtf: null,
    }),
  );
  const writer = await createPackageWriter({ file, layout: DEFAULT_LAYOUT });
  for (const message of messages) writer.messages.message(targetMessage(message));
  await writer.finish(SAMPLE_DIRECTORY, new Map());
  const { ledger } = await readBack(file);
  const guids = new Map([[user?.id as number, user?.guid as string]]);
  t.is(ledger.tallies.get(roomId as number)?.sha256, hashOf(messages, guids));
});

test('a room hash is withheld when no one can tell it', (t) => {
  const directory = new PackageDirectory();
  const place = { file: 'x', line: 1, column: 1, record: null };
  const principal = SAMPLE_DIRECTORY.principals[0] as (typeof SAMPLE_DIRECTORY.principals)[number];
  directory.add({ ...principal, id: 1, guid: guid(1) }, place);
  const tallyOf = (sequence: readonly (readonly [room: number, id: bigint, user: number])[]) => {
    const ledger = new PackageLedger(directory);
    for (const [roomId, id, userId] of sequence) {
      const digits = TextValue.from(String(id));
      const fields = { roomId, id, date: id, userId, alert: false, content: TextValue.from('x'), rtf: null };
      ledger.message({
        ...fields,
        kind: 'message',
        idDigits: digits,
        dateDigits: digits,
      } as unknown as PackageMessage);
    }
    ledger.finish();
    return ledger.tallies.get(1)?.sha256;
  };
  t.regex(
    tallyOf([
      [1, 1n, 1],
      [1, 2n, 1],
      [2, 1n, 1],
    ]) ?? '',
    /^[0-9a-f]{64}$/,
  );
  t.is(
    tallyOf([
      [1, 2n, 1],
      [1, 1n, 1],
    ]),
    null,
  );
  t.is(
    tallyOf([
      [1, 1n, 1],
      [1, 2n, 99],
    ]),
    null,
  );
  t.is(
    tallyOf([
      [1, 1n, 1],
      [2, 1n, 1],
      [1, 2n, 1],
    ]),
    null,
  );
});

// --- numbers

test('numbers decode from bytes as they do from text', (t) => {
  const int32 = (text: string) => {
    const value = readInt32(TextValue.from(text));
    return Number.isNaN(value) ? null : value;
  };
  const text = fc.oneof(
    fc.bigInt({ min: -(1n << 64n), max: 1n << 64n }).map(String),
    fc.integer().map(String),
    fc.string({ maxLength: 4 }),
    fc.constantFrom(
      '',
      '-',
      '-0',
      '00',
      '01',
      '+1',
      ' 1',
      '1 ',
      '1e3',
      '2147483647',
      '2147483648',
      '-2147483648',
    ),
    fc.constantFrom('9223372036854775807', '9223372036854775808', '-9223372036854775808', '9'.repeat(40)),
  );
  fc.assert(
    fc.property(text, (digits) => {
      t.is(int32(digits), parseInt32(digits));
      t.is(readInt64(TextValue.from(digits)), parseInt64(digits));
      const isCanonical = /^(0|-?[1-9][0-9]*)$/.test(digits);
      const value = isCanonical ? BigInt(digits) : null;
      t.is(parseInt32(digits), value !== null && BigInt.asIntN(32, value) === value ? Number(value) : null);
      t.is(parseInt64(digits), value !== null && BigInt.asIntN(64, value) === value ? value : null);
    }),
    { numRuns: 2000, seed: 3 },
  );
});

// --- the program

const BINARY = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));

function run(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BINARY, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

test('chatferry-validate: exit codes and the first line', (t) => {
  const folder = temporaryFolder(t);
  const sound = join(folder, 'sound.zip');
  const broken = join(folder, 'broken.zip');
  writeFileSync(sound, zipOf(documentsOf('sound')));
  writeFileSync(broken, zipOf(documentsOf('setting-legal')));
  const ledger = join(PACKAGES, 'sound/ledger.json');
  const ready = run(sound, '--ledger', ledger);
  t.deepEqual([ready.status, ready.err], [0, '']);
  t.is(
    ready.out.split('\n')[0],
    'Ready to import. Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import. ' +
      'Checked without seal: nothing here can tell whether these are the bytes that were sealed.',
  );
  t.regex(ready.out, /2 categories, 3 rooms, 8 principals, 4 messages/);
  t.regex(ready.out, /Skipped: seal-intact/);
  const notReady = run(broken);
  t.is(notReady.status, 1);
  t.regex(notReady.out, /^NOT READY: 1 error finding\.\n/);
  t.regex(
    notReady.out,
    /error setting-legal: 1\n {2}ChatRooms.xml:5:1 \(room 202\): Unexpected value of visibility/,
  );
  t.is(run(broken, '--quiet').out, 'NOT READY: 1 error finding.\n');
  const json = JSON.parse(run(broken, '--json').out);
  t.deepEqual([json.exitCode, json.errors, json.findings[0].rule], [1, 1, 'setting-legal']);
  const missing = run(join(folder, 'nothing.zip'));
  t.is(missing.status, 2);
  t.regex(missing.err, /^Could not finish: .*nothing\.zip does not exist/);
  t.is(run().status, 2);
  t.is(run(sound, '--colour').status, 2);
  t.is(run(sound, 'another').status, 2);
  t.is(run(sound, '--ledger', join(folder, 'none.json')).status, 2);
  const help = run('--help');
  t.is(help.status, 0);
  t.regex(help.out, /Exit codes:[\s\S]*Example:/);
});

test('a handoff folder leads to its package, and a marked one is never ready', async (t) => {
  const folder = temporaryFolder(t);
  await t.throwsAsync(locatePackage(folder), { message: /holds no data\/PersistentChatData.zip/ });
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/PersistentChatData.zip'), zipOf(documentsOf('sound')));
  t.deepEqual(await locatePackage(folder), {
    zipPaths: [join(folder, 'data/PersistentChatData.zip')],
    parts: null,
    ledgerPath: null,
    handoffPath: folder,
    isMarkedNotReady: false,
  });
  const marked = join(folder, 'data/PersistentChatData.NOT-READY.zip');
  writeFileSync(marked, zipOf(documentsOf('sound')));
  t.true((await locatePackage(folder)).isMarkedNotReady);
  const { status, out } = run(marked);
  t.is(status, 1);
  t.regex(out, /^NOT READY: 1 error finding\.\n[\s\S]*handoff-ready/);
});

test('findings name no message text', async (t) => {
  const secret = 'quarterly numbers';
  const zip = zipOf(
    soundBut(
      ['Messages.xml', 'next line', `${secret}&#x1;`],
      ['Messages.xml', 'isAlert="1"', 'isAlert="7"'],
      ['Messages.xml', '<Content/>', `<Content>${secret}<b>${secret}</b></Content>`],
    ),
  );
  const { findings } = await validated(zip);
  t.true(findings.length >= 3);
  const shownText = findings.map((finding: Finding) => brief(finding) + JSON.stringify(finding)).join('\n');
  t.false(shownText.includes('quarterly'), shownText);
});
