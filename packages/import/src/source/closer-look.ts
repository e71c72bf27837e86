import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlockFile } from '../reports/block-file.js';
import type { SourcePlace } from './read-source.js';
import type { ComparedMessage } from './room-sum.js';

/** One side of a message, with its texts by length and hash. */
interface Look {
  readonly side: 'export' | 'package';
  readonly roomId: number;
  readonly id: string;
  readonly date: string | null;
  readonly author: string;
  readonly alert: boolean | null;
  readonly content: string;
  readonly rtf: string;
  readonly place: SourcePlace | null;
}

/** The first message of a room, by id, that is not the same on both sides, and how many there are. */
export interface RoomDifference {
  readonly id: bigint;
  /** The field that differs: `content`; or `message` for one that is on one side only or not as often. */
  readonly what: string;
  readonly seen: string;
  readonly expected: string;
  /** Where the message stands in the export; null when it is not there. */
  readonly place: SourcePlace | null;
  /** Messages of the room that differ. */
  readonly messages: number;
}

/** Messages a partition; their looks take a few hundred bytes each. */
const PARTITION_MESSAGES = 100_000;
const PARTITIONS_AT_MOST = 256;
const SHOWN_UNITS = 80;

/**
 * Lines two sides up, message by message, in whatever order they come: both are spread over files by id, and one file
 * at a time is compared. Only for rooms that are known to differ.
 *
 * Memory: the looks of about 100,000 messages (more beyond 25 million), 64 KiB a file. Disk: some 300 bytes a message
 * and side in the folder for temporary files, removed by `close`.
 */
export class CloserLook {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chatferry-source-'));
  readonly #files: readonly BlockFile[];
  readonly #showsText: boolean;

  constructor(options: { readonly messages: number; readonly showsText: boolean }) {
    const count = Math.min(PARTITIONS_AT_MOST, Math.max(1, Math.ceil(options.messages / PARTITION_MESSAGES)));
    this.#files = Array.from({ length: count }, (_, i) => new BlockFile(this.#path(i)));
    this.#showsText = options.showsText;
  }

  add(side: Look['side'], roomId: number, message: ComparedMessage, place: SourcePlace | null): void {
    const { id, date, author, alert, content, rtf } = message;
    const look: Look = {
      side,
      roomId,
      id: id.toString(),
      date,
      author,
      alert,
      content: this.#textInWords(content),
      rtf: this.#textInWords(rtf),
      place,
    };
    const partition = Number(BigInt.asUintN(32, id) % BigInt(this.#files.length));
    this.#files[partition]?.append(`${JSON.stringify(look)}\n`);
  }

  /** By room id. Call once, after the last `add`. */
  differences(): Map<number, RoomDifference> {
    const rooms = new Map<number, RoomDifference>();
    for (const file of this.#files) file.close();
    for (let i = 0; i < this.#files.length; i++) {
      for (const [first, ...others] of pairsOf(readFileSync(this.#path(i), 'utf8'))) {
        const found = differenceOf([first, ...others]);
        if (found === null) continue;
        const known = rooms.get(first.roomId);
        const messages = (known?.messages ?? 0) + 1;
        const isFirst = known === undefined || found.id < known.id;
        rooms.set(first.roomId, { ...(isFirst ? found : known), messages });
      }
    }
    return rooms;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(partition: number): string {
    return join(this.#folder, String(partition));
  }

  #textInWords(text: string | null): string {
    if (text === null) return 'NULL';
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const shown = this.#showsText ? ` ${JSON.stringify(text.slice(0, SHOWN_UNITS))}` : '';
    return `${Buffer.byteLength(text)} bytes, SHA-256 ${hash}…${shown}`;
  }
}

function pairsOf(lines: string): Iterable<readonly [Look, ...Look[]]> {
  const byKey = new Map<string, [Look, ...Look[]]>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const look = JSON.parse(line) as Look;
    const key = `${look.roomId}#${look.id}`;
    const others = byKey.get(key);
    if (others === undefined) byKey.set(key, [look]);
    else others.push(look);
  }
  return byKey.values();
}

const FIELDS = ['date', 'author', 'alert', 'content', 'rtf'] as const;

function differenceOf(looks: readonly [Look, ...Look[]]): Omit<RoomDifference, 'messages'> | null {
  const [exported, ...moreExported] = looks.filter(({ side }) => side === 'export');
  const [packaged, ...morePackaged] = looks.filter(({ side }) => side === 'package');
  const id = BigInt(looks[0].id);
  const place = exported?.place ?? null;
  if (exported === undefined || packaged === undefined || moreExported.length !== morePackaged.length) {
    const count = (there: number) => (there === 0 ? 'none' : there === 1 ? 'one' : String(there));
    const seen = count((packaged === undefined ? 0 : 1) + morePackaged.length);
    const expected = count((exported === undefined ? 0 : 1) + moreExported.length);
    return { id, what: 'message', seen, expected, place };
  }
  const differing = FIELDS.filter((field) => packaged[field] !== exported[field]);
  if (differing.length === 0 && moreExported.length === 0) return null;
  return {
    id,
    what: differing.join(', ') || 'message',
    seen: differing.map((field) => String(packaged[field])).join('; '),
    expected: differing.map((field) => String(exported[field])).join('; '),
    place,
  };
}
