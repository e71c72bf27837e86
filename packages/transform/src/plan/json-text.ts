import type { Place } from '@chatferry/export';
import { planFailure } from './plan-failure.js';

/** A JSON value with the place where it stands, so that a fault in it can be shown. */
export type JsonNode =
  | { readonly kind: 'object'; readonly place: Place; readonly members: ReadonlyMap<string, JsonMember> }
  | { readonly kind: 'array'; readonly place: Place; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly place: Place; readonly value: string | number | boolean | null };

export interface JsonMember {
  /** Of the key. */
  readonly place: Place;
  readonly value: JsonNode;
}

const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const DEEPEST = 32;

/**
 * JSON (RFC 8259) with places; a key that stands twice in an object is a fault, for one of its values would be lost.
 * Memory held: the whole tree.
 *
 * @throws RunFailure `plan-unusable`, with line and column in UTF-16 units.
 */
export function parseJsonText(text: string, file: string): JsonNode {
  const reader = new JsonReader(text, file);
  return reader.document();
}

class JsonReader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  /** Of the last place that was asked for; places are asked for from front to back. */
  #known = { at: 0, line: 1, lineStart: 0 };

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  document(): JsonNode {
    const value = this.#value(0);
    this.#skipBlank();
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file');
    return value;
  }

  #value(depth: number): JsonNode {
    this.#skipBlank();
    if (depth > DEEPEST) throw this.#unexpected('less nesting');
    const place = this.#place();
    const character = this.#text[this.#at];
    if (character === '{') return { kind: 'object', place, members: this.#members(depth) };
    if (character === '[') return { kind: 'array', place, items: this.#items(depth) };
    const token = character === '"' ? this.#take(STRING) : this.#take(SCALAR);
    if (token === null) throw this.#unexpected('a value');
    return { kind: 'scalar', place, value: scalarOf(token, place) };
  }

  #members(depth: number): Map<string, JsonMember> {
    const members = new Map<string, JsonMember>();
    this.#list('}', () => {
      const place = this.#place();
      const token = this.#take(STRING);
      if (token === null) throw this.#unexpected('a key in quotation marks');
      const key = scalarOf(token, place) as string;
      if (members.has(key)) {
        throw planFailure(place, { what: `key ${token} stands twice`, remedy: 'Remove one of the two.' });
      }
      this.#skipBlank();
      if (!this.#skip(':')) throw this.#unexpected('a colon');
      members.set(key, { place, value: this.#value(depth + 1) });
    });
    return members;
  }

  #items(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.#list(']', () => items.push(this.#value(depth + 1)));
    return items;
  }

  /** What stands between brackets, separated by commas. */
  #list(close: string, readOne: () => void): void {
    this.#at += 1;
    this.#skipBlank();
    if (this.#skip(close)) return;
    for (;;) {
      this.#skipBlank();
      readOne();
      this.#skipBlank();
      if (this.#skip(close)) return;
      if (!this.#skip(',')) throw this.#unexpected(`a comma or ${close}`);
    }
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += token?.length ?? 0;
    return token;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipBlank(): void {
    this.#take(BLANK);
  }

  #place(): Place {
    const { at, line, lineStart } = this.#known;
    const known = { at: this.#at, line, lineStart };
    for (
      let i = this.#text.indexOf('\n', at);
      i !== -1 && i < this.#at;
      i = this.#text.indexOf('\n', i + 1)
    ) {
      known.line += 1;
      known.lineStart = i + 1;
    }
    this.#known = known;
    return { file: this.#file, line: known.line, column: this.#at - known.lineStart + 1, record: null };
  }

  #unexpected(expected: string): Error {
    const seen = this.#text.slice(this.#at, this.#at + 1);
    return planFailure(this.#place(), {
      what: `Unexpected ${seen === '' ? 'end of the file' : JSON.stringify(seen)}, expected ${expected}`,
      remedy: 'Correct the JSON, or write the plan anew with chatferry plan.',
    });
  }
}

/** Escapes and characters that JSON does not know are left to `JSON.parse` to find. */
function scalarOf(token: string, place: Place): string | number | boolean | null {
  try {
    return JSON.parse(token) as string | number | boolean | null;
  } catch (cause) {
    throw planFailure(place, {
      what: `Unexpected ${token.length > 80 ? 'text' : token}, expected JSON (${(cause as Error).message})`,
      remedy: 'Write a backslash as two, and control characters as \\u0000.',
    });
  }
}
