import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { ByteSink, openZipArchive, RunFailure, TextValue, TRAIT } from '@chatferry/export';
import {
  createPackageWriter,
  DEFAULT_LAYOUT,
  directoryDocument,
  isLayoutConfirmed,
  type Layout,
  layoutPaths,
  MessageWriter,
  type PackageState,
  type PackageSummary,
  type PackageWriter,
  parseLayout,
  resumePackageWriter,
  serialiseElement,
  type TargetDirectory,
  type TargetMessage,
  type XmlElement,
} from '@chatferry/import';
import test from 'ava';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { create } from 'xmlbuilder2';
import { fromBufferPromise } from 'yauzl';
import { ZipFile, type ZipFileOptions } from '../../packages/import/dist/package/zip-file.js';
import { zipDirectory } from '../../packages/import/dist/package/zip-format.js';
import type { ArchiveSummary } from '../../packages/import/dist/package/zip-state.js';
import { zipCoverageFaults } from '../../packages/import/dist/read-package/zip-coverage.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import {
  category,
  EMPTY_DIRECTORY,
  guid,
  principal,
  room,
  SAMPLE_DIRECTORY,
} from './support/target-sample.js';

const IMPORT_ROOM = dirname(dirname(fileURLToPath(import.meta.resolve('@chatferry/import'))));
const LAYOUT_FOLDER = join(IMPORT_ROOM, 'layouts/pool-2013');
const LAYOUT_JSON = readFileSync(join(LAYOUT_FOLDER, 'layout.json'), 'utf8');
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const HAS_XMLLINT = spawnSync('xmllint', ['--version']).status === 0;

// --- the layout

test('what Microsoft published is published, everything else only assumed', (t) => {
  const paths = layoutPaths(DEFAULT_LAYOUT);
  const published = paths.filter(({ evidence }) => evidence === 'published').map(({ path }) => path);
  t.deepEqual(published.sort(), [
    'AdAffiliations.xml Pool/AdAffiliations',
    'AdAffiliations.xml Pool/AdAffiliations/User',
    'AdAffiliations.xml Pool/AdAffiliations/User/@id',
    'AdAffiliations.xml Pool/AdAffiliations/User/Groups',
    'AdAffiliations.xml Pool/AdAffiliations/User/Groups/Group',
    'AdAffiliations.xml Pool/AdAffiliations/User/Groups/Group/@id',
    'AdGroups.xml Pool/AdGroups',
    'AdGroups.xml Pool/AdGroups/Group',
    'AdGroups.xml Pool/AdGroups/Group/@principalId',
    'AdUsers.xml Pool/AdUsers',
    'AdUsers.xml Pool/AdUsers/User',
    'AdUsers.xml Pool/AdUsers/User/@UserPrincipalName',
    'AdUsers.xml Pool/AdUsers/User/@principalId',
    'ChatRooms.xml Pool/ChatRooms',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/@isDisabled',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Desc',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Name',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles/Principal',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles/Principal/@id',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles/Principal/@isCreator',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles/Principal/@isManager',
    'ChatRooms.xml Pool/ChatRooms/ChatRoom/Roles/Principal/@isMember',
  ]);
  t.false(paths.some(({ evidence }) => evidence === 'observed'));
  t.false(isLayoutConfirmed(DEFAULT_LAYOUT));
  t.is(new Set(paths.map(({ path }) => path)).size, paths.length);
});

test('a layout without assumed paths is confirmed', (t) => {
  const observed = parseLayout(LAYOUT_JSON.replaceAll('"assumed"', '"observed"'));
  t.true(isLayoutConfirmed(observed));
});

const BROKEN_LAYOUTS: readonly (readonly [
  name: string,
  from: string | RegExp,
  to: string,
  expected: RegExp,
])[] = [
  ['not JSON', /^\{/, '', /at the top, expected a JSON document/],
  ['another version', '"version": 1', '"version": 2', /unexpected 2 at version, expected 1/],
  ['an unknown key', '"version": 1', '"version": 1, "colour": "red"', /unexpected "red" at colour/],
  ['an unknown key deep inside', '"name": "isDenied"', '"name": "isDenied", "x": 1', /attributes\[1\]\.x/],
  [
    'an unknown evidence',
    '"evidence": "assumed"',
    '"evidence": "hoped"',
    /expected one of published, assumed/,
  ],
  [
    'a missing key',
    '"confirmedAgainst": null,',
    '"confirmedAgainst": 7,',
    /unexpected 7 at confirmedAgainst/,
  ],
  ['a name that is no XML name', '"isDenied"', '"is denied"', /expected an XML name/],
  ['a document outside the root of the ZIP', '"AddIns.xml"', '"../AddIns.xml"', /expected a plain file name/],
  ['two documents of one name', '"AddIns.xml"', '"categories.xml"', /expected document names that differ/],
  ['a field that nothing writes', '"field": "email"', '"field": "company"', /expected a path for email/],
  ['a field that the record has not', '"field": "email"', '"field": "mail"', /expected a field of principal/],
  [
    'a coding that does not fit',
    '"coding": "ticks"',
    '"coding": "text"',
    /Messages\.xml date, expected coding ticks/,
  ],
  [
    'a required path for a nullable field',
    /("field": "rtf".*)"optional": true/,
    '$1"optional": false',
    /optional true/,
  ],
  ['a word without a code', '"Open": "6"', '"Ajar": "6"', /expected values for Secret, Closed, Open/],
  ['two words with one code', '"Open": "6"', '"Open": "3"', /expected codes that differ/],
  ['a list that nothing writes', '"elseList": "allowed",', '', /expected a path for allowed/],
  ['an unknown list', '"list": "managers"', '"list": "bosses"', /expected a path for managers/],
  [
    'a principal kind without document',
    '"group", "folder", "domain"',
    '"group", "domain"',
    /each of user, group/,
  ],
  ['roots that differ', '["Pool", "AddIns"]', '["Pond", "AddIns"]', /expected one root element/],
];

for (const [name, from, to, expected] of BROKEN_LAYOUTS) {
  test(`a layout with ${name} is refused`, (t) => {
    const broken = LAYOUT_JSON.replace(from, to);
    t.not(broken, LAYOUT_JSON);
    const failure = t.throws(() => parseLayout(broken), { instanceOf: RunFailure });
    t.is(failure?.code, 'arguments');
    t.regex(failure?.message ?? '', expected);
  });
}

// --- elements and directory documents

const PIECES = [
  '&',
  '&lt;',
  '&#13;',
  '&#xD;',
  '&amp;amp;',
  '&nope;',
  '<',
  '>',
  ']]>',
  '<![CDATA[',
  '"',
  "'",
  '\r\n',
  '\r',
  '\n',
  '\t',
  ' ',
  '   ',
  'plain words',
  'ä',
  'ß',
  '漢字',
  'עברית',
  '\u{1F600}',
  '\u0085',
  '\u2028',
  '\uFFFD',
  '\u007f',
  '#13;',
  'x'.repeat(70),
];
const awkwardText = fc
  .array(fc.integer({ min: 0, max: PIECES.length - 1 }), { maxLength: 12 })
  .map((indexes) => indexes.map((index) => PIECES[index]).join(''));

function readBack(xml: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const seen: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    seen.push({ name, attributes: { ...(attributes as Record<string, string>) }, text: '' });
  });
  parser.on('text', (text) => {
    const last = seen.at(-1);
    if (last) last.text += text;
  });
  parser.write(xml).close();
  return seen;
}

test('an element reads back as it was, whatever its text looks like', (t) => {
  fc.assert(
    fc.property(awkwardText, awkwardText, (attribute, text) => {
      const xml = serialiseElement({ name: 'r', attributes: [['a', attribute]], content: text });
      t.deepEqual(readBack(xml), [{ name: 'r', attributes: { a: attribute }, text }]);
    }),
    { seed: 11, numRuns: 300 },
  );
});

test('the exact form of an element', (t) => {
  const leaf = (content: string | XmlElement[]): XmlElement => ({ name: 'e', attributes: [], content });
  t.is(serialiseElement(leaf('')), '<e></e>');
  t.is(serialiseElement(leaf([])), '<e/>');
  t.is(serialiseElement(leaf([leaf(' '), leaf([])])), '<e><e> </e><e/></e>');
  t.is(serialiseElement(leaf('\r\n\t"\'<>&]]>&#13;')), '<e>&#xD;\n\t"\'&lt;&gt;&amp;]]&gt;&amp;#13;</e>');
  t.is(
    serialiseElement({
      name: 'e',
      attributes: [
        ['a', '\r\n\t"\'<>&&#13;'],
        ['b', ''],
      ],
      content: [],
    }),
    '<e a="&#xD;&#xA;&#x9;&quot;\'&lt;&gt;&amp;&amp;#13;" b=""/>',
  );
});

test('a long list is written in batches and reads as one', (t) => {
  const leaf = (index: number): XmlElement => ({ name: 'i', attributes: [['n', `${index}&`]], content: [] });
  const list = (count: number): XmlElement => ({
    name: 'list',
    attributes: [['id', '1']],
    content: Array.from({ length: count }, (_, index) => leaf(index)),
  });
  const expected = (count: number) =>
    `<list id="1">${Array.from({ length: count }, (_, index) => `<i n="${index}&amp;"/>`).join('')}</list>`;
  for (const count of [999, 1000, 1001, 2500]) {
    t.is(serialiseElement(list(count)), expected(count));
    const outer: XmlElement = {
      name: 'o',
      attributes: [['a', '/>']],
      content: [leaf(7), list(count), leaf(8)],
    };
    t.is(serialiseElement(outer), `<o a="/&gt;"><i n="7&amp;"/>${expected(count)}<i n="8&amp;"/></o>`);
  }
  const many: XmlElement = {
    name: 'o',
    attributes: [],
    content: Array.from({ length: 1001 }, () => list(1)),
  };
  t.is(serialiseElement(many), `<o>${expected(1).repeat(1001)}</o>`);
  const nested: XmlElement = {
    name: 'o',
    attributes: [],
    content: [...many.content, list(1001)] as XmlElement[],
  };
  t.is(serialiseElement(nested), `<o>${expected(1).repeat(1001)}${expected(1001)}</o>`);
});

for (const text of ['a\u0001b', 'a\ud800b', '\udc00', '\ufffe', '\u0000']) {
  const shown = [...text].map((character) => character.codePointAt(0)?.toString(16)).join(' ');
  test(`text that XML cannot hold (${shown}) is refused, not written`, (t) => {
    for (const element of [
      { name: 'e', attributes: [['id', '7']] as const, content: text },
      {
        name: 'e',
        attributes: [
          ['id', '7'],
          ['a', text],
        ] as const,
        content: '',
      },
    ]) {
      const failure = t.throws(() => serialiseElement(element), { instanceOf: RunFailure });
      t.is(failure?.code, 'bug');
      t.true(failure?.message.includes('e with id 7'));
    }
  });
}

function documents(directory: TargetDirectory, lastChatIds = new Map<number, bigint>()): Map<string, string> {
  const written = DEFAULT_LAYOUT.documents
    .filter(({ kind }) => kind !== 'message')
    .map((document): [string, string] => [
      document.name,
      [...directoryDocument(document, directory, lastChatIds)].join(''),
    ]);
  return new Map(written);
}

test('the directory documents of the sample, byte for byte', (t) => {
  const written = documents(SAMPLE_DIRECTORY, new Map([[40, 9007199254740993n]]));
  t.is(
    written.get('AdUsers.xml'),
    `${DECLARATION}<Pool><AdUsers><User principalId="1" guid="${guid(1)}" uri="ma-sys:1" kind="system" disabled="0"/>` +
      `<User principalId="12" guid="${guid(12)}" uri="sip:mira@contoso.example" kind="user" disabled="2" name="mira" ` +
      'displayName="Mira &quot;M&quot; &lt;Okafor&gt;&#x9;A&amp;B&#xD;&#xA;" companyName="Contoso &amp;amp; Söhne" ' +
      'email="mira@contoso.example" adPath="CN=Mira O\'Kafor,OU=Ops,DC=contoso,DC=example" ' +
      'UserPrincipalName="mira@contoso.example"/></AdUsers></Pool>',
  );
  t.is(
    written.get('AdAffiliations.xml'),
    `${DECLARATION}<Pool><AdAffiliations><User id="12"><Groups><Group id="22"/><Group id="20"/></Groups></User>` +
      '<User id="20"><Groups/></User></AdAffiliations></Pool>',
  );
  t.is(
    written.get('Categories.xml'),
    `${DECLARATION}<Pool><Categories><Category id="5" guid="${guid(5)}" isInvite="1" isLogged="1" isFilePost="0" ` +
      'addedBy="1" addedOn="633482073409535482" updatedBy="12" updatedOn="3155378975999999999">' +
      '<Name>  ]]&gt; עברית</Name><Desc>two&#xD;\nlines</Desc>' +
      '<Scope><Principal id="12" isDenied="0"/><Principal id="12" isDenied="1"/><Principal id="20" isDenied="1"/>' +
      '<Principal id="22" isDenied="0"/></Scope>' +
      '<Roles><Principal id="12" isCreator="1"/><Principal id="22" isCreator="1"/></Roles></Category>' +
      `<Category id="6" guid="${guid(6)}" isInvite="0" isLogged="0" isFilePost="1">` +
      '<Name>Category 6</Name><Desc></Desc><Scope/><Roles/></Category></Categories></Pool>',
  );
  t.is(
    written.get('ChatRooms.xml'),
    `${DECLARATION}<Pool><ChatRooms><ChatRoom id="40" guid="${guid(40)}" categoryId="5" isDisabled="1" behavior="5" ` +
      `visibility="6" invite="0" addInId="${guid(0xa2)}" lastChatId="9007199254740993" addedBy="1" addedOn="1">` +
      '<Name>Room 40</Name><Desc>&amp;lt;b&amp;gt;</Desc><Roles>' +
      '<Principal id="9" isManager="0" isMember="1" isPresenter="0" isCreator="0"/>' +
      '<Principal id="12" isManager="0" isMember="1" isPresenter="1" isCreator="0"/>' +
      '<Principal id="20" isManager="1" isMember="0" isPresenter="0" isCreator="0"/></Roles></ChatRoom>' +
      `<ChatRoom id="41" guid="${guid(41)}" categoryId="5" isDisabled="0" behavior="4" visibility="2">` +
      '<Name>Room 41</Name><Desc></Desc><Roles/></ChatRoom></ChatRooms></Pool>',
  );
  t.regex(written.get('AddIns.xml') ?? '', /<AddIns><AddIn id="0{8}-0000-4000-8000-0{10}a1"><Name>Wiki/);
  t.is(written.get('AdGroups.xml')?.match(/kind="(group|folder|domain)"/g)?.length, 3);
});

test('documents without records', (t) => {
  for (const [name, xml] of documents(EMPTY_DIRECTORY)) {
    t.is(xml, `${DECLARATION}<Pool><${name.slice(0, -4)}/></Pool>`);
  }
});

test('a document in pieces equals one xmlbuilder2 document', (t) => {
  const names = ['Ops', 'R&D <x>', '漢字 "q"', ']]>'];
  const rooms = names.map((name, index) => room({ id: index + 1, name, members: [index + 7] }));
  const whole = create({ version: '1.0', encoding: 'UTF-8' }).ele('Pool').ele('ChatRooms');
  for (const each of rooms) {
    whole
      .ele('ChatRoom', {
        id: each.id,
        guid: each.guid,
        categoryId: 5,
        isDisabled: 0,
        behavior: 4,
        visibility: 3,
      })
      .ele('Name')
      .txt(each.name.replaceAll('&', '&amp;'))
      .up()
      .ele('Desc')
      .txt('')
      .up()
      .ele('Roles')
      .ele('Principal', { id: each.members[0], isManager: 0, isMember: 1, isPresenter: 0, isCreator: 0 });
  }
  t.is(documents({ ...EMPTY_DIRECTORY, rooms: [...rooms].reverse() }).get('ChatRooms.xml'), whole.end());
});

// --- messages

type Form = 'decoded' | 'canonical' | 'references' | 'cdata';

function textValue(text: string, form: Form): TextValue {
  const value = new TextValue();
  const put = (raw: string, as: 'element' | 'cdata', traits: number) => {
    // Inside a larger buffer, as a reader's window gives it.
    const bytes = Buffer.from(`<x>${raw}</x>`);
    value.set(bytes, 3, bytes.length - 4, as, traits);
    return value;
  };
  const canonical = text.replace(
    /[&<>\r]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '&#xD;',
  );
  if (form === 'canonical') return put(canonical, 'element', TRAIT.CANONICAL_REFERENCE);
  if (form === 'references') {
    const raw = canonical.replaceAll('\n', '&#10;').replaceAll('&gt;', '>').replaceAll('"', '&quot;');
    return put(raw, 'element', TRAIT.CANONICAL_REFERENCE | TRAIT.REFERENCE | TRAIT.GREATER_THAN);
  }
  if (form === 'cdata' && !text.includes(']]>') && !text.includes('\r')) return put(text, 'cdata', 0);
  return TextValue.from(text);
}

interface PlainMessage {
  readonly roomId: number;
  readonly id: bigint;
  readonly date: bigint;
  readonly userId: number;
  readonly alert: boolean;
  readonly content: string;
  readonly rtf: string | null;
  readonly form: Form;
}

function message(plain: Partial<PlainMessage> = {}): TargetMessage {
  const form = plain.form ?? 'decoded';
  return {
    kind: 'message',
    roomId: plain.roomId ?? 40,
    id: plain.id ?? 1n,
    date: plain.date ?? 633482073409535482n,
    userId: plain.userId ?? 12,
    alert: plain.alert ?? false,
    content: textValue(plain.content ?? 'hello', form),
    rtf: typeof plain.rtf === 'string' ? textValue(plain.rtf, form) : null,
  };
}

const plainMessage: fc.Arbitrary<PlainMessage> = fc.record({
  roomId: fc.integer({ min: 1, max: 3 }),
  id: fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }),
    fc.constantFrom(0n, 9n, 10n, 999999999n, 1000000000n),
  ),
  date: fc.oneof(
    fc.bigInt({ min: 630000000000000000n, max: 3155378975999999999n }),
    fc.constantFrom(0n, (1n << 53n) - 1n, 1n << 53n, 10n ** 18n, (1n << 63n) - 1n, 1n << 63n, -5n),
  ),
  userId: fc.integer({ min: -3, max: 2147483647 }),
  alert: fc.boolean(),
  content: awkwardText,
  rtf: fc.option(awkwardText, { nil: null }),
  form: fc.constantFrom('decoded', 'canonical', 'references', 'cdata'),
});

function byRoom(messages: readonly PlainMessage[]): PlainMessage[] {
  return [...messages].sort((a, b) => a.roomId - b.roomId);
}

function writeMessages(messages: readonly PlainMessage[], layout: Layout = DEFAULT_LAYOUT): string {
  const sink = new ByteSink(64);
  const writer = new MessageWriter(layout, sink);
  let xml = '';
  for (const each of messages) {
    writer.message(message(each));
    if (each.alert) {
      xml += sink.toString();
      sink.clear();
    }
  }
  writer.end();
  return xml + sink.toString();
}

function element(name: string, attributes: [string, string][], content: string | XmlElement[]): XmlElement {
  return { name, attributes, content };
}

function expectedMessages(
  messages: readonly PlainMessage[],
  one: (plain: PlainMessage) => XmlElement,
): string {
  const rooms = [...new Set(messages.map(({ roomId }) => roomId))].map((roomId) =>
    element('ChatRoom', [['id', String(roomId)]], messages.filter((each) => each.roomId === roomId).map(one)),
  );
  return DECLARATION + serialiseElement(element('Pool', [], [element('Messages', [], rooms)]));
}

test('messages have the bytes that xmlbuilder2 writes', (t) => {
  fc.assert(
    fc.property(fc.array(plainMessage, { maxLength: 6 }), (drawn) => {
      const messages = byRoom(drawn);
      const expected = expectedMessages(messages, ({ id, date, userId, alert, content, rtf }) =>
        element(
          'Message',
          [
            ['id', `${id}`],
            ['date', `${date}`],
            ['userId', `${userId}`],
            ['isAlert', alert ? '1' : '0'],
          ],
          [element('Content', [], content), ...(rtf === null ? [] : [element('Rtf', [], rtf)])],
        ),
      );
      t.is(writeMessages(messages), expected);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a layout with text in attributes and a constant is written as well', (t) => {
  const layout = parseLayout(
    LAYOUT_JSON.replace(
      /"name": "isAlert".*\n/,
      (isAlert) =>
        `${isAlert.trimEnd()},
       { "name": "text", "field": "content", "coding": "text", "evidence": "observed" },
       { "name": "rtf", "field": "rtf", "coding": "text", "optional": true, "evidence": "observed" },
       { "name": "v", "coding": "text", "constant": "<1>", "evidence": "observed" }
      `,
    ).replace(
      /\{ "name": "Content".*\n.*"Rtf".*\n/,
      '{ "name": "K", "coding": "flag", "constant": "1", "evidence": "observed" }\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(plainMessage, { maxLength: 4 }), (drawn) => {
      const messages = byRoom(drawn);
      const expected = expectedMessages(messages, ({ id, date, userId, alert, content, rtf }) =>
        element(
          'Message',
          [
            ['id', `${id}`],
            ['date', `${date}`],
            ['userId', `${userId}`],
            ['isAlert', alert ? '1' : '0'],
            ['text', content],
            ...(rtf === null ? [] : [['rtf', rtf] as [string, string]]),
            ['v', 'CONSTANT'],
          ],
          [element('K', [], '1')],
        ),
      ).replaceAll('CONSTANT', '&#x3c;1&#x3e;');
      t.is(writeMessages(messages, layout), expected);
    }),
    { seed: 6, numRuns: 100 },
  );
});

test('a document without messages holds an empty list', (t) => {
  t.is(writeMessages([]), `${DECLARATION}<Pool><Messages/></Pool>`);
});

test('a room in two pieces is refused', (t) => {
  const writer = new MessageWriter(DEFAULT_LAYOUT, new ByteSink());
  writer.message(message({ roomId: 1 }));
  writer.message(message({ roomId: 2 }));
  const failure = t.throws(() => writer.message(message({ roomId: 1 })), { instanceOf: RunFailure });
  t.is(failure?.code, 'bug');
  t.true(failure?.message.includes('room 1'));
});

test('a character that a rule should have dealt with is refused', (t) => {
  for (const field of ['content', 'rtf'] as const) {
    const broken = message({ rtf: 'x' });
    const value = broken[field];
    if (value === null) return t.fail();
    value.traits |= TRAIT.FORBIDDEN;
    const failure = t.throws(() => new MessageWriter(DEFAULT_LAYOUT, new ByteSink()).message(broken), {
      instanceOf: RunFailure,
    });
    t.true(failure?.message.includes('Message 40#1'));
  }
  return t.pass();
});

// --- the package

async function writePackage(
  file: string,
  options: { rooms?: number; perRoom?: number; documentLimit?: number; level?: number; text?: string } = {},
): Promise<PackageSummary> {
  const { rooms = 3, perRoom = 4, text = 'hello & good bye\r\n' } = options;
  const writer = await createPackageWriter({
    file,
    layout: DEFAULT_LAYOUT,
    ...(options.documentLimit === undefined ? {} : { documentLimit: options.documentLimit }),
    ...(options.level === undefined ? {} : { compressionLevel: options.level }),
  });
  const lastChatIds = new Map<number, bigint>();
  try {
    for (let roomId = 1; roomId <= rooms; roomId++) {
      for (let id = 1; id <= perRoom; id++) {
        writer.messages.message(message({ roomId, id: BigInt(id), content: text }));
        await writer.flush();
      }
      lastChatIds.set(roomId, BigInt(perRoom));
    }
    return await writer.finish(SAMPLE_DIRECTORY, lastChatIds);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function readZip(file: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const archive = await openZipArchive(file);
  for (const entry of archive.entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of archive.open(entry)) chunks.push(chunk);
    contents.set(entry.name, Buffer.concat(chunks));
  }
  for await (const fault of zipCoverageFaults(archive)) throw new Error(fault);
  await archive.close();
  return contents;
}

test('a package holds its documents in order, and the summary tells their sizes and sums', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'PersistentChatData.zip');
  const summary = await writePackage(file);
  t.deepEqual(readdirSync(folder), ['PersistentChatData.zip']);
  const contents = await readZip(file);
  t.deepEqual(
    [...contents.keys()],
    [
      'Messages.xml',
      'AdUsers.xml',
      'AdGroups.xml',
      'AdAffiliations.xml',
      'AddIns.xml',
      'Categories.xml',
      'ChatRooms.xml',
    ],
  );
  t.deepEqual(
    summary.entries,
    [...contents].map(([name, bytes]) => ({
      name,
      size: bytes.length,
      crc32: crc32(bytes).toString(16).padStart(8, '0'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  );
  const zip = readFileSync(file);
  t.is(summary.bytes, zip.length);
  t.is(summary.sha256, createHash('sha256').update(zip).digest('hex'));
  t.regex(
    contents.get('Messages.xml')?.toString() ?? '',
    /^<\?xml .*<ChatRoom id="3"><Message id="1" .*bye&#xD;\n<\/Content>/s,
  );
});

test('a package larger than every buffer arrives whole', async (t) => {
  const file = join(temporaryFolder(t), 'large.zip');
  const text = 'Sphinx of black quartz, judge my vow. '.repeat(40);
  const summary = await writePackage(file, { rooms: 4, perRoom: 4000, text });
  const messages = (await readZip(file)).get('Messages.xml');
  t.true((messages?.length ?? 0) > 20 << 20);
  t.is(
    createHash('sha256')
      .update(messages ?? '')
      .digest('hex'),
    summary.entries[0]?.sha256 ?? '',
  );
  t.is(messages?.toString().split('<Message ').length, 16001);
});

test('same input, same bytes, in every time zone', async (t) => {
  const folder = temporaryFolder(t);
  const script = join(folder, 'write.mjs');
  const index = import.meta.resolve('@chatferry/import');
  writeFileSync(
    script,
    `import { createPackageWriter, DEFAULT_LAYOUT } from ${JSON.stringify(index)};
     const writer = await createPackageWriter({ file: process.argv[2], layout: DEFAULT_LAYOUT });
     const empty = { principals: [], affiliations: [], addIns: [], categories: [], rooms: [], lastChatIds: [] };
     process.stdout.write((await writer.finish(empty, new Map())).sha256);`,
  );
  const sums = ['UTC', 'America/New_York', 'Asia/Kolkata'].map((TZ, index) =>
    execFileSync('node', [script, join(folder, `${index}.zip`)], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    }),
  );
  t.is(new Set(sums).size, 1);
  t.regex(sums[0] ?? '', /^[0-9a-f]{64}$/);
});

test('the compression level changes the archive and no entry', async (t) => {
  const folder = temporaryFolder(t);
  const [stored, small] = await Promise.all(
    [0, 9].map((level) => writePackage(join(folder, `${level}.zip`), { level, text: 'x'.repeat(500) })),
  );
  t.deepEqual(stored?.entries, small?.entries);
  t.true((stored?.bytes ?? 0) > (small?.bytes ?? 0));
  t.is((await readZip(join(folder, '0.zip'))).size, 7);
});

test('beyond the limit the next room begins a new document, and no room is cut', async (t) => {
  const file = join(temporaryFolder(t), 'split.zip');
  const summary = await writePackage(file, { rooms: 5, perRoom: 3, documentLimit: 500 });
  const contents = await readZip(file);
  const parts = summary.entries.filter(({ name }) => name.startsWith('Messages'));
  t.deepEqual(
    parts.map(({ name }) => name),
    ['Messages.xml', 'Messages-0002.xml', 'Messages-0003.xml'],
  );
  const rooms = parts.map(({ name }) =>
    readBack(contents.get(name)?.toString() ?? '')
      .filter((each) => each.name === 'ChatRoom')
      .map((each) => each.attributes.id),
  );
  t.deepEqual(rooms, [['1', '2'], ['3', '4'], ['5']]);
});

test('a limit that is not reached leaves one document', async (t) => {
  const summary = await writePackage(join(temporaryFolder(t), 'one.zip'), { documentLimit: 1 << 20 });
  t.is(summary.entries.filter(({ name }) => name.startsWith('Messages')).length, 1);
});

for (const options of [{}, { documentLimit: 500 }, { documentLimit: 500, compressionLevel: 0 }]) {
  test(`a package that another writer goes on with has the same bytes: ${JSON.stringify(options)}`, async (t) => {
    const folder = temporaryFolder(t);
    const lastChatIds = new Map([[1, 1n]]);
    const common = { layout: DEFAULT_LAYOUT, ...options };
    const rooms = [1, 2, 3, 4, 5, 6];
    const content = createHash('sha512').update('x').digest('hex').repeat(4000);
    const written = async (
      name: string,
      each: (writer: PackageWriter, after: number) => Promise<PackageWriter>,
    ) => {
      let writer = await createPackageWriter({ file: join(folder, name), ...common });
      for (const roomId of rooms) {
        for (const id of [1n, 2n]) {
          writer.messages.message(message({ roomId, id, content: roomId === 4 ? content : 'short' }));
          await writer.flush();
        }
        writer = await each(writer, roomId);
      }
      return await writer.finish(SAMPLE_DIRECTORY, lastChatIds);
    };
    const whole = await written('whole.zip', async (writer) => writer);
    const resumed = await written('resumed.zip', async (writer, after) => {
      const state = JSON.parse(JSON.stringify(await writer.checkpoint())) as PackageState;
      // What was written after the checkpoint is forgotten.
      writer.messages.message(message({ roomId: 99, content }));
      await writer.flush();
      await writer.leave();
      const file = join(folder, 'resumed.zip');
      return await resumePackageWriter({ file, ...common }, { state, rooms: rooms.slice(0, after) });
    });
    t.deepEqual(resumed, whole);
    t.deepEqual(readFileSync(join(folder, 'resumed.zip')), readFileSync(join(folder, 'whole.zip')));
    t.deepEqual(readdirSync(folder).sort(), ['resumed.zip', 'whole.zip']);
  });
}

test('abort leaves nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await createPackageWriter({ file: join(folder, 'a.zip'), layout: DEFAULT_LAYOUT });
  writer.messages.message(message({ content: 'x'.repeat(1 << 20) }));
  await writer.flush();
  t.true(existsSync(join(folder, '.a.zip.partial')));
  await writer.abort();
  await writer.abort();
  t.deepEqual(readdirSync(folder), []);
});

test('a full disk ends the run with a sentence and leaves nothing under the final name', async (t) => {
  const folder = temporaryFolder(t);
  if (!existsSync('/dev/full')) return t.pass();
  symlinkSync('/dev/full', join(folder, '.a.zip.partial'));
  const writer = await createPackageWriter({ file: join(folder, 'a.zip'), layout: DEFAULT_LAYOUT });
  const fill = async () => {
    for (let id = 1; id < 40; id++) {
      const content = createHash('sha512').update(`${id}`).digest('hex').repeat(8000);
      writer.messages.message(message({ id: BigInt(id), content }));
      await writer.flush();
    }
    await writer.finish(EMPTY_DIRECTORY, new Map());
  };
  const failure = await t.throwsAsync(fill, { instanceOf: RunFailure });
  t.is((failure as RunFailure).code, 'output-unwritable');
  t.regex((failure as RunFailure).message, /cannot be written: the disk is full/);
  await writer.abort();
  return t.deepEqual(readdirSync(folder), []);
});

test('a full disk is told even when everything fits the buffers', async (t) => {
  const folder = temporaryFolder(t);
  if (!existsSync('/dev/full')) return t.pass();
  symlinkSync('/dev/full', join(folder, '.a.zip.partial'));
  const failure = await t.throwsAsync(() => writePackage(join(folder, 'a.zip')), { instanceOf: RunFailure });
  t.is((failure as RunFailure).code, 'output-unwritable');
  return t.deepEqual(readdirSync(folder), []);
});

test('a package in a folder that does not exist is refused', async (t) => {
  const file = join(temporaryFolder(t), 'nowhere/a.zip');
  const failure = await t.throwsAsync(createPackageWriter({ file, layout: DEFAULT_LAYOUT }));
  t.is((failure as RunFailure).code, 'output-unwritable');
});

// --- the ZIP file

const HAS_UNZIP = spawnSync('unzip', ['-v']).status === 0;
const HAS_PYTHON = spawnSync('python3', ['-c', 'import zipfile']).status === 0;
const MIB = 1 << 20;

interface Contents {
  readonly name: string;
  readonly bytes: Buffer;
  /** Lengths of the writes, over and over. */
  readonly strides?: readonly number[];
}

async function writeZip(
  file: string,
  contents: readonly Contents[],
  options: Partial<ZipFileOptions> = {},
): Promise<ArchiveSummary> {
  const handle = await open(file, 'w+');
  const zip = new ZipFile(handle, { level: 1, ...options });
  for (const { name, bytes, strides = [MIB] } of contents) {
    const entry = zip.begin(name);
    let start = 0;
    for (let turn = 0; start < bytes.length; turn++) {
      const end = start + (strides[turn % strides.length] ?? MIB);
      const lent = Buffer.from(bytes.subarray(start, end));
      entry.write(lent);
      // The entry has copied them.
      lent.fill(0xff);
      start = end;
      if (turn % 3 === 0) await zip.drained();
    }
    const { size, sha256 } = zip.end();
    if (size !== bytes.length) throw new Error(`${name}: ${size} bytes`);
    if (sha256 !== createHash('sha256').update(bytes).digest('hex')) throw new Error(`${name}: ${sha256}`);
  }
  const summary = await zip.finish();
  await handle.close();
  const written = readFileSync(file);
  if (summary.bytes !== written.length) throw new Error(`${summary.bytes} bytes`);
  if (summary.sha256 !== createHash('sha256').update(written).digest('hex')) throw new Error(summary.sha256);
  return summary;
}

/** Text that changes from piece to piece, so that a piece out of order would show. */
function prose(bytes: number): Buffer {
  let text = '';
  for (let line = 0; text.length < bytes; line++) text += `line ${line * 7919} of ${(line * line) % 10007}\n`;
  return Buffer.from(text.slice(0, bytes));
}

const SAMPLE_CONTENTS: readonly Contents[] = [
  { name: 'empty.xml', bytes: Buffer.alloc(0) },
  { name: 'one.xml', bytes: Buffer.from('x') },
  { name: 'whole-pieces.xml', bytes: prose(2 * MIB) },
  { name: 'piece-and-a-byte.xml', bytes: prose(MIB + 1) },
  { name: 'Räume.xml', bytes: prose(5 * MIB + 12345) },
  { name: 'after.xml', bytes: Buffer.from('the end') },
];

for (const options of [{}, { level: 9 }, { level: 0 }, { zip64From: 40 }, { level: 0, zip64From: 40 }]) {
  test(`a ZIP with ${JSON.stringify(options)} is read by yauzl, unzip, Python and ourselves`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'a.zip');
    await writeZip(file, SAMPLE_CONTENTS, options);
    const expected = SAMPLE_CONTENTS.map(({ name, bytes }) => [
      name,
      createHash('sha256').update(bytes).digest('hex'),
    ]);

    const ours = await readZip(file);
    t.deepEqual(
      [...ours].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
      expected,
    );

    const yauzl = await fromBufferPromise(readFileSync(file));
    const read: string[][] = [];
    for await (const entry of yauzl.eachEntry()) {
      const hash = createHash('sha256');
      for await (const chunk of await yauzl.openReadStreamPromise(entry)) hash.update(chunk as Buffer);
      read.push([entry.fileName, hash.digest('hex')]);
      t.is(entry.generalPurposeBitFlag, entry.fileName === 'Räume.xml' ? 0x800 : 0);
      t.deepEqual(entry.getLastModDate(), new Date(2000, 0, 1, 12));
      t.is(entry.externalFileAttributes >>> 16, 0o100644);
      const isLarge = options.zip64From !== undefined && entry.extraFields.length > 0;
      t.is(entry.versionNeededToExtract, isLarge ? 45 : 20);
    }
    t.deepEqual(read, expected);

    if (HAS_UNZIP) {
      const { status, stdout } = spawnSync('unzip', ['-t', file], { encoding: 'utf8' });
      t.is(status, 0, stdout);
      t.regex(stdout, /No errors detected/);
    } else t.log('SKIPPED: unzip is not installed.');
    if (HAS_PYTHON) {
      const script =
        'import hashlib, json, sys, zipfile\n' +
        'z = zipfile.ZipFile(sys.argv[1])\n' +
        'print(json.dumps([[n, hashlib.sha256(z.read(n)).hexdigest()] for n in z.namelist()]))';
      const output = execFileSync('python3', ['-c', script, file], { encoding: 'utf8' });
      t.deepEqual(JSON.parse(output), expected);
    } else t.log('SKIPPED: python3 is not installed.');
  });
}

test('the bytes of a ZIP depend neither on the lengths of the writes nor on the pieces in flight', async (t) => {
  const folder = temporaryFolder(t);
  const bytes = prose(6 * MIB + 77);
  const sums = new Set<string>();
  for (const strides of [[MIB], [100_003], [1, 7 * MIB], [MIB - 1, 2, 300_000]]) {
    for (const inFlight of [1, 2, 3, 8]) {
      const contents = [
        { name: 'a.xml', bytes, strides },
        { name: 'b.xml', bytes: bytes.subarray(0, 9) },
      ];
      sums.add((await writeZip(join(folder, 'a.zip'), contents, { inFlight })).sha256);
    }
  }
  t.is(sums.size, 1);
});

test('the local header carries the sizes, and ZIP64 sizes take the place of the padding', async (t) => {
  const folder = temporaryFolder(t);
  const [small, large] = [join(folder, 'small.zip'), join(folder, 'large.zip')];
  const contents = [{ name: 'a.xml', bytes: Buffer.alloc(1000, 'a') }];
  const [smallSummary, largeSummary] = [
    await writeZip(small, contents),
    await writeZip(large, contents, { zip64From: 1000 }),
  ];
  const header = (file: string) => readFileSync(file).subarray(0, 30 + 5 + 20);
  const compressed = header(small).readUInt32LE(18);
  const sum = crc32(Buffer.alloc(1000, 'a')).toString(16).padStart(8, '0');
  const inOrder = (hex: string) => Buffer.from(hex, 'hex').reverse().toString('hex');
  const word = (value: number) => inOrder(value.toString(16).padStart(8, '0'));
  const long = (value: number) => inOrder(value.toString(16).padStart(16, '0'));
  const name = Buffer.from('a.xml').toString('hex');
  t.is(
    header(small).toString('hex'),
    `504b0304 1400 0000 0800 0060 2128 ${inOrder(sum)} ${word(compressed)} ${word(1000)} 0500 1400 ${name} 20a2 1000 28a0 0c00 ${'00'.repeat(12)}`.replaceAll(
      ' ',
      '',
    ),
  );
  t.is(
    header(large).toString('hex'),
    `504b0304 2d00 0000 0800 0060 2128 ${inOrder(sum)} ffffffff ffffffff 0500 1400 ${name} 0100 1000 ${long(1000)} ${long(compressed)}`.replaceAll(
      ' ',
      '',
    ),
  );
  t.is(readFileSync(small).readUInt32LE(smallSummary.bytes - 22), 0x06054b50);
  t.is(largeSummary.bytes, smallSummary.bytes + 20);
});

test('more entries than 16 bits count are told in ZIP64 form', async (t) => {
  const file = join(temporaryFolder(t), 'many.zip');
  const names = Array.from({ length: 65_535 }, (_, index) => `${index}`);
  const records = names.map((name) => ({
    name,
    isStored: true,
    crc32: 0,
    size: 0,
    compressedSize: 0,
    offset: 0,
  }));
  writeFileSync(file, zipDirectory(records, 0));
  const yauzl = await fromBufferPromise(readFileSync(file));
  t.is(yauzl.entryCount, 65_535);
  t.is(zipDirectory(records, 0).length, zipDirectory(records.slice(1), 0).length + 46 + 1 + 76);
});

test('an entry begins after the one before has ended', async (t) => {
  const handle = await open(join(temporaryFolder(t), 'a.zip'), 'w+');
  const zip = new ZipFile(handle, { level: 1 });
  t.throws(() => zip.end(), { instanceOf: TypeError });
  zip.begin('a.xml');
  t.throws(() => zip.begin('b.xml'), { instanceOf: TypeError });
  await zip.abort(new Error('enough'));
  await t.throwsAsync(zip.drained(), { message: 'enough' });
  await handle.close();
});

test('an entry beyond 4 GiB is written in ZIP64 form', async (t) => {
  const size = 2 ** 32 + MIB;
  const file = join(temporaryFolder(t), 'large.zip');
  const handle = await open(file, 'w+');
  const zip = new ZipFile(handle, { level: 1 });
  const entry = zip.begin('a.xml');
  const block = Buffer.alloc(MIB);
  for (let written = 0; written < size; written += MIB) {
    entry.write(block);
    await zip.drained();
  }
  t.is(zip.end().size, size);
  zip.begin('b.xml').write(Buffer.from('behind'));
  zip.end();
  await zip.finish();
  await handle.close();
  t.is(readFileSync(file).readUInt32LE(22), 0xffffffff);
  const sizes = new Map<string, number>();
  for await (const { fileName, uncompressedSize } of (
    await fromBufferPromise(readFileSync(file))
  ).eachEntry()) {
    sizes.set(fileName, uncompressedSize);
  }
  t.deepEqual([...sizes.values()], [size, 6]);
  if (HAS_UNZIP) return t.is(spawnSync('unzip', ['-tq', file, 'b.xml']).status, 0);
  return t.log('SKIPPED: unzip is not installed.');
});

// --- the schemas

function validate(folder: string, name: string, xml: string): { status: number | null; stderr: string } {
  const file = join(folder, name);
  writeFileSync(file, xml);
  const schema = join(LAYOUT_FOLDER, name.replace(/(-[0-9]+)?\.xml$/, '.xsd'));
  const { status, stderr } = spawnSync('xmllint', ['--stream', '--noout', '--schema', schema, file], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

test('the schemas accept every document that is written', async (t) => {
  if (!HAS_XMLLINT) {
    t.log('SKIPPED: xmllint is not installed, so the schemas were not tried.');
    return t.pass();
  }
  const folder = temporaryFolder(t);
  const file = join(folder, 'p.zip');
  await writePackage(file, { documentLimit: 500 });
  const written = [...(await readZip(file))].map(([name, xml]): [string, string] => [name, xml.toString()]);
  const largest = room({ id: 2147483647, name: '\u{1F600}'.repeat(128), description: 'd'.repeat(256) });
  const cases = [
    ...written,
    ...documents(EMPTY_DIRECTORY),
    ...documents({ ...EMPTY_DIRECTORY, rooms: [largest] }),
  ];
  t.true(cases.length >= 20);
  for (const [name, xml] of cases) {
    const { status, stderr } = validate(folder, name, xml);
    t.is(status, 0, `${name}: ${stderr}`);
  }
  return t.is(validate(folder, 'Messages.xml', writeMessages([])).status, 0);
});

const BROKEN_DOCUMENTS: readonly (readonly [
  what: string,
  name: string,
  directory: Partial<TargetDirectory>,
  edit?: [string, string],
])[] = [
  ['a name of 257 characters', 'ChatRooms.xml', { rooms: [room({ id: 1, name: 'n'.repeat(257) })] }],
  ['an empty name', 'Categories.xml', { categories: [category({ id: 1, name: '' })] }],
  [
    'a description of 257 characters',
    'Categories.xml',
    { categories: [category({ id: 1, description: 'd'.repeat(257) })] },
  ],
  ['an id beyond int', 'ChatRooms.xml', { rooms: [room({ id: 2147483648 })] }],
  [
    'ticks beyond the year 9999',
    'ChatRooms.xml',
    { rooms: [room({ id: 1, addedOn: 3155378976000000000n })] },
  ],
  ['a GUID in braces', 'AdUsers.xml', { principals: [principal({ id: 1, guid: `{${guid(1)}}` })] }],
  [
    'a state that is none',
    'AdUsers.xml',
    { principals: [principal({ id: 1 })] },
    ['disabled="0"', 'disabled="3"'],
  ],
  [
    'a kind in the wrong document',
    'AdUsers.xml',
    { principals: [principal({ id: 1 })] },
    ['kind="user"', 'kind="group"'],
  ],
  [
    'an add-in without http',
    'AddIns.xml',
    { addIns: [{ kind: 'addIn', id: guid(1), name: 'a', url: 'ftp://x' }] },
  ],
  [
    'an add-in name of 51',
    'AddIns.xml',
    { addIns: [{ kind: 'addIn', id: guid(1), name: 'a'.repeat(51), url: 'http://x' }] },
  ],
  [
    'a missing attribute',
    'AdAffiliations.xml',
    { affiliations: [{ kind: 'affiliation', principalId: 1, groupIds: [] }] },
    [' id="1"', ''],
  ],
  [
    'an unknown visibility',
    'ChatRooms.xml',
    { rooms: [room({ id: 1 })] },
    ['visibility="3"', 'visibility="1"'],
  ],
  [
    'a creator in a room',
    'ChatRooms.xml',
    { rooms: [room({ id: 1, members: [2] })] },
    ['isCreator="0"', 'isCreator="1"'],
  ],
  [
    'another order of children',
    'ChatRooms.xml',
    { rooms: [room({ id: 1 })] },
    ['<Desc></Desc><Roles/>', '<Roles/><Desc></Desc>'],
  ],
  ['an unknown element', 'AdGroups.xml', {}, ['<AdGroups/>', '<AdGroups><Robot/></AdGroups>']],
];

for (const [what, name, directory, [from, to] = ['', '']] of BROKEN_DOCUMENTS) {
  test(`the schema of ${name} rejects ${what}`, (t) => {
    if (!HAS_XMLLINT) {
      t.log('SKIPPED: xmllint is not installed.');
      return t.pass();
    }
    const xml = documents({ ...EMPTY_DIRECTORY, ...directory }).get(name) ?? '';
    const broken = xml.replace(from, to);
    if (from !== '') t.not(broken, xml);
    const { status, stderr } = validate(temporaryFolder(t), name, broken);
    // 3 and 4: the document does not fit; 5 would be a schema that does not compile.
    t.true(status === 3 || status === 4, `${status}: ${stderr}`);
    return t.regex(stderr, /Schemas validity error|fails to validate/);
  });
}

for (const [what, from, to] of [
  ['a message without content', '<Content>hello</Content>', ''],
  ['a negative id', 'id="1" ', 'id="-1" '],
  ['a room without messages', '</ChatRoom>', '</ChatRoom><ChatRoom id="9"/>'],
  ['an alert that is neither 0 nor 1', 'isAlert="0"', 'isAlert="true"'],
] as const) {
  test(`the schema of Messages.xml rejects ${what}`, (t) => {
    if (!HAS_XMLLINT) {
      t.log('SKIPPED: xmllint is not installed.');
      return t.pass();
    }
    const plain: PlainMessage = {
      roomId: 40,
      id: 1n,
      date: 1n,
      userId: 1,
      alert: false,
      content: 'hello',
      rtf: null,
      form: 'decoded',
    };
    const xml = writeMessages([plain]);
    const broken = xml.replace(from, to);
    t.not(broken, xml);
    const { status } = validate(temporaryFolder(t), 'Messages.xml', broken);
    return t.true(status === 3 || status === 4, `${status}`);
  });
}
