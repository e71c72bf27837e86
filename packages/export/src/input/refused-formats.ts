import type { Buffer } from 'node:buffer';
import { type FailureCode, RunFailure } from '../run-failure.js';
import { firstElement } from './first-element.js';
import { quoteName } from './quote-name.js';
import { EXPORT_RECIPE, REPACK_RECIPE } from './recipes.js';

/** A format that is recognised in order to be refused by name. */
export interface RefusedFormat {
  /** The format as a noun phrase after "is". */
  readonly name: string;
  readonly code: Extract<FailureCode, 'input-not-an-export' | 'input-empty'>;
  readonly remedy: string;
  /** What happens to it beside other files: refused as well, or skipped with a warning (it may hold data) or a note. */
  readonly beside: 'refused' | 'warning' | 'note';
}

/** The beginning of a file. `text` is its decoded text (byte order mark removed), as far as it is text. */
export interface FileStart {
  readonly bytes: Buffer;
  readonly text: string;
}

const UNPACK_RECIPE = 'Unpack it and give the folder, or pack the XML files as a plain ZIP.';
const TABLES_RECIPE = `It holds no rooms, rights or categories. ${EXPORT_RECIPE}`;
const POOL_RECIPE =
  'It is already in the format of the target: give it to Import-CsPersistentChatData on the target, or to chatferry validate or diff. chatferry transform reads exports of the legacy Group Chat database.';

const isMarkup = (text: string): boolean => /^[ \t\r\n]*</.test(text);
const magic =
  (...signatures: readonly string[]) =>
  ({ bytes }: FileStart): boolean =>
    signatures.some((signature) => bytes.toString('latin1', 0, signature.length) === signature);
const element =
  (...names: readonly string[]) =>
  ({ text }: FileStart): boolean =>
    names.includes(firstElement(text) ?? '');

type Row = readonly [
  name: string,
  matches: (start: FileStart) => boolean,
  remedy: string,
  beside?: RefusedFormat['beside'],
];

/** Read from top to bottom; the first match names the format. */
const FORMATS: readonly Row[] = [
  ['a 7z archive', magic('7z\xbc\xaf\x27\x1c'), UNPACK_RECIPE],
  ['a RAR archive', magic('Rar!\x1a\x07'), UNPACK_RECIPE],
  ['a cabinet (CAB) archive', magic('MSCF'), UNPACK_RECIPE],
  ['a ZIP inside another archive', magic('PK\x03\x04', 'PK\x05\x06'), UNPACK_RECIPE, 'refused'],
  ['a gzip file inside another archive', magic('\x1f\x8b'), UNPACK_RECIPE, 'refused'],
  ['a tar archive', ({ bytes }) => bytes.toString('latin1', 257, 262) === 'ustar', UNPACK_RECIPE],
  [
    'an SQL Server backup',
    magic('TAPE', 'MSSQLBAK'),
    `Restore it on any SQL Server and export from there. ${EXPORT_RECIPE}`,
  ],
  ['a PDF document', magic('%PDF'), EXPORT_RECIPE, 'note'],
  ['a compliance XML file (Conversations)', element('Conversations'), TABLES_RECIPE],
  [
    'a PowerShell Export-Clixml file (Objs)',
    element('Objs'),
    `Use DataTable.WriteXml instead of Export-Clixml. ${EXPORT_RECIPE}`,
  ],
  [
    'a PowerShell ConvertTo-Xml file (Objects)',
    element('Objects'),
    `Use DataTable.WriteXml instead of ConvertTo-Xml. ${EXPORT_RECIPE}`,
  ],
  ['a Persistent Chat pool document (Pool)', element('Pool'), POOL_RECIPE],
  ['an HTML page', ({ text }) => /^html$/i.test(firstElement(text) ?? ''), EXPORT_RECIPE, 'note'],
  ['JSON', ({ text }) => /^[ \t\r\n]*[[{]/.test(text), EXPORT_RECIPE, 'note'],
  ['CSV', ({ text }) => isCsv(text), `Messages lose their line ends in CSV. ${EXPORT_RECIPE}`, 'note'],
  ['neither XML nor a format that chatferry knows', ({ text }) => !isMarkup(text), EXPORT_RECIPE, 'note'],
];

export const ENCRYPTED_ZIP: RefusedFormat = {
  name: 'an encrypted ZIP',
  code: 'input-not-an-export',
  remedy: `${REPACK_RECIPE} chatferry takes no passwords.`,
  beside: 'refused',
};

const EMPTY_FILE: RefusedFormat = {
  name: 'empty',
  code: 'input-empty',
  remedy: `A query that failed, or FOR XML without ROOT over no rows, writes an empty file. ${EXPORT_RECIPE}`,
  beside: 'warning',
};

/** The format to refuse a file for; null when its text begins with markup of no refused kind. */
export function refusedFormat(start: FileStart): RefusedFormat | null {
  if (start.bytes.length === 0 || /^[ \t\r\n]*$/.test(start.text)) return EMPTY_FILE;
  const row = FORMATS.find(([, matches]) => matches(start));
  if (row === undefined) return null;
  const [name, , remedy, beside = 'warning'] = row;
  return { name, code: 'input-not-an-export', remedy, beside };
}

/** Formats that show only in the names of an archive's or folder's files. */
export function refusedByFileNames(names: readonly string[]): RefusedFormat | null {
  const baseNames = new Set(names.map((name) => name.slice(name.lastIndexOf('/') + 1).toLowerCase()));
  const refuse = (name: string, remedy: string): RefusedFormat => ({
    name,
    code: 'input-not-an-export',
    remedy,
    beside: 'warning',
  });
  if (names.includes('[Content_Types].xml')) return refuse('an Office document (xlsx, docx)', EXPORT_RECIPE);
  if (baseNames.has('adusers.xml') || baseNames.has('chatrooms.xml')) {
    return refuse('an export of a Persistent Chat pool (Export-CsPersistentChatData)', POOL_RECIPE);
  }
  return null;
}

export function refusal(name: string, format: RefusedFormat): RunFailure {
  return new RunFailure(
    format.code,
    `${quoteName(name)} is ${format.name}; expected an XML export of the Group Chat database.`,
    format.remedy,
  );
}

/** General purpose bit 0 of the first local header (APPNOTE.TXT 4.4.4). */
export function isEncryptedZip(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'PK\x03\x04' && ((bytes[6] ?? 0) & 1) === 1;
}

/** A first line of at least two plain or quoted column names. */
function isCsv(text: string): boolean {
  const line = text.replace(/^#TYPE [^\r\n]*\r?\n/, '').split(/\r?\n/, 1)[0] ?? '';
  const cells = line.split(/[,;\t]/);
  return cells.length > 1 && cells.every((cell) => /^(?:[\w.-]+|"[^"<]*")$/.test(cell));
}
