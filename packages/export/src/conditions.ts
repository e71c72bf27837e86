import type { Severity } from './finding.js';

/** A condition of the export that the reader reports by itself, before any rule sees a row. */
export interface ReaderCondition {
  /** Names the condition; findings carry it as their `rule`. */
  readonly id: string;
  /** What its findings mean; the first is the usual one. */
  readonly severities: readonly [Severity, ...Severity[]];
  /** S: schema, product or format pages. L: legacy semantics. O: our decision, because nothing is documented. */
  readonly basis: readonly ['S' | 'L' | 'O', ...('S' | 'L' | 'O')[]];
}

/** CONDITIONS.md as it ships with the package: the pages below, for readers and for `chatferry explain`. */
export const CONDITIONS_DOCUMENT = new URL('../CONDITIONS.md', import.meta.url);

/**
 * # file-not-read
 *
 * **Condition.** A folder or archive holds a file that is not read as a document of tables: a symbolic link, a hidden
 * or special file, a schema, page or settings file, a PDF, a format that chatferry does not read, or a file without
 * content.
 *
 * **Action.** The file is left alone and the others are read. What may hold tables is an error, for its messages would
 * be missing: a link to a file or folder (dangling too), a pipe, socket or device, a hidden `.xml`, `.zip` or `.gz`
 * (also in a hidden folder), an empty tblChat, and an empty `.xml` that is called like no table. What may hold other
 * data, such as a backup, an archive of another kind or an empty file, is a warning. A file that is called `.xml` and
 * holds something else, or the only file, ends the run. A `._` file of macOS and files that never hold tables are
 * notes.
 *
 * **Option.** None.
 *
 * **Basis.** O: an export is a folder of tables, and what else lies in it is nobody's promise.
 *
 * **Severity.** error when it may hold tables; warning when it may hold other data; else note
 *
 * **Remedy.** Look whether the named file belongs to the export; if so, put a plain file that can be read in its place;
 * if not, remove it.
 *
 * **Example.** `export/tblNode.bak` beside `export/tblNode.xml` -> a warning that a backup was not read.
 */
const fileNotRead: ReaderCondition = {
  id: 'file-not-read',
  severities: ['note', 'warning', 'error'],
  basis: ['O'],
};

/**
 * # console-artefact-repaired
 *
 * **Condition.** Around the XML stands what sqlcmd, bcp or a query window put there: a column header with dashes, a row
 * count, or a line break after every 2033 (2034) characters, inside names and values too.
 *
 * **Action.** They are removed, line breaks only when every line but the last has exactly that length, because then
 * they cannot be part of the data. Lines and columns in findings count what remains.
 *
 * **Option.** None.
 *
 * **Basis.** O: FOR XML arrives as rows of 2033 characters and the tools write a line for each; no page of the vendor
 * promises it, and that the breaks may be taken out again is our reading.
 *
 * **Severity.** warning
 *
 * **Remedy.** Export with Export-GroupChat.ps1, or in a client that streams the single value to a file.
 *
 * **Example.** A file that begins with `XML_F52E2B61-18A1-11d1-B105-00805F49916B` and dashes -> read without these
 * lines.
 */
const consoleArtefactRepaired: ReaderCondition = {
  id: 'console-artefact-repaired',
  severities: ['warning'],
  basis: ['O'],
};

/**
 * # record-not-well-formed
 *
 * **Condition.** A row cannot be read: an attribute or column twice, an entity that nobody defined, a bare `&`, bytes
 * that are not valid in the encoding, or text between rows and columns.
 *
 * **Action.** The row is refused at its place, counts as refused in the ledger, and reading goes on behind it, because
 * where it ends is certain. Where that is not certain the run ends, as it does at the first such row with `--strict`.
 *
 * **Option.** None.
 *
 * **Basis.** S: XML 1.0 (fifth edition) and Namespaces in XML 1.0, well-formedness. O: that the other rows are read.
 *
 * **Severity.** error
 *
 * **Remedy.** Export this table again and compare the row with the database.
 *
 * **Example.** `<tblChat channelID="40" chatID="7" content="A & B" …/>` -> this message is refused.
 */
const recordNotWellFormed: ReaderCondition = {
  id: 'record-not-well-formed',
  severities: ['error'],
  basis: ['S', 'O'],
};

/**
 * # table-not-exported
 *
 * **Condition.** The export has neither rows nor a file of a table that is needed (tblNode, tblPrincipal, tblRoleType,
 * tblPrincipalRole, tblScopePrincipal, tblChat) or wanted (tblPrincipalAffiliations, tblLastChatId, tblSiopWhiteList).
 *
 * **Action.** Without a table that is wanted the run goes on: nobody is found in scope through a group, message
 * counters are set to the highest message id, or rooms lose their add-ins. Without one that is needed `transform` ends
 * with exit code 2 and says so; `inspect` reports an error and looks at the rest.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, list of tables (TechNet GG558628). O: which tables can be done without.
 *
 * **Severity.** warning; error when the table is needed
 *
 * **Remedy.** Export the named table as well. When it is empty, a document such as tblChat.xml with `<ROOT/>` says so.
 *
 * **Example.** A folder without tblLastChatId.xml -> one warning; counters come from the messages.
 */
const tableNotExported: ReaderCondition = {
  id: 'table-not-exported',
  severities: ['warning', 'error'],
  basis: ['S', 'O'],
};

/**
 * # table-unknown
 *
 * **Condition.** The export holds rows of a table that the Group Chat schema does not have.
 *
 * **Action.** They are left behind; one finding a table counts them.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, list of tables (TechNet GG558628). O: that others stay behind.
 *
 * **Severity.** note
 *
 * **Remedy.** Look whether the name is a slip for one of the tables; a view of your own need not be exported.
 *
 * **Example.** 12 elements `<tblRoomColours …/>` -> left behind, one finding.
 */
const tableUnknown: ReaderCondition = {
  id: 'table-unknown',
  severities: ['note'],
  basis: ['S', 'O'],
};

/**
 * # table-left-behind
 *
 * **Condition.** The export holds rows of a table that belongs to the running legacy server: locks, preferences, caches
 * of the directory, compliance data, versions and the like.
 *
 * **Action.** They are left behind, because every server keeps its own; one finding a table counts them.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, list of tables (TechNet GG558628). O: that these stay behind; the guide names none of
 * them.
 *
 * **Severity.** note
 *
 * **Remedy.** None needed. Keep the export if compliance data must be retained.
 *
 * **Example.** 300 rows of tblFileToken -> left behind, one finding.
 */
const tableLeftBehind: ReaderCondition = {
  id: 'table-left-behind',
  severities: ['note'],
  basis: ['S', 'O'],
};

/**
 * # column-unknown
 *
 * **Condition.** Rows of a table have a column that the schema does not document.
 *
 * **Action.** It is not carried, because nothing in the target could hold it; one finding a column counts the rows
 * in which it is not NULL.
 *
 * **Option.** None.
 *
 * **Basis.** S: database schema, pages of the tables (TechNet GG615034). O: that other columns stay behind.
 *
 * **Severity.** note
 *
 * **Remedy.** Look whether the name is a slip for a documented column; if it is, export the table again.
 *
 * **Example.** `<tblNode nodeID="5" costCentre="100" …/>` -> the node without its cost centre.
 */
const columnUnknown: ReaderCondition = {
  id: 'column-unknown',
  severities: ['note'],
  basis: ['S', 'O'],
};

/**
 * # column-not-exported
 *
 * **Condition.** No row of tblNode has the column invite, logged, filePost, visibility or restrictChildCreate.
 *
 * **Action.** It is read as NULL everywhere, which means *inherited*, so that the default of the installation applies
 * to every category and room. Either that is so, or the query left the column out, which cannot be told apart.
 *
 * **Option.** None.
 *
 * **Basis.** S: SQL Server, "Generate elements for null values with the XSINIL parameter": FOR XML leaves NULL out
 * unless asked. L: NULL in these columns means inherited (TechNet GG615024, "Node Table").
 *
 * **Severity.** warning
 *
 * **Remedy.** Make sure that the query selects the column; with FOR XML add ELEMENTS XSINIL so that NULL is written.
 *
 * **Example.** `SELECT nodeID, nodeName … FROM tblNode FOR XML RAW` without `logged` -> history on everywhere, with a
 * warning.
 */
const columnNotExported: ReaderCondition = {
  id: 'column-not-exported',
  severities: ['warning'],
  basis: ['S', 'L'],
};

/**
 * # manifest-mismatch
 *
 * **Condition.** What was read is not what export-manifest.json says: another row count of a table, another first or
 * last chatDate, another SHA-256 of a file, or a file too many or too few.
 *
 * **Action.** None; the export is damaged, incomplete or was changed after it was made, so the result is not ready.
 *
 * **Option.** None.
 *
 * **Basis.** O: Export-GroupChat.ps1 writes the manifest in order that the export can be proven complete.
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the export again from where it was made, or export again.
 *
 * **Example.** tblNode with 45 rows by the manifest, 44 read -> error.
 */
const manifestMismatch: ReaderCondition = {
  id: 'manifest-mismatch',
  severities: ['error'],
  basis: ['O'],
};

/** All of them, in the order in which a run meets them. */
export const READER_CONDITIONS: readonly ReaderCondition[] = [
  fileNotRead,
  consoleArtefactRepaired,
  recordNotWellFormed,
  tableNotExported,
  tableUnknown,
  tableLeftBehind,
  columnUnknown,
  columnNotExported,
  manifestMismatch,
];
