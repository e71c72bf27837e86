import { CsvFile } from './csv-file.js';

/** A file link ends at a blank, a quotation mark or `<`; its grammar is not published (legacy schema, tblChat). */
const FILE_LINK = /ma-filelink:([^\s"'<]*)/gi;

/** Where a file link was found. */
export interface FileLinkPlace {
  readonly roomGuid: string;
  readonly roomName: string;
  /** chatID. */
  readonly messageId: bigint;
}

/**
 * `files-to-copy.csv`: the files that messages point to. The import does not carry files: the administrator copies
 * the file store, and this list tells whether it is whole. The link texts are the only words taken from messages.
 * Memory held: 128 rows and a block of 64 KiB.
 * @throws RunFailure `output-unwritable` from every method.
 */
export class FileLinkWriter {
  readonly #file: CsvFile | null;

  /**
   * @param path null writes nothing.
   * @param kept mark of an earlier run, whose file is gone on with.
   */
  constructor(path: string | null, kept?: number) {
    const header = ['room guid', 'room name', 'message id', 'link'];
    this.#file = path === null ? null : new CsvFile(path, header, kept);
  }

  /** Lists every `ma-filelink:` of a message's decoded text, in order, and returns how many there are. */
  message(place: FileLinkPlace, text: string): number {
    const links = fileLinksOf(text);
    for (const link of links) this.link(place, link);
    return links.length;
  }

  /** Lists one link. */
  link({ roomGuid, roomName, messageId }: FileLinkPlace, link: string): void {
    this.#file?.row([roomGuid, roomName, String(messageId), link]);
  }

  /** Where `rewind` can return to. */
  mark(): number {
    return this.#file?.mark() ?? 0;
  }

  /** Forgets the links since `mark`, for a pass that starts over. */
  rewind(mark: number): void {
    this.#file?.truncate(mark);
  }

  /** Waits until what was listed before the call is on the disk. */
  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  close(): void {
    this.#file?.close();
  }
}

/** What stands after each `ma-filelink:` of a text. */
export function fileLinksOf(text: string): string[] {
  return Array.from(text.matchAll(FILE_LINK), (match) => match[1] ?? '');
}
