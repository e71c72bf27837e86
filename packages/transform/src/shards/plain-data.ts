/**
 * JSON for plain data with what JSON lacks: bigint, Map and Set are objects with a single key `$bigint`, `$map`,
 * `$set`. A key whose value is undefined is left out. The same value gives the same text.
 *
 * @throws TypeError for an object whose own keys begin with `$`, and for what is no plain data.
 */
export function plainText(value: unknown): string {
  return JSON.stringify(tagged(value));
}

/** What `plainText` wrote. @throws SyntaxError for other text. */
export function parsePlain(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => untagged(each));
}

function tagged(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`${typeof value} is no plain data`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof Map) return { $map: [...value].map(tagged) };
  if (value instanceof Set) return { $set: [...value].map(tagged) };
  const entries = Object.entries(value).map(([key, each]) => {
    if (key.startsWith('$')) throw new TypeError(`${key} is no key of plain data`);
    return [key, tagged(each)];
  });
  return Object.fromEntries(entries);
}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, inner] = entries.length === 1 ? (entries[0] as [string, unknown]) : [];
  if (key === '$bigint' && typeof inner === 'string') return BigInt(inner);
  if (key === '$map' && Array.isArray(inner)) return new Map(inner as [unknown, unknown][]);
  if (key === '$set' && Array.isArray(inner)) return new Set(inner);
  return value;
}
