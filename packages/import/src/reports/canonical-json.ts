/** What JSON can hold, without a way to lose anything: no undefined, no bigint, no date. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const INDENT = '  ';

/**
 * JSON with the keys of every object in UTF-16 code unit order (also those that look like numbers, which a
 * JavaScript object would list first), two blanks a level, LF, and a line feed at the end. The same value gives
 * the same bytes. `value` may be any plain data: a key whose value is undefined is left out.
 * @throws TypeError for what JSON cannot hold, such as a bigint or an infinite number.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  append(parts, value, '\n');
  parts.push('\n');
  return parts.join('');
}

function append(parts: string[], value: unknown, lineStart: string): void {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => () => append(parts, item, lineStart + INDENT));
    appendBlock(parts, { open: '[', close: ']', lineStart }, items);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const members = entries.map(([key, member]) => () => {
      parts.push(JSON.stringify(key), ': ');
      append(parts, member, lineStart + INDENT);
    });
    appendBlock(parts, { open: '{', close: '}', lineStart }, members);
  } else {
    parts.push(scalar(value));
  }
}

function appendBlock(
  parts: string[],
  block: { open: string; close: string; lineStart: string },
  members: readonly (() => void)[],
): void {
  parts.push(block.open);
  members.forEach((member, index) => {
    parts.push(index === 0 ? '' : ',', block.lineStart, INDENT);
    member();
  });
  if (members.length > 0) parts.push(block.lineStart);
  parts.push(block.close);
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
