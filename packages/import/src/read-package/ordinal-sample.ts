import { createHash } from 'node:crypto';
import { ByteSink } from '@chatferry/export';
import type { SampledMessage, SampleSummary } from '../reports/run-summary.js';
import { drawOrdinals } from './draw-ordinals.js';
import type { PackageDirectory } from './package-directory.js';
import type { PackageMessage } from './package-message.js';

/** How many messages a report shows, by which seed, and whether with their texts. */
export interface SampleRequest {
  readonly size: number;
  readonly seed: string;
  readonly showsText: boolean;
}

/** Longest text of a message that a report shows, in UTF-8 bytes; the rest is cut off. */
const LONGEST_TEXT = 4_000;

const TICKS_AT_1970 = 621_355_968_000_000_000n;
const TICKS_PER_MILLISECOND = 10_000n;
/** Of the year 9999. */
const LAST_TICK = 3_155_378_975_999_999_999n;

interface Taken extends Omit<SampledMessage, 'roomGuid' | 'roomName' | 'author'> {
  readonly roomId: number;
  readonly userId: number;
}

/**
 * Takes some messages of those that pass by, as `drawOrdinals` says. Memory held: those, with at most 4,000 bytes of text each when
 * texts are shown.
 */
export class OrdinalSample {
  readonly #request: SampleRequest;
  readonly #count: number;
  readonly #ordinals: readonly number[];
  readonly #taken: Taken[] = [];
  #ordinal = -1;
  #next: number;

  /** @param count messages that will pass by. */
  constructor(request: SampleRequest, count: number) {
    this.#request = request;
    this.#count = count;
    this.#ordinals = drawOrdinals(request.seed, request.size, count);
    this.#next = this.#ordinals[0] ?? -1;
  }

  /** Every message, in the order of the package. Hot: one comparison in the usual case. */
  message(message: PackageMessage): void {
    this.#ordinal += 1;
    if (this.#ordinal !== this.#next) return;
    this.#taken.push(this.#take(message));
    this.#next = this.#ordinals[this.#taken.length] ?? -1;
  }

  /** With the names that the package has for rooms and authors. */
  summary(directory: PackageDirectory): SampleSummary {
    const messages = this.#taken.map(({ roomId, userId, ...taken }): SampledMessage => {
      const room = directory.roomById.get(roomId);
      return {
        ...taken,
        roomGuid: room?.guid ?? '',
        roomName: room?.name ?? `room ${roomId}`,
        author: directory.principalById.get(userId)?.guid ?? `principal ${userId}`,
      };
    });
    return { seed: this.#request.seed, of: this.#count, messages };
  }

  #take({ alert, content, date, id, roomId, userId }: PackageMessage): Taken {
    const sink = new ByteSink();
    content.appendDecoded(sink);
    const bytes = sink.view();
    return {
      roomId,
      userId,
      id: String(id),
      date: instantOf(date),
      alert,
      contentBytes: bytes.length,
      contentSha256: createHash('sha256').update(bytes).digest('hex'),
      ...(this.#request.showsText ? { text: shown(bytes) } : {}),
    };
  }
}

/** ISO 8601 in UTC with milliseconds; what is no instant as its ticks. */
function instantOf(ticks: bigint): string {
  if (ticks <= 0n || ticks > LAST_TICK) return `${ticks} ticks`;
  return new Date(Number((ticks - TICKS_AT_1970) / TICKS_PER_MILLISECOND)).toISOString();
}

/** A character that is cut in two is left out. */
function shown(bytes: Uint8Array): string {
  if (bytes.length <= LONGEST_TEXT) return new TextDecoder().decode(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, LONGEST_TEXT), { stream: true });
  return `${text}… (${bytes.length} bytes)`;
}
