import { join } from 'node:path';
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
  return (await partsValidated(t, parts, ledgerPath)).map(brief);
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
