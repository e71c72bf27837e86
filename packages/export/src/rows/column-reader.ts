import type { ColumnDefect } from '../source-record.js';

const CLIPPED_LENGTH = 40;
/** In braces or without, as both notations occur; one brace alone is a damaged value. */
const GUID =
  /^(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\})$/i;
const INT_MINIMUM = -2147483648;
const INT_MAXIMUM = 2147483647;
const BIGINT_LIMIT = 1n << 63n;

/** Shared, because most rows have nothing left over and an empty map costs 200 bytes. */
const NOTHING: ReadonlyMap<string, string | null> = new Map();

/**
 * Reads the columns of one row by their documented names and types. What is missing although NOT NULL, or does
 * not decode, becomes a defect and a neutral value; what nobody asked for is left over for `extra`.
 */
export class ColumnReader {
  /** By lower-case name. */
  readonly #columns: ReadonlyMap<string, { readonly name: string; readonly value: string | null }>;
  readonly #asked = new Set<string>();
  readonly defects: ColumnDefect[] = [];

  constructor(columns: ReadonlyMap<string, { readonly name: string; readonly value: string | null }>) {
    this.#columns = columns;
  }

  /** Columns that were not asked for, by their name in the export. */
  leftOver(): ReadonlyMap<string, string | null> {
    const rest = new Map<string, string | null>();
    for (const [key, { name, value }] of this.#columns) if (!this.#asked.has(key)) rest.set(name, value);
    return rest.size === 0 ? NOTHING : rest;
  }

  textOrNull(column: string): string | null {
    const key = column.toLowerCase();
    this.#asked.add(key);
    return this.#columns.get(key)?.value ?? null;
  }

  text(column: string): string {
    return this.textOrNull(column) ?? this.#missing(column, 'text', '');
  }

  intOrNull(column: string): number | null {
    const text = this.textOrNull(column);
    if (text === null) return null;
    const value = parseInteger(text);
    return value !== null && value >= INT_MINIMUM && value <= INT_MAXIMUM
      ? value
      : this.#unusable(column, text, 'an int', null);
  }

  int(column: string): number {
    return this.textOrNull(column) === null
      ? this.#missing(column, 'an int', 0)
      : (this.intOrNull(column) ?? 0);
  }

  bigintOrNull(column: string): bigint | null {
    const text = this.textOrNull(column);
    if (text === null) return null;
    return parseBigint(text) ?? this.#unusable(column, text, 'a bigint', null);
  }

  bigint(column: string): bigint {
    return this.textOrNull(column) === null
      ? this.#missing(column, 'a bigint', 0n)
      : (this.bigintOrNull(column) ?? 0n);
  }

  bitOrNull(column: string): boolean | null {
    const text = this.textOrNull(column);
    if (text === null) return null;
    return parseBit(text) ?? this.#unusable(column, text, 'a bit (0, 1, true, false)', null);
  }

  bit(column: string): boolean {
    return this.textOrNull(column) === null
      ? this.#missing(column, 'a bit', false)
      : (this.bitOrNull(column) ?? false);
  }

  guidOrNull(column: string): string | null {
    const text = this.textOrNull(column);
    if (text === null) return null;
    const match = GUID.exec(text);
    const guid = match?.[1] ?? match?.[2];
    return guid?.toLowerCase() ?? this.#unusable(column, text, 'a uniqueidentifier', null);
  }

  guid(column: string): string {
    return this.textOrNull(column) === null
      ? this.#missing(column, 'a uniqueidentifier', '')
      : (this.guidOrNull(column) ?? '');
  }

  /** A principal's `prinDisabled`: a bit in 2010, a smallint from 2013 on. */
  disabled(column: string): number {
    const text = this.textOrNull(column);
    if (text === null) return this.#missing(column, 'a bit', 0);
    const bit = parseBit(text);
    if (bit !== null) return bit ? 1 : 0;
    return text === '2' ? 2 : this.#unusable(column, text, '0, 1 or 2', 0);
  }

  #missing<T>(column: string, expected: string, neutral: T): T {
    this.defects.push({ column, seen: null, expected });
    return neutral;
  }

  #unusable<T>(column: string, text: string, expected: string, neutral: T): T {
    this.defects.push({ column, seen: clip(text), expected });
    return neutral;
  }
}

/** Digits with an optional sign, no blanks; null else, or when not exact as a number. */
export function parseInteger(text: string): number | null {
  if (!/^[+-]?[0-9]{1,15}$/.test(text)) return null;
  const value = Number(text);
  return value === 0 ? 0 : value;
}

/** Digits with an optional sign within 64 bits, no blanks; null else. */
export function parseBigint(text: string): bigint | null {
  if (!/^[+-]?[0-9]{1,20}$/.test(text)) return null;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value >= -BIGINT_LIMIT && value < BIGINT_LIMIT ? value : null;
}

/** `0`, `1`, `true`, `false`, any letter case; null else. */
export function parseBit(text: string): boolean | null {
  switch (text.length <= 5 ? text.toLowerCase() : '') {
    case '1':
    case 'true':
      return true;
    case '0':
    case 'false':
      return false;
    default:
      return null;
  }
}

export function clip(text: string): string {
  return text.length <= CLIPPED_LENGTH ? text : `${text.slice(0, CLIPPED_LENGTH - 1)}\u2026`;
}
