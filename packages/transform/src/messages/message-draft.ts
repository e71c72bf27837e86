import { ByteSink, type ChatRow, TextValue, TRAIT } from '@chatferry/export';
import type { MessageField } from '../ledger/ledger-exceptions.js';
import type { AuthorFacts, RoomFacts } from './message-context.js';

const NO_TEXT = TextValue.from('');

/**
 * The message on its way through the rules. One object for the whole pass: `begin` points it at the next row.
 * `row` is what was read; `author`, `content` and `rtf` are what will be written and may be altered by rules.
 * Memory held: the longest text that needed decoding.
 */
export class MessageDraft {
  row!: ChatRow;
  room!: RoomFacts;
  /** See `MessageWindow`; set once a window. */
  windowId = 0;
  /** null when the userId is no principal. */
  author: AuthorFacts | null = null;
  rtf: TextValue | null = null;
  #content: TextValue | null = null;
  #isDecoded = false;
  readonly #decoded = new TextValue();
  readonly #decodedRtf = new TextValue();
  readonly #sink = new ByteSink();
  readonly #scratch = new ByteSink(0x100);

  begin(row: ChatRow, room: RoomFacts, author: AuthorFacts | null): void {
    this.row = row;
    this.room = room;
    this.author = author;
    this.rtf = row.rtf;
    this.content = row.content;
  }

  get content(): TextValue | null {
    return this.#content;
  }

  set content(value: TextValue | null) {
    this.#content = value;
    this.#isDecoded = false;
  }

  /** The decoded content, empty when there is none; decoded at most once, and not at all when it is plain. */
  get text(): TextValue {
    const content = this.#content ?? NO_TEXT;
    if (content.isPlain) return content;
    if (!this.#isDecoded && content.decodedBytes !== null) {
      const { decodedBytes, decodedStart, decodedEnd } = content;
      this.#decoded.set(decodedBytes, decodedStart, decodedEnd, 'decoded', 0);
      this.#isDecoded = true;
    }
    if (!this.#isDecoded) {
      this.#sink.clear();
      content.appendDecoded(this.#sink);
      const traits = content.traits & TRAIT.FORBIDDEN;
      this.#decoded.set(this.#sink.bytes, 0, this.#sink.length, 'decoded', traits);
      this.#isDecoded = true;
    }
    return this.#decoded;
  }

  /** The decoded rich text as it stands now; null when there is none. Valid until the next call. */
  get rtfText(): TextValue | null {
    const { rtf } = this;
    if (rtf === null || rtf.isPlain) return rtf;
    this.#scratch.clear();
    rtf.appendDecoded(this.#scratch);
    this.#decodedRtf.set(
      this.#scratch.bytes,
      0,
      this.#scratch.length,
      'decoded',
      rtf.traits & TRAIT.FORBIDDEN,
    );
    return this.#decodedRtf;
  }

  /** The content in the form that costs the writer least: as read where that is canonical, else decoded. */
  get writableContent(): TextValue {
    const content = this.#content ?? NO_TEXT;
    return content.isCanonical || content.escapedEnd >= 0 ? content : this.text;
  }

  /** What rules have put in the place of what was read. */
  get changedFields(): MessageField[] {
    const { row, author } = this;
    return [
      ...(author?.id === row.userId ? [] : ['author' as const]),
      ...(this.#content === row.content ? [] : ['content' as const]),
      ...(this.rtf === row.rtf ? [] : ['rtf' as const]),
    ];
  }

  /** UTF-8 bytes of the decoded text (content plus rtf) as it stands now. */
  get textBytes(): number {
    const text = this.text;
    return text.end - text.start + (this.rtf === null ? 0 : this.#decodedBytes(this.rtf));
  }

  /** UTF-8 bytes of the decoded text (content plus rtf) as it was read. */
  get textBytesRead(): number {
    const { content, rtf } = this.row;
    if (content === this.#content && rtf === this.rtf) return this.textBytes;
    return (
      (content === null ? 0 : this.#decodedBytes(content)) + (rtf === null ? 0 : this.#decodedBytes(rtf))
    );
  }

  #decodedBytes(value: TextValue): number {
    if (value.isPlain) return value.end - value.start;
    if (value.decodedBytes !== null) return value.decodedEnd - value.decodedStart;
    this.#scratch.clear();
    value.appendDecoded(this.#scratch);
    return this.#scratch.length;
  }
}
