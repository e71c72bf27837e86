import type { ValuePath } from '../layout/layout.js';

/**
 * How a layout writes one field of a record: the text of the attribute or element, or null when the path is absent.
 *
 * @throws TypeError when the record does not hold what the layout's coding needs.
 */
export function codeValue(path: ValuePath, record: object): string | null {
  if (path.field === null) return path.constant;
  const value: unknown = Reflect.get(record, path.field);
  if (value === null && path.optional) return null;
  const code = codeOf(path, value);
  if (code === undefined) throw new TypeError(`${path.field} cannot be written as ${path.coding}`);
  return code;
}

function codeOf(path: ValuePath, value: unknown): string | null | undefined {
  switch (path.coding) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'guid':
      return typeof value === 'string' ? value.toLowerCase() : undefined;
    case 'integer':
    case 'ticks':
      return Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : undefined;
    case 'flag':
      return typeof value === 'boolean' ? (value ? '1' : '0') : undefined;
    case 'enumeration':
      return typeof value === 'string' ? path.values?.[value] : undefined;
  }
}
