import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_OPTIONS, type TransformOptions } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { makePlan } from '../../packages/transform/dist/plan/make-plan.js';
import { readPlan } from '../../packages/transform/dist/plan/read-plan.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { handedOff, scratch, tamper, toldAgainst } from './support/second-reader.js';

const SAMPLE = join(FIXTURES, 'sample');

async function sample(t: ExecutionContext): Promise<{ data: string; zip: string }> {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  return { data, zip: join(data, 'PersistentChatData.zip') };
}

interface Tampering {
  readonly document: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly told: readonly RegExp[];
}

const entry = (id: number, flags: string): string =>
  `<Principal id="${id}" isManager="${flags[0]}" isMember="${flags[1]}" isPresenter="${flags[2]}" isCreator="${flags[3]}"/>`;
const ABSENT = 'in the package, expected it as in the export, because the ledger does not list it$';
const OTHER = 'in the package, expected what the export has';

const TAMPERED: Readonly<Record<string, Tampering>> = {
  'a secret room is opened': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]* visibility=)"2"/,
    to: '$1"6"',
    told: [RegExp(`^error Unexpected privacy of room 21 ${OTHER} \\("Open", not "Secret"\\)$`)],
  },
  'a room becomes an auditorium': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]* behavior=)"4"/,
    to: '$1"5"',
    told: [/^error Unexpected type of room 21 .*\("Auditorium", not "Normal"\)$/],
  },
  'a room is disabled': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]* isDisabled=)"0"/,
    to: '$1"1"',
    told: [/^error Unexpected state of room 21 /],
  },
  'a room gets another add-in': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="21"[^>]* addInId=)"[^"]+"/,
    to: '$1"78dde6c4-0053-4c0d-9a5c-230c0f510003"',
    told: [/^error Unexpected add-in of room 21 /],
  },
  'a member of a room is dropped': {
    document: 'ChatRooms.xml',
    from: entry(14, '0100'),
    to: '',
    told: [RegExp(`^error Unexpected absence of role 3 of principal 14 on node 20 \\(member\\) ${ABSENT}`)],
  },
  'a manager of a room is added': {
    document: 'ChatRooms.xml',
    from: entry(14, '0100'),
    to: entry(14, '1100'),
    told: [
      /^error Unexpected principal 14 "Chidi Okafor" among managers of room 20 "Night watch", expected a row in the export that gives it there or from above$/,
    ],
  },
  'a manager of all rooms of a category becomes a member of one': {
    document: 'ChatRooms.xml',
    from: RegExp(`(<ChatRoom id="20".*?)${entry(13, '1000')}`),
    to: `$1${entry(13, '1100')}`,
    told: [/^error Unexpected principal 13 .* among members of room 20 /],
  },
  'a member of an auditorium becomes a presenter': {
    document: 'ChatRooms.xml',
    from: RegExp(`(<ChatRoom id="44".*?)${entry(28, '0100')}`),
    to: `$1${entry(28, '0110')}`,
    told: [/^error Unexpected principal 28 .* among presenters of room 44 /],
  },
  'two creators and an allowed member of a category are added': {
    document: 'Categories.xml',
    from: '<Principal id="2" isDenied="0"/><Principal id="3" isDenied="0"/></Scope><Roles>',
    to: '<Principal id="2" isDenied="0"/><Principal id="3" isDenied="0"/><Principal id="30" isDenied="0"/></Scope><Roles><Principal id="30" isCreator="1"/><Principal id="31" isCreator="1"/>',
    told: [
      /^error Unexpected principal 30 "Sofia Petrova" among creators of category 2 .* from above, the first of 2 so$/,
      /^error Unexpected principal 30 .* among allowed of category 2 /,
    ],
  },
  'a member is denied': {
    document: 'Categories.xml',
    from: '<Principal id="3" isDenied="0"/></Scope>',
    to: '<Principal id="3" isDenied="0"/><Principal id="30" isDenied="1"/></Scope>',
    told: [/^error Unexpected principal 30 .* among denied of category 2 /],
  },
  'a scope is narrowed': {
    document: 'Categories.xml',
    from: /(<Category id="6".*?<Scope>)<Principal id="\d+" isDenied="0"\/>/,
    to: '$1',
    told: [RegExp(`^error Unexpected absence of scope of node 6: principal \\d+ ${ABSENT}`)],
  },
  'a user gets the URI of somebody else': {
    document: 'AdUsers.xml',
    from: /(principalId="14"[^>]* uri=)"[^"]+"/,
    to: '$1"sip:mallory@contoso.example"',
    told: [/^error Unexpected uri of principal 14 .*\("sip:mallory@contoso\.example", not "sip:/],
  },
  'a principal whose record was changed gets another GUID': {
    document: 'AdUsers.xml',
    from: /(principalId="12" guid=)"[^"]+"/,
    to: '$1"00000999-0000-4000-8000-000000000999"',
    told: [
      /^error Unexpected GUID of principal 12 /,
      ...Array.from(
        { length: 9 },
        () => /^error Unexpected author of message \d+#\d+ in room .* of this room that differs? /,
      ),
    ],
  },
  'a principal is added': {
    document: 'AdUsers.xml',
    from: '<User principalId="12"',
    to: '<User principalId="999" guid="00000999-0000-4000-8000-000000000999" uri="sip:m@contoso.example" kind="user" disabled="0"/><User principalId="12"',
    told: [/^error Unexpected principal 999 in the package, expected only what the export has$/],
  },
  'the URL of an add-in is another': {
    document: 'AddIns.xml',
    from: 'https://tickets.contoso.example/view',
    to: 'https://evil.example/view',
    told: [/^error Unexpected URL of add-in 3c6ef362-\S+ .*\("https:\/\/evil\.example\/view", not /],
  },
  'the invitations of a room that was not changed': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34"[^>]*) invite="0"/,
    to: '$1',
    told: [/^error Unexpected invitations of room 34 .*\("Inherit", not "False"\)$/],
  },
  'an add-in is dropped': {
    document: 'AddIns.xml',
    from: /<AddIn id="78dde6c4.*?<\/AddIn>/,
    to: '',
    told: [RegExp(`^error Unexpected absence of add-in 78dde6c4-\\S+ ${ABSENT}`)],
  },
  'an affiliation is dropped': {
    document: 'AdAffiliations.xml',
    from: '<Group id="4"/>',
    to: '',
    told: [RegExp(`^error Unexpected absence of affiliation of principal 5 to 4 ${ABSENT}`)],
  },
  'a counter is raised': {
    document: 'ChatRooms.xml',
    from: 'lastChatId="41"',
    to: 'lastChatId="42"',
    told: [/^error Unexpected message counter of room 20 .*\("42", not "41"\)$/],
  },
  'the names of two rooms are swapped, although both were changed': {
    document: 'ChatRooms.xml',
    from: />(Night watch)<(.*)>(Runbook links)</s,
    to: '>$3<$2>$1<',
    told: [
      /^error Unexpected name "Runbook links" of room 20, expected "Night watch", behind the names above it at most$/,
      /^error Unexpected name "Night watch" of room 21, expected "Runbook links", behind the names above it at most$/,
    ],
  },
  'a stranger enters a secret room in the place of a member who was recorded twice': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34".*?<Roles>)/,
    to: `$1${entry(5, '0100')}`,
    told: [/^error Unexpected principal 5 ".*" among members of room 34 "Tickets", /],
  },
  'a member is swapped for another': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34".*?<Principal )id="22"/,
    to: '$1id="23"',
    told: [
      /^error Unexpected absence of role 3 of principal 22 on node 34 \(member\) /,
      /^error Unexpected principal 23 .* among members of room 34 /,
    ],
  },
  'a manager becomes a member of a room whose list he had not': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34".*?<Principal id="18" isManager="1") isMember="0"/,
    to: '$1 isMember="1"',
    told: [/^error Unexpected principal 18 .* among members of room 34 /],
  },
  'an inherited member is dropped': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34".*?)<Principal id="20" isManager="0" isMember="1" isPresenter="0" isCreator="0"\/>/,
    to: '$1',
    told: [
      /^error Unexpected absence of principal 20 .* among members of room 34 "Tickets", expected what a row in the export gives there or from above$/,
    ],
  },
  'a narrow scope is widened to that of the root': {
    document: 'Categories.xml',
    from: /(<Category id="7".*?<Scope>)/,
    to: '$1<Principal id="2" isDenied="0"/>',
    told: [/^error Unexpected principal 2 .* among allowed of category 7 "Trading_London", /],
  },
  'who was changed gets the URI of somebody else': {
    document: 'AdUsers.xml',
    from: /(principalId="12"[^>]* uri=)"[^"]+"/,
    to: '$1"sip:mallory@contoso.example"',
    told: [/^error Unexpected uri "sip:mallory@contoso\.example" of principal 12, expected "sip:ana\.rey@/],
  },
  'a federated user is enabled': {
    document: 'AdUsers.xml',
    from: /(principalId="10"[^>]* disabled=)"1"/,
    to: '$1"0"',
    told: [/^error Unexpected active principal 10, expected it disabled$/],
  },
  'a room moves to another category': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="20"[^>]* categoryId=)"2"/,
    to: '$1"14"',
    told: [/^error Unexpected category 14 of room 20, expected 2$/],
  },
  'the description of a room that was changed': {
    document: 'ChatRooms.xml',
    from: 'Room number 20<',
    to: 'Room for all<',
    told: [/^error Unexpected description "Room for all" of room 20, /],
  },
  'somebody belongs to another group': {
    document: 'AdAffiliations.xml',
    from: '<Group id="4"/>',
    to: '<Group id="4"/><Group id="3"/>',
    told: [/^error Unexpected affiliation of principal 5 to 3, expected only those of the export$/],
  },
  'a manager of a room is dropped': {
    document: 'ChatRooms.xml',
    from: RegExp(`(<ChatRoom id="34".*?)${entry(36, '1000')}`),
    to: '$1',
    told: [RegExp(`^error Unexpected absence of role 1 of principal 36 on node 34 \\(manager\\) ${ABSENT}`)],
  },
  'a presenter of an auditorium is dropped': {
    document: 'ChatRooms.xml',
    from: RegExp(`(<ChatRoom id="44".*?)${entry(21, '0110')}`),
    to: `$1${entry(21, '0100')}`,
    told: [RegExp(`^error Unexpected absence of role 2 of principal 21 on node 44 \\(voiced\\) ${ABSENT}`)],
  },
  'a user is disabled': {
    document: 'AdUsers.xml',
    from: /(principalId="14"[^>]* disabled=)"0"/,
    to: '$1"1"',
    told: [RegExp(`^error Unexpected state of principal 14 ${OTHER} `)],
  },
  'a user becomes a group': {
    document: 'AdUsers.xml',
    from: /(principalId="14"[^>]* kind=)"user"/,
    to: '$1"group"',
    told: [RegExp(`^error Unexpected kind of principal 14 ${OTHER} `)],
  },
  'an add-in is added': {
    document: 'AddIns.xml',
    from: '<AddIn id="78dde6c4',
    to: '<AddIn id="99999999-0053-4c0d-9a5c-230c0f510003"><Name>x</Name><Url>https://x.example/</Url></AddIn>$&',
    told: [/^error Unexpected add-in 99999999-\S+ in the package, expected only what the export has$/],
  },
  'a category lets nobody be invited any more': {
    document: 'Categories.xml',
    from: /(<Category id="2"[^>]* isInvite=)"1"/,
    to: '$1"0"',
    told: [/^error Unexpected invitations off of category 2, /],
  },
  'a category takes no files any more': {
    document: 'Categories.xml',
    from: /(<Category id="2"[^>]* isFilePost=)"1"/,
    to: '$1"0"',
    told: [/^error Unexpected file upload off of category 2, /],
  },
  'the description, category and GUID of a room that was not changed': {
    document: 'ChatRooms.xml',
    from: /<ChatRoom id="34" guid="a195a333-([^"]*)" categoryId="10"(.*?)<Desc>Room number 34/,
    to: '<ChatRoom id="34" guid="a195a334-$1" categoryId="2"$2<Desc>Another',
    told: [
      /^error Unexpected description of room 34 .*\("Another", not "Room number 34"\)$/,
      /^error Unexpected category of room 34 .*\("2", not "10"\)$/,
      /^error Unexpected GUID of room 34 /,
    ],
  },
  'a category keeps no history any more': {
    document: 'Categories.xml',
    from: /(<Category id="2"[^>]* isLogged=)"1"/,
    to: '$1"0"',
    told: [/^error Unexpected chat history off of category 2, expected what the export has there or above$/],
  },
  'the name of a room that was not changed': {
    document: 'ChatRooms.xml',
    from: /(<ChatRoom id="34".*?<Name>)[^<]+/,
    to: '$1Another',
    told: [/^error Unexpected name of room 34 .*\("Another", not /],
  },
};

for (const [what, { document, from, to, told: expected }] of Object.entries(TAMPERED)) {
  test(`against the export: ${what}`, async (t) => {
    const { data, zip } = await sample(t);
    await tamper(zip, document, (xml) => xml.replace(from, to));
    const findings = await toldAgainst(data, SAMPLE);
    t.is(findings.length, expected.length, findings.join('\n'));
    for (const [index, pattern] of expected.entries()) t.regex(findings[index] ?? '', pattern);
  });
}

test('a room that the export does not have is an error, and what is in it too', async (t) => {
  const { data, zip } = await sample(t);
  await tamper(zip, 'ChatRooms.xml', (xml) =>
    xml.replace(/<ChatRoom id="21"(.*?)<\/ChatRoom>/, '$&<ChatRoom id="9021"$1</ChatRoom>'),
  );
  const findings = await toldAgainst(data, SAMPLE);
  t.true(
    findings.includes('error Unexpected room 9021 in the package, expected only what the export has'),
    findings.join('\n'),
  );
});

test('scopes that an option has widened are doubted, and named', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblScopePrincipal.xml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/ {2}<row scopeNodeID="6" scopePrinID="12"[^>]*>\n/, ''),
  );
  const data = await handedOff(path, join(work, 'handoff'), {
    options: { ...DEFAULT_OPTIONS, outOfScope: 'widen-scope' },
  });
  t.deepEqual(await toldAgainst(data, path), [
    'warning Unexpected principal 12 "Ana Rey" among allowed of category 6 "Trading", expected a row in the export that gives it there or from above',
  ]);
});

/** Options whose other value changes rights, names or settings, and what is doubted then. */
const DECIDED: readonly (readonly [option: Partial<TransformOptions>, doubted: RegExp | null])[] = [
  [{ categorySettings: 'any' }, /^warning Unexpected (chat history|file upload) (on|off) of category \d+, /],
  [{ creators: 'managers' }, null],
  [{ creators: 'none' }, null],
  [{ disabledPrincipals: 'keep-roles' }, null],
  [{ disabledRooms: 'carry' }, null],
  [{ forbiddenCharacters: 'remove' }, null],
  [{ forcedSettings: 'own' }, null],
  [{ outOfScope: 'drop' }, null],
  [{ rootManagers: 'drop' }, null],
  [{ roomNames: 'keep' }, null],
  [{ topics: 'append' }, /^warning Unexpected description "/],
];

for (const [option, doubted] of DECIDED) {
  test(`a decision is no error against the export: ${JSON.stringify(option)}`, async (t) => {
    const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'), {
      options: { ...DEFAULT_OPTIONS, ...option },
    });
    const findings = await toldAgainst(data, SAMPLE);
    t.is(findings.length > 0, doubted !== null, findings.join('\n'));
    for (const finding of findings) t.regex(finding, doubted ?? /^$/);
  });
}

test('what only a decision explains is an error where no such thing was decided, else a warning', async (t) => {
  const { data, zip } = await sample(t);
  await tamper(zip, 'ChatRooms.xml', (xml) => xml.replace(entry(14, '0100'), entry(14, '1100')));
  const severity = async (): Promise<string[]> =>
    (await toldAgainst(data, SAMPLE)).map((finding) => finding.split(' ')[0] ?? '');
  t.deepEqual(await severity(), ['error']);
  writeFileSync(join(data, 'plan/rooms.csv'), '');
  t.deepEqual(await severity(), ['error']);
  writeFileSync(join(data, 'plan/principals.csv'), '');
  t.deepEqual(await severity(), ['warning']);
  rmSync(join(data, 'plan/principals.csv'));
  const summary = readFileSync(join(data, 'summary.json'), 'utf8');
  const decide = (name: string): void =>
    writeFileSync(
      join(data, 'summary.json'),
      summary.replace('"decidedOptions": []', `"decidedOptions": [{"name": "${name}"}]`),
    );
  decide('topics');
  t.deepEqual(await severity(), ['error']);
  decide('outOfScope');
  t.deepEqual(await severity(), ['warning']);
  writeFileSync(join(data, 'summary.json'), 'x');
  t.deepEqual(await severity(), ['warning']);
});

/** The sample with one document changed, transformed. */
async function changedSample(
  t: ExecutionContext,
  document: string,
  [from, to]: readonly [from: string | RegExp, to: string],
  options: Partial<TransformOptions> = {},
): Promise<{ data: string; path: string }> {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, document);
  const before = readFileSync(file, 'utf8');
  const after = before.replace(from, to);
  t.not(after, before);
  writeFileSync(file, after);
  const data = await handedOff(path, join(work, 'handoff'), { options: { ...DEFAULT_OPTIONS, ...options } });
  return { data, path };
}

test('an option that takes rights takes them from everybody', async (t) => {
  const { data } = await sample(t);
  const summary = readFileSync(join(data, 'summary.json'), 'utf8');
  const told = async (name: string, value: string): Promise<string> => {
    const decided = `"decidedOptions": [{"name": "${name}", "value": "${value}"}]`;
    writeFileSync(join(data, 'summary.json'), summary.replace('"decidedOptions": []', decided));
    return (await toldAgainst(data, SAMPLE)).join('\n');
  };
  t.regex(
    await told('rootManagers', 'drop'),
    /^warning Unexpected principal 12 .* among managers of room 20 /m,
  );
  t.regex(
    await told('creators', 'none'),
    /^warning Unexpected principal \d+ .* among creators of category 2 /m,
  );
  t.regex(await told('creators', 'managers'), /^warning Unexpected principal \d+ .* among creators of /m);
});

test('a scope that is in force only below its category is not missed there', async (t) => {
  // Category 8 has the scope of category 7, which itself has that of the root.
  const { data, path } = await changedSample(t, 'tblNode.xml', [
    /(nodeID="7".*? scopeDefinerId=)"7"/,
    '$1"1"',
  ]);
  t.deepEqual(await toldAgainst(data, path), []);
  await tamper(join(data, 'PersistentChatData.zip'), 'Categories.xml', (xml) =>
    xml.replace(/(<Category id="7".*?<Scope>)<Principal id="2" isDenied="0"\/>/, '$1'),
  );
  t.regex(
    (await toldAgainst(data, path)).join('\n'),
    /^error Unexpected absence of principal 2 .* among allowed of category 7 /m,
  );
});

test('the root may be changed, and is in no package', async (t) => {
  const { data, path } = await changedSample(t, 'tblNode.xml', [
    'nodeID="1"',
    'nodeID="1" siopID="3C6EF362-0053-4C0D-9A5C-67BF1AF70001"',
  ]);
  t.regex(readFileSync(join(data, 'ledger.ndjson'), 'utf8'), /"node 1"/);
  t.deepEqual(await toldAgainst(data, path), []);
});

test('the category for rooms of the root has the name that was decided, with a number where it is taken', async (t) => {
  const taken = await changedSample(t, 'tblNode.xml', ['nodeName="Night watch"', 'nodeName="General"']);
  t.deepEqual(await toldAgainst(taken.data, taken.path), []);
  const decided = await changedSample(t, 'tblNode.xml', ['nodeName="Night watch"', 'nodeName="Lobby_7"'], {
    rootRoomsCategory: 'Lobby_7',
  });
  t.deepEqual(await toldAgainst(decided.data, decided.path), []);
});

test('a plan may put somebody who was recorded twice in the place of another', async (t) => {
  const work = scratch(t);
  const planPath = join(work, 'plan');
  await makePlan({
    exportPath: SAMPLE,
    planPath,
    options: DEFAULT_OPTIONS,
    filters: [],
    delimiter: ',',
    replace: false,
    isStrict: false,
    progress: () => undefined,
  });
  const table = join(planPath, 'principals.csv');
  const row = /^(17,.*?,user),keep,,/m;
  const text = readFileSync(table, 'utf8');
  t.regex(text, row);
  // Principals 13 and 38 have one GUID.
  writeFileSync(table, text.replace(row, '$1,merge,13,'));
  const data = await handedOff(SAMPLE, join(work, 'handoff'), { plan: await readPlan(planPath) });
  t.deepEqual(
    (await toldAgainst(data, SAMPLE)).filter((finding) => finding.startsWith('error')),
    [],
  );
});

test('of a single part only its rooms are missed, of all parts together every room', async (t) => {
  const data = await handedOff(SAMPLE, join(scratch(t), 'parts'), { partSize: 20_480 });
  t.deepEqual(await toldAgainst(data, SAMPLE), []);
  t.deepEqual(await toldAgainst(data, SAMPLE, 'PersistentChatData-part-0001.zip'), []);
  t.deepEqual(await toldAgainst(data, SAMPLE, 'PersistentChatData-part-0002.zip'), []);
  await tamper(join(data, 'PersistentChatData-part-0002.zip'), 'ChatRooms.xml', (xml) =>
    xml.replace(/<ChatRoom id="34".*?<\/ChatRoom>/, ''),
  );
  t.true(
    (await toldAgainst(data, SAMPLE)).includes(
      'error Unexpected absence of node 34 in the package, expected it as in the export, because the ledger does not list it',
    ),
  );
});

test('privacy may be the own one, an inherited one or a forced one', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblNode.xml');
  const before = readFileSync(file, 'utf8');
  // Category 5 forces its settings on its rooms, category 2 does not.
  writeFileSync(file, before.replace(/(nodeID="5".*? visibility=)"3"/, '$1"2"'));
  const data = await handedOff(path, join(work, 'handoff'));
  t.deepEqual(await toldAgainst(data, path), []);
  t.regex(
    (await toldAgainst(data, SAMPLE)).join('\n'),
    /Unexpected privacy of room \d+ .*\("Secret", not "Closed"\)/,
  );
});

test('where no node up to the root has a setting, the default of the old server is in force, and may be forced', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblNode.xml');
  const nothing = readFileSync(file, 'utf8').replaceAll(/ (?:visibility|invite|logged|filePost)="\d"/g, '');
  // Room 27 lies in category 5, which forces its settings: Closed, although the room would be Secret by itself.
  writeFileSync(file, nothing.replace(/nodeID="27"/, 'visibility="2" $&'));
  const data = await handedOff(path, join(work, 'handoff'));
  t.deepEqual(await toldAgainst(data, path), []);
  await tamper(join(data, 'PersistentChatData.zip'), 'Categories.xml', (xml) =>
    xml.replace(/(<Category id="2"[^>]* isLogged=)"1"/, '$1"0"'),
  );
  t.deepEqual(await toldAgainst(data, path), [
    'error Unexpected chat history off of category 2, expected what the export has there or above',
  ]);
});

test('an unknown type of room is that of an auditorium, and not one from above', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblNode.xml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(nodeID="21".*?) behavior="4"/, '$1'));
  const data = await handedOff(path, join(work, 'handoff'));
  t.deepEqual(
    (await toldAgainst(data, path)).filter((finding) => finding.includes('room 21')),
    [],
  );
});

test('somebody who was recorded twice is active when either record is', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblPrincipal.xml');
  // 38 is the same person.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(prinID="13" .*? prinDisabled=)"0"/, '$1"1"'));
  const data = await handedOff(path, join(work, 'handoff'));
  t.deepEqual(await toldAgainst(data, path), []);
  await tamper(join(data, 'PersistentChatData.zip'), 'AdUsers.xml', (xml) =>
    xml.replace(/(principalId="13" [^>]*disabled=)"0"/, '$1"1"'),
  );
  t.regex((await toldAgainst(data, path)).join('\n'), /^error Unexpected absence of active principal 13 /m);
});

test('roles that are called otherwise are known by their permissions', async (t) => {
  const work = scratch(t);
  const path = join(work, 'export');
  cpSync(SAMPLE, path, { recursive: true });
  const file = join(path, 'tblRoleType.xml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/ rtypeDesc="[^"]*"/g, ' rtypeDesc="Rolle"'));
  const data = await handedOff(path, join(work, 'handoff'));
  t.deepEqual(await toldAgainst(data, path), []);
});
