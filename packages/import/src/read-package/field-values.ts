import type { FaultKind } from '../check.js';
import type { ValuePath } from '../layout/layout.js';
import { parseInt32, parseInt64 } from './parse-number.js';
import type { RecordReader } from './record-reader.js';
import type { ValueSlot } from './value-slot.js';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SEEN_UNITS = 40;

/**
 * Decodes the fields of the record that a reader has just read. A value outside an enumeration is a fault of
 * `wordFault` and reads as the first word (a flag as `neutral`), which callers choose such that no other check takes
 * offence: one fault, one finding. Any other value that does not decode breaks the record.
 */
export class FieldValues {
  readonly #reader: RecordReader;
  readonly #wordFault: FaultKind;

  constructor(reader: RecordReader, wordFault: FaultKind) {
    this.#reader = reader;
    this.#wordFault = wordFault;
  }

  text(field: string): string {
    return this.textOrNull(field) ?? '';
  }

  textOrNull(field: string): string | null {
    const slot = this.#seen(field);
    if (slot === null) return null;
    if (slot.value.isForbidden) {
      this.#reader.valueFault('forbidden', `Unexpected character in ${slot.path.name} that XML 1.0 forbids`);
    }
    return slot.value.toString();
  }

  integer(field: string): number {
    return this.integerOrNull(field) ?? 0;
  }

  integerOrNull(field: string): number | null {
    return this.#decode(field, 'a whole number of 32 bits', parseInt32);
  }

  bigintOrNull(field: string): bigint | null {
    return this.#decode(field, 'a whole number of 64 bits', parseInt64);
  }

  guid(field: string): string {
    return this.guidOrNull(field) ?? '';
  }

  guidOrNull(field: string): string | null {
    return this.#decode(field, 'a GUID in lower case without braces', (text) =>
      GUID.test(text) ? text : null,
    );
  }

  flag(field: string, neutral = false): boolean {
    const slot = this.#seen(field);
    if (slot === null) return neutral;
    const text = slot.value.toString();
    if (text === '0' || text === '1') return text === '1';
    this.#sayWord(slot.path, text, '0 or 1');
    return neutral;
  }

  /** The word whose code stands there; a layout may write a word as the absence of its path. */
  word<T extends string>(field: string, words: readonly [T, ...T[]]): T {
    const path = this.#reader.slot(field)?.path;
    const codes = path?.values ?? {};
    const slot = this.#seen(field);
    const code = slot?.value.toString() ?? null;
    const word = words.find((candidate) => codes[candidate] === code);
    if (word !== undefined) return word;
    if (path !== undefined && slot !== null) {
      const known = Object.values(codes).filter((candidate) => candidate !== null);
      this.#sayWord(path, code ?? '', `one of ${known.join(', ')}`);
    }
    return words[0];
  }

  /** 0, 1 or 2; anything else reads as 1, of which least is demanded. */
  disabled(field: string): 0 | 1 | 2 {
    const slot = this.#seen(field);
    if (slot === null) return 1;
    const text = slot.value.toString();
    if (text === '0' || text === '1' || text === '2') return Number(text) as 0 | 1 | 2;
    this.#sayWord(slot.path, text, '0, 1 or 2');
    return 1;
  }

  #seen(field: string): ValueSlot | null {
    const slot = this.#reader.slot(field);
    return slot?.isSeen === true ? slot : null;
  }

  #decode<T>(field: string, expected: string, parse: (text: string) => T | null): T | null {
    const slot = this.#seen(field);
    if (slot === null) return null;
    const text = slot.value.toString();
    const value = parse(text);
    if (value === null) {
      this.#reader.isBroken = true;
      this.#reader.valueFault(
        'layout',
        `Unexpected coding of ${slot.path.name}, expected ${expected}`,
        clipped(text),
      );
    }
    return value;
  }

  #sayWord(path: ValuePath, text: string, expected: string): void {
    this.#reader.valueFault(
      this.#wordFault,
      `Unexpected value of ${path.name}, expected ${expected}`,
      clipped(text),
    );
  }
}

function clipped(text: string): { seen: string } {
  return { seen: text.slice(0, SEEN_UNITS).toWellFormed() };
}
