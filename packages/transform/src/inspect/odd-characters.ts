import { ByteSink, TextValue } from '@chatferry/export';
import { repairText } from '../messages/repair-text.js';

/**
 * Counts the code points that XML 1.0 forbids, and surrogates without their other half, in texts that the scanner
 * has marked. Memory held: one counter a code point, and the longest such text twice.
 */
export class OddCharacters {
  /** How often each code point occurred; surrogates stand in the second map. */
  readonly controls = new Map<number, number>();
  readonly surrogates = new Map<number, number>();
  /** Whether a text of this message held any; to be set false before each message. */
  isInMessage = false;
  /** Which they were; meaningful when `isInMessage`. */
  hasControl = false;
  hasSurrogate = false;
  readonly #decoded = new ByteSink(0x100);
  readonly #repaired = new ByteSink(0x100);
  readonly #text = new TextValue();

  count(value: TextValue): void {
    this.#decoded.clear();
    value.appendDecoded(this.#decoded);
    this.#text.set(this.#decoded.bytes, 0, this.#decoded.length, 'decoded', 0);
    const hadControl = this.#add('control', this.controls);
    const hadSurrogate = this.#add('surrogate', this.surrogates);
    if (!hadControl && !hadSurrogate) return;
    this.hasControl = hadControl || (this.isInMessage && this.hasControl);
    this.hasSurrogate = hadSurrogate || (this.isInMessage && this.hasSurrogate);
    this.isInMessage = true;
  }

  #add(unwanted: 'control' | 'surrogate', totals: Map<number, number>): boolean {
    this.#repaired.clear();
    const counts = repairText(this.#text, this.#repaired, { unwanted, replace: true });
    for (const [code, count] of counts) totals.set(code, (totals.get(code) ?? 0) + count);
    return counts.size > 0;
  }
}
