import type { Buffer } from 'node:buffer';
import { ByteSink, type ChatRow, TextValue } from '@chatferry/export';

/**
 * A copy of the first message of a (channelID, chatID), to compare a second one with. Texts are kept as they
 * were read and decoded only to compare. Memory held: the longest content and the longest rtf.
 */
export class FirstMessage {
  #channelID = Number.NaN;
  #chatID = 0n;
  #chatDate = 0n;
  #userId = 0;
  #isAlert = false;
  readonly #content = new KeptText();
  readonly #rtf = new KeptText();

  hasKeyOf(row: ChatRow): boolean {
    return row.channelID === this.#channelID && row.chatID === this.#chatID;
  }

  keep(row: ChatRow): void {
    this.#channelID = row.channelID;
    this.#chatID = row.chatID;
    this.#chatDate = row.chatDate;
    this.#userId = row.userId;
    this.#isAlert = row.isAlert;
    this.#content.keep(row.content);
    this.#rtf.keep(row.rtf);
  }

  /** The columns in which the row differs, by name. */
  differencesFrom(row: ChatRow): string[] {
    const differences: string[] = [];
    if (row.chatDate !== this.#chatDate) differences.push('chatDate');
    if (row.userId !== this.#userId) differences.push('userId');
    if (row.isAlert !== this.#isAlert) differences.push('isAlert');
    if (!this.#content.equals(row.content)) differences.push('content');
    if (!this.#rtf.equals(row.rtf)) differences.push('rtf');
    return differences;
  }
}

class KeptText {
  readonly #sink = new ByteSink();
  readonly #value = new TextValue();
  #isNull = true;

  keep(value: TextValue | null): void {
    this.#isNull = value === null;
    if (value === null) return;
    this.#sink.clear();
    this.#sink.copy(value.bytes, value.start, value.end);
    this.#value.set(this.#sink.bytes, 0, this.#sink.length, value.form, value.traits);
  }

  equals(value: TextValue | null): boolean {
    if (value === null || this.#isNull) return value === null && this.#isNull;
    return decoded(value).equals(decoded(this.#value));
  }
}

function decoded(value: TextValue): Buffer {
  if (value.isPlain) return value.bytes.subarray(value.start, value.end);
  const sink = new ByteSink(value.end - value.start + 4);
  value.appendDecoded(sink);
  return sink.view();
}
