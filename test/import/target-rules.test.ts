import test from 'ava';
import { brief, documentsOf, type Edit, soundBut, validated, zipOf } from './support/package-fixture.js';

type Break = readonly [finding: string, ...edits: Edit[]];

const ROLE = (id: number, flags: string) =>
  `<Principal id="${id}" isManager="${flags[0]}" isMember="${flags[1]}" isPresenter="${flags[2]}" isCreator="${flags[3]}"/>`;
/** Gives room 200 one more role entry. */
const role = (id: number, flags: string): Edit => [
  'ChatRooms.xml',
  '</Roles></ChatRoom>',
  `${ROLE(id, flags)}</Roles></ChatRoom>`,
];
const scope = (id: number, denied: '0' | '1'): Edit => [
  'Categories.xml',
  '<Principal id="22" isDenied="0"/>',
  `<Principal id="22" isDenied="0"/><Principal id="${id}" isDenied="${denied}"/>`,
];
const creator = (id: number): Edit => [
  'Categories.xml',
  '<Principal id="10" isCreator="1"/>',
  `<Principal id="10" isCreator="1"/><Principal id="${id}" isCreator="1"/>`,
];
const name = (of: 'Apples' | 'Auction' | 'Notes', to: string): Edit => [
  'ChatRooms.xml',
  `<Name>${of}<`,
  `<Name>${to}<`,
];

/**
 * The integrity rules for a package (the documented schema and cmdlets, numbered as in the design), each in every way
 * to break it alone, with the one finding that says so. V1 is of invitations, which no package carries.
 */
const RULES: Readonly<Record<string, readonly Break[]>> = {
  'N1 exactly one root': [
    [
      'error category-not-top-level',
      ['Categories.xml', '<Category id="101"', '<Category id="1"'],
      ['ChatRooms.xml', 'categoryId="101"', 'categoryId="1"'],
    ],
    ['error category-not-top-level', ['ChatRooms.xml', '<ChatRoom id="202"', '<ChatRoom id="1"']],
  ],
  'N2 one level of categories': [
    [
      'error category-not-top-level',
      [
        'Categories.xml',
        '<Roles></Roles></Category>',
        '<Roles></Roles><Category id="102"><Name>x</Name></Category></Category>',
      ],
    ],
  ],
  'N3 a room has one category': [
    ['error room-without-category', ['ChatRooms.xml', 'categoryId="101"', 'categoryId="102"']],
    ['error room-without-category', ['ChatRooms.xml', 'categoryId="101"', 'categoryId="1"']],
  ],
  'N4 names are unique by kind': [
    ['error name-unique', name('Notes', 'Apples')],
    ['error name-unique', ['Categories.xml', 'Fruit_Drafts', 'Fruit']],
    [
      'error name-unique',
      [
        'AddIns.xml',
        '</AddIns>',
        '<AddIn id="00000033-0000-4000-8000-000000000033"><Name>harvest BOARD</Name><Url>http://b</Url></AddIn></AddIns>',
      ],
    ],
  ],
  'N5 a room is not called like a category': [['error name-unique', name('Notes', 'fruit')]],
  'N6 lengths': [
    ['error name-length', name('Notes', 'n'.repeat(257))],
    ['error name-length', ['Categories.xml', 'Fruit_Drafts', 'c'.repeat(257)]],
    ['error name-length', ['ChatRooms.xml', 'Windfalls', 'd'.repeat(257)]],
    ['error name-length', ['Categories.xml', 'Pome &amp; stone', 'd'.repeat(257)]],
    ['error document-follows-layout', ['ChatRooms.xml', '<Desc>Windfalls</Desc>', '']],
  ],
  'N7 names are compared folded, trimmed, and have no backslash': [
    ['error name-unique', name('Notes', 'aPPLES')],
    ['error name-usable', name('Notes', 'Notes ')],
    ['error name-usable', name('Notes', 'pool\\Notes')],
  ],
  'N8 settings of categories and rooms': [
    ['error setting-legal', ['Categories.xml', 'isInvite="1"', 'isInvite="2"']],
    ['error setting-legal', ['Categories.xml', 'isLogged="1"', 'isLogged="true"']],
    ['error setting-legal', ['Categories.xml', 'isFilePost="0"', 'isFilePost=""']],
    ['error setting-legal', ['ChatRooms.xml', 'invite="0"', 'invite="1"']],
    ['error document-follows-layout', ['Categories.xml', 'isInvite="1"', 'isDisabled="1" isInvite="1"']],
    [
      'error document-follows-layout',
      ['Categories.xml', 'isInvite="1"', 'addInId="00000032-0000-4000-8000-000000000032" isInvite="1"'],
    ],
    ['error document-follows-layout', ['ChatRooms.xml', 'invite="0"', 'invite="0" isLogged="1"']],
    ['error document-follows-layout', ['ChatRooms.xml', 'invite="0"', 'invite="0" isFilePost="1"']],
  ],
  'N9 behaviour and visibility': [
    ['error setting-legal', ['ChatRooms.xml', 'behavior="4"', 'behavior="3"']],
    ['error setting-legal', ['ChatRooms.xml', 'visibility="2"', 'visibility="4"']],
    ['error setting-legal', ['ChatRooms.xml', 'visibility="6"', 'visibility="1"']],
  ],
  'N10 the add-in exists': [
    ['error add-in-resolves', ['ChatRooms.xml', 'addInId="00000032', 'addInId="00000033']],
  ],
  'P1 kinds of principals': [
    ['error principal-legal', ['AdUsers.xml', 'kind="system"', 'kind="robot"']],
    ['error principal-legal', ['AdGroups.xml', 'kind="folder"', 'kind="1"']],
  ],
  'P2 one forest': [
    [
      'error principal-forest',
      ['AdUsers.xml', 'OU=Packers,DC=orchard,DC=example', 'OU=Packers,DC=vineyard,DC=example'],
    ],
  ],
  'P3 columns of users on users': [
    ['warning principal-legal', ['AdGroups.xml', 'name="Pickers"', 'name="Pickers" email="p@x"']],
    ['warning principal-legal', ['AdUsers.xml', / adPath="CN=Dee[^"]*"/, '']],
  ],
  'R1 roles once, of principals that exist': [
    ['error role-legal', ['ChatRooms.xml', ROLE(11, '0100'), ROLE(11, '0100') + ROLE(11, '0100')]],
    ['error role-resolves', role(99, '0100')],
    ['error role-resolves', role(99, '1000')],
    ['error role-resolves', creator(99)],
    ['error role-resolves', scope(99, '0')],
    ['error role-resolves', scope(99, '1')],
  ],
  'R2 creators belong to categories, the rest to rooms': [
    ['error role-legal', ['ChatRooms.xml', ROLE(11, '0100'), ROLE(11, '0101')]],
    ['error document-follows-layout', ['Categories.xml', 'isCreator="1"', 'isCreator="1" isMember="1"']],
  ],
  'R3 presenters in auditoriums only': [
    ['error role-legal', ['ChatRooms.xml', ROLE(11, '0100'), ROLE(11, '0110')]],
  ],
  'R4 a presenter is a member': [
    ['error presenter-is-member', ['ChatRooms.xml', ROLE(11, '0110'), ROLE(11, '0010')]],
  ],
  'R5 roles of a room within the scope': [
    ['error role-in-scope', role(20, '0100')],
    ['error role-in-scope', role(20, '1000')],
  ],
  'R6 creators within the scope': [['error role-in-scope', creator(20)]],
  'R7 through affiliations, denied wins': [
    ['error role-in-scope', role(13, '0100')],
    [
      'error role-in-scope',
      [
        'AdAffiliations.xml',
        '<User id="21"><Groups><Group id="22"/>',
        '<User id="21"><Groups><Group id="20"/>',
      ],
      ['ChatRooms.xml', ROLE(11, '0100'), ''],
      ['ChatRooms.xml', ROLE(11, '0110'), ''],
      ['ChatRooms.xml', ROLE(10, '1100'), ''],
      role(11, '0100'),
      ['Categories.xml', '<Principal id="10" isCreator="1"/>', ''],
    ],
  ],
  'R8 allowed or denied, not both': [
    ['error scope-not-contradictory', scope(22, '0')],
    ['error scope-not-contradictory', scope(13, '0')],
  ],
  'C1 keys of messages and counters': [
    ['error message-key-unique', ['Messages.xml', 'Message id="1"', 'Message id="2"']],
    ['error message-key-unique', ['Messages.xml', 'Message id="1"', 'Message id="3"']],
    ['error last-chat-id-covers', ['ChatRooms.xml', 'lastChatId="7"', 'lastChatId="6"']],
    ['error last-chat-id-covers', ['ChatRooms.xml', ' lastChatId="7"', '']],
  ],
  'C2 rooms and authors of messages': [
    [
      'error message-room-resolves',
      [
        'Messages.xml',
        '</Messages>',
        '<ChatRoom id="204"><Message id="1" date="634100000000000000" userId="11" isAlert="0"><Content/></Message></ChatRoom></Messages>',
      ],
    ],
    ['error message-author-resolves', ['Messages.xml', 'userId="12"', 'userId="99"']],
    ['warning message-author-resolves', ['Messages.xml', 'userId="12"', 'userId="20"']],
  ],
  'C3 history where none is kept': [
    [
      'warning message-in-unlogged-category',
      [
        'ChatRooms.xml',
        'categoryId="100" isDisabled="0" behavior="5"',
        'categoryId="101" isDisabled="0" behavior="5"',
      ],
    ],
  ],
  'X1 nothing of a running server': [
    ...[
      'FileTokens',
      'AdminLocks',
      'SystemRevision',
      'Config',
      'tblADCookie',
      'tblADUpdate',
      'PrincipalMeta',
      'ServerIdentity',
      'ActivePeers',
    ].map(
      (table): Break => [
        'error nothing-forbidden',
        ['AddIns.xml', '</AddIns>', `<${table}><x/></${table}></AddIns>`],
      ],
    ),
    ['error nothing-forbidden', ['Messages.xml', 'café', 'caf\u0008é']],
  ],
};

for (const [rule, breaks] of Object.entries(RULES)) {
  test(`target rule ${rule}`, async (t) => {
    for (const [expected, ...edits] of breaks) {
      const { findings } = await validated(zipOf(soundBut(...edits)));
      const told = findings.map(brief);
      t.is(told.length, 1, `${JSON.stringify(edits)}\n${told.join('\n')}`);
      t.is(told[0]?.split(' ').slice(0, 2).join(' '), expected, told[0]);
    }
  });
}

test('a check tells every record that it finds, not the first ones only', async (t) => {
  const documents = documentsOf('sound');
  const messages = Array.from(
    { length: 2500 },
    (_, i) => `<Message id="${i + 8}" date="0" userId="11" isAlert="0"><Content/></Message>`,
  ).join('');
  const names = Array.from({ length: 600 }, (_, i) => {
    const id = 1000 + i;
    return `<ChatRoom id="${id}" guid="${String(id).padStart(8, '0')}-0000-4000-8000-000000000000" categoryId="${id}" isDisabled="0" behavior="4" visibility="6"><Name>x\\${i}</Name><Desc/><Roles/></ChatRoom>`;
  }).join('');
  const edit = (file: string, from: string, to: string) => {
    documents.set(
      file,
      String(documents.get(file)).replace(from, () => to),
    );
  };
  edit('Messages.xml', '</ChatRoom>\n</Messages>', `${messages}</ChatRoom>\n</Messages>`);
  edit('ChatRooms.xml', '</ChatRooms>', `${names}</ChatRooms>`);
  edit('ChatRooms.xml', 'lastChatId="7"', 'lastChatId="2507"');
  const { findings, result } = await validated(zipOf(documents));
  t.deepEqual(
    [...result.counts],
    [
      ['message-date-legal', 2500],
      ['name-usable', 600],
      ['room-without-category', 600],
    ],
  );
  t.is(new Set(findings.map(brief)).size, 3700, 'each with a place of its own');
});
