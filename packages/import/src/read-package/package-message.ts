import { type Place, TextValue } from '@chatferry/export';
import type { TargetMessage } from '../target-record.js';

/**
 * The message under the reader's finger. One object serves all messages: values are valid until the next one.
 */
export class PackageMessage implements TargetMessage {
  readonly kind = 'message';
  roomId = 0;
  id = 0n;
  date = 0n;
  userId = 0;
  alert = false;
  readonly content = new TextValue();
  rtf: TextValue | null = null;
  /** `id` and `date` as they stand in the package: canonical decimal digits. */
  readonly idDigits = new TextValue();
  readonly dateDigits = new TextValue();
  readonly #place: () => Place;

  constructor(place: () => Place) {
    this.#place = place;
  }

  /** Computed on demand, because only a finding needs it. */
  place(): Place {
    return this.#place();
  }
}
