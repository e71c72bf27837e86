import { writeXmlRow } from './dotnet-xml.js';
import type { ExportModel } from './export-model.js';
import { FIRST_ROOM_ID, FIRST_USER_ID } from './generated-directory.js';
import { type ForXmlForm, forXmlRow } from './sql-xml.js';

export type LargeShape = 'elements' | 'attributes';

/** What stands before a message's text; `room` and `author` count from 0, `ticks` are digits. */
export interface MessageHead {
  readonly room: number;
  readonly chatID: number;
  readonly ticks: string;
  readonly author: number;
  readonly isAlert: boolean;
}

/** The parts of a large document around its messages' texts. */
export interface LargeDocument {
  readonly before: string;
  readonly after: string;
  head(message: MessageHead): string;
}

const AUTO: ForXmlForm = { element: (table) => table, columns: 'attributes', root: 'root' };

/** What follows a message's text. */
export const MESSAGE_TAIL: Readonly<Record<LargeShape, string>> = {
  elements: '</content>\r\n  </tblChat>\r\n',
  attributes: '"/>\n',
};

/** The directory before the messages; in a DataSet the message counters come after them. */
export function largeDocument(shape: LargeShape, directory: ExportModel): LargeDocument {
  return shape === 'elements' ? dataSetDocument(directory) : autoDocument(directory);
}

function dataSetDocument(directory: ExportModel): LargeDocument {
  const rows = (isCounter: boolean): string =>
    [...directory.values()]
      .filter((table) => (table.name === 'tblLastChatId') === isCounter)
      .flatMap((table) =>
        table.rows.flatMap((row) => writeXmlRow(table, row, { form: { root: 'NewDataSet' }, depth: 1 })),
      )
      .map((line) => `${line}\r\n`)
      .join('');
  return {
    before: `<?xml version="1.0" standalone="yes"?>\r\n<NewDataSet>\r\n${rows(false)}`,
    after: `${rows(true)}</NewDataSet>`,
    head: ({ room, chatID, ticks, author, isAlert }) =>
      `  <tblChat>\r\n    <channelID>${FIRST_ROOM_ID + room}</channelID>\r\n    <chatID>${chatID}</chatID>\r\n` +
      `    <chatDate>${ticks}</chatDate>\r\n    <userId>${FIRST_USER_ID + author}</userId>\r\n` +
      `    <isAlert>${isAlert}</isAlert>\r\n    <content>`,
  };
}

function autoDocument(directory: ExportModel): LargeDocument {
  const rows = [...directory.values()].flatMap((table) =>
    table.rows.map((row) => `${forXmlRow(table, row, AUTO)}\n`),
  );
  return {
    before: `<root>\n${rows.join('')}`,
    after: '</root>\n',
    head: ({ room, chatID, ticks, author, isAlert }) =>
      `<tblChat channelID="${FIRST_ROOM_ID + room}" chatID="${chatID}" chatDate="${ticks}" ` +
      `userId="${FIRST_USER_ID + author}" isAlert="${isAlert ? 1 : 0}" content="`,
  };
}
