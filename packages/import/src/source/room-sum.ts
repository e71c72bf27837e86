import { Buffer } from 'node:buffer';
import { createHash, type Hash, hash } from 'node:crypto';
import { SECRET } from './secret.js';

/** A message on either side, in the form in which both are compared. */
export interface ComparedMessage {
  readonly id: bigint;
  /** Ticks, decimal; null when they do not decode. */
  readonly date: string | null;
  /** GUID, or words for a principal that is not there. */
  readonly author: string;
  readonly alert: boolean | null;
  readonly content: string | null;
  readonly rtf: string | null;
}

const UNIT = '\u001f';
const RECORD = '\u001e';
const LANES = 8;

/**
 * What the simply carried messages of one room add up to, on one side.
 *
 * Two hashes: the rolling SHA-256 in the form of ledger.json, which needs ascending ids; and the sum, modulo 2^256, of
 * a SHA-256 of a secret of this process and each message, which needs no order, so that nothing has to be sorted or
 * kept.
 */
export class RoomSum {
  messages = 0;
  textBytes = 0;
  firstDate: bigint | null = null;
  lastDate: bigint | null = null;
  lowestId: bigint | null = null;
  highestId: bigint | null = null;
  readonly #sum = new Uint32Array(LANES);
  #rolling: Hash | null = createHash('sha256');

  add(message: ComparedMessage): void {
    const { id, date, author, alert, content, rtf } = message;
    this.messages += 1;
    this.textBytes += Buffer.byteLength(content ?? '') + Buffer.byteLength(rtf ?? '');
    if (this.highestId !== null && id <= this.highestId) this.#rolling = null;
    const ticks = date === null ? null : BigInt(date);
    this.firstDate = lower(this.firstDate, ticks);
    this.lastDate = higher(this.lastDate, ticks);
    this.lowestId = lower(this.lowestId, id);
    this.highestId = higher(this.highestId, id);
    const flag = alert === null ? '' : alert ? '1' : '0';
    const text = rtf === null ? content : `${content}${UNIT}${rtf}`;
    const form = `${id}${UNIT}${date}${UNIT}${author}${UNIT}${flag}${UNIT}${text}${RECORD}`;
    this.#rolling?.update(form);
    // JSON tells NULL from a text and half a surrogate pair from U+FFFD, and no text can hold what parts two columns.
    const exact = JSON.stringify([String(id), date, author, alert, content, rtf]);
    this.#addDigest(hash('sha256', SECRET + exact, 'buffer'));
  }

  /** Hex; null when the ids did not ascend. Final: nothing can be added afterwards. */
  rolling(): string | null {
    return this.#rolling?.digest('hex') ?? null;
  }

  isSameAs(other: RoomSum): boolean {
    return this.messages === other.messages && this.#sum.every((lane, i) => lane === other.#sum[i]);
  }

  #addDigest(digest: Buffer): void {
    let carry = 0;
    for (let i = 0; i < LANES; i++) {
      const total = (this.#sum[i] as number) + digest.readUInt32LE(i * 4) + carry;
      this.#sum[i] = total >>> 0;
      carry = total > 0xffffffff ? 1 : 0;
    }
  }
}

function lower(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || (other !== null && other < one) ? other : one;
}

function higher(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || (other !== null && other > one) ? other : one;
}
