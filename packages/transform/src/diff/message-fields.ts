import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { ByteSink, type ChatRow, TextValue } from '@chatferry/export';
import { type DiffRecord, type FieldValue, NameLists, unifiedLineEnds } from './diff-record.js';

/** What messages are called on the sides that are compared. */
export interface MessageWords {
  readonly kind: string;
  /** Of room, id, date, author, alert, content and rtf. */
  readonly names: readonly [string, string, string, string, string, string, string];
}

/** tblChat's columns. */
export const EXPORT_MESSAGES: MessageWords = {
  kind: 'tblChat',
  names: ['channelID', 'chatID', 'chatDate', 'userId', 'isAlert', 'content', 'rtf'],
};

/** The fields of the target's message. */
export const PACKAGE_MESSAGES: MessageWords = {
  kind: 'message',
  names: ['roomId', 'id', 'date', 'userId', 'alert', 'content', 'rtf'],
};

export interface MessageFieldsOptions {
  readonly words: MessageWords;
  /** Texts as they are, instead of their digests. */
  readonly showText: boolean;
  readonly ignoresLineEnds: boolean;
}

/** Compares messages byte by byte, and describes those that differ. Memory held: two texts. */
export class MessageFields {
  readonly kind: string;
  readonly #options: MessageFieldsOptions;
  readonly #left = new ByteSink();
  readonly #right = new ByteSink();
  readonly #nameLists = new NameLists();

  constructor(options: MessageFieldsOptions) {
    this.kind = options.words.kind;
    this.#options = options;
  }

  /** Whether nothing at all differs; messages with a column that does not decode are left to `recordOf`. */
  isSame(a: ChatRow, b: ChatRow): boolean {
    if (a.chatDate !== b.chatDate || a.userId !== b.userId || a.isAlert !== b.isAlert) return false;
    if (a.defects.length > 0 || b.defects.length > 0 || !isSameExtra(a, b)) return false;
    return this.#isSameText(a.content, b.content) && this.#isSameText(a.rtf, b.rtf);
  }

  /**
   * The message as a record of its own, valid after the row has gone. Of a column that does not decode the text is
   * taken as the reader keeps it, at most 40 characters.
   */
  recordOf(row: ChatRow): DiffRecord {
    const { names } = this.#options.words;
    const flag = row.isAlert ? '1' : '0';
    const texts = [row.content, row.rtf].map((text) => this.#shown(text));
    const values: FieldValue[] = [
      ...[row.channelID, row.chatID, row.chatDate, row.userId].map(String),
      flag,
      ...texts,
    ];
    for (const { column, seen } of row.defects) {
      const at = names.indexOf(column);
      if (at >= 0) values[at] = seen === null ? null : this.#shown(TextValue.from(seen));
    }
    const extra = [...row.extra].filter((entry): entry is [string, string] => entry[1] !== null);
    extra.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return {
      key: `message ${row.channelID}#${row.chatID}`,
      names: extra.length === 0 ? names : this.#nameLists.of([...names, ...extra.map(([name]) => name)]),
      values: [...values, ...extra.map(([, text]) => this.#shown(TextValue.from(text)))],
    };
  }

  #shown(text: TextValue | null): FieldValue {
    if (text === null) return null;
    if (this.#options.showText) return text.toString();
    const bytes = decodedBytes(text, this.#left);
    const sha256 = sha256Of(bytes);
    const hasReturn = this.#options.ignoresLineEnds && bytes.includes(0x0d);
    // Latin-1 keeps every byte as it is.
    const compared = hasReturn
      ? sha256Of(Buffer.from(unifiedLineEnds(bytes.toString('latin1')), 'latin1'))
      : sha256;
    return { bytes: bytes.length, sha256, compared };
  }

  #isSameText(a: TextValue | null, b: TextValue | null): boolean {
    if (a === null || b === null) return a === b;
    if (a.form === b.form && a.traits === b.traits && isSameBytes(rawBytes(a), rawBytes(b))) return true;
    return isSameBytes(decodedBytes(a, this.#left), decodedBytes(b, this.#right));
  }
}

/** Columns that the schema does not know, written alike. */
function isSameExtra(a: ChatRow, b: ChatRow): boolean {
  if (a.extra.size !== b.extra.size) return false;
  for (const [name, value] of a.extra) if (b.extra.get(name) !== value) return false;
  return true;
}

function rawBytes(text: TextValue): Buffer {
  return text.bytes.subarray(text.start, text.end);
}

/** Valid until `scratch` or the text's own bytes change. */
function decodedBytes(text: TextValue, scratch: ByteSink): Buffer {
  if (text.isPlain) return rawBytes(text);
  scratch.clear();
  text.appendDecoded(scratch);
  return scratch.view();
}

function isSameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && a.equals(b);
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
