import { join } from 'node:path';
import { CHECKS } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import {
  brief,
  type Documents,
  documentsOf,
  type Edit,
  PACKAGES,
  soundBut,
} from './support/package-fixture.js';
import { onlyRooms, type Part, partsValidated } from './support/parted-package.js';

const SOUND_LEDGER = join(PACKAGES, 'sound/ledger.json');
const ONE = 'PersistentChatData-part-0001.zip';
const TWO = 'PersistentChatData-part-0002.zip';

/** Room 200 in the first part, 201 and 202 in the second; each part may have documents of its own. */
function cut(one: Documents, two = one): readonly Part[] {
  return [
    {
      documents: onlyRooms(one, [200]),
      listed: { rooms: 1, firstRoomId: 200, lastRoomId: 200, messages: 3 },
    },
    {
      documents: onlyRooms(two, [201, 202]),
      listed: { rooms: 2, firstRoomId: 201, lastRoomId: 202, messages: 1 },
    },
  ];
}

async function told(t: ExecutionContext, parts: readonly Part[], ledgerPath: string | null = null) {
  return (await partsValidated(t, parts, ledgerPath)).findings.map(brief);
}

test('the sound package in two parts has no finding', async (t) => {
  t.deepEqual(await told(t, cut(documentsOf('sound')), SOUND_LEDGER), []);
});

test('a fault of a document that all parts share is told once, of the first part', async (t) => {
  const entry = '<Principal id="13" isDenied="1"/>';
  const category: Edit = ['Categories.xml', entry, entry + entry];
  const user: Edit = ['AdUsers.xml', 'uri="sip:dee@orchard.example"', 'uri=""'];
  t.deepEqual(await told(t, cut(soundBut(category, user))), [
    `error principal-legal ${ONE}/AdUsers.xml:7:1 principal 13 Unexpected empty URI, expected one`,
    `error scope-not-contradictory ${ONE}/Categories.xml:3:1 category 100 Unexpected second scope entry of principal 13 on category 100, expected allowed or denied once`,
  ]);
});

test('a fault of a part itself is told of every part that has it', async (t) => {
  const rooms: Edit = ['ChatRooms.xml', /<Name>(?=Apples|Notes)/g, '<Name> '];
  const name = (part: string, line: number, room: number): string =>
    `error name-usable ${part}/ChatRooms.xml:${line}:1 room ${room} Unexpected blank around the name of room ${room}, expected a usable name`;
  t.deepEqual(await told(t, cut(soundBut(rooms))), [name(ONE, 3, 200), name(TWO, 4, 202)]);
  const without = documentsOf('sound');
  without.delete('AddIns.xml');
  const absent = (part: string): string =>
    `error document-follows-layout ${part}:1:1 - Unexpected absence of AddIns.xml, expected it in the package`;
  t.deepEqual(await told(t, cut(without)), [absent(ONE), absent(TWO)]);
  t.deepEqual(await told(t, cut(documentsOf('sound'), without)), [
    `error parts-agree - Unexpected other AddIns.xml in ${TWO}, expected that of the first part`,
    absent(TWO),
  ]);
});

test('a room in two parts is told, added up over both, and has no hash', async (t) => {
  const messages = (from: RegExp): Edit => ['Messages.xml', from, ''];
  const begins = soundBut(messages(/<Message id="9007199254740993"[\s\S]*?<\/Message>\n/));
  const goesOn = soundBut(messages(/<Message id="1"[\s\S]*?(?=<Message id="9)/));
  const both = (one: Documents, two: Documents): readonly Part[] => {
    const messagesOf = (documents: Documents) =>
      String(documents.get('Messages.xml')).split('<Message ').length - 1;
    const rooms = [200, 201, 202];
    const parts = [onlyRooms(one, [200]), onlyRooms(two, rooms)] as const;
    return [
      {
        documents: parts[0],
        listed: { rooms: 1, firstRoomId: 200, lastRoomId: 200, messages: messagesOf(parts[0]) },
      },
      {
        documents: parts[1],
        listed: { rooms: 3, firstRoomId: 200, lastRoomId: 202, messages: messagesOf(parts[1]) },
      },
    ];
  };
  const again = (check: string, message: string): string =>
    `error ${check} ${TWO}/ChatRooms.xml:3:1 room 200 Unexpected ${message}`;
  const rows = (seen: number, table: string, expected: number): string =>
    `error ledger-balances - Unexpected ${seen} rows of ${table} in the package, expected ${expected} by the ledger`;
  const twice = [
    'error parts-agree - Unexpected rooms of part 2 before those of an earlier one (PARTS.json)',
    again('node-unique', 'room with the id 200, expected it once; room 200 has it'),
    again(
      'node-unique',
      'room with the GUID 000000c8-0000-4000-8000-0000000000c8, expected it once; room 200 has it',
    ),
    again('name-unique', 'name "Apples" of room 200, expected one that room 200 does not have'),
    rows(3, 'tblLastChatId', 2),
    rows(6, 'tblNode', 5),
    rows(9, 'tblPrincipalRole', 6),
  ];
  t.deepEqual(await told(t, both(begins, goesOn), SOUND_LEDGER), twice);
  t.deepEqual(await told(t, both(goesOn, begins), SOUND_LEDGER), twice, 'the later messages first');
});

test('checks that were skipped are told in the order of the checks, whichever look at all parts', async (t) => {
  const broken = soundBut(['ChatRooms.xml', '</ChatRooms>', '']);
  const { skipped } = (await partsValidated(t, cut(broken), null)).result;
  const ids = skipped.map(({ check }) => check);
  t.deepEqual(
    ids,
    CHECKS.map(({ id }) => id).filter((id) => ids.includes(id)),
  );
  t.is(ids.at(0), 'seal-intact', 'looks at the whole handoff');
  t.true(ids.includes('message-room-resolves'), 'looks at each part');
  t.is(ids.at(-1), 'ledger-balances', 'looks at all parts together');
});
