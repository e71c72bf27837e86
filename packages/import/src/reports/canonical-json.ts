/** What JSON can hold, without a way to lose anything: no undefined, no bigint, no date. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const INDENT = '  ';
const BLOCK_UNITS = 1 << 14;

/**
 * JSON with the keys of every object in UTF-16 code unit order (also those that look like numbers, which a
 * JavaScript object would list first), two blanks a level, LF, and a line feed at the end. The same value gives
 * the same bytes. `value` may be any plain data: a key whose value is undefined is left out.
 * @throws TypeError for what JSON cannot hold, such as a bigint or an infinite number.
 */
export function canonicalJson(value: unknown): string {
  const blocks: string[] = [];
  writeCanonicalJson(value, (block) => blocks.push(block));
  return blocks.join('');
}

/**
 * The same text, handed over in blocks of about 16 Ki UTF-16 units as it grows.
 * Memory held: one block, and the sorted keys of the objects that are open.
 */
export function writeCanonicalJson(value: unknown, write: (block: string) => void): void {
  const text = new BlockText(write);
  append(text, value, '\n');
  text.add('\n');
  text.flush();
}

/** Joins small pieces, for a list of them costs many times their text. */
class BlockText {
  readonly #write: (block: string) => void;
  #block = '';

  constructor(write: (block: string) => void) {
    this.#write = write;
  }

  add(piece: string): void {
    this.#block += piece;
    if (this.#block.length >= BLOCK_UNITS) this.flush();
  }

  flush(): void {
    if (this.#block !== '') this.#write(this.#block);
    this.#block = '';
  }
}

function append(text: BlockText, value: unknown, lineStart: string): void {
  if (Array.isArray(value)) appendArray(text, value, lineStart);
  else if (typeof value === 'object' && value !== null) appendObject(text, value, lineStart);
  else text.add(scalar(value));
}

function appendArray(text: BlockText, items: readonly unknown[], lineStart: string): void {
  text.add('[');
  items.forEach((item, index) => {
    text.add(`${index === 0 ? '' : ','}${lineStart}${INDENT}`);
    append(text, item, lineStart + INDENT);
  });
  text.add(items.length > 0 ? `${lineStart}]` : ']');
}

function appendObject(text: BlockText, value: object, lineStart: string): void {
  const members = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(members).sort();
  let isFirst = true;
  text.add('{');
  for (const key of keys) {
    const member = members[key];
    if (member === undefined) continue;
    text.add(`${isFirst ? '' : ','}${lineStart}${INDENT}${JSON.stringify(key)}: `);
    append(text, member, lineStart + INDENT);
    isFirst = false;
  }
  text.add(isFirst ? '}' : `${lineStart}}`);
}

function scalar(value: unknown): string {
  const isJson =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!isJson) throw new TypeError(`JSON cannot hold a value of type ${typeof value}: ${String(value)}`);
  return JSON.stringify(value);
}
