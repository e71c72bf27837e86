import { Buffer } from 'node:buffer';
import { ByteSink, TextValue, TRAIT, type XmlName, type XmlScanner } from '@chatferry/export';
import type { ValuePath } from '../layout/layout.js';

const NO_BYTES = Buffer.alloc(0);

/**
 * Where the value of one path lands while a record is read. The value is a view into the scanner's window, or into
 * the slot's own bytes when the text came in several pieces (comments and CDATA sections cut text).
 */
export class ValueSlot {
  readonly path: ValuePath;
  /** Place among the paths of its element: what must not descend. */
  readonly position: number;
  readonly value: TextValue;
  isSeen = false;
  #name: XmlName | null = null;
  #joined: ByteSink | null = null;
  #pieces = 0;

  constructor(path: ValuePath, position: number, value = new TextValue()) {
    this.path = path;
    this.position = position;
    this.value = value;
  }

  /** Names are interned, so the first comparison by text serves for the whole document. */
  isNamed(name: XmlName): boolean {
    if (this.#name === name) return true;
    if (this.path.name !== name.text) return false;
    this.#name = name;
    return true;
  }

  takeAttribute(scanner: XmlScanner, index: number): void {
    scanner.attributeValue(index, this.value);
    this.isSeen = true;
  }

  /** Begins the text of a child element; without a piece it is empty. */
  beginText(): void {
    this.value.set(NO_BYTES, 0, 0, 'element', 0);
    this.isSeen = true;
    this.#pieces = 0;
  }

  takeText(scanner: XmlScanner): void {
    this.#pieces += 1;
    if (this.#pieces === 1) {
      scanner.textValue(this.value);
      return;
    }
    this.#joined ??= new ByteSink();
    const joined = this.#joined;
    if (this.#pieces === 2) {
      joined.clear();
      this.value.appendDecoded(joined);
    }
    const traits = this.value.traits & TRAIT.FORBIDDEN;
    scanner.textValue(this.value);
    const forbidden = traits | (this.value.traits & TRAIT.FORBIDDEN);
    this.value.appendDecoded(joined);
    this.value.set(joined.bytes, 0, joined.length, 'decoded', forbidden);
  }
}
