import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { TextDecoder } from 'node:util';
import { type Place, RunFailure } from '@chatferry/export';
import { undecodableInventory } from './inventory-failure.js';
import type { InventoryFile } from './target-inventory.js';

const CHUNK_BYTES = 64 * 1024;
const NOT_ASCII = /\P{ASCII}/u;

/**
 * The text of one file as PowerShell writes it: UTF-8, UTF-16LE or UTF-16BE, by its byte order mark (which is left
 * out) or, as all that is read here begins in ASCII, by a zero byte beside the first character. CR LF and CR become LF.
 * Memory held: one chunk.
 */
export class InventoryText {
  readonly name: string;
  readonly #path: string;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #isAscii = true;

  constructor(path: string) {
    this.#path = path;
    this.name = basename(path);
  }

  /** The file's name, hash and length; call it once, when all has been read. */
  seal(): InventoryFile {
    return { name: this.name, sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  /** Whether all that was read is ASCII. */
  get isAscii(): boolean {
    return this.#isAscii;
  }

  at(line: number): Place {
    return { file: this.name, line, column: 1, record: null };
  }

  /**
   * Reads the file once. Throws `RunFailure` 'input-missing', 'input-unreadable', or 'input-encoding' for bytes that
   * are not valid.
   */
  async *read(): AsyncGenerator<string> {
    let decoder: TextDecoder | null = null;
    let held = '';
    let line = 1;
    for await (const bytes of this.#chunks()) {
      decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
      const text = held + this.#decode(decoder, bytes, line);
      held = text.endsWith('\r') ? '\r' : '';
      const lines = withLineFeeds(held === '' ? text : text.slice(0, -1));
      line += lines.split('\n').length - 1;
      if (lines !== '') yield lines;
    }
    const rest = withLineFeeds(held + (decoder === null ? '' : this.#decode(decoder, null, line)));
    if (rest !== '') yield rest;
  }

  #decode(decoder: TextDecoder, bytes: Buffer | null, line: number): string {
    try {
      const text = bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
      if (NOT_ASCII.test(text)) this.#isAscii = false;
      return text;
    } catch (error) {
      const legible =
        new TextDecoder(decoder.encoding).decode(bytes ?? undefined).split('\ufffd', 1)[0] ?? '';
      const before = withLineFeeds(legible).split('\n').length - 1;
      throw undecodableInventory(this.at(line + before), decoder.encoding, error);
    }
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of createReadStream(this.#path, { highWaterMark: CHUNK_BYTES })) {
        this.#hash.update(chunk as Buffer);
        this.#bytes += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    } catch (error) {
      throw unreadable(this.name, error);
    }
  }
}

function encodingOf([a, b]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && b !== undefined)) return 'utf-16be';
  return 'utf-8';
}

function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function unreadable(name: string, error: unknown): RunFailure {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RunFailure('input-missing', `"${name}" does not exist.`, 'Check the path of the list.', {
      cause: error,
    });
  }
  return new RunFailure(
    'input-unreadable',
    `"${name}" cannot be read (${code}).`,
    'Give a file that you may read, such as rooms.json.',
    { cause: error },
  );
}
