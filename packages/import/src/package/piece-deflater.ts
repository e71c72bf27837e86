import type { Buffer } from 'node:buffer';
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/** Deflated pieces are about a third of this. */
const OUTPUT_BYTES = 1 << 19;

/**
 * Deflates pieces one after the other, each as if it were the first, in Node's thread pool. Every piece ends at a byte
 * (RFC 1951, 3.2.4, an empty stored block), so that pieces can be written one behind the other.
 *
 * One engine serves all pieces: a new one for each would leave its 260 KiB to the allocator, which hands them back
 * late. Memory held: the engine and one block of output.
 */
export class PieceDeflater {
  readonly #engine: DeflateRaw;
  #output: Buffer[] = [];
  #reject: ((error: Error) => void) | null = null;

  constructor(level: number) {
    this.#engine = createDeflateRaw({ level, flush: constants.Z_SYNC_FLUSH, chunkSize: OUTPUT_BYTES });
    this.#engine.on('data', (bytes: Buffer) => this.#output.push(bytes));
    this.#engine.on('error', (error) => this.#reject?.(error));
  }

  /** To be called again only when the piece before is done. The blocks of the result belong one behind the other. */
  async deflate(piece: Buffer): Promise<readonly Buffer[]> {
    await new Promise<void>((resolve, reject) => {
      this.#reject = reject;
      this.#engine.write(piece, (error) => (error == null ? resolve() : reject(error)));
    });
    this.#engine.reset();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  close(): void {
    this.#engine.close();
  }
}
