import { Buffer } from 'node:buffer';
import {
  type ByteSink,
  type ChatRow,
  type ColumnDefect,
  type Place,
  TextValue,
  TRAIT,
} from '@chatferry/export';

/** Bits of the flags byte. */
const FLAG = { ALERT: 1, CONTENT: 2, RTF: 4, CONTENT_FORBIDDEN: 8, RTF_FORBIDDEN: 16, MORE: 32 } as const;

/**
 * Offsets in a spooled message: its length in bytes (u32), flags (u32), chatID and chatDate (i64), channelID, userId,
 * line and column (f64), then texts, each with its length in front (u32): file, record, content, rtf, and with the
 * flag MORE what else the row has, as JSON. Little-endian.
 */
const AT = {
  LENGTH: 0,
  FLAGS: 4,
  CHAT: 8,
  DATE: 16,
  CHANNEL: 24,
  USER: 32,
  LINE: 40,
  COLUMN: 48,
  TEXTS: 56,
} as const;

const NOTHING: ReadonlyMap<string, string | null> = new Map();
const NO_DEFECTS: readonly ColumnDefect[] = [];
const NO_RECORD = 0xffff_ffff;
/** Stands for a channelID that cannot be read, and before all that can: such messages belong to no room. */
const NOWHERE = Number.MIN_SAFE_INTEGER;

/** What a row has beyond its columns, as JSON. */
interface More {
  readonly defects: readonly ColumnDefect[];
  readonly extra: readonly (readonly [string, string | null])[];
}

/** Bytes that the spooled message at `at` takes; like its key, it is read without showing the row. */
export function spooledLength(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + AT.LENGTH);
}

/** What the message is sorted by: its channelID, or less than any when that cannot be read. */
export function spooledChannelID(bytes: Buffer, at: number): number {
  return bytes.readDoubleLE(at + AT.CHANNEL);
}

export function spooledChatID(bytes: Buffer, at: number): bigint {
  return bytes.readBigInt64LE(at + AT.CHAT);
}

/** Appends a message to `sink`, its texts decoded. Its bigint columns must fit 64 bits. */
export function spoolMessage(sink: ByteSink, row: ChatRow): void {
  const start = sink.length;
  const { place, content, rtf } = row;
  const hasMore = row.defects.length > 0 || row.extra.size > 0;
  const flags =
    (row.isAlert ? FLAG.ALERT : 0) |
    textFlags(content, FLAG.CONTENT, FLAG.CONTENT_FORBIDDEN) |
    textFlags(rtf, FLAG.RTF, FLAG.RTF_FORBIDDEN) |
    (hasMore ? FLAG.MORE : 0);
  const head = sink.reserve(AT.TEXTS);
  head.writeDoubleLE(isPlaced(row) ? row.channelID : NOWHERE, start + AT.CHANNEL);
  head.writeBigInt64LE(row.chatID, start + AT.CHAT);
  head.writeBigInt64LE(row.chatDate, start + AT.DATE);
  head.writeDoubleLE(row.userId, start + AT.USER);
  head.writeUInt32LE(flags, start + AT.FLAGS);
  head.writeDoubleLE(place.line, start + AT.LINE);
  head.writeDoubleLE(place.column, start + AT.COLUMN);
  sink.length += AT.TEXTS;
  appendSized(sink, () => sink.text(place.file));
  if (place.record === null) appendLength(sink, NO_RECORD);
  else appendSized(sink, () => sink.text(place.record as string));
  if (content !== null) appendSized(sink, () => content.appendDecoded(sink));
  if (rtf !== null) appendSized(sink, () => rtf.appendDecoded(sink));
  if (hasMore) {
    const more: More = { defects: row.defects, extra: [...row.extra] };
    // JSON spells lone surrogates out, so nothing is lost in UTF-8.
    appendSized(sink, () => sink.text(JSON.stringify(more)));
  }
  sink.bytes.writeUInt32LE(sink.length - start, start + AT.LENGTH);
}

function isPlaced({ defects }: ChatRow): boolean {
  return !defects.some(({ column }) => column === 'channelID');
}

function textFlags(value: TextValue | null, present: number, forbidden: number): number {
  if (value === null) return 0;
  return value.isForbidden ? present | forbidden : present;
}

/** Appends what `append` writes, with its length in bytes in front. */
function appendSized(sink: ByteSink, append: () => void): void {
  const at = sink.length;
  appendLength(sink, 0);
  append();
  sink.bytes.writeUInt32LE(sink.length - at - 4, at);
}

function appendLength(sink: ByteSink, length: number): void {
  sink.reserve(4).writeUInt32LE(length, sink.length);
  sink.length += 4;
}

/** A spooled message as a row: one view, pointed at one message after the other. */
export class SpooledMessage implements ChatRow {
  readonly kind = 'chat';
  channelID = 0;
  chatID = 0n;
  chatDate = 0n;
  userId = 0;
  isAlert = false;
  content: TextValue | null = null;
  rtf: TextValue | null = null;
  extra = NOTHING;
  defects = NO_DEFECTS;
  readonly #content = new TextValue();
  readonly #rtf = new TextValue();
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #at = 0;

  /** Worked out when asked for. */
  get place(): Place {
    const bytes = this.#bytes;
    const start = this.#start;
    const fileAt = start + AT.TEXTS + 4;
    const fileEnd = fileAt + bytes.readUInt32LE(fileAt - 4);
    const recordLength = bytes.readUInt32LE(fileEnd);
    return {
      file: bytes.toString('utf8', fileAt, fileEnd),
      line: bytes.readDoubleLE(start + AT.LINE),
      column: bytes.readDoubleLE(start + AT.COLUMN),
      record:
        recordLength === NO_RECORD ? null : bytes.toString('utf8', fileEnd + 4, fileEnd + 4 + recordLength),
    };
  }

  /** Points the view at the message that begins at `start`; valid while the bytes stay. */
  show(bytes: Buffer, start: number): void {
    this.#bytes = bytes;
    this.#start = start;
    const flags = bytes.readUInt32LE(start + AT.FLAGS);
    const channelID = spooledChannelID(bytes, start);
    this.channelID = channelID === NOWHERE ? 0 : channelID;
    this.chatID = spooledChatID(bytes, start);
    this.chatDate = bytes.readBigInt64LE(start + AT.DATE);
    this.userId = bytes.readDoubleLE(start + AT.USER);
    this.isAlert = (flags & FLAG.ALERT) !== 0;
    this.#at = start + AT.TEXTS;
    this.#skip();
    this.#skip();
    this.content =
      (flags & FLAG.CONTENT) === 0 ? null : this.#text(this.#content, flags & FLAG.CONTENT_FORBIDDEN);
    this.rtf = (flags & FLAG.RTF) === 0 ? null : this.#text(this.#rtf, flags & FLAG.RTF_FORBIDDEN);
    this.extra = NOTHING;
    this.defects = NO_DEFECTS;
    if ((flags & FLAG.MORE) !== 0) this.#more();
  }

  #skip(): void {
    const length = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4 + (length === NO_RECORD ? 0 : length);
  }

  #text(value: TextValue, forbidden: number): TextValue {
    const start = this.#at + 4;
    this.#skip();
    value.set(this.#bytes, start, this.#at, 'decoded', forbidden === 0 ? 0 : TRAIT.FORBIDDEN);
    return value;
  }

  #more(): void {
    const start = this.#at + 4;
    this.#skip();
    const more = JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as More;
    this.defects = more.defects;
    this.extra = new Map(more.extra);
  }
}
