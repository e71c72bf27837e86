import { RunFailure } from '@chatferry/export';

/**
 * One object of a JSON document, read key by key; `finish` fails on every key that nobody asked for. Failures name
 * the path inside the document, such as `documents[2].record.name`.
 */
export class StrictObject {
  readonly path: string;
  readonly #values: Map<string, unknown>;
  readonly #asked = new Set<string>();

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unusable(path, 'an object', value);
    }
    this.path = path;
    this.#values = new Map(Object.entries(value));
  }

  /** The value of a required key. */
  value(key: string): unknown {
    this.#asked.add(key);
    if (!this.#values.has(key)) throw unusable(this.at(key), 'a value', undefined);
    return this.#values.get(key);
  }

  has(key: string): boolean {
    this.#asked.add(key);
    return this.#values.has(key);
  }

  string(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string' || value === '')
      throw unusable(this.at(key), 'a text that is not empty', value);
    return value;
  }

  /** null when the key is absent or null. */
  stringOrNull(key: string): string | null {
    return this.has(key) && this.value(key) !== null ? this.string(key) : null;
  }

  oneOf<T extends string>(key: string, words: readonly T[]): T {
    const value = this.string(key);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw unusable(this.at(key), `one of ${words.join(', ')}`, value);
    return word;
  }

  /** false when the key is absent. */
  flag(key: string): boolean {
    if (!this.has(key)) return false;
    const value = this.value(key);
    if (typeof value !== 'boolean') throw unusable(this.at(key), 'true or false', value);
    return value;
  }

  list<T>(key: string, read: (value: unknown, path: string) => T): T[] {
    const value = this.value(key);
    if (!Array.isArray(value)) throw unusable(this.at(key), 'a list', value);
    return value.map((item: unknown, index) => read(item, `${this.at(key)}[${index}]`));
  }

  strings(key: string): string[] {
    return this.list(key, (item, path) => {
      if (typeof item !== 'string' || item === '') throw unusable(path, 'a text that is not empty', item);
      return item;
    });
  }

  object(key: string): StrictObject {
    return new StrictObject(this.value(key), this.at(key));
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  finish(): void {
    const unknown = this.keys().find((key) => !this.#asked.has(key));
    if (unknown !== undefined) throw unusable(this.at(unknown), 'no such key', this.#values.get(unknown));
  }
}

/** The failure for a layout file that cannot be used. */
export function unusable(path: string, expected: string, seen: unknown): RunFailure {
  const shown = seen === undefined ? 'nothing' : clip(JSON.stringify(seen));
  return new RunFailure(
    'arguments',
    `The layout cannot be used: unexpected ${shown} at ${path === '' ? 'the top' : path}, expected ${expected}.`,
    'Correct the layout file, or leave out --layout to use the one that ships with chatferry.',
  );
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
