import { createHash } from 'node:crypto';

/**
 * Draws `size` messages: those whose SHA-256 over `seed`, U+001F, room id, U+001F, message number (decimal digits,
 * UTF-8) is lowest. So the draw depends on the seed and on which messages there are, not on their order or on what they
 * say. Memory held: the messages drawn, twice at most.
 */
export class MessageSample {
  readonly #size: number;
  readonly #seed: string;
  #drawn: { readonly hash: string; readonly key: string }[] = [];
  #highest: string | null = null;
  #keys: ReadonlySet<string> | null = null;

  constructor(size: number, seed: string) {
    this.#size = size;
    this.#seed = seed;
  }

  /** Each message once. */
  offer(roomId: number, id: bigint): void {
    const hash = createHash('sha256').update(`${this.#seed}\u001f${roomId}\u001f${id}`).digest('hex');
    if (this.#highest !== null && hash >= this.#highest) return;
    this.#drawn.push({ hash, key: `${roomId}#${id}` });
    if (this.#drawn.length >= 2 * this.#size) this.#trim();
  }

  /** Whether a message is drawn; all must have been offered. */
  has(roomId: number, id: bigint): boolean {
    if (this.#keys === null) {
      this.#trim();
      this.#keys = new Set(this.#drawn.map(({ key }) => key));
    }
    return this.#keys.has(`${roomId}#${id}`);
  }

  #trim(): void {
    this.#drawn.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
    this.#drawn = this.#drawn.slice(0, this.#size);
    if (this.#drawn.length === this.#size) this.#highest = this.#drawn.at(-1)?.hash ?? null;
  }
}
