import test from 'ava';
import { brief, type Edit, soundBut, validated, zipOf } from './support/package-fixture.js';

/** What an importer may take otherwise than we read it: for each, all findings of the sound package with this edit. */
async function findingsOf(...edits: readonly Edit[]): Promise<string[]> {
  const { findings } = await validated(zipOf(soundBut(...edits)));
  return findings.map(brief);
}

const entry = (id: number, flags: string): string =>
  `<Principal id="${id}" isManager="${flags[0]}" isMember="${flags[1]}" isPresenter="${flags[2]}" isCreator="${flags[3]}"/>`;
const role = (id: number, ...entries: readonly string[]): Edit => [
  'ChatRooms.xml',
  entry(id, '0100'),
  entries.map((flags) => entry(id, flags)).join(''),
];

test('a principal has one entry on a node, with at least one role', async (t) => {
  const second =
    'error role-legal ChatRooms.xml:3:1 room 200 Unexpected second entry of principal 11, expected one with all its roles';
  const none =
    'error role-legal ChatRooms.xml:3:1 room 200 Unexpected entry of principal 11 without a role, expected at least one';
  const inPlace = (lines: string[]): string[] => lines.map((line) => line.replace(/:3:\d+/, ':3:1'));
  t.deepEqual(inPlace(await findingsOf(role(11, '0100', '1000'))), [second]);
  t.deepEqual(inPlace(await findingsOf(role(11, '0100', '0000'))), [second]);
  t.deepEqual(inPlace(await findingsOf(role(11, '0000'))), [none]);
  t.deepEqual(inPlace(await findingsOf(role(11, '0000', '0100'))), [none, second]);
  const creator = await findingsOf(['Categories.xml', 'id="10" isCreator="1"', 'id="10" isCreator="0"']);
  t.is(creator.length, 1);
  t.regex(
    creator[0] ?? '',
    /^error role-legal Categories\.xml:3:\d+ category 100 Unexpected entry of principal 10 without/,
  );
});

for (const [what, mark] of [
  ['comment', '<!-- x -->'],
  ['processing instruction', '<?x y?>'],
] as const) {
  test(`no ${what} stands inside a document, wherever`, async (t) => {
    const edits: Readonly<Record<string, Edit>> = {
      'between fields': ['ChatRooms.xml', '</Name><Desc>Windfalls', `</Name>${mark}<Desc>Windfalls`],
      'in a text': ['ChatRooms.xml', '<Name>Apples', `<Name>App${mark}les`],
      'in a list': ['ChatRooms.xml', '<Roles><', `<Roles>${mark}<`],
      'in a message': ['Messages.xml', 'next line', `next${mark} line`],
      'between records': ['ChatRooms.xml', '<ChatRoom id="201"', `${mark}<ChatRoom id="201"`],
      'between messages': ['Messages.xml', '<Message id="2"', `${mark}<Message id="2"`],
      'before the first record': ['AddIns.xml', '<AddIns>', `${mark}<AddIns>`],
      'behind the last record': ['AddIns.xml', '</AddIns>', `</AddIns>${mark}`],
    };
    for (const [where, edit] of Object.entries(edits)) {
      const findings = await findingsOf(edit);
      t.is(findings.length, 1, `${where}: ${findings.join('\n')}`);
      t.regex(
        findings[0] ?? '',
        /^error document-follows-layout .* Unexpected comment or processing instruction/,
        where,
      );
    }
    t.deepEqual(await findingsOf(['AddIns.xml', '<Pool>', `${mark}<Pool>`]), [], 'outside the top element');
  });
}

test('two names that a collation could take for one are warned of, once', async (t) => {
  const named = (first: string, second: string) =>
    findingsOf(
      ['ChatRooms.xml', '<Name>Apples</Name>', `<Name>${first}</Name>`],
      ['ChatRooms.xml', '<Name>Auction</Name>', `<Name>${second}</Name>`],
    );
  const pairs = [
    ['caf\u00e9', 'cafe\u0301'],
    ['ABC', '\uff21\uff22\uff43'],
    ['\u304b', '\u30ab'],
    ['Night watch', 'Night\u00a0watch'],
    ['Night watch', 'Night\u200b Watch'],
  ] as const;
  for (const [first, second] of pairs) {
    t.deepEqual(await named(first, second), [
      `warning name-unique ChatRooms.xml:4:1 room 201 Unexpected name "${second}" of room 201, expected one that no collation takes for "${first}" of room 200; they differ in width, kana, composition or invisible characters`,
    ]);
  }
  t.deepEqual(await named('ABC', 'abc'), [
    'error name-unique ChatRooms.xml:4:1 room 201 Unexpected name "abc" of room 201, expected one that differs from "ABC" of room 200 in more than case and trailing blanks',
  ]);
  t.deepEqual(await named('ABC', 'ABC'), [
    'error name-unique ChatRooms.xml:4:1 room 201 Unexpected name "ABC" of room 201, expected one that room 200 does not have',
  ]);
  t.deepEqual(await named('cafe', 'caf\u00e9'), []);
});

test('a name without anything to see is an error, one that turns the text a warning', async (t) => {
  const named = (name: string) =>
    findingsOf(['ChatRooms.xml', '<Name>Apples</Name>', `<Name>${name}</Name>`]);
  for (const name of ['\u200b', '\u2060\ufe0f', '\u00ad', '\u3164']) {
    t.regex((await named(name)).join('\n'), /^error name-usable .*Unexpected invisible name of room 200/);
  }
  t.regex(
    (await named('\u202ehctaw')).join('\n'),
    /^warning name-usable .*Unexpected change of direction in the name of room 200/,
  );
  t.deepEqual(await named('\u{1f34e}\ufe0f'), []);
});

test('ids and GUIDs that nobody can have', async (t) => {
  const zeros = '00000000-0000-0000-0000-000000000000';
  const one = async (...edits: readonly Edit[]): Promise<string> => (await findingsOf(...edits)).join('\n');
  t.regex(
    await one(['AdUsers.xml', '0000000c-0000-4000-8000-00000000000c', zeros]),
    /^error id-usable AdUsers\.xml:6:1 principal 12 Unexpected GUID of zeros of principal 12/,
  );
  t.regex(
    await one(['ChatRooms.xml', 'id="202"', 'id="0"']),
    /^warning id-usable ChatRooms\.xml:5:1 room 0 Unexpected id 0 of a room, expected one above 0$/,
  );
  t.regex(
    await one(['Messages.xml', 'id="1" date', 'id="-4" date']),
    /^warning id-usable Messages\.xml:4:1 message 200#-4 Unexpected id -4 of a message/,
  );
  t.regex(
    await one(
      ['AddIns.xml', '00000032-0000-4000-8000-000000000032', zeros],
      ['ChatRooms.xml', '00000032-0000-4000-8000-000000000032', zeros],
    ),
    /^error id-usable AddIns\.xml:3:1 add-in 0{8}.* Unexpected GUID of zeros of an add-in/,
  );
});

test('who made a node and when; a date of 0 is the first instant', async (t) => {
  const dated = (ticks: string) =>
    findingsOf(['Categories.xml', 'addedOn="634000000000000000"', `addedOn="${ticks}"`]);
  t.regex(
    (await dated('3155378976000000000')).join('\n'),
    /^warning audit-legal .*Unexpected addedOn of 31553/,
  );
  t.deepEqual(await dated('0'), []);
  t.deepEqual(await dated('3155378975999999999'), []);
  t.regex(
    (await findingsOf(['Categories.xml', 'addedBy="1"', 'addedBy="98"'])).join('\n'),
    /^warning audit-legal Categories\.xml:3:1 category 100 Unexpected addedBy 98, expected a principal/,
  );
  const [by, on, ...others] = await findingsOf([
    'ChatRooms.xml',
    '<ChatRoom id="202"',
    '<ChatRoom id="202" updatedBy="98" updatedOn="-1"',
  ]);
  t.regex(by ?? '', /^warning audit-legal ChatRooms\.xml:5:1 room 202 Unexpected updatedBy 98, /);
  t.regex(on ?? '', /^warning audit-legal ChatRooms\.xml:5:1 room 202 Unexpected updatedOn of -1 ticks, /);
  t.deepEqual(others, []);
});

test('affiliations: to itself, to a user, in two records', async (t) => {
  const groups = '<User id="13"><Groups><Group id="22"/>';
  const added = async (more: string) =>
    (await findingsOf(['AdAffiliations.xml', groups, groups + more])).join('\n');
  t.regex(
    await added('<Group id="13"/>'),
    /^warning affiliation-legal .*affiliation of principal 13 to itself/,
  );
  t.regex(await added('<Group id="12"/>'), /^warning affiliation-legal .*Unexpected affiliation to user 12/);
  t.regex(
    (
      await findingsOf([
        'AdAffiliations.xml',
        '</AdAffiliations>',
        '<User id="11"><Groups><Group id="20"/></Groups></User></AdAffiliations>',
      ])
    ).join('\n'),
    /^warning affiliation-legal .*Unexpected second record of principal 11/,
  );
});

test('URIs: blank, sip: alone, the same but for trailing blanks', async (t) => {
  const uri = (text: string): Edit => ['AdUsers.xml', 'uri="sip:cem@elsewhere.example"', `uri="${text}"`];
  t.regex((await findingsOf(uri('  '))).join('\n'), /^error principal-legal .*Unexpected empty URI/);
  t.regex(
    (await findingsOf(uri('sip:'))).join('\n'),
    /^warning principal-legal .*expected sip: and an address$/,
  );
  t.regex(
    (await findingsOf(uri('SIP:ben@orchard.example '))).join('\n'),
    /^error principal-unique .*Unexpected second principal with the URI/,
  );
});

test('rich text: a character beyond ASCII is found as it is, and as a reference', async (t) => {
  const rtf = (text: string) => findingsOf(['Messages.xml', '{\\rtf1 x&#xD;', `{\\rtf1 ${text}`]);
  t.deepEqual(await rtf('x&#x7e;'), []);
  t.regex((await rtf('x&#xe9;')).join('\n'), /^warning rich-text-ascii Messages\.xml:6:1 message 200#2/);
  const whole = (text: string) => findingsOf(['Messages.xml', /<Rtf>[^<]*<\/Rtf>/, `<Rtf>${text}</Rtf>`]);
  t.deepEqual(await whole('\x7f'), []);
  t.regex((await whole('\u0080')).join('\n'), /^warning rich-text-ascii Messages\.xml:6:1 message 200#2/);
});
