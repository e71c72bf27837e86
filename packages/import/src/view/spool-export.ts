import {
  type ChatRow,
  type Directory,
  type DirectoryRow,
  directoryOf,
  keepDirectoryRow,
  type OpenedExport,
  RunFailure,
  readRowWindows,
  type SourceKind,
  TableCounts,
} from '@chatferry/export';
import type { RoomSpool } from './room-spool.js';

/** The directory of an export. Memory held: the directory. @throws RunFailure for what cannot be read. */
export async function readExportDirectory(
  opened: OpenedExport,
  progress: (bytes: number) => void,
): Promise<Directory> {
  const rows = new Map<SourceKind, DirectoryRow[]>();
  const keeping = { counts: new TableCounts(), rows, report: () => undefined };
  for (const document of opened.documents) {
    for await (const window of readRowWindows(document, { skipsMessages: true })) {
      progress(window.bytesRead);
      for (const token of window.rows) {
        if (token === 'row') keepDirectoryRow(token, window.reader, document, keeping);
      }
    }
  }
  return directoryOf(rows);
}

/**
 * Spools the messages of the wanted rooms. Returns how many rows name no room or number, so that they can stand
 * nowhere. Memory held: one window. @throws RunFailure for a row that cannot be read: a view without it would call it
 * lost.
 */
export async function spoolExport(
  opened: OpenedExport,
  into: { readonly spool: RoomSpool; readonly isWanted: (roomId: number) => boolean },
  progress: (bytes: number) => void,
): Promise<number> {
  let homeless = 0;
  for (const document of opened.documents) {
    for await (const { reader, rows, bytesRead } of readRowWindows(document, { readsTokensOnly: true })) {
      progress(bytesRead);
      for (const token of rows) {
        if (token === 'damaged') throw unreadableRow(document.name, reader.damage);
        if (token !== 'chat') continue;
        const { chat } = reader;
        if (isDefective(chat, 'channelID') || isDefective(chat, 'chatID')) homeless += 1;
        else if (into.isWanted(chat.channelID)) spoolRow(into.spool, chat);
      }
    }
  }
  return homeless;
}

function spoolRow(spool: RoomSpool, row: ChatRow): void {
  const { file, line, column } = row.place;
  spool.add(row.channelID, {
    side: 'export',
    id: row.chatID,
    date: isDefective(row, 'chatDate') ? null : row.chatDate,
    userId: row.userId,
    alert: row.isAlert,
    content: row.content?.toString() ?? null,
    rtf: row.rtf?.toString() ?? null,
    place: `${file}:${line}:${column}`,
  });
}

function isDefective(row: ChatRow, name: string): boolean {
  return row.defects.some(({ column }) => column === name);
}

function unreadableRow(
  file: string,
  damage: {
    readonly message: string;
    readonly place: { readonly line: number; readonly column: number };
  } | null,
): RunFailure {
  const where = damage === null ? '' : `:${damage.place.line}:${damage.place.column}`;
  return new RunFailure(
    'input-not-well-formed',
    `${damage?.message ?? 'Unexpected row'} (${file}${where})`,
    'View the package without --source, or export this table again.',
  );
}
