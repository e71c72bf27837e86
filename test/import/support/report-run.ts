import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Severity } from '@chatferry/export';
import {
  type FindingGroup,
  FindingSink,
  type LedgerDocument,
  type RoomAccount,
  type RunSummary,
  type StateCounts,
  verdictOf,
  writeHtmlReport,
} from '@chatferry/import';
import { NO_DIRECTORY } from '../../support/no-directory.js';
import { inTemporaryFolder } from '../../support/temporary-folder.js';

export const SHA = 'ab'.repeat(32);
export const ASSUMED = { name: 'pool-2013', assumedPaths: 3, reference: null };
export const CONFIRMED = { name: 'my-pool', assumedPaths: 0, reference: SHA };
export const NOT_CONFIRMED =
  'Layout not confirmed against your pool: rehearse with Import-CsPersistentChatData -WhatIf before the import.';

export function finding(members: Partial<Finding> = {}): Finding {
  return {
    rule: 'name-unusable',
    severity: 'warning',
    place: { file: 'tblNode.xml', line: 3, column: 9, record: 'node 5' },
    message: 'Unexpected backslash in the name of node 5, expected none; did replace it.',
    ...members,
  };
}

export function group(severity: Severity, count = 1): FindingGroup {
  return { rule: `some-${severity}`, severity, count, first: [finding({ severity })] };
}

export function counts(members: Partial<StateCounts> = {}): StateCounts {
  return { read: 0, carried: 0, changed: 0, excluded: 0, refused: 0, written: 0, byRule: {}, ...members };
}

export function room(name: string, members: Partial<RoomAccount>): RoomAccount {
  return {
    ...counts(),
    name,
    textBytesRead: 0,
    textBytesWritten: 0,
    textBytesExcluded: 0,
    textBytesRefused: 0,
    textBytesAltered: 0,
    firstDate: null,
    lastDate: null,
    lowestId: null,
    highestId: null,
    sha256: SHA,
    ...members,
  };
}

export const LEDGER: LedgerDocument = {
  version: 1,
  directory: NO_DIRECTORY,
  tables: {
    tblChat: counts({
      read: 1_234_567,
      carried: 1_234_560,
      changed: 4,
      excluded: 2,
      refused: 1,
      written: 1_234_564,
      byRule: {
        'message-content-forbidden-character': [{ state: 'changed', records: 4, textBytes: 8 }],
        'message-before-cutoff': [{ state: 'excluded', records: 2, textBytes: 20 }],
        'message-room-missing': [{ state: 'refused', records: 1, textBytes: 5 }],
      },
    }),
    tblNode: counts({ read: 12, carried: 12, written: 12 }),
  },
  rooms: {
    '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11': room('Night <shift> & "friends" \u202egnp', {
      read: 1_234_566,
      carried: 1_234_560,
      changed: 4,
      excluded: 2,
      written: 1_234_564,
      textBytesRead: 500_020,
      textBytesAltered: 8,
      textBytesExcluded: 20,
      textBytesWritten: 500_008,
    }),
  },
  unplaced: { '99': room('', { read: 1, refused: 1, textBytesRead: 5, textBytesRefused: 5 }) },
};

export function run(members: Partial<RunSummary> = {}): RunSummary {
  return {
    tool: { name: 'chatferry', version: '0.1.0' },
    command: 'transform',
    date: null,
    verdict: verdictOf({ findings: [], imbalances: [], layout: ASSUMED, failure: null }),
    layout: ASSUMED,
    inputs: [
      { name: 'export/tblChat.xml', sha256: SHA, bytes: 700_123_456 },
      { name: 'export/tblNode.xml', sha256: null, bytes: null },
    ],
    package: {
      name: 'PersistentChatData.zip',
      sha256: SHA,
      bytes: 12_345,
      entries: [{ name: 'AdUsers.xml', sha256: SHA, size: 999 }],
    },
    ledger: LEDGER,
    imbalances: [],
    notRun: [],
    findings: [
      {
        rule: 'role-out-of-scope',
        severity: 'error',
        count: 25,
        first: Array.from({ length: 20 }, (_, index) =>
          finding({
            rule: 'role-out-of-scope',
            severity: 'error',
            message: `Unexpected member ${index} of <room>, expected one of the scope; did keep it.`,
            remedy: 'Widen the scope in categories.csv.',
          }),
        ),
      },
      { rule: 'name-unusable', severity: 'warning', count: 1, first: [finding({ place: null })] },
    ],
    categories: [
      { legacyPath: ['IT', 'Operations'], name: 'IT_Operations', roomsRead: 5, roomsWritten: 4 },
      { legacyPath: [], name: 'General', roomsRead: 0, roomsWritten: 2 },
      { legacyPath: ['Old'], name: null, roomsRead: 1, roomsWritten: 0 },
    ],
    options: [
      { name: 'separator', value: ' - ', default: '_' },
      { name: 'topics', value: 'drop', default: 'drop' },
      { name: 'since', value: null, default: null },
    ],
    decidedRecords: [
      {
        file: 'rooms.csv',
        records: 3,
        decidedBy: 'Owner of the records',
        first: [
          {
            action: 'exclude',
            id: '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11',
            name: 'Night <shift>',
            becomes: '',
            reason: 'legal: retention | ended',
          },
          {
            action: 'move',
            id: '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c12',
            name: 'Desk',
            becomes: 'in category "Sales" (0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c13)',
            reason: '',
          },
        ],
      },
    ],
    months: [
      { month: '2010-09', read: 1_000_000, written: 999_998, excluded: 2, refused: 0 },
      { month: '2010-11', read: 234_566, written: 234_566, excluded: 0, refused: 0 },
    ],
    roomChanges: [
      {
        guid: '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11',
        name: 'Night <shift>',
        settings: [
          { setting: 'Category', before: 'IT › Operations', after: 'IT_Operations' },
          { setting: 'Members', before: '3', after: '5 (+2: Ana Rey, Bo Lind new)' },
        ],
      },
    ],
    access: { rows: 5_678, lost: 1_234, added: 2, leftBehind: 5 },
    sample: {
      seed: 'seed 1',
      of: 1_234_564,
      messages: [
        {
          roomId: 40,
          roomGuid: '0b5e3f52-7a55-4f0e-9d5c-2b7f0a9e6c11',
          roomName: 'Night <shift>',
          id: '9007199254740993',
          date: '2010-09-14T14:26:17.123Z',
          authorId: 7,
          author: '3f1d0c4e-0f1b-4c53-8f7c-000000000007',
          authorName: 'Ana <Rey>, sip:ana.rey@contoso.example',
          alert: false,
          content: { bytes: 41, sha256: SHA },
          rtf: null,
          changedBy: null,
          changedFields: [],
          place: null,
        },
      ],
    },
    pages: {
      'role-out-of-scope': { sections: [{ title: 'Condition', text: 'A member is outside <the scope>.' }] },
    },
    ...members,
  };
}

/** report.html of a run; its findings are those that the groups show unless others are given. */
export async function pageOf(
  of: RunSummary,
  findings: Iterable<Finding> = of.findings.flatMap(({ first }) => first),
): Promise<string> {
  return await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'report.html');
    const ndjson = join(folder, 'findings.ndjson');
    const sink = new FindingSink({ ndjson, csv: null });
    for (const finding of findings) sink.report(finding);
    sink.close();
    await writeHtmlReport(path, of, ndjson);
    return await readFile(path, 'utf8');
  });
}
