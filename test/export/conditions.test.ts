import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkManifest,
  type Finding,
  openExport,
  READER_CONDITIONS,
  readDirectory,
  readMessages,
} from '@chatferry/export';
import test from 'ava';
import { temporaryFolder } from '../support/temporary-folder.js';
import { FIXTURES } from '../support/write-fixtures.js';

/** What is done to the sample, and what the reader then says that it does not say of the sample itself. */
const CASES: readonly {
  readonly rule: string;
  readonly spoil: (folder: string) => void;
  readonly said: readonly RegExp[];
}[] = [
  {
    rule: 'file-not-read',
    spoil: (folder) => {
      writeFileSync(join(folder, 'tblNode.xsd'), '<schema/>');
      writeFileSync(join(folder, 'tblNode.bak'), 'TAPE');
      writeFileSync(join(folder, '.tblChat.xml'), '<ROOT/>');
    },
    said: [
      /^error: .*"\.tblChat\.xml", which is a hidden file/,
      /^warning: .*"tblNode.bak"/,
      /^note: .*"tblNode.xsd"/,
    ],
  },
  {
    rule: 'console-artefact-repaired',
    spoil: (folder) =>
      edit(
        folder,
        'tblNode.xml',
        /^/,
        'XML_F52E2B61-18A1-11d1-B105-00805F49916B\r\n----------------------------------------\r\n',
      ),
    said: [/^warning: .*removed the column header\.$/],
  },
  {
    rule: 'record-not-well-formed',
    spoil: (folder) => edit(folder, 'tblChat.xml', /content="/, 'content="&nbsp;'),
    said: [/^error: .*nbsp.*refused the row\.$/],
  },
  {
    rule: 'table-not-exported',
    spoil: (folder) => rmSync(join(folder, 'tblLastChatId.xml')),
    said: [/^warning: .*absence of tblLastChatId,/],
  },
  {
    rule: 'table-unknown',
    spoil: (folder) => writeFileSync(join(folder, 'x.xml'), '<ROOT><tblRoomColours a="1"/></ROOT>'),
    said: [/^note: .*tblRoomColours with 1 row/],
  },
  {
    rule: 'table-left-behind',
    spoil: (folder) => writeFileSync(join(folder, 'x.xml'), '<ROOT><tblFileToken fileToken="1"/></ROOT>'),
    said: [/^note: .*1 row of tblFileToken/],
  },
  {
    rule: 'column-unknown',
    spoil: (folder) => edit(folder, 'tblNode.xml', / nodeID=/, ' costCentre="100" nodeID='),
    said: [/^note: .*column costCentre of tblNode on 1 row/],
  },
  {
    rule: 'column-not-exported',
    spoil: (folder) => edit(folder, 'tblNode.xml', / logged="[^"]*"/g, ''),
    said: [/^warning: .*column logged on all 45 rows/],
  },
  {
    rule: 'manifest-mismatch',
    spoil: (folder) => writeFileSync(join(folder, 'export-manifest.json'), MANIFEST),
    said: [
      /^error: .*row count of tblChat 400, expected none/,
      /^error: .*row count of tblNode 45, expected 46/,
      /^error: .*SHA-256 of "tblNode.xml"/,
    ],
  },
];

const MANIFEST = JSON.stringify({
  version: 1,
  exportedOn: '2012-05-06T07:08:09Z',
  tables: { tblNode: { rows: 46 } },
  chatDate: null,
  files: {},
});

test('there is a case for every condition of the reader', (t) => {
  t.deepEqual(
    CASES.map(({ rule }) => rule),
    READER_CONDITIONS.map(({ id }) => id),
  );
});

for (const { rule, spoil, said } of CASES) {
  test(`${rule}: reported where it is met, with a severity that its page knows`, async (t) => {
    const before = await findingsOf(t, () => undefined);
    const usual = new Set(before.map(({ message }) => message));
    const found = (await findingsOf(t, spoil)).filter(
      (each) => each.rule === rule && !usual.has(each.message),
    );
    const lines = found.map(({ severity, message }) => `${severity}: ${message}`);
    for (const expected of said)
      t.true(
        lines.some((line) => expected.test(line)),
        `${expected}\n${lines.join('\n')}`,
      );
    const known = READER_CONDITIONS.find(({ id }) => id === rule)?.severities as readonly string[];
    t.deepEqual(
      found.filter(({ severity }) => !known.includes(severity)),
      [],
    );
  });
}

async function findingsOf(
  t: { teardown(after: () => void): void },
  spoil: (folder: string) => void,
): Promise<Finding[]> {
  const folder = temporaryFolder(t);
  cpSync(join(FIXTURES, 'sample'), folder, { recursive: true });
  spoil(folder);
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const opened = await openExport(folder, { report });
  const { counts } = await readDirectory(opened, { report, isThorough: true });
  for await (const { rows } of readMessages(opened, { report, isThorough: true, counts })) {
    for (const row of rows) void row;
  }
  if (opened.manifest !== null) {
    const rows = new Map(counts.list().map((count) => [count.name, count.rows]));
    findings.push(...checkManifest(opened.manifest, { rows, chatDate: null, documents: opened.documents }));
  }
  await opened.close();
  return findings;
}

function edit(folder: string, name: string, from: RegExp, to: string): void {
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}
