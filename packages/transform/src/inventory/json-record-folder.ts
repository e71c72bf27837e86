import type { Place } from '@chatferry/export';
import type { Token } from 'stream-json/parser.js';
import { damagedInventory, notAnInventory } from './inventory-failure.js';
import { type ListedRecord, LONGEST_VALUE, RecordDraft } from './listed-record.js';

/** An object that is being read. */
interface OpenObject {
  readonly draft: RecordDraft;
  readonly line: number;
  /** Lists and objects open within it. */
  depth: number;
  /** The property of the object itself, and of an object within. */
  outerKey: string;
  innerKey: string;
  isEmpty: boolean;
  /** Set when it turns out to be the wrapper of a list. */
  wrapped: { readonly lists: number; objects: number } | null;
  count: string | null;
}

/** Folds JSON tokens into records: each object that lies in no other, or in the list of a wrapper. */
export class JsonRecordFolder {
  readonly #at: (line: number) => Place;
  /** Open wrappers, outermost first. */
  readonly #wrappers: OpenObject[] = [];
  /** Open lists outside of records. */
  #lists = 0;
  #open: OpenObject | null = null;
  #text = '';

  constructor(at: (line: number) => Place) {
    this.#at = at;
  }

  /** The record that this token ends, if it does. Throws `RunFailure` for anything but objects in lists. */
  fold(token: Token, line: number): ListedRecord | null {
    switch (token.name) {
      case 'startKey':
      case 'startString':
      case 'startNumber':
        this.#text = '';
        return null;
      case 'stringChunk':
      case 'numberChunk':
        if (this.#text.length < LONGEST_VALUE) this.#text += token.value.slice(0, LONGEST_VALUE);
        return null;
      case 'endKey':
        this.#key();
        return null;
      case 'endString':
        return this.#value(this.#text, 'text', line);
      case 'endNumber':
        return this.#value(this.#text, 'number', line);
      case 'trueValue':
      case 'falseValue':
        return this.#value(String(token.value), 'truth value', line);
      case 'nullValue':
        return this.#value(null, 'null', line);
      case 'startObject':
      case 'startArray':
        this.#start(token.name === 'startArray', line);
        return null;
      case 'endObject':
      case 'endArray':
        return this.#end(line);
      default:
        return null;
    }
  }

  #key(): void {
    const open = this.#open;
    if (open?.depth === 0) open.outerKey = this.#text;
    else if (open?.depth === 1) open.innerKey = this.#text;
  }

  #value(value: string | null, what: string, line: number): null {
    const open = this.#open;
    if (open === null) throw notAnInventory(this.#at(line), `${what} in the list`);
    if (open.depth === 0) {
      if (open.outerKey === 'Count') open.count = value;
      else open.isEmpty = false;
      open.draft.set(open.outerKey, value);
    } else if (open.depth === 1 && value !== null) {
      open.draft.setInner(open.outerKey, open.innerKey, value);
    }
    return null;
  }

  #start(isList: boolean, line: number): void {
    const open = this.#open;
    if (open === null) {
      if (isList) this.#lists += 1;
      else this.#open = openObject(line);
      return;
    }
    if (isList && open.depth === 0 && open.outerKey === 'value' && open.isEmpty) {
      open.wrapped = { lists: this.#lists, objects: 0 };
      this.#wrappers.push(open);
      this.#open = null;
      this.#lists += 1;
      return;
    }
    if (open.depth === 0) {
      open.isEmpty = false;
      open.draft.set(open.outerKey, null);
    }
    open.innerKey = '';
    open.depth += 1;
  }

  #end(line: number): ListedRecord | null {
    const open = this.#open;
    const wrapper = this.#wrappers.at(-1);
    if (open === null) {
      this.#lists -= 1;
      if (wrapper?.wrapped?.lists === this.#lists) this.#open = this.#wrappers.pop() ?? null;
      return null;
    }
    if (open.depth > 0) {
      open.depth -= 1;
      return null;
    }
    this.#open = null;
    if (wrapper?.wrapped != null) wrapper.wrapped.objects += 1;
    if (open.wrapped === null) return open.draft.finish(this.#at(open.line));
    if (open.count !== null && open.count !== String(open.wrapped.objects)) {
      throw damagedInventory(
        this.#at(line),
        `list of ${open.wrapped.objects}`,
        `${open.count}, as its Count says`,
      );
    }
    return null;
  }
}

function openObject(line: number): OpenObject {
  return {
    draft: new RecordDraft(),
    line,
    depth: 0,
    outerKey: '',
    innerKey: '',
    isEmpty: true,
    wrapped: null,
    count: null,
  };
}
