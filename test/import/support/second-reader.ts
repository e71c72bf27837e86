import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openExport, openZipArchive, readRowWindows } from '@chatferry/export';
import {
  DEFAULT_LAYOUT,
  type LedgerDocument,
  locatePackage,
  PackageDirectory,
  PackageLedger,
  readPackage,
  type ValidateOptions,
  validateParts,
} from '@chatferry/import';
import { DEFAULT_OPTIONS, runTransform, type TransformRequest } from '@chatferry/transform';
import { compareWithSource } from '../../../packages/import/dist/source/compare-with-source.js';
import { type PlainRow, readPlainRows } from '../../../packages/import/dist/source/plain-rows.js';
import { findSourceFiles } from '../../../packages/import/dist/source/source-files.js';
import { sourceMessage } from '../../../packages/import/dist/source/source-message.js';
import { rawZip } from '../../support/raw-zip.js';

/** Every row of an export as the second reader tells it, by document. */
export async function plainRowsOf(path: string): Promise<string[]> {
  const source = await findSourceFiles(path);
  try {
    const told: string[] = [];
    for (const file of [...source.files].sort((one, other) => (one.name < other.name ? -1 : 1))) {
      await readPlainRows(file, (row) => told.push(plainRowInWords(row)));
    }
    return told;
  } finally {
    await source.close();
  }
}

function plainRowInWords(row: PlainRow): string {
  if (row.table !== 'tblChat') return `${row.table} ${columnsInWords([...row.columns])}`;
  const { roomId, id, date, userId, alert, content, rtf } = sourceMessage(row);
  return `tblChat ${JSON.stringify([roomId, String(id), date, userId, alert, content, rtf])}`;
}

/** NULL and absence are one thing. */
function columnsInWords(columns: readonly (readonly [string, string | null])[]): string {
  return JSON.stringify(columns.filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same by the reader of the transform; null when it refuses a row, or the document. */
export async function fastRowsOf(path: string): Promise<string[] | null> {
  const opened = await openExport(path, { report: () => undefined });
  const told: string[] = [];
  try {
    const documents = [...opened.documents].sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const document of documents) {
      for await (const { reader, rows } of readRowWindows(document)) {
        for (const token of rows) {
          if (token === 'damaged') return null;
          if (token === 'row') {
            const columns = [...reader.columns].map(([key, { value }]) => [key, value] as const);
            told.push(`${reader.tableName} ${columnsInWords(columns)}`);
          } else {
            const { channelID, chatID, chatDate, userId, isAlert, content, rtf, defects } = reader.chat;
            if (defects.length > 0) return null;
            const texts = [content?.toString() ?? null, rtf?.toString() ?? null];
            const fields = [channelID, String(chatID), String(chatDate), userId, isAlert, ...texts];
            told.push(`tblChat ${JSON.stringify(fields)}`);
          }
        }
      }
    }
  } finally {
    await opened.close();
  }
  return told;
}

/** A folder that is removed when the test ends. */
export function scratch(t: { teardown: (work: () => Promise<void>) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatferry-second-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Transforms an export and returns the handoff's `data`. */
export async function handedOff(
  exportPath: string,
  handoffPath: string,
  request: Partial<TransformRequest> = {},
): Promise<string> {
  await runTransform({
    exportPath,
    handoffPath,
    options: DEFAULT_OPTIONS,
    layout: DEFAULT_LAYOUT,
    isDryRun: false,
    replace: false,
    isStrict: false,
    notice: () => undefined,
    progress: () => undefined,
    ...request,
  });
  return join(handoffPath, 'data');
}

/** What `validate --source` adds to the options of a validation. */
export function withSource(
  sourcePath: string,
  zipPaths: readonly string[],
  ledgerPath: string | null,
  { showsText = false, isPart = false }: { readonly showsText?: boolean; readonly isPart?: boolean } = {},
): Pick<ValidateOptions, 'compareOutside'> {
  return {
    compareOutside: async (ledger, fault) => {
      const exported = await compareWithSource(
        {
          sourcePath,
          zipPaths,
          layout: DEFAULT_LAYOUT,
          ledgerPath,
          ledger,
          isPart,
          showsText,
          progress: () => undefined,
        },
        fault,
      );
      return [{ what: 'export', path: sourcePath, ...exported }];
    },
  };
}

/**
 * What the comparison of the directory says, whatever the ledger says: severity, message, what was seen and expected.
 *
 * @param part compares this part alone.
 */
export async function toldAgainst(
  data: string,
  sourcePath: string,
  part: string | null = null,
): Promise<string[]> {
  const located = await locatePackage(join(data, part ?? '..'));
  const ledgerPath = join(data, 'ledger.json');
  const isPart = part !== null;
  const findings: string[] = [];
  await validateParts({
    ...located,
    handoffPath: null,
    ledgerPath,
    isPart,
    layout: DEFAULT_LAYOUT,
    report({ rule, severity, message, seen, expected }) {
      if (rule !== 'source-agrees') return;
      findings.push(`${severity} ${message}${seen === undefined ? '' : ` (${seen}, not ${expected})`}`);
    },
    ...withSource(sourcePath, located.zipPaths, ledgerPath, { isPart }),
  });
  return findings;
}

export interface Told {
  readonly errors: readonly string[];
  readonly texts: readonly string[];
}

/** The errors of a validation against an export, and what they saw and expected. */
export async function compared(
  data: string,
  sourcePath: string,
  options: { readonly showsText?: boolean } = {},
): Promise<Told> {
  const located = await locatePackage(join(data, '..'));
  const errors: string[] = [];
  const texts: string[] = [];
  const ledgerPath = join(data, 'ledger.json');
  await validateParts({
    ...located,
    // The bag would tell of every tampering; here the comparison must find it alone.
    handoffPath: null,
    ledgerPath,
    layout: DEFAULT_LAYOUT,
    report({ rule, severity, message, seen, expected, place }) {
      if (severity !== 'error') return;
      errors.push(`${rule} ${place?.record ?? '-'} ${message}`);
      texts.push(`${seen} / ${expected}`);
    },
    ...withSource(sourcePath, located.zipPaths, ledgerPath, options),
  });
  return { errors, texts };
}

/** Changes one document of a package, as somebody would who knows how to write a ZIP. */
export async function tamper(zipPath: string, name: string, change: (text: string) => string): Promise<void> {
  const archive = await openZipArchive(zipPath);
  const entries: { name: string; data: Buffer; method: 8 }[] = [];
  for (const entry of archive.entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of archive.open(entry)) chunks.push(Buffer.from(chunk));
    entries.push({ name: entry.name, data: Buffer.concat(chunks), method: 8 });
  }
  await archive.close();
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`${zipPath} has no ${name}`);
  const before = entry.data.toString('utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was changed in ${name}`);
  entry.data = Buffer.from(after);
  writeFileSync(zipPath, rawZip(entries));
}

/** Writes into ledger.json whatever the tampered package adds up to, so that it balances. */
export async function reseal(zipPath: string): Promise<void> {
  const path = join(dirname(zipPath), 'ledger.json');
  const ledger = JSON.parse(readFileSync(path, 'utf8')) as LedgerDocument;
  const directory = new PackageDirectory();
  const tallies = new PackageLedger(directory);
  await readPackage(zipPath, DEFAULT_LAYOUT, {
    directory,
    fault: ({ message }) => {
      throw new Error(message);
    },
    directoryRead: () => undefined,
    message: (message) => tallies.message(message),
    progress: () => undefined,
  });
  tallies.finish();
  let dropped = 0;
  const rooms = Object.fromEntries(
    Object.entries(ledger.rooms).map(([guid, account]) => {
      const room = directory.rooms.find((candidate) => candidate.guid === guid);
      const tally = room === undefined ? undefined : tallies.tallies.get(room.id);
      if (tally === undefined) return [guid, account];
      const less = account.written - tally.messages;
      dropped += less;
      const bytes = tally.textBytes - account.textBytesWritten;
      return [
        guid,
        {
          ...account,
          read: account.read - less,
          carried: account.carried - less,
          written: tally.messages,
          textBytesRead: account.textBytesRead + bytes,
          textBytesWritten: tally.textBytes,
          firstDate: String(tally.firstDate),
          lastDate: String(tally.lastDate),
          lowestId: String(tally.lowestId),
          highestId: String(tally.highestId),
          sha256: tally.sha256,
        },
      ];
    }),
  );
  const chat = ledger.tables.tblChat;
  if (chat === undefined) throw new Error('no tblChat in the ledger');
  const tblChat = {
    ...chat,
    read: chat.read - dropped,
    carried: chat.carried - dropped,
    written: chat.written - dropped,
  };
  writeFileSync(path, JSON.stringify({ ...ledger, rooms, tables: { ...ledger.tables, tblChat } }));
}
