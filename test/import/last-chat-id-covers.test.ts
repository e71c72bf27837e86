import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@chatferry/export';
import { CHECKS, DEFAULT_LAYOUT, PackageDirectory, PackageLedger, readPackage } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { CheckRun } from '../../packages/import/dist/validate/run-checks.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { brief, type Documents, documentsOf, soundBut, zipOf } from './support/package-fixture.js';

/** What the check alone says of a package; `add` puts further records into the directory that was read of it. */
async function told(
  t: ExecutionContext,
  documents: Documents,
  add: (directory: PackageDirectory) => void = () => undefined,
): Promise<string[]> {
  const zipPath = join(temporaryFolder(t), 'package.zip');
  writeFileSync(zipPath, zipOf(documents));
  const directory = new PackageDirectory();
  const tallies = new PackageLedger(directory);
  const findings: Finding[] = [];
  const checks = CHECKS.filter(({ id }) => id === 'last-chat-id-covers');
  const run = new CheckRun(checks, { directory, tallies, ledger: null }, (finding) => findings.push(finding));
  await readPackage(zipPath, DEFAULT_LAYOUT, {
    directory,
    fault: (fault) => run.fault(fault),
    directoryRead: () => run.directoryRead(),
    message: (message) => tallies.message(message),
    progress: () => undefined,
  });
  tallies.finish();
  add(directory);
  run.end();
  return findings.map(brief);
}

/** The sound package with room 201 a second time. */
function twice(lastChatId: string): Documents {
  return soundBut([
    'ChatRooms.xml',
    '</ChatRooms>',
    `<ChatRoom id="201" guid="000000cc-0000-4000-8000-0000000000cc" categoryId="100" isDisabled="0" behavior="4" visibility="3"${lastChatId}><Name>Again</Name><Desc/><Roles/></ChatRoom></ChatRooms>`,
  ]);
}

test('a second counter of a room is told at its place, however high it is', async (t) => {
  const second =
    'error last-chat-id-covers ChatRooms.xml:6:1 room 201 Unexpected second counter of room 201, expected one';
  t.deepEqual(await told(t, documentsOf('sound')), []);
  t.deepEqual(await told(t, twice('')), [], 'a second room has no counter of its own');
  t.deepEqual(await told(t, twice(' lastChatId="7"')), [second]);
  t.deepEqual(await told(t, twice(' lastChatId="6"')), [
    second,
    'error last-chat-id-covers ChatRooms.xml:4:1 room 201 Unexpected message counter 6 of room 201, expected at least 7',
  ]);
});

test('a counter of no room is told at its place; in this layout only a room can bring one', async (t) => {
  const place = { file: 'Counters.xml', line: 9, column: 1, record: 'counter 999' };
  const one = { kind: 'lastChatId', roomId: 999, id: 1n } as const;
  const stray =
    'error last-chat-id-covers Counters.xml:9:1 counter 999 Unexpected counter of room 999, expected a room of the package';
  t.deepEqual(await told(t, documentsOf('sound'), (directory) => directory.add(one, place)), [stray]);
  const both = await told(t, documentsOf('sound'), (directory) => {
    directory.add(one, place);
    directory.add({ ...one }, { ...place, line: 10 });
  });
  t.deepEqual(both, [
    stray,
    'error last-chat-id-covers Counters.xml:10:1 counter 999 Unexpected second counter of room 999, expected one',
  ]);
});
