import {
  CHAT_COLUMNS,
  type ChatRow,
  type OpenedExport,
  type Place,
  type RowWindow,
  readRowWindows,
} from '@chatferry/export';
import type { ExportedValue } from './exported-values.js';
import { digestTexts, type TextDigest } from './traced-text.js';

/** Rows of one key that are shown; the key should stand once. */
const ROWS_SHOWN = 20;

type ChatRowView = RowWindow['reader']['chat'];

/** One row of tblChat, without its texts. */
export interface SourceMessage {
  readonly place: Place;
  readonly userId: number;
  /** The columns that are there, but content and rtf. */
  readonly values: readonly ExportedValue[];
  readonly texts: readonly TextDigest[];
}

/** What the export holds under one (channelID, chatID), and around it. */
export interface SourceMessages {
  /** In file order; the first 20. */
  readonly messages: readonly SourceMessage[];
  /** Rows with this key. */
  readonly count: number;
  /** Messages of the room. */
  readonly inRoom: number;
  /** The nearest numbers in the room, below and above. */
  readonly below: bigint | null;
  readonly above: bigint | null;
}

export interface SourceMessageQuery {
  readonly channelID: number;
  readonly chatID: bigint;
  readonly isTextShown: boolean;
  readonly progress: (bytes: number) => void;
}

/** Reads all messages once and keeps those of the key. Memory: one window, and 20 rows without their texts. */
export async function readSourceMessages(
  opened: OpenedExport,
  query: SourceMessageQuery,
): Promise<SourceMessages> {
  const search = new MessageSearch(query);
  let bytesBefore = 0;
  for (const document of opened.documents) {
    let bytesRead = 0;
    // A message that is read with many others has no texts of its columns.
    for await (const window of readRowWindows(document, { readsTokensOnly: true })) {
      bytesRead = window.bytesRead;
      query.progress(bytesBefore + bytesRead);
      for (const token of window.rows) if (token === 'chat') search.look(window.reader.chat);
    }
    bytesBefore += bytesRead;
  }
  return search;
}

class MessageSearch implements SourceMessages {
  readonly messages: SourceMessage[] = [];
  count = 0;
  inRoom = 0;
  below: bigint | null = null;
  above: bigint | null = null;
  readonly #query: SourceMessageQuery;

  constructor(query: SourceMessageQuery) {
    this.#query = query;
  }

  look(row: ChatRowView): void {
    const { channelID, chatID, isTextShown } = this.#query;
    if (row.channelID !== channelID || lacksKey(row)) return;
    this.inRoom += 1;
    if (row.chatID < chatID) {
      if (this.below === null || row.chatID > this.below) this.below = row.chatID;
    } else if (row.chatID > chatID) {
      if (this.above === null || row.chatID < this.above) this.above = row.chatID;
    } else {
      this.count += 1;
      if (this.count <= ROWS_SHOWN) this.messages.push(copyOf(row, isTextShown));
    }
  }
}

function copyOf(row: ChatRowView, isTextShown: boolean): SourceMessage {
  const values = CHAT_COLUMNS.flatMap((column, slot): ExportedValue[] => {
    const isValue = row.isPresent[slot] === true && column !== 'content' && column !== 'rtf';
    return isValue ? [[column, row.values[slot]?.toString() ?? null]] : [];
  });
  return {
    place: row.place,
    userId: row.userId,
    values: [...values, ...row.extra],
    texts: digestTexts(row, isTextShown),
  };
}

function lacksKey(row: ChatRow): boolean {
  return row.defects.some(({ column }) => column === 'channelID' || column === 'chatID');
}
