import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import {
  beginHandoff,
  DEFAULT_LAYOUT,
  type LedgerDocument,
  locatePackage,
  validateParts,
} from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../support/temporary-folder.js';
import { handoffPapers } from './support/handoff-papers.js';
import {
  brief,
  type Documents,
  documentsOf,
  PACKAGES,
  soundBut,
  validated,
  zipOf,
} from './support/package-fixture.js';

const SOUND_LEDGER = join(PACKAGES, 'sound/ledger.json');
const SOUND_LIST = join(PACKAGES, 'sound/ledger.ndjson');

/** A JSON value that a test may change. */
type Changeable<T> = { -readonly [Key in keyof T]: Changeable<T[Key]> };
type Tables = Changeable<LedgerDocument['tables']>;

/** What is told of a package, sound unless others are given, beside a ledger in which `change` has been made. */
async function told(
  t: ExecutionContext,
  change: (ledger: Changeable<LedgerDocument>) => void,
  documents: Documents = documentsOf('sound'),
): Promise<string[]> {
  const ledger = JSON.parse(readFileSync(SOUND_LEDGER, 'utf8')) as Changeable<LedgerDocument>;
  change(ledger);
  const ledgerPath = join(temporaryFolder(t), 'ledger.json');
  writeFileSync(ledgerPath, JSON.stringify(ledger));
  return (await validated(zipOf(documents), { ledgerPath })).findings.map(brief);
}

// --- the sums of tables

test('tblChat is the sum of all rooms, and of what has none, state by state', async (t) => {
  const excluded = await told(t, ({ tables }) => {
    const chat = tables.tblChat as Tables[string];
    chat.read += 1;
    chat.excluded += 1;
    const [share] = chat.byRule['room-disabled'] ?? [];
    if (share !== undefined) share.records += 1;
  });
  t.deepEqual(excluded, [
    'error ledger-balances - Unexpected records read of tblChat: 9, expected 8',
    'error ledger-balances - Unexpected records excluded of tblChat: 5, expected 4',
  ]);
  const swapped = await told(t, ({ tables }) => {
    const chat = tables.tblChat as Tables[string];
    chat.carried += 1;
    chat.changed -= 1;
    delete chat.byRule['message-content-forbidden-character'];
  });
  t.deepEqual(swapped, [
    'error ledger-balances - Unexpected records carried of tblChat: 4, expected 3',
    'error ledger-balances - Unexpected records changed of tblChat: 0, expected 1',
  ]);
  const moved = await told(t, ({ tables }) => {
    const chat = tables.tblChat as Tables[string];
    chat.excluded -= 1;
    chat.refused += 1;
    const [share] = chat.byRule['message-room-missing'] ?? [];
    if (share !== undefined) share.state = 'refused';
  });
  t.deepEqual(moved, [
    'error ledger-balances - Unexpected records excluded of tblChat: 3, expected 4',
    'error ledger-balances - Unexpected records refused of tblChat: 1, expected 0',
  ]);
});

test('messages of no room count into tblChat, and a ledger without that table counts none', async (t) => {
  const lost = await told(t, ({ unplaced }) => {
    delete unplaced['404'];
  });
  t.deepEqual(lost, [
    'error ledger-balances - Unexpected records read of tblChat: 8, expected 7',
    'error ledger-balances - Unexpected records excluded of tblChat: 4, expected 3',
  ]);
  const without = await told(t, ({ tables }) => {
    delete tables.tblChat;
  });
  t.deepEqual(without, [
    'error ledger-balances - Unexpected records read of tblChat: 0, expected 8',
    'error ledger-balances - Unexpected records carried of tblChat: 0, expected 3',
    'error ledger-balances - Unexpected records changed of tblChat: 0, expected 1',
    'error ledger-balances - Unexpected records excluded of tblChat: 0, expected 4',
    'error ledger-balances - Unexpected records written of tblChat: 0, expected 4',
    'error ledger-balances - Unexpected 4 messages in the package, expected 0',
  ]);
});

test('a message less in the package is told of all, and of its room', async (t) => {
  const fewer = soundBut(['Messages.xml', /<ChatRoom id="201">[\s\S]*?<\/ChatRoom>\n/, '']);
  const room = (what: string): string =>
    `error ledger-balances ChatRooms.xml:4:1 room 201 Unexpected ${what} of room 201, expected what the ledger says`;
  t.deepEqual(await told(t, () => undefined, fewer), [
    'error ledger-balances - Unexpected 3 messages in the package, expected 4',
    ...['number of messages', 'bytes of text', 'first date', 'last date', 'lowest id', 'highest id'].map(
      room,
    ),
    room('SHA-256 of the messages'),
  ]);
});

/**
 * Tables of which the ledger says that fewer records were written than stand in the sound package, and what is told.
 */
const BOUNDS: Readonly<Record<string, readonly [written: number, message: string]>> = {
  tblPrincipal: [7, 'Unexpected 8 principals in the package, expected at most 7 of tblPrincipal'],
  tblSiopWhiteList: [0, 'Unexpected 1 add-ins in the package, expected at most 0 of tblSiopWhiteList'],
  tblNode: [2, 'Unexpected 3 rooms in the package, expected at most 2 of tblNode'],
};

for (const [table, [written, message]] of Object.entries(BOUNDS)) {
  test(`no more records than were written of ${table}`, async (t) => {
    const plain = (count: number) => ({ read: count, carried: count, written: count });
    const none = { changed: 0, excluded: 0, refused: 0, byRule: {} };
    const found = (count: number) =>
      told(t, ({ tables }) => {
        tables[table] = { ...plain(count), ...none };
      });
    t.deepEqual(await found(written), [`error ledger-balances - ${message}`]);
    t.deepEqual(await found(written + 1), [], 'as many are none too many');
    t.deepEqual(await found(written + 2), [], 'several rows may become one record');
  });
}

// --- the list of exceptions

async function gateSays(path: string, ledgerPath?: string): Promise<string[]> {
  const findings: Finding[] = [];
  const located = await locatePackage(path);
  await validateParts({
    ...located,
    ledgerPath: ledgerPath ?? located.ledgerPath,
    layout: DEFAULT_LAYOUT,
    report: (finding) => findings.push(finding),
  });
  return findings.map(brief);
}

test('ledger.ndjson may be missing beside a bare ZIP, and is counted where it lies', async (t) => {
  const folder = temporaryFolder(t);
  const zipPath = join(folder, 'PersistentChatData.zip');
  const ledgerPath = join(folder, 'ledger.json');
  writeFileSync(zipPath, zipOf(documentsOf('sound')));
  copyFileSync(SOUND_LEDGER, ledgerPath);
  t.deepEqual(await gateSays(zipPath, ledgerPath), []);
  const list = readFileSync(SOUND_LIST, 'utf8');
  writeFileSync(join(folder, 'ledger.ndjson'), list);
  t.deepEqual(await gateSays(zipPath, ledgerPath), []);
  writeFileSync(join(folder, 'ledger.ndjson'), list.replace(/^.*"category-nested".*\n/m, ''));
  t.deepEqual(await gateSays(zipPath, ledgerPath), [
    'error ledger-balances ledger.json:1:1 - Unexpected 0 changed records of tblNode in ledger.ndjson, expected 1 as in ledger.json',
  ]);
});

test('a handoff without ledger.ndjson has lost its list of exceptions', async (t) => {
  const folder = join(temporaryFolder(t), 'handoff');
  const handoff = await beginHandoff(folder, { replace: false, report: () => undefined });
  const zip = zipOf(documentsOf('sound'));
  writeFileSync(join(handoff.dataFolder, 'PersistentChatData.zip'), zip);
  copyFileSync(SOUND_LEDGER, join(handoff.dataFolder, 'ledger.json'));
  const papers = handoffPapers([zip], readFileSync(SOUND_LEDGER, 'utf8'));
  for (const [name, text] of Object.entries(papers)) writeFileSync(join(handoff.dataFolder, name), text);
  await handoff.commit({ softwareAgent: 'chatferry test' });
  const list = join(folder, 'data/ledger.ndjson');
  t.deepEqual(await gateSays(folder), [
    `error ledger-balances ledger.json:1:1 - Unexpected list of exceptions: The exceptions ${list} cannot be read: it does not exist.`,
  ]);
});
