import { DIRECTORY_TABLES, type LedgerDocument } from '../ledger/ledger.js';
import {
  COUNT_COLUMNS,
  type CountRow,
  roomsByName,
  ruleRows,
  sumOfCounts,
  sumOfText,
  TEXT_COLUMNS,
} from './ledger-rows.js';
import { code, type Markdown, markdownTable, text } from './markdown-text.js';
import { grouped } from './wording.js';

/** Rooms that anybody reads in this form; the rest is summed up. */
const LISTED = 200;

/** The ledger as tables whose rows and columns add up. */
export function ledgerMarkdown(document: LedgerDocument): Markdown {
  const tables = Object.entries(document.tables);
  const accounts = [...roomsByName(document), ...Object.entries(document.unplaced)];
  const listed = accounts.filter(
    ([, account]) => accounts.length <= LISTED || account.read !== account.carried,
  );
  const shown = listed.slice(0, LISTED).map(([, account]) => account);
  const others = accounts.map(([, account]) => account).filter((account) => !shown.includes(account));
  const bytes = sumOfText(document);
  const shares = ruleRows(document.tables);
  return [
    'Records: read = carried + changed + excluded + refused, and written = carried + changed.\n\n',
    countTable('Table', [
      ...tables.map(([name, counts]) => [text(name), counts] as const),
      ['**Sum**', sumOfCounts(tables.map(([, counts]) => counts))],
    ]),
    shares.length === 0
      ? ''
      : 'By rule: a record counts under its first rule only; findings may be more.\n\n',
    markdownTable(
      ['Rule', 'Table', 'State', 'Records', 'Text bytes'],
      shares.map(({ records, rule, state, table, textBytes }) => [
        code(rule),
        text(table),
        state,
        grouped(records),
        grouped(textBytes),
      ]),
      ['Records', 'Text bytes'],
    ),
    'UTF-8 bytes of message text: written = read + altered − excluded − refused.\n\n',
    markdownTable([...TEXT_COLUMNS], [TEXT_COLUMNS.map((column) => grouped(bytes[column]))], TEXT_COLUMNS),
    'Rows of the package beside messages: several records of the source may become one, or one several; rows written include what the target adds or inherits.\n\n',
    markdownTable(
      ['Table', 'Rows', 'SHA-256'],
      DIRECTORY_TABLES.map((name) => [
        text(name),
        grouped(document.directory[name].rows),
        code(document.directory[name].sha256),
      ]),
      ['Rows'],
    ),
    countTable('Room', [
      ...listed
        .slice(0, LISTED)
        .map(
          ([id, account]) =>
            [
              account.name === '' ? text(`no room: channelID ${id}`) : `${text(account.name)} ${code(id)}`,
              account,
            ] as const,
        ),
      ...(others.length === 0
        ? []
        : [[text(`${grouped(others.length)} others`), sumOfCounts(others)] as const]),
      ['**Sum**', sumOfCounts(accounts.map(([, account]) => account))],
    ]),
  ].join('');
}

function countTable(title: string, rows: readonly (readonly [Markdown, CountRow])[]): Markdown {
  const cells = rows.map(([name, counts]) => [
    name,
    ...COUNT_COLUMNS.map((column) => grouped(counts[column])),
  ]);
  return markdownTable([title, ...COUNT_COLUMNS], cells, COUNT_COLUMNS);
}
