import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_OPTIONS } from '@chatferry/transform';
import test from 'ava';
import { isoTicks } from '../../packages/transform/dist/messages/ticks.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { handedOff, scratch, tamper, toldAgainst } from './support/second-reader.js';

const SAMPLE = join(FIXTURES, 'sample');

interface Line {
  readonly table: string;
  readonly key: string;
  readonly state: 'changed' | 'excluded';
  readonly rule: string;
  readonly fields?: readonly string[];
}

/** Something that was taken out of a package, and what the list was made to say of it. */
interface Forgery {
  readonly document: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly lines: readonly Line[];
  /** Findings that must be among those that are told. */
  readonly told: readonly RegExp[];
}

const excluded = (table: string, key: string, rule: string): Line => ({
  table,
  key,
  state: 'excluded',
  rule,
});
const noGround = (what: string): RegExp =>
  RegExp(
    `^error Unexpected absence of ${what}, expected it, because nothing in the export is a reason to leave it behind$`,
  );
const notIn = (who: string, list: string): RegExp =>
  RegExp(
    `^error Unexpected absence of ${who} among ${list}, expected what a row in the export gives there or from above`,
  );
const message = (id: number): RegExp =>
  RegExp(`(<ChatRoom id="20">.*?)<Message id="${id}" .*?</Message>`, 's');

const FORGED: Readonly<Record<string, Forgery>> = {
  'the add-in of a room': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]*) addInId="[^"]*"/,
    to: '$1',
    lines: [],
    told: [/^error Unexpected add-in of room 21 .*\("", not "3c6ef362-/],
  },
  'a message, by a rule that does not exist': {
    document: 'Messages.xml',
    from: message(7),
    to: '$1',
    lines: [excluded('tblChat', '20#7', 'message-too-honest')],
    told: [
      /^error Unexpected reason "message-too-honest" of 1 message left behind, the first 20#7, expected a rule that leaves messages behind$/,
    ],
  },
  'messages by their date, although no dates were decided': {
    document: 'Messages.xml',
    from: message(7),
    to: '$1',
    lines: [excluded('tblChat', '20#7', 'message-before-cutoff')],
    told: [
      /^error Unexpected 1 message left behind by date, the first 20#7, expected only such as lie outside the dates that summary.json names as decided$/,
    ],
  },
  'the author of a message': {
    document: 'Messages.xml',
    from: '<Message id="2" date="633717545534580212" userId="14"',
    to: '<Message id="2" date="633717545534580212" userId="21"',
    lines: [
      { table: 'tblChat', key: '20#2', state: 'changed', rule: 'message-author-missing', fields: ['author'] },
    ],
    told: [/^error Unexpected author of message 20#2 in room 20 "Night watch", /],
  },
  'a member of a room': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="20".*?)<Principal id="14" [^>]*\/>/,
    to: '$1',
    lines: [excluded('tblPrincipalRole', 'role 3 of principal 14 on node 20', 'principal-disabled')],
    told: [notIn('principal 14 "Chidi Okafor"', 'members of room 20 "Night watch"')],
  },
  'a presenter of an auditorium': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="44".*?<Principal id="31" isManager="0" isMember="1" isPresenter=)"1"/,
    to: '$1"0"',
    lines: [excluded('tblPrincipalRole', 'role 2 of principal 31 on node 44', 'presenter-on-normal-room')],
    told: [notIn('principal 31 .*', 'presenters of room 44 "Town hall"')],
  },
  'a creator, of whom no line is needed': {
    document: 'Categories.xml',
    from: '<Principal id="23" isCreator="1"/>',
    to: '',
    lines: [],
    told: [notIn('principal 23 .*', 'creators of category 6 "Trading"')],
  },
  'somebody who is allowed in a category': {
    document: 'Categories.xml',
    from: /(<Category id="6".*?<Scope>)<Principal id="5" isDenied="0"\/>/,
    to: '$1',
    lines: [excluded('tblScopePrincipal', 'scope of node 6: principal 5', 'principal-federated')],
    told: [notIn('principal 5 .*', 'allowed of category 6 "Trading"')],
  },
  'somebody who is allowed in a category by one above': {
    document: 'Categories.xml',
    from: /(<Category id="11".*?<Scope>)<Principal id="2" isDenied="0"\/>/,
    to: '$1',
    lines: [],
    told: [notIn('principal 2 .*', 'allowed of category 11 "Support_Empty shelf"')],
  },
  'an affiliation': {
    document: 'AdAffiliations.xml',
    from: '<User id="12"><Groups><Group id="4"/>',
    to: '<User id="12"><Groups>',
    lines: [
      excluded(
        'tblPrincipalAffiliations',
        'affiliation of principal 12 to 4',
        'affiliation-principal-missing',
      ),
    ],
    told: [noGround('affiliation of principal 12 to 4')],
  },
  'a room': {
    document: 'ChatRooms.xml',
    from: /<ChatRoom id="23".*?<\/ChatRoom>/,
    to: '',
    lines: [excluded('tblNode', 'node 23', 'room-disabled')],
    told: [noGround('room 23 "Empty room"')],
  },
  'two categories': {
    document: 'Categories.xml',
    from: /<Category id="(?:10|11)".*?<\/Category>/g,
    to: '',
    lines: [
      excluded('tblNode', 'node 10', 'category-empty'),
      excluded('tblNode', 'node 11', 'category-empty'),
    ],
    told: [
      /^error Unexpected absence of category 10 "Support", expected it, because nothing in the export is a reason to leave it behind, the first of 2 so$/,
    ],
  },
  'an add-in': {
    document: 'AddIns.xml',
    from: /<AddIn id="78dde6c4.*?<\/AddIn>/,
    to: '',
    lines: [
      excluded('tblSiopWhiteList', 'add-in 78dde6c4-0053-4c0d-9a5c-230c0f510003', 'add-in-url-unusable'),
    ],
    told: [noGround('add-in 78dde6c4-0053-4c0d-9a5c-230c0f510003 "World clock \\(unused\\)"')],
  },
  'a principal': {
    document: 'AdUsers.xml',
    from: /<User principalId="14" [^>]*\/>/,
    to: '',
    lines: [excluded('tblPrincipal', 'principal 14', 'principal-duplicate')],
    told: [noGround('principal 14 "Chidi Okafor"')],
  },
  'that a principal is active': {
    document: 'AdUsers.xml',
    from: /(<User principalId="14" [^>]*disabled=)"0"/,
    to: '$1"1"',
    lines: [{ table: 'tblPrincipal', key: 'principal 14', state: 'changed', rule: 'principal-disabled' }],
    told: [noGround('active principal 14 "Chidi Okafor"')],
  },
  'numbers of messages that were given away': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="23"[^>]* lastChatId=)"12"/,
    to: '$1"3"',
    lines: [
      {
        table: 'tblLastChatId',
        key: 'last chat id of node 23',
        state: 'changed',
        rule: 'last-chat-id-too-low',
      },
    ],
    told: [
      /^error Unexpected message counter 3 of room 23, expected 12 of the export, or that of the highest message$/,
    ],
  },
};

const changed = (table: string, key: string, rule: string): Line => ({ table, key, state: 'changed', rule });

/** What the list says was changed, to anything. */
const CHANGED: Readonly<Record<string, Forgery>> = {
  'a manager who takes the place of one whom no plan has replaced': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="20".*?)<Principal id="13" isManager="1" isMember="0"/,
    to: '$1<Principal id="30" isManager="1" isMember="0"',
    lines: [changed('tblPrincipal', 'principal 13', 'principal-remapped')],
    told: [/^error Unexpected principal 30 .* among managers of room 20 /],
  },
  'rich text that nobody wrote': {
    document: 'Messages.xml',
    from: message(2),
    to: '$1<Message id="2" date="633717545534580212" userId="14" isAlert="0"><Content>a lone</Content><Rtf>{}</Rtf></Message>',
    lines: [
      { ...changed('tblChat', '20#2', 'message-content-forbidden-character'), fields: ['content', 'rtf'] },
    ],
    told: [/^error Unexpected content, rtf of message 20#2 /],
  },
  'an address, by its punctuation': {
    document: 'AdUsers.xml',
    from: /(principalId="14" .*? email=")chidi\.okafor/,
    to: '$1chidiokafor',
    lines: [changed('tblPrincipal', 'principal 14', 'principal-forbidden-character')],
    told: [/^error Unexpected email "chidiokafor@contoso\.example" of principal 14, /],
  },
  'the kind of a principal': {
    document: 'AdUsers.xml',
    from: /(principalId="14" .*? kind=)"user"/,
    to: '$1"system"',
    lines: [changed('tblPrincipal', 'principal 14', 'principal-forbidden-character')],
    told: [/^error Unexpected kind system of principal 14, expected user$/],
  },
  'the description of a room': {
    document: 'ChatRooms.xml',
    from: '<Desc>Room number 20</Desc>',
    to: '<Desc></Desc>',
    lines: [changed('tblNode', 'node 20', 'description-forbidden-character')],
    told: [/^error Unexpected description "" of room 20, /],
  },
  'the name of a room, by words around it': {
    document: 'ChatRooms.xml',
    from: '<Name>Night watch</Name>',
    to: '<Name>Do not use: Night watch</Name>',
    lines: [changed('tblNode', 'node 20', 'room-name-prefixed')],
    told: [/^error Unexpected name "Do not use: Night watch" of room 20, expected "Night watch", behind /],
  },
  'the invitations of a room': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="20"[^>]* visibility="3")/,
    to: '$1 invite="0"',
    lines: [changed('tblNode', 'node 20', 'invitation-off-by-category')],
    told: [/^error Unexpected invitations False of room 20, expected Inherit$/],
  },
  'the GUID of a category': {
    document: 'Categories.xml',
    from: /(<Category id="6" guid=)"[^"]+"/,
    to: '$1"00000999-0000-4000-8000-000000000999"',
    lines: [changed('tblNode', 'node 6', 'category-nested')],
    told: [/^error Unexpected GUID 00000999-0000-4000-8000-000000000999 of category 6, /],
  },
  'the category of a room of the root': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="47"[^>]* categoryId=)"50"/,
    to: '$1"9"',
    lines: [],
    told: [/^error Unexpected category 9 of room 47, expected 1$/],
  },
  'the settings of the category for rooms of the root': {
    document: 'Categories.xml',
    from: /(<Category id="50"[^>]* isLogged=)"1"/,
    to: '$1"0"',
    lines: [],
    told: [/^error Unexpected chat history off of category 50, /],
  },
  'the number of categories': {
    document: 'Categories.xml',
    from: '<Category id="50"',
    to: '<Category id="51" guid="00000999-0000-4000-8000-000000000999" isInvite="0" isLogged="1" isFilePost="0"><Name>More</Name><Desc></Desc><Scope></Scope><Roles></Roles></Category><Category id="50"',
    lines: [],
    told: [
      /^error Unexpected category 51 "More", expected only those of the export and one for the rooms of its root$/,
    ],
  },
  'a text, by characters that stand for others': {
    document: 'Messages.xml',
    from: 'control \ufffd and',
    to: 'control \ufffd\ufffd and',
    lines: [],
    told: [/^error Unexpected content of message 20#5 /],
  },
  'the add-in of a room': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]*) addInId="[^"]+"/,
    to: '$1',
    lines: [changed('tblNode', 'node 21', 'add-in-missing')],
    told: [
      /^error Unexpected add-in of room 21 in the package, expected what the export has \("", not "3c6ef362/,
    ],
  },
  'the address of an add-in': {
    document: 'AddIns.xml',
    from: 'https://market.contoso.example/',
    to: 'https://market.example/',
    lines: [
      changed('tblSiopWhiteList', 'add-in daa66d13-0053-4c0d-9a5c-817784860002', 'add-in-url-unusable'),
    ],
    told: [/^error Unexpected URL of add-in daa66d13-0053-4c0d-9a5c-817784860002 /],
  },
  'a room, to none': {
    document: 'ChatRooms.xml',
    from: /<ChatRoom id="23".*?<\/ChatRoom>/,
    to: '',
    lines: [changed('tblNode', 'node 23', 'room-topic-lost')],
    told: [noGround('room 23 "Empty room"')],
  },
  'a category, to none': {
    document: 'Categories.xml',
    from: /<Category id="11".*?<\/Category>/,
    to: '',
    lines: [changed('tblNode', 'node 11', 'category-nested')],
    told: [noGround('category 11 "Empty shelf"')],
  },
  'an add-in, to none': {
    document: 'AddIns.xml',
    from: /<AddIn id="78dde6c4.*?<\/AddIn>/,
    to: '',
    lines: [
      changed('tblSiopWhiteList', 'add-in 78dde6c4-0053-4c0d-9a5c-230c0f510003', 'add-in-url-unusable'),
    ],
    told: [noGround('add-in 78dde6c4-0053-4c0d-9a5c-230c0f510003 "World clock \\(unused\\)"')],
  },
  'a principal, to none': {
    document: 'AdUsers.xml',
    from: /<User principalId="14" [^>]*\/>/,
    to: '',
    lines: [changed('tblPrincipal', 'principal 14', 'principal-duplicate')],
    told: [noGround('principal 14 "Chidi Okafor"')],
  },
  'an affiliation, to none': {
    document: 'AdAffiliations.xml',
    from: '<User id="12"><Groups><Group id="4"/>',
    to: '<User id="12"><Groups>',
    lines: [changed('tblPrincipalAffiliations', 'affiliation of principal 12 to 4', 'principal-duplicate')],
    told: [noGround('affiliation of principal 12 to 4')],
  },
  'a counter that the export does not have, to any number': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34"[^>]* lastChatId=)"19"/,
    to: '$1"9007199254740991"',
    lines: [],
    told: [
      /^error Unexpected message counter 9007199254740991 of room 34, expected that of its highest message \(19\), /,
    ],
  },
  'a counter, to none': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="23"[^>]*) lastChatId="12"/,
    to: '$1',
    lines: [changed('tblLastChatId', 'last chat id of node 23', 'last-chat-id-too-low')],
    told: [noGround('message counter of room 23')],
  },
  'the name, description and GUID of the category for rooms of the root': {
    document: 'Categories.xml',
    from: /(<Category id="50" guid=)"[^"]+"([^>]*>)<Name>General<\/Name><Desc>/,
    to: '$1"00000999-0000-4000-8000-000000000999"$2<Name>Do not use</Name><Desc>Nothing here',
    lines: [],
    told: [
      /^error Unexpected name "Do not use" of category 50 for the rooms of the root, expected "General"$/,
      /^error Unexpected description "Nothing here" of category 50 for the rooms of the root, expected ""$/,
      /^error Unexpected GUID "00000999-0000-4000-8000-000000000999" of category 50 for the rooms of the root, /,
    ],
  },
  'a counter, to any number': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="23"[^>]* lastChatId=)"12"/,
    to: '$1"9007199254740991"',
    lines: [changed('tblLastChatId', 'last chat id of node 23', 'last-chat-id-too-low')],
    told: [/^error Unexpected message counter 9007199254740991 of room 23, expected 12 of the export, /],
  },
  'a scope, to the wider one above': {
    document: 'Categories.xml',
    from: /(<Category id="6".*?<Scope>).*?<\/Scope>/,
    to: '$1<Principal id="2" isDenied="0"/><Principal id="3" isDenied="0"/></Scope>',
    lines: [5, 7, 12, 18].map((id) =>
      changed('tblScopePrincipal', `scope of node 6: principal ${id}`, 'principal-duplicate'),
    ),
    told: [/^error Unexpected principal 2 .* among allowed of category 6 "Trading", /],
  },
  'a member, who may not create, to a creator': {
    document: 'Categories.xml',
    from: /(<Category id="9".*?<Roles>)/,
    to: '$1<Principal id="20" isCreator="1"/>',
    lines: [],
    told: [/^error Unexpected principal 20 .* among creators of category 9 /],
  },
};

const added = (lines: readonly Line[]): string =>
  lines.map((line) => `${JSON.stringify({ ...line, place: null })}\n`).join('');

const FORGERIES = [
  ...Object.entries(FORGED).map(([what, forgery]) => [`cannot explain away ${what}`, forgery] as const),
  ...Object.entries(CHANGED).map(([what, forgery]) => [`cannot change ${what}`, forgery] as const),
];

for (const [what, { document, from, to, lines, told }] of FORGERIES) {
  test(`a list of exceptions ${what}`, async (t) => {
    const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
    t.deepEqual(await toldAgainst(data, SAMPLE), []);
    await tamper(join(data, 'PersistentChatData.zip'), document, (xml) => xml.replace(from, to));
    appendFileSync(join(data, 'ledger.ndjson'), added(lines));
    const findings = await toldAgainst(data, SAMPLE);
    for (const pattern of told) {
      t.true(
        findings.some((finding) => pattern.test(finding)),
        `${pattern}\n${findings.join('\n')}`,
      );
    }
  });
}

test('nobody is named as author of what nobody known wrote, unless that was decided', async (t) => {
  const work = scratch(t);
  const source = join(work, 'export');
  cpSync(SAMPLE, source, { recursive: true });
  const file = join(source, 'tblChat.xml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/(channelID="20" chatID="2" .*?userId=)"14"/, '$1"999"'),
  );
  const data = await handedOff(SAMPLE, join(work, 'handoff'));
  const line: Line = { table: 'tblChat', key: '20#2', state: 'changed', rule: 'message-author-missing' };
  appendFileSync(join(data, 'ledger.ndjson'), added([{ ...line, fields: ['author'] }]));
  const isTold = async (): Promise<boolean> =>
    (await toldAgainst(data, source)).some((finding) =>
      finding.startsWith('error Unexpected author of message 20#2 '),
    );
  t.true(await isTold());
  const summary = readFileSync(join(data, 'summary.json'), 'utf8');
  const decided = '"decidedOptions": [{"name": "missingAuthors", "value": 14}]';
  writeFileSync(join(data, 'summary.json'), summary.replace('"decidedOptions": []', decided));
  t.false(await isTold());
});

test('where a plan may have put somebody in the place of another, the other is named', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  writeFileSync(join(data, 'plan/principals.csv'), '');
  await tamper(join(data, 'PersistentChatData.zip'), 'Messages.xml', (xml) =>
    xml.replace(/(<Message id="2" date="633717545534580212" userId=)"14"/, '$1"21"'),
  );
  const remapped = 'principal-remapped';
  appendFileSync(
    join(data, 'ledger.ndjson'),
    added([
      changed('tblPrincipal', 'principal 14', remapped),
      { ...changed('tblChat', '20#2', remapped), fields: ['author'] },
    ]),
  );
  t.regex(
    (await toldAgainst(data, SAMPLE)).join('\n'),
    /^warning Unexpected others in the place of principal 14 "Chidi Okafor", /m,
  );
});

test('where everybody is disabled, nobody is of a foreign forest', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  const disabled: string[] = [];
  for (const document of ['AdUsers.xml', 'AdGroups.xml']) {
    await tamper(join(data, 'PersistentChatData.zip'), document, (xml) =>
      xml.replace(/principalId="(\d+)"([^>]* disabled=)"0"/g, (_match, id: string, between: string) => {
        disabled.push(id);
        return `principalId="${id}"${between}"1"`;
      }),
    );
  }
  const lines = disabled.map((id) => changed('tblPrincipal', `principal ${id}`, 'principal-disabled'));
  appendFileSync(join(data, 'ledger.ndjson'), added(lines));
  t.regex(
    (await toldAgainst(data, SAMPLE)).join('\n'),
    /^error Unexpected absence of active principal .*, the first of \d\d so$/m,
  );
});

test('rich text may be left behind only where that was decided', async (t) => {
  const source = join(FIXTURES, 'convert/message-rtf-present/export.xml');
  const data = await handedOff(source, join(scratch(t), 'handoff'));
  t.deepEqual(await toldAgainst(data, source), []);
  await tamper(join(data, 'PersistentChatData.zip'), 'Messages.xml', (xml) =>
    xml.replace(/<Rtf>.*?<\/Rtf>/s, ''),
  );
  const dropped = { table: 'tblChat', key: '10#2', state: 'changed', rule: 'message-rtf-present' } as const;
  appendFileSync(join(data, 'ledger.ndjson'), added([{ ...dropped, fields: ['rtf'] }]));
  const differs = (findings: readonly string[]): boolean =>
    findings.some((finding) => finding.startsWith('error Unexpected rtf of message 10#2 '));
  t.true(differs(await toldAgainst(data, source)));
  const summary = readFileSync(join(data, 'summary.json'), 'utf8');
  const decided = '"decidedOptions": [{"name": "rtf", "value": "drop"}]';
  writeFileSync(join(data, 'summary.json'), summary.replace('"decidedOptions": []', decided));
  t.false(differs(await toldAgainst(data, source)));
});

test('where rich text was left behind, nothing else is in its place', async (t) => {
  const source = join(FIXTURES, 'convert/message-rtf-present/export.xml');
  const data = await handedOff(source, join(scratch(t), 'handoff'), {
    options: { ...DEFAULT_OPTIONS, rtf: 'drop' },
  });
  t.deepEqual(await toldAgainst(data, source), []);
  await tamper(join(data, 'PersistentChatData.zip'), 'Messages.xml', (xml) =>
    xml.replace(/(<Message id="2".*?<\/Content>)/s, '$1<Rtf>{\\rtf1 agreed}</Rtf>'),
  );
  const findings = await toldAgainst(data, source);
  t.true(
    findings.some((finding) => finding.startsWith('error Unexpected rtf of message 10#2 ')),
    findings.join('\n'),
  );
});

test('what dates leave behind lies outside of them', async (t) => {
  const since = isoTicks('2009-03-05');
  const until = isoTicks('2009-03-06T11:00:00.5Z');
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'), {
    options: { ...DEFAULT_OPTIONS, since, until },
  });
  t.deepEqual(await toldAgainst(data, SAMPLE), []);
  const path = join(data, 'summary.json');
  const summary = readFileSync(path, 'utf8');
  const told = async (text: string): Promise<string> => {
    writeFileSync(path, text);
    return (await toldAgainst(data, SAMPLE)).join('\n');
  };
  const wider = summary.replaceAll('2009-03-05', '2009-03-03');
  t.regex(await told(wider), /^error Unexpected \d+ messages left behind by date, the first \d+#\d+, /m);
  t.regex(await told(summary.replaceAll('T00:00:00Z', '')), /^error Unexpected \d+ messages left behind/m);
  t.regex(await told('{}'), /^warning Unexpected \d+ messages left behind by date/m);
});
