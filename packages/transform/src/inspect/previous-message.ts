import type { Buffer } from 'node:buffer';
import { ByteSink, type ChatRow, TextValue } from '@chatferry/export';

/**
 * Remembers the first message of a key, to compare a second one with. Its texts stay where they are until the
 * window ends and are copied only then, once a window. Memory held: the longest content and rtf.
 */
export class PreviousMessage {
  #channelID = Number.NaN;
  #chatID = 0n;
  #chatDate = 0n;
  #userId = 0;
  #isAlert = false;
  readonly #content = new RememberedText();
  readonly #rtf = new RememberedText();

  hasKeyOf(row: ChatRow): boolean {
    return row.channelID === this.#channelID && row.chatID === this.#chatID;
  }

  note(row: ChatRow): void {
    this.#channelID = row.channelID;
    this.#chatID = row.chatID;
    this.#chatDate = row.chatDate;
    this.#userId = row.userId;
    this.#isAlert = row.isAlert;
    this.#content.note(row.content);
    this.#rtf.note(row.rtf);
  }

  /** To be called before the bytes behind the texts move. */
  keep(): void {
    this.#content.keep();
    this.#rtf.keep();
  }

  /** Whether all columns but the key are equal; texts are compared decoded. */
  equals(row: ChatRow): boolean {
    return (
      row.chatDate === this.#chatDate &&
      row.userId === this.#userId &&
      row.isAlert === this.#isAlert &&
      this.#content.equals(row.content) &&
      this.#rtf.equals(row.rtf)
    );
  }
}

class RememberedText {
  readonly #value = new TextValue();
  readonly #sink = new ByteSink(0x100);
  #isNull = true;

  note(value: TextValue | null): void {
    this.#isNull = value === null;
    if (value !== null) this.#value.set(value.bytes, value.start, value.end, value.form, value.traits);
  }

  keep(): void {
    if (this.#isNull || this.#value.bytes === this.#sink.bytes) return;
    const { bytes, start, end, form, traits } = this.#value;
    this.#sink.clear();
    this.#sink.copy(bytes, start, end);
    this.#value.set(this.#sink.bytes, 0, this.#sink.length, form, traits);
  }

  equals(value: TextValue | null): boolean {
    if (value === null || this.#isNull) return value === null && this.#isNull;
    return decoded(value).equals(decoded(this.#value));
  }
}

function decoded(value: TextValue): Buffer {
  const sink = new ByteSink(value.end - value.start + 4);
  value.appendDecoded(sink);
  return sink.view();
}
