import { createHash } from 'node:crypto';
import { TextValue, TRAIT } from '@chatferry/export';
import {
  assertBalance,
  createMessageContext,
  type DirectoryDraft,
  MESSAGE_RULES,
  type MessageRule,
  OrderBroken,
  startDraft,
} from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { directory, type GivenDirectory, guid, runRules, user } from './support/directory.js';
import {
  carry,
  carryWindows,
  chat,
  context,
  type GivenMessage,
  inOneBuffer,
  NOON,
  raw,
  roomFacts,
} from './support/messages.js';

const LAST_TICK = 3_155_378_975_999_999_999n;

function ruleOf(id: string): MessageRule {
  return MESSAGE_RULES.find((rule) => rule.id === id) as MessageRule;
}

/** The draft after the directory rules, as pass 2 sees it. */
function draftOf(given: GivenDirectory): DirectoryDraft {
  return runRules(directory(given)).draft;
}

test('context: what became of every node that a channelID can name', (t) => {
  const draft = draftOf({
    nodes: [
      { nodeID: 2, nodeType: true, nodeName: 'Ops', logged: false, invite: true, filePost: true },
      { nodeID: 10, parentID: 2, nodeName: 'Alpha', visibility: 3 },
      { nodeID: 11, parentID: 2, nodeName: 'Beta', visibility: 3, disabled: true },
      { nodeID: 12, parentID: 99, nodeName: 'Gamma', visibility: 3 },
      { nodeID: 13, parentID: 99, nodeName: 'Delta', nodeGuid: guid(10) },
    ],
    principals: [user(5)],
    lastChatIds: [
      { nodeID: 10, lastChatID: 7n },
      { nodeID: 12, lastChatID: 8n },
    ],
  });
  const { rooms, roomStates } = createMessageContext(draft, context().options);
  const facts = [1, 2, 10, 11, 12, 13].map((id) => {
    const room = rooms.get(id);
    return `${id} ${room?.state} ${room?.hasAccount} ${room?.counter?.lastChatID ?? null} ${room?.name}`;
  });
  t.deepEqual(facts, [
    '1 category false null Root',
    '2 category false null Ops',
    '10 carried true 7 Alpha',
    '11 excluded true null Beta',
    '12 refused true null Gamma',
    '13 refused false null Delta',
  ]);
  t.is(rooms.get(10)?.chatHistory, draft.rooms.get(10)?.category.chatHistory);
  t.is(rooms.get(11)?.decidedBy, 'room-disabled');
  t.is(rooms.get(12)?.decidedBy, 'node-parent-missing');
  t.deepEqual(
    [...roomStates],
    [
      [guid(10), 'carried'],
      [guid(11), 'excluded'],
      [guid(12), 'refused'],
    ],
  );
});

test('context: authors are those who are carried, merged ones under the principal that stands for them', (t) => {
  const draft = draftOf({
    principals: [
      user(5, { prinGuid: guid(5) }),
      user(6, { prinGuid: guid(5) }),
      user(7, { prinTypeID: 3 }),
      user(8, { prinTypeID: 7 }),
    ],
  });
  const { authors } = createMessageContext(draft, context().options);
  t.deepEqual(
    [...authors].map(([id, author]) => [id, author.id, author.guid.toString(), author.mergedBy]),
    [
      [5, 5, guid(5), null],
      [6, 5, guid(5), 'principal-duplicate'],
      [8, 8, guid(0x100008), null],
    ],
  );
});

test('context: an empty directory', (t) => {
  const { rooms, authors } = createMessageContext(startDraft(directory({ root: false })), context().options);
  t.is(rooms.size + authors.size, 0);
});

test('a message is written and hashed as a parser reads it, in whatever form it came', async (t) => {
  const forms: readonly [TextValue, string][] = [
    [raw('plain'), 'plain'],
    [raw('a > b', TRAIT.GREATER_THAN), 'a > b'],
    [raw('&lt;&amp;&gt;&#xD;', TRAIT.CANONICAL_REFERENCE), '<&>\r'],
    [raw('&quot;&#x1F600;', TRAIT.REFERENCE), '"\u{1f600}'],
    [raw('a\r\nb', TRAIT.CARRIAGE_RETURN), 'a\nb'],
    [raw('a\tb', TRAIT.ATTRIBUTE_SPACE, 'attribute'), 'a b'],
    [raw('&lt;', 0, 'cdata'), '&lt;'],
    [TextValue.from('&amp;'), '&amp;'],
  ];
  const rows = forms.map(([content], index) =>
    chat({ chatID: index, content, rtf: raw('&#9;', TRAIT.REFERENCE) }),
  );
  const carried = await carry(rows, { rules: MESSAGE_RULES });
  t.deepEqual(
    carried.written.map(({ content }) => content),
    forms.map(([, text]) => text),
  );
  const hash = createHash('sha256');
  let bytes = 0;
  forms.forEach(([, text], index) => {
    hash.update(`${index}\u001f${NOON}\u001f${guid(0x100005)}\u001f0\u001f${text}\u001f\t\u001e`);
    bytes += Buffer.byteLength(text) + 1;
  });
  const account = carried.ledger.rooms[guid(40)];
  t.is(account?.sha256, hash.digest('hex'));
  t.is(account?.textBytesRead, bytes);
  t.is(account?.textBytesWritten, bytes);
  t.deepEqual(carried.exceptions, []);
});

test('a message is written verbatim where its bytes are canonical, and from the decoded bytes elsewhere', async (t) => {
  const given = [raw('&amp;', TRAIT.CANONICAL_REFERENCE), raw('&#38;', TRAIT.REFERENCE)];
  const forms: string[] = [];
  const { carryMessages, Ledger } = await import('@chatferry/transform');
  await carryMessages({
    windows: (async function* () {
      yield { rows: given.map((content, chatID) => chat({ chatID, content })), windowId: 0 };
    })(),
    rules: [],
    context: context(),
    ledger: new Ledger(),
    report: () => undefined,
    exceptions: { row: () => undefined },
    fileLinks: { message: () => undefined },
    fates: { settle: () => undefined },
    output: {
      messages: {
        message: ({ content: { bytes, start, end, form } }) =>
          forms.push(`${form} ${bytes.toString('utf8', start, end)}`),
      },
      flush: async () => undefined,
    },
  });
  t.deepEqual(forms, ['element &amp;', 'decoded &']);
});

test('a merged author makes a message changed, under the rule that merged; another rule goes first', async (t) => {
  const base = context({ options: { rtf: 'drop' } });
  const merged = { id: 5, guid: Buffer.from(guid(0x100005)), mergedBy: 'principal-duplicate' };
  const authors = new Map([...base.authors, [6, merged] as const]);
  const rows = [chat({ chatID: 1, userId: 6 }), chat({ chatID: 2, userId: 6, rtf: 'r' })];
  const carried = await carry(rows, { rules: MESSAGE_RULES, context: { ...base, authors } });
  t.deepEqual(carried.exceptions, [
    'tblChat 40#1 changed principal-duplicate',
    'tblChat 40#2 changed message-rtf-present',
  ]);
  t.deepEqual(
    carried.written.map(({ userId }) => userId),
    [5, 5],
  );
});

test('every room of the source has an account, with messages or without', async (t) => {
  const rooms = [roomFacts(40), roomFacts(41, { state: 'excluded' }), roomFacts(42, { state: 'refused' })];
  const carried = await carry([], { rules: MESSAGE_RULES, context: context({ rooms }) });
  t.deepEqual(Object.keys(carried.ledger.rooms), [guid(40), guid(41), guid(42)]);
  t.deepEqual(carried.ledger.unplaced, {});
  t.deepEqual([...carried.lastChatIds], [[40, 1000n]]);
});

test('rows out of order are noticed before anything of them is settled', async (t) => {
  const orders: readonly [GivenMessage[], boolean][] = [
    [[{ chatID: 1 }, { chatID: 1 }, { chatID: 3 }, { channelID: 41, chatID: 1 }], false],
    [[{ chatID: 2 }, { chatID: 1 }], true],
    [[{ channelID: 41 }, { channelID: 40 }], true],
    [[{ channelID: 77 }, { channelID: 41 }], true],
    // What cannot be read takes no part in the order.
    [[{ chatID: 2 }, { chatID: 0, defects: [{ column: 'chatID', seen: 'x', expected: 'a bigint' }] }], false],
    [
      [
        { chatID: 2 },
        { channelID: 0, defects: [{ column: 'channelID', seen: 'x', expected: 'an int' }] },
        { chatID: 3 },
      ],
      false,
    ],
  ];
  for (const [given, isBroken] of orders) {
    const taken: string[] = [];
    const rows = given.map((message) => chat(message));
    const watched = { ...ruleOf('message-alert'), begin: () => ({ apply: watch }) } as MessageRule;
    function watch({ row }: { row: { place: { record: string | null } } }): undefined {
      taken.push(row.place.record as string);
    }
    const carrying = carry(rows, { rules: [watched] });
    if (isBroken) {
      await t.throwsAsync(carrying, { instanceOf: OrderBroken });
      t.is(taken.length, 1);
    } else {
      await t.notThrowsAsync(carrying);
    }
  }
});

test('the reading waits for the output after each window, and what the output throws ends it', async (t) => {
  const { carryMessages, Ledger } = await import('@chatferry/transform');
  const log: string[] = [];
  const carrying = carryMessages({
    windows: (async function* () {
      try {
        for (let chatID = 1; ; chatID++) {
          log.push(`window ${chatID}`);
          yield { rows: [chat({ chatID })], windowId: chatID };
        }
      } finally {
        log.push('closed');
      }
    })(),
    rules: MESSAGE_RULES,
    context: context(),
    ledger: new Ledger(),
    report: () => undefined,
    exceptions: { row: () => undefined },
    fileLinks: { message: () => undefined },
    fates: { settle: () => undefined },
    output: {
      messages: { message: ({ id }) => log.push(`message ${id}`) },
      flush: async () => {
        log.push('flush');
        if (log.includes('message 2')) throw new Error('disk full');
      },
    },
  });
  await t.throwsAsync(carrying, { message: 'disk full' });
  t.deepEqual(log, ['window 1', 'message 1', 'flush', 'window 2', 'message 2', 'flush', 'closed']);
});

test('markers are found wherever they stand, in any window, and never across texts', async (t) => {
  const piece = fc.constantFrom(
    'ma-filelink:',
    'ma',
    '-filelink:',
    'm',
    'a-filelink:',
    'ma-file',
    'link:',
    ' ',
    '',
  );
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const window = fc.record({
    texts: fc.array(text, { minLength: 1, maxLength: 8 }),
    gap: fc.constantFrom(0, 1),
    traits: fc.constantFrom(0, TRAIT.REFERENCE, TRAIT.CANONICAL_REFERENCE),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(window, { minLength: 1, maxLength: 5 }), async (given) => {
      // All windows are shown through one buffer, as a reader that refills its own does.
      const bytes = Buffer.alloc(4096);
      const expected: bigint[] = [];
      let chatID = 0n;
      function* windows() {
        for (const [windowId, { texts, gap, traits }] of given.entries()) {
          let at = 0;
          const rows = texts.map((content) => {
            const value = new TextValue();
            const end = at + bytes.write(content, at, 'latin1');
            value.set(bytes, at, end, 'element', traits);
            at = end + gap;
            chatID += 1n;
            if (content.includes('ma-filelink:')) expected.push(chatID);
            return chat({ chatID, content: value });
          });
          yield { rows, windowId };
        }
      }
      const carried = await carryWindows(windows(), { rules: [ruleOf('message-file-link')] });
      t.deepEqual(
        carried.fileLinks.map(({ place }) => place.messageId),
        expected,
      );
    }),
  );
});

test('texts that share a buffer with markers between them are searched once a window', async (t) => {
  const texts = ['a', 'ma-filelink:1', 'b', 'ma-filelink:2 ma-filelink:3', 'ma-filelink:'];
  const rows = inOneBuffer(texts).map((content, index) => chat({ chatID: index, content }));
  const carried = await carry(rows, { rules: [ruleOf('message-file-link')] });
  t.deepEqual(
    carried.fileLinks.map(({ text }) => text),
    texts.filter((text) => text.includes(':')),
  );
});

test('ticks are told as the calendar has them', async (t) => {
  const rule = ruleOf('message-before-cutoff');
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 2n, max: LAST_TICK }), async (since) => {
      const rows = [chat({ chatDate: since - 1n })];
      const carried = await carry(rows, { rules: [rule], context: context({ options: { since } }) });
      const unixTicks = since - 621_355_968_000_000_000n;
      const milliseconds = Number((unixTicks - (((unixTicks % 10_000n) + 10_000n) % 10_000n)) / 10_000n);
      const fraction = String(since % 10_000_000n).padStart(7, '0');
      const iso = new Date(milliseconds).toISOString().slice(0, 19);
      const told = fraction === '0000000' ? `${iso}Z` : `${iso}.${fraction}Z`;
      return carried.findings[0]?.message.includes(` before ${told} in `) === true;
    }),
  );
  t.pass();
});

test('whatever comes, every message ends in one state, and the ledger balances', async (t) => {
  const rooms = [
    roomFacts(40, { counter: null }),
    roomFacts(41, { state: 'excluded', decidedBy: 'room-disabled' }),
    roomFacts(42, { state: 'refused', decidedBy: 'node-parent-cycle' }),
    roomFacts(43, { chatHistory: false }),
  ];
  const content = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => forbiddenMarked(text)),
    fc
      .constantFrom('ma-filelink:x', '[STORY]t', `ma-chan://c.example/${guid(41)}`, '\u0001a', '\ud83dz')
      .map(forbiddenMarked),
  );
  const message = fc.record({
    channelID: fc.constantFrom(40, 41, 42, 43, 77),
    chatID: fc.bigInt({ min: 1n, max: 6n }),
    chatDate: fc.constantFrom(NOON, NOON + 1n, NOON - 1n, 0n, 5n, LAST_TICK + 1n),
    userId: fc.constantFrom(5, 6, 99),
    isAlert: fc.boolean(),
    content,
    rtf: fc.option(content, { freq: 3 }),
    defects: fc.constantFrom([], [], [], [{ column: 'isAlert', seen: 'x', expected: 'a bit' }]),
  });
  const options = fc.record({
    forbiddenCharacters: fc.constantFrom('replace' as const, 'remove' as const, 'refuse' as const),
    rtf: fc.constantFrom('carry' as const, 'drop' as const),
    missingAuthors: fc.constantFrom('block' as const, 5),
    since: fc.constantFrom(null, NOON),
    until: fc.constantFrom(null, NOON + 1n),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 30 }), options, async (given, chosen) => {
      const rows = given
        .map((values) => chat(values))
        .toSorted((a, b) => a.channelID - b.channelID || Number(a.chatID - b.chatID));
      const facts = context({ rooms, options: chosen });
      const carried = await carry(rows, { rules: MESSAGE_RULES, context: facts });
      const account = carried.ledger.tables.tblChat;
      t.deepEqual(assertBalance(carried.ledger), []);
      t.is(account?.read, rows.length);
      t.is(account?.written, carried.written.length);
      t.is(carried.exceptions.length, rows.length - (account?.carried ?? 0));
      t.is(new Set(carried.written.map(({ key }) => key)).size, carried.written.length);
      const texts = carried.written.map((written) => `${written.content}${written.rtf ?? ''}`);
      // Two texts never join into a pair of surrogates when a blank stands between them.
      t.true(texts.join(' ').isWellFormed());
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      t.notRegex(texts.join(' '), /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      const accounts = Object.values(carried.ledger.rooms);
      t.is(
        accounts.reduce((sum, room) => sum + room.textBytesWritten, 0),
        Buffer.byteLength(texts.join('')),
      );
    }),
  );
});

/** A value as the scanner marks it when XML 1.0 forbids a code point of it. */
function forbiddenMarked(text: string): TextValue {
  const value = TextValue.from(text);
  value.traits = TRAIT.FORBIDDEN;
  return value;
}
