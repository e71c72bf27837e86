import { RunFailure, TextValue, TRAIT } from '@chatferry/export';
import { parseLedger } from '@chatferry/import';
import { assertBalance, MESSAGE_RULES, type MessageRule, type TransformOptions } from '@chatferry/transform';
import test from 'ava';
import { guid } from './support/directory.js';
import {
  type Carried,
  carry,
  chat,
  context,
  counter,
  type GivenMessage,
  inOneBuffer,
  NOON,
  raw,
  roomFacts,
} from './support/messages.js';

const lastChatIdTooLow = ruleOf('last-chat-id-too-low');
const messageAfterCutoff = ruleOf('message-after-cutoff');
const messageAlert = ruleOf('message-alert');
const messageAuthorMissing = ruleOf('message-author-missing');
const messageBeforeCutoff = ruleOf('message-before-cutoff');
const messageColumnUndecodable = ruleOf('message-column-undecodable');
const messageContentForbiddenCharacter = ruleOf('message-content-forbidden-character');
const messageContentLoneSurrogate = ruleOf('message-content-lone-surrogate');
const messageContentMissing = ruleOf('message-content-missing');
const messageDateOutOfOrder = ruleOf('message-date-out-of-order');
const messageDateUnusable = ruleOf('message-date-unusable');
const messageFileLink = ruleOf('message-file-link');
const messageIdDuplicate = ruleOf('message-id-duplicate');
const messageInUnloggedRoom = ruleOf('message-in-unlogged-room');
const messageRoomExcluded = ruleOf('message-room-excluded');
const messageRoomLink = ruleOf('message-room-link');
const messageRoomMissing = ruleOf('message-room-missing');
const messageRtfPresent = ruleOf('message-rtf-present');
const messageStory = ruleOf('message-story');

const LAST_TICK = 3_155_378_975_999_999_999n;
const YEAR_1995 = 629_245_152_000_000_000n;

function ruleOf(id: string): MessageRule {
  const rule = MESSAGE_RULES.find((listed) => listed.id === id);
  if (rule === undefined) throw new Error(`no message rule ${id}`);
  return rule;
}

async function apply(
  rule: MessageRule,
  given: readonly GivenMessage[],
  options: Partial<TransformOptions> = {},
): Promise<Carried> {
  return await carry(given.map(chat), { rules: [rule], context: context({ options }) });
}

/** `<severity> <rule> @ <record>: <message>` of each finding. */
function told({ findings }: Carried): string[] {
  return findings.map(
    ({ severity, rule, place, message }) => `${severity} ${rule} @ ${place?.record}: ${message}`,
  );
}

function keys({ written }: Carried): string[] {
  return written.map(({ key }) => key);
}

/** `seen` of a column defect. */
function defect(column: string, seen: string | null, expected: string) {
  return { column, seen, expected };
}

test('every message rule is listed once and runs on a plain message without a word', async (t) => {
  t.is(new Set(MESSAGE_RULES.map(({ id }) => id)).size, 19);
  const carried = await carry([chat()], { rules: MESSAGE_RULES });
  t.deepEqual(carried.findings, []);
  t.deepEqual(carried.exceptions, []);
  t.deepEqual(keys(carried), ['40#1']);
});

test('message-room-missing: refuses by room, one finding with the count', async (t) => {
  const rooms = [
    roomFacts(40),
    roomFacts(50, { state: 'category', hasAccount: false }),
    roomFacts(60, { state: 'refused', decidedBy: 'node-parent-missing' }),
  ];
  const rows = [
    chat({ channelID: 40 }),
    chat({ channelID: 50 }),
    chat({ channelID: 60 }),
    chat({ channelID: 60, chatID: 2 }),
    chat({ channelID: 77, chatID: 3, line: 9 }),
    chat({ channelID: 77, chatID: 4 }),
  ];
  const carried = await carry(rows, { rules: [messageRoomMissing], context: context({ rooms }) });
  t.deepEqual(told(carried), [
    'error message-room-missing @ node 50: Unexpected channelID 50, which is a category, of 1 message, expected a room that is carried; refused 1 message.',
    'error message-room-missing @ node 60: Unexpected room 60 "Room60", refused by node-parent-missing, of 2 messages, expected a room that is carried; refused 2 messages.',
    'error message-room-missing @ message 77#3: Unexpected channelID 77, which no node has, of 2 messages, expected a room that is carried; refused 2 messages.',
  ]);
  t.is(carried.findings[2]?.place?.line, 9);
  t.deepEqual(keys(carried), ['40#1']);
  t.is(carried.ledger.unplaced['77']?.refused, 2);
  t.is(carried.ledger.unplaced['50']?.refused, 1);
  t.is(carried.ledger.rooms[guid(60)]?.refused, 2);
});

test('message-room-missing: beyond 10,000 channelIDs without a node, one account and one finding', async (t) => {
  const rows = Array.from({ length: 10_002 }, (_, index) => chat({ channelID: 1_000 + index }));
  rows.push(chat({ channelID: 11_001, chatID: 2 }));
  const carried = await carry(rows, { rules: [messageRoomMissing], context: context({ rooms: [] }) });
  t.is(carried.findings.length, 10_001);
  t.is(
    told(carried).at(-1),
    'error message-room-missing @ message 11000#1: Unexpected 2 further channelIDs, which no node has, of 3 messages, expected rooms that are carried; refused 3 messages.',
  );
  t.is(Object.keys(carried.ledger.unplaced).length, 10_001);
  t.is(carried.ledger.unplaced['10999']?.refused, 1);
  t.is(carried.ledger.unplaced['11000'], undefined);
  t.is(carried.ledger.unplaced.others?.refused, 3);
  t.is(carried.ledger.tables.tblChat?.refused, 10_003);
  t.deepEqual(assertBalance(carried.ledger), []);
  t.is(parseLedger(JSON.stringify(carried.ledger)).fault, null);
});

test('message-room-excluded: excludes with the room', async (t) => {
  const rooms = [roomFacts(40), roomFacts(41, { state: 'excluded', decidedBy: 'room-disabled' })];
  const rows = [chat(), chat({ channelID: 41 }), chat({ channelID: 41, chatID: 2 })];
  const carried = await carry(rows, { rules: [messageRoomExcluded], context: context({ rooms }) });
  t.deepEqual(told(carried), [
    'note message-room-excluded @ node 41: Unexpected 2 messages in room 41 "Room41", expected none in a room excluded by room-disabled; excluded 2 messages with it.',
  ]);
  t.deepEqual(keys(carried), ['40#1']);
  t.is(carried.ledger.rooms[guid(41)]?.textBytesExcluded, 10);
  t.false(carried.lastChatIds.has(41));
});

test('message-column-undecodable: refuses but for the columns with a rule of their own', async (t) => {
  const carried = await apply(messageColumnUndecodable, [
    { chatID: 0, defects: [defect('chatID', '7x', 'a bigint'), defect('userId', null, 'an int')] },
    { chatID: 1 },
    { chatID: 2, defects: [defect('isAlert', 'ja', 'a bit')] },
    { channelID: 0, chatID: 9, defects: [defect('channelID', '', 'an int')] },
    { chatID: 3, defects: [defect('chatDate', 'x', 'a bigint')] },
    { chatID: 4, defects: [defect('content', null, 'text')] },
  ]);
  t.deepEqual(told(carried), [
    'error message-column-undecodable @ message 40#0: Unexpected chatID "7x", userId without a value, expected a bigint, an int; refused the message.',
    'error message-column-undecodable @ message 40#2: Unexpected isAlert "ja", expected a bit; refused the message.',
    'error message-column-undecodable @ message 0#9: Unexpected channelID "", expected an int; refused the message.',
  ]);
  t.deepEqual(keys(carried), ['40#1', '40#3', '40#4']);
  t.is(carried.ledger.unplaced['0']?.refused, 1);
});

test('message-before-cutoff: the very instant is carried, the tick before is not', async (t) => {
  const rows = [
    { chatID: 1, chatDate: NOON - 1n },
    { chatID: 2, chatDate: NOON },
    { chatID: 3, chatDate: 0n },
  ];
  const carried = await apply(messageBeforeCutoff, rows, { since: NOON });
  t.deepEqual(told(carried), [
    'note message-before-cutoff @ node 40: Unexpected 1 message before 2010-09-14T14:26:17Z in room 40 "Room40", expected none by the plan; excluded 1 message.',
  ]);
  t.deepEqual(keys(carried), ['40#2', '40#3']);
  t.deepEqual((await apply(messageBeforeCutoff, rows)).findings, []);
});

test('message-after-cutoff: the very instant is not carried, the tick before is', async (t) => {
  const rows = [
    { chatID: 1, chatDate: NOON - 1n },
    { chatID: 2, chatDate: NOON },
    { chatID: 3, chatDate: LAST_TICK + 1n },
  ];
  const carried = await apply(messageAfterCutoff, rows, { until: NOON });
  t.deepEqual(told(carried), [
    'note message-after-cutoff @ node 40: Unexpected 1 message at or after 2010-09-14T14:26:17Z in room 40 "Room40", expected none by the plan; excluded 1 message.',
  ]);
  t.deepEqual(keys(carried), ['40#1', '40#3']);
  t.deepEqual((await apply(messageAfterCutoff, rows)).findings, []);
});

test('message-id-duplicate: the same row again is excluded, another is refused', async (t) => {
  const carried = await apply(messageIdDuplicate, [
    { chatID: 1, content: raw('a &amp; b', TRAIT.CANONICAL_REFERENCE), rtf: 'r' },
    { chatID: 1, content: raw('a &#38; b', TRAIT.REFERENCE, 'attribute'), rtf: 'r' },
    { chatID: 1, content: 'a & b', chatDate: NOON + 1n, userId: 6, isAlert: true, rtf: 'R' },
    { chatID: 1, content: 'a & b', rtf: null },
    { chatID: 1, content: null, rtf: 'r' },
    { chatID: 1, content: 'a & b', rtf: 'r' },
    { chatID: 2, content: 'a & b', rtf: 'r' },
    { channelID: 41, chatID: 2, content: 'a & b', rtf: 'r' },
  ]);
  const again = 'message-id-duplicate @ message 40#1: Unexpected second message 1 in room 40';
  t.deepEqual(told(carried), [
    `note ${again}, the same as the first, expected one; excluded the second.`,
    `error ${again}, different in chatDate, userId, isAlert, rtf, expected one; refused the second.`,
    `error ${again}, different in rtf, expected one; refused the second.`,
    `error ${again}, different in content, expected one; refused the second.`,
    `note ${again}, the same as the first, expected one; excluded the second.`,
  ]);
  t.deepEqual(keys(carried), ['40#1', '40#2', '41#2']);
  t.is(carried.ledger.rooms[guid(40)]?.refused, 3);
  t.is(carried.ledger.rooms[guid(40)]?.excluded, 2);
});

test('message-id-duplicate: remembers the first although its bytes are gone', async (t) => {
  const value = new TextValue();
  const bytes = Buffer.from('first');
  function* rows() {
    value.set(bytes, 0, 5, 'element', 0);
    yield chat({ content: value });
    bytes.write('other');
    yield chat({ content: value });
  }
  const carried = await carry(rows(), { rules: [messageIdDuplicate] });
  t.regex(carried.findings[0]?.message ?? '', /different in content/);
});

test('message-author-missing: refuses, or gives the author that the plan names', async (t) => {
  const rows = [{ chatID: 1 }, { chatID: 2, userId: 99 }];
  const refused = await apply(messageAuthorMissing, rows);
  t.deepEqual(told(refused), [
    'error message-author-missing @ message 40#2: Unexpected userId 99, expected a principal that is carried; refused the message.',
  ]);
  t.deepEqual(keys(refused), ['40#1']);

  const given = await apply(messageAuthorMissing, rows, { missingAuthors: 6 });
  t.deepEqual(told(given), [
    'warning message-author-missing @ message 40#2: Unexpected userId 99, expected a principal that is carried; made principal 6 its author.',
  ]);
  t.deepEqual(
    given.written.map(({ userId }) => userId),
    [5, 6],
  );
  t.deepEqual(given.exceptions, ['tblChat 40#2 changed message-author-missing']);

  const failure = await t.throwsAsync(apply(messageAuthorMissing, rows, { missingAuthors: 98 }), {
    instanceOf: RunFailure,
  });
  t.is(failure.code, 'plan-unusable');
});

test('message-date-unusable: refuses what is no date, warns of what no clock can have said', async (t) => {
  const asOf = NOON;
  const carried = await apply(
    messageDateUnusable,
    [
      { chatID: 1, chatDate: 0n },
      { chatID: 2, chatDate: -5n },
      { chatID: 3, chatDate: LAST_TICK + 1n },
      { chatID: 4, chatDate: 0n, defects: [defect('chatDate', '2010-09-14', 'a bigint')] },
      { chatID: 5, chatDate: 0n, defects: [defect('chatDate', null, 'a bigint')] },
      { chatID: 6, chatDate: 1n },
      { chatID: 7, chatDate: YEAR_1995 - 1n },
      { chatID: 8, chatDate: YEAR_1995 },
      { chatID: 9, chatDate: asOf },
      { chatID: 10, chatDate: asOf + 1n },
      { chatID: 11, defects: [defect('content', null, 'text')] },
    ],
    { asOf },
  );
  const ticks = 'expected ticks from 1 to 3155378975999999999; refused the message.';
  const early = 'expected nothing before 1995; carried it as it is.';
  t.deepEqual(told(carried), [
    `error message-date-unusable @ message 40#1: Unexpected chatDate 0, ${ticks}`,
    `error message-date-unusable @ message 40#2: Unexpected chatDate -5, ${ticks}`,
    `error message-date-unusable @ message 40#3: Unexpected chatDate 3155378976000000000, ${ticks}`,
    `error message-date-unusable @ message 40#4: Unexpected chatDate "2010-09-14", ${ticks}`,
    `error message-date-unusable @ message 40#5: Unexpected message without chatDate, ${ticks}`,
    `warning message-date-unusable @ message 40#6: Unexpected chatDate 0001-01-01T00:00:00.0000001Z, ${early}`,
    `warning message-date-unusable @ message 40#7: Unexpected chatDate 1994-12-31T23:59:59.9999999Z, ${early}`,
    'warning message-date-unusable @ message 40#10: Unexpected chatDate 2010-09-14T14:26:17.0000001Z, expected nothing later than the export, 2010-09-14T14:26:17Z; carried it as it is.',
  ]);
  t.deepEqual(keys(carried), ['40#6', '40#7', '40#8', '40#9', '40#10', '40#11']);

  const open = await apply(messageDateUnusable, [
    { chatID: 1, chatDate: LAST_TICK },
    { chatID: 2, chatDate: LAST_TICK + 1n },
  ]);
  t.deepEqual(keys(open), ['40#1']);
  t.is(open.findings.length, 1);
  const beyond = await apply(messageDateUnusable, [{ chatDate: LAST_TICK + 1n }], { asOf: LAST_TICK + 9n });
  t.is(beyond.findings[0]?.severity, 'error');
});

test('message-date-out-of-order: counts the messages earlier than the one before, room by room', async (t) => {
  const carried = await apply(messageDateOutOfOrder, [
    { chatID: 1, chatDate: NOON },
    { chatID: 2, chatDate: NOON },
    { chatID: 3, chatDate: NOON - 1n },
    { chatID: 4, chatDate: NOON - 2n },
    { chatID: 5, chatDate: NOON },
    { channelID: 41, chatID: 1, chatDate: NOON - 3n },
  ]);
  t.deepEqual(told(carried), [
    'note message-date-out-of-order @ node 40: Unexpected 2 messages earlier than the message before in room 40 "Room40", expected dates to ascend with chatID; carried 2 messages with the dates as they are.',
  ]);
  t.is(carried.written.length, 6);
});

test('message-content-missing: refuses NULL and what does not decode, carries the empty text', async (t) => {
  const carried = await apply(messageContentMissing, [
    { chatID: 1, content: '' },
    { chatID: 2, content: null },
    { chatID: 3, content: null, defects: [defect('content', '=', 'base64 of UTF-16LE')] },
    { chatID: 4, content: null, defects: [defect('content', null, 'text')] },
  ]);
  t.deepEqual(told(carried), [
    'error message-content-missing @ message 40#2: Unexpected message without content, expected text, be it empty; refused the message.',
    'error message-content-missing @ message 40#3: Unexpected content that does not decode, expected text, be it empty; refused the message.',
    'error message-content-missing @ message 40#4: Unexpected message without content, expected text, be it empty; refused the message.',
  ]);
  t.deepEqual(keys(carried), ['40#1']);
});

test('message-content-forbidden-character: replace, remove, refuse', async (t) => {
  const rule = messageContentForbiddenCharacter;
  const forbidden = raw(
    'a&#x1;b\u0001\u000b\ufffe\uffff\ufffd\tc\r\n',
    TRAIT.FORBIDDEN | TRAIT.REFERENCE,
    'cdata',
  );
  forbidden.form = 'element';
  const rows = [{ chatID: 1 }, { chatID: 2, content: forbidden }];
  const seen =
    'Unexpected U+0001 (2), U+000B, U+FFFE, U+FFFF in content, expected characters that XML 1.0 allows';
  const at = `${rule.id} @ message 40#2: ${seen}`;

  const replaced = await apply(rule, rows);
  t.deepEqual(told(replaced), [`warning ${at}; replaced each by U+FFFD.`]);
  t.is(replaced.written[1]?.content, 'a\ufffdb\ufffd\ufffd\ufffd\ufffd\ufffd\tc\n');
  t.deepEqual(replaced.exceptions, [`tblChat 40#2 changed ${rule.id}`]);
  t.is(replaced.ledger.rooms[guid(40)]?.textBytesAltered, 6);

  const removed = await apply(rule, rows, { forbiddenCharacters: 'remove' });
  t.deepEqual(told(removed), [`warning ${at}; removed them.`]);
  t.is(removed.written[1]?.content, 'ab\ufffd\tc\n');

  const refused = await apply(rule, rows, { forbiddenCharacters: 'refuse' });
  t.deepEqual(told(refused), [`error ${at}; refused it.`]);
  t.deepEqual(keys(refused), ['40#1']);
});

test('message-content-forbidden-character: the rtf, too', async (t) => {
  const rtf = raw('{\\rtf\u0000}', TRAIT.FORBIDDEN);
  for (const mode of ['replace', 'refuse'] as const) {
    const carried = await apply(messageContentForbiddenCharacter, [{ rtf }], { forbiddenCharacters: mode });
    t.regex(carried.findings[0]?.message ?? '', /^Unexpected U\+0000 in rtf/);
    t.deepEqual(
      carried.written.map((message) => message.rtf),
      mode === 'replace' ? ['{\\rtf\ufffd}'] : [],
    );
  }
});

test('message-content-lone-surrogate: halves are replaced, pairs are joined', async (t) => {
  const rule = messageContentLoneSurrogate;
  const bytes = Buffer.concat([
    Buffer.from('x'),
    Buffer.from('eda0bdedb880', 'hex'), // a pair in two three-byte forms: U+1F600
    Buffer.from('eda0bdeda0bdedb880', 'hex'), // a half, then a pair
    Buffer.from('edb880', 'hex'), // a half
    Buffer.from('\ud55c\u0001'), // ED 95 9C is Hangul, no surrogate
  ]);
  const content = new TextValue();
  content.set(bytes, 0, bytes.length, 'decoded', TRAIT.FORBIDDEN);
  const seen = 'Unexpected U+D83D, U+DE00 in content, expected surrogates in pairs';

  const smiley = '\u{1f600}';
  const rows = [{ content }];
  const both = [rule, messageContentForbiddenCharacter];
  const replaced = await carry(rows.map(chat), { rules: both });
  t.is(told(replaced)[0], `warning ${rule.id} @ message 40#1: ${seen}; replaced each by U+FFFD.`);
  t.is(replaced.written[0]?.content, `x${smiley}\ufffd${smiley}\ufffd\ud55c\ufffd`);
  t.deepEqual(replaced.exceptions, [`tblChat 40#1 changed ${rule.id}`]);

  const options = { forbiddenCharacters: 'remove' } as const;
  const removed = await carry(rows.map(chat), { rules: both, context: context({ options }) });
  t.is(removed.written[0]?.content, `x${smiley}${smiley}\ud55c`);

  const refused = await apply(rule, rows, { forbiddenCharacters: 'refuse' });
  t.deepEqual(told(refused), [`error ${rule.id} @ message 40#1: ${seen}; refused it.`]);
});

test('message-content-lone-surrogate: halves do not meet when a control between them is removed', async (t) => {
  const content = raw('&#xD83D;&#x1;&#xDE00;', TRAIT.REFERENCE | TRAIT.FORBIDDEN);
  const options = { forbiddenCharacters: 'remove' } as const;
  const carried = await carry([chat({ content })], { rules: MESSAGE_RULES, context: context({ options }) });
  t.is(carried.written[0]?.content, '');
  t.is(carried.findings.length, 2);
});

test('message-rtf-present: carry or drop, counted on the room', async (t) => {
  const rows = [{ chatID: 1 }, { chatID: 2, rtf: '{}' }, { chatID: 3, rtf: '' }];
  const kept = await apply(messageRtfPresent, rows);
  t.deepEqual(told(kept), [
    'note message-rtf-present @ node 40: Unexpected rtf in 2 messages of room 40 "Room40", expected none in this schema; carried it.',
  ]);
  t.deepEqual(
    kept.written.map(({ rtf }) => rtf),
    [null, '{}', ''],
  );
  t.is(kept.ledger.rooms[guid(40)]?.carried, 3);

  const dropped = await apply(messageRtfPresent, rows, { rtf: 'drop' });
  t.regex(dropped.findings[0]?.message ?? '', /; dropped it\.$/);
  t.deepEqual(
    dropped.written.map(({ rtf }) => rtf),
    [null, null, null],
  );
  t.is(dropped.ledger.rooms[guid(40)]?.changed, 2);
  t.is(dropped.ledger.rooms[guid(40)]?.textBytesAltered, -2);
});

test('message-file-link: lists the text, counts on the room, finds what references hide', async (t) => {
  const carried = await apply(messageFileLink, [
    { chatID: 1, content: 'ma-filelink' },
    { chatID: 2, content: 'see ma-filelink:one and ma-filelink:two' },
    { chatID: 3, content: raw('ma&#45;filelink:three', TRAIT.REFERENCE) },
    { chatID: 4, content: raw('ma-filelin&amp;k:', TRAIT.CANONICAL_REFERENCE) },
  ]);
  t.deepEqual(told(carried), [
    'note message-file-link @ node 40: Unexpected file links in 2 messages of room 40 "Room40", expected the files to be copied apart; listed them in files-to-copy.csv.',
  ]);
  const place = { roomGuid: guid(40), roomName: 'Room40' };
  t.deepEqual(carried.fileLinks, [
    { place: { ...place, messageId: 2n }, text: 'see ma-filelink:one and ma-filelink:two' },
    { place: { ...place, messageId: 3n }, text: 'ma-filelink:three' },
  ]);
  t.is(carried.written[2]?.content, 'ma-filelink:three');
});

test('message-file-link: does not list what stays behind', async (t) => {
  const rows = [chat({ userId: 99, content: 'ma-filelink:one' })];
  const carried = await carry(rows, { rules: MESSAGE_RULES });
  t.deepEqual(carried.fileLinks, []);
  t.deepEqual(
    carried.findings.map(({ rule }) => rule),
    ['message-author-missing'],
  );
});

test('message-room-link: notes links to rooms that do not come along, each once', async (t) => {
  const rooms = [
    roomFacts(40),
    roomFacts(41, {
      state: 'excluded',
      decidedBy: 'room-disabled',
      guid: 'abcdef00-0000-4000-8000-000000000041',
    }),
  ];
  const link = (id: string) => `ma-chan://contoso.example/${id}`;
  const texts = [
    `${link(guid(40))} ma-chan://contoso.example/300`,
    `${link('ABCDEF00-0000-4000-8000-000000000041')}, ${link('abcdef00-0000-4000-8000-000000000041')}`,
    `<a href="${link(guid(99))}">`,
    `${link(guid(99))}0 ma-chan:/x`,
    guid(99),
  ];
  const content = inOneBuffer(texts);
  const rows = content.map((value, index) => chat({ chatID: index, content: value }));
  const carried = await carry(rows, { rules: [messageRoomLink], context: context({ rooms }) });
  const end = 'expected a room that is carried; left the text as it is.';
  t.deepEqual(told(carried), [
    `note message-room-link @ message 40#1: Unexpected link to room abcdef00-0000-4000-8000-000000000041, which was excluded, ${end}`,
    `note message-room-link @ message 40#2: Unexpected link to room ${guid(99)}, which is not in the export, ${end}`,
  ]);
  t.deepEqual(
    carried.written.map(({ content: text }) => text),
    texts,
  );
});

test('message-in-unlogged-room: one warning a room', async (t) => {
  const rooms = [roomFacts(40), roomFacts(41, { chatHistory: false })];
  const rows = [chat(), chat({ channelID: 41 }), chat({ channelID: 41, chatID: 2 })];
  const carried = await carry(rows, { rules: [messageInUnloggedRoom], context: context({ rooms }) });
  t.deepEqual(told(carried), [
    'warning message-in-unlogged-room @ node 41: Unexpected 2 messages in room 41 "Room41", expected none where the category, "Ops", keeps no chat history; carried 2 messages.',
  ]);
  t.is(carried.written.length, 3);
});

test('message-story and message-alert: counted on the room', async (t) => {
  const rows = [
    chat({ chatID: 1, content: '[STORY]Title' }),
    chat({ chatID: 2, content: '[STORY', isAlert: true }),
    chat({ chatID: 3, content: '[story]', isAlert: true }),
  ];
  const carried = await carry(rows, { rules: [messageStory, messageAlert] });
  t.deepEqual(told(carried), [
    'note message-story @ node 40: Unexpected [STORY] in 1 message of room 40 "Room40", expected plain text or a story; carried the text as it is.',
    'note message-alert @ node 40: Unexpected high importance in 2 messages of room 40 "Room40", expected either kind; carried it.',
  ]);
  t.deepEqual(
    carried.written.map(({ alert }) => alert),
    [false, true, true],
  );
});

test('last-chat-id-too-low: raises a counter that is missing or too low, keeps the others', async (t) => {
  const rooms = [
    roomFacts(40, { counter: counter(40, 9n) }),
    roomFacts(41, { counter: null }),
    roomFacts(42, { counter: counter(42, 8n) }),
    roomFacts(43, { counter: counter(43, 3n) }),
    roomFacts(44, { counter: null }),
  ];
  const rows = [40, 41, 42].flatMap((channelID) => [
    chat({ channelID, chatID: 2 }),
    chat({ channelID, chatID: 9 }),
  ]);
  const carried = await carry(rows, { rules: [lastChatIdTooLow], context: context({ rooms }) });
  t.deepEqual(told(carried), [
    'note last-chat-id-too-low @ node 41: Unexpected missing message counter of room 41 "Room41", expected at least 9; raised it to 9.',
    'note last-chat-id-too-low @ counter 42: Unexpected message counter 8 of room 42 "Room42", expected at least 9; raised it to 9.',
  ]);
  t.deepEqual(
    [...carried.lastChatIds],
    [
      [40, 9n],
      [41, 9n],
      [42, 9n],
      [43, 3n],
    ],
  );
  t.deepEqual(carried.settled, ['counter 42 changed last-chat-id-too-low']);
});
