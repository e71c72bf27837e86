import { createHash } from 'node:crypto';
import type { DiffRecord } from './diff-record.js';
import { unifiedLineEnds } from './diff-record.js';
import type { RawColumns } from './directory-row-record.js';

const MODULUS = 1n << 256n;

/**
 * What a table comes to whose rows have no known key: how many there are, and the sum of their SHA-256 modulo 2^256,
 * which does not depend on their order. Memory held: two numbers.
 */
export class TableDigest {
  #rows = 0;
  #sum = 0n;

  /** NULL is the same as an absent column. */
  add(columns: RawColumns, ignoresLineEnds: boolean): void {
    const cells = [...columns]
      .filter(([, { value }]) => value !== null)
      .map(([name, { value }]) => [name, ignoresLineEnds ? unifiedLineEnds(value as string) : value])
      .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
    const digest = createHash('sha256').update(JSON.stringify(cells)).digest('hex');
    this.#rows += 1;
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
  }

  record(table: string): DiffRecord {
    const contents = this.#sum.toString(16).padStart(64, '0');
    return { key: table, names: NAMES, values: [String(this.#rows), contents] };
  }
}

const NAMES: readonly string[] = ['rows', 'contents'];
