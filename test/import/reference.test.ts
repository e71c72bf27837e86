import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, RunFailure } from '@chatferry/export';
import { DEFAULT_LAYOUT, partName, validateParts } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { compareWithReference } from '../../packages/import/dist/reference/compare-with-reference.js';
import { brief, type Documents, documentsOf, type Edit, soundBut, zipOf } from './support/package-fixture.js';

const VALIDATE = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));

function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatferry-reference-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the gate finds in a package (a ZIP or several parts) beside a reference. */
async function compared(
  t: ExecutionContext,
  reference: Documents | Buffer,
  packages: readonly Documents[] = [documentsOf('sound')],
): Promise<string[]> {
  const folder = scratch(t);
  const referencePath = join(folder, 'reference.zip');
  writeFileSync(referencePath, Buffer.isBuffer(reference) ? reference : zipOf(reference));
  const zipPaths = packages.map((documents, i) => {
    const path = join(folder, packages.length === 1 ? 'package.zip' : partName(i + 1));
    writeFileSync(path, zipOf(documents));
    return path;
  });
  const findings: Finding[] = [];
  await validateParts({
    zipPaths,
    parts: null,
    ledgerPath: null,
    handoffPath: null,
    layout: DEFAULT_LAYOUT,
    report: (finding) => findings.push(finding),
    compareOutside: async (_, fault) => {
      await compareWithReference({ layout: DEFAULT_LAYOUT, zipPaths, referencePath }, fault);
      return [];
    },
  });
  return findings.map(brief).filter((line) => line.includes('document-follows-layout'));
}

test('a package agrees with itself, and with a reference that has more', async (t) => {
  t.deepEqual(await compared(t, documentsOf('sound')), []);
  const more = soundBut(
    ['ChatRooms.xml', '<Name>Notes<', '<Topic/><Name>Notes<'],
    ['ChatRooms.xml', 'id="202"', 'id="202" isPinned="1"'],
  );
  t.deepEqual(await compared(t, new Map([...more, ['Extra.xml', '<Pool/>'], ['readme.txt', '?']])), []);
});

const CASES: Readonly<Record<string, readonly [edits: readonly Edit[], finding: string]>> = {
  'an attribute': [
    [['ChatRooms.xml', ' invite="0"', '']],
    'error document-follows-layout ChatRooms.xml:4:1 - Unexpected attribute invite of Pool/ChatRooms/ChatRoom, expected only what the reference has; 1 time',
  ],
  'an element': [
    [['Messages.xml', /<Rtf>[\s\S]*<\/Rtf>/, '']],
    'error document-follows-layout Messages.xml:6:92 - Unexpected element Pool/Messages/ChatRoom/Message/Rtf, expected only what the reference has; 1 time',
  ],
  'an order': [
    [['AddIns.xml', /(<Name>.*<\/Name>)(<Url>.*<\/Url>)/, '<Url>u</Url><Name>n</Name>']],
    'error document-follows-layout AddIns.xml:3:76 - Unexpected order of Name before Url in Pool/AddIns/AddIn, expected only what the reference has; 1 time',
  ],
  'a namespace': [
    [['AddIns.xml', '<Pool>', '<Pool xmlns="urn:pool">']],
    'error document-follows-layout AddIns.xml:2:1 - Unexpected element Pool, expected only what the reference has; 1 time',
  ],
};

for (const [what, [edits, expected]] of Object.entries(CASES)) {
  test(`what the reference has not is found: ${what}`, async (t) => {
    t.deepEqual(await compared(t, soundBut(...edits)), [expected]);
  });
}

test('a document that the reference has not is found, and documents that were split are one', async (t) => {
  const reference = documentsOf('sound');
  reference.delete('AddIns.xml');
  t.deepEqual(await compared(t, reference), [
    'error document-follows-layout AddIns.xml:1:1 - Unexpected document AddIns.xml, expected only what the reference has; 1 time',
  ]);
  const split = documentsOf('sound');
  split.set('Messages-0001.xml', split.get('Messages.xml') as Buffer);
  split.delete('Messages.xml');
  t.deepEqual(await compared(t, split), []);
});

test('the parts of a package are compared too, and told together', async (t) => {
  const reference = soundBut(['ChatRooms.xml', ' invite="0"', '']);
  const found = await compared(t, reference, [documentsOf('sound'), documentsOf('sound')]);
  t.is(
    found.filter((line) =>
      line.endsWith(
        'attribute invite of Pool/ChatRooms/ChatRoom, expected only what the reference has; 2 times',
      ),
    ).length,
    1,
  );
});

test('a reference that is none ends the run; a damaged package is left to the checks', async (t) => {
  const none = await t.throwsAsync(compared(t, Buffer.from('no ZIP')), { instanceOf: RunFailure });
  t.is(
    (none as RunFailure).remedy,
    'Name the ZIP as Export-CsPersistentChatData wrote it. If it is that, copy it again.',
  );
  const cut = soundBut(['AddIns.xml', '</AddIns>', '']);
  await t.throwsAsync(compared(t, cut), { instanceOf: RunFailure, message: /AddIns.xml is not well-formed/ });
  const many = Array.from({ length: 300 }, (_, i) => `<a${i}/>`).join('');
  const wide = new Map([['AddIns.xml', `<Pool>${many}</Pool>`]]);
  await t.throwsAsync(compared(t, wide), { instanceOf: RunFailure, message: /More than 256 kinds/ });
  t.deepEqual(await compared(t, documentsOf('sound'), [cut]), []);
});

test('chatferry-validate --reference', (t) => {
  const folder = scratch(t);
  const path = join(folder, 'package.zip');
  writeFileSync(path, zipOf(documentsOf('sound')));
  writeFileSync(join(folder, 'other.zip'), zipOf(soundBut(['ChatRooms.xml', ' invite="0"', ''])));
  const run = (reference: string) => {
    try {
      return {
        code: 0,
        said: execFileSync(VALIDATE, [path, '--reference', reference], { encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { code: status, said: stdout + stderr };
    }
  };
  const itself = run(path);
  t.is(itself.code, 2);
  t.regex(
    itself.said,
    /^Could not finish: --reference .*package\.zip is the package itself \(SHA-256 [0-9a-f]{64}\)/,
  );
  const more = new Map([...documentsOf('sound'), ['readme.txt', '?']]);
  writeFileSync(join(folder, 'more.zip'), zipOf(more));
  const same = run(join(folder, 'more.zip'));
  t.is(same.code, 0);
  t.regex(
    same.said,
    /^ {2}every document, element and attribute of the package occurs in it; of the 68 paths that the layout only assumes, it has 58\.$/m,
  );
  writeFileSync(join(folder, 'cut.zip'), zipOf(soundBut(['AddIns.xml', '</AddIns>', ''])));
  const cut = spawnSync(VALIDATE, [join(folder, 'cut.zip'), '--reference', path], { encoding: 'utf8' });
  t.regex(
    cut.stdout,
    /^ {2}every document, element and attribute of what could be read of the package occurs in it; /m,
  );
  const other = run(join(folder, 'other.zip'));
  t.is(other.code, 1);
  t.regex(other.said, /error document-follows-layout: 1\n.*attribute invite/);
  t.regex(
    other.said,
    / 1 kind of document, .* not in it, see document-follows-layout; of the 68 paths that .*, it has 57\.$/m,
  );
  const nowhere = run(join(folder, 'nowhere.zip'));
  t.is(nowhere.code, 2);
  t.regex(nowhere.said, /nowhere\.zip.* does not exist/);
  t.notRegex(nowhere.said, /bug/);
});
