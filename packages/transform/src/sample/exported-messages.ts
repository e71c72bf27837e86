import {
  type ChatRow,
  type OpenedExport,
  type Place,
  type PrincipalRow,
  readRowWindows,
} from '@chatferry/export';
import { type DrawnMessage, type SampledSource, sampledText } from '@chatferry/import';
import { placeKey } from '../trace/place-key.js';
import type { ListedMessage } from './listed-messages.js';

/** The row of the export that a message of the package was made from. */
export interface ExportedMessage {
  readonly place: Place;
  readonly source: SampledSource;
}

export interface ExportReading {
  readonly opened: OpenedExport;
  /** Of the export. */
  readonly principals: readonly PrincipalRow[];
  /** Bytes of all documents, as they are read. */
  readonly progress: (bytes: number) => void;
}

/** What is known of a message before its row is found. */
interface Wanted {
  readonly key: string;
  readonly listed: ListedMessage | undefined;
}

/**
 * Looks messages of the package up in the export, by key; those whose row cannot be told are left out. Reads every
 * document once, to its end. Memory: one window, and 4,000 bytes of each text.
 *
 * @param keyed messages by keys such as `40#7`.
 * @throws RunFailure of the reader.
 */
export async function readExportedMessages(
  { opened, principals, progress }: ExportReading,
  keyed: ReadonlyMap<string, DrawnMessage>,
  listed: ReadonlyMap<string, ListedMessage>,
): Promise<ReadonlyMap<string, ExportedMessage>> {
  const rooms = wantedByRoom(keyed, listed);
  const found = new Map<string, ExportedMessage>();
  let bytesBefore = 0;
  for (const document of opened.documents) {
    let bytesRead = 0;
    for await (const window of readRowWindows(document, { skipsDirectory: true })) {
      bytesRead = window.bytesRead;
      progress(bytesBefore + bytesRead);
      for (const token of window.rows) {
        if (token !== 'chat') continue;
        const { chat } = window.reader;
        const wanted = rooms.get(chat.channelID)?.get(chat.chatID);
        if (wanted === undefined || found.has(wanted.key) || !isItsRow(chat, wanted)) continue;
        found.set(wanted.key, { place: chat.place, source: sourceOf(chat, principals) });
      }
    }
    bytesBefore += bytesRead;
  }
  return found;
}

/** By room and number, so that no key is made of a row that nobody wants. */
function wantedByRoom(
  keyed: ReadonlyMap<string, DrawnMessage>,
  listed: ReadonlyMap<string, ListedMessage>,
): ReadonlyMap<number, ReadonlyMap<bigint, Wanted>> {
  const rooms = new Map<number, Map<bigint, Wanted>>();
  for (const [key, { id, roomId }] of keyed) {
    const room = rooms.get(roomId) ?? new Map<bigint, Wanted>();
    rooms.set(roomId, room.set(BigInt(id), { key, listed: listed.get(key) }));
  }
  return rooms;
}

/** Of the rows of a key, the one that was changed, or else the first that did not stay behind. */
function isItsRow(row: ChatRow, { listed }: Wanted): boolean {
  if (row.defects.some(({ column }) => column === 'channelID' || column === 'chatID')) return false;
  if (listed === undefined) return true;
  const key = placeKey(row.place);
  const { changed, gone, isCrowded } = listed;
  if (changed !== null) return changed.place !== null && placeKey(changed.place) === key;
  return !isCrowded && !gone.has(key);
}

function sourceOf({ content, rtf, userId }: ChatRow, principals: readonly PrincipalRow[]): SampledSource {
  return {
    authorId: userId,
    author: principals.find(({ prinID }) => prinID === userId)?.prinGuid ?? `principal ${userId}`,
    content: content === null ? null : sampledText(content, true),
    rtf: rtf === null ? null : sampledText(rtf, true),
  };
}
