import type { DrawnMessage, DrawnSample } from '../reports/run-summary.js';
import type { TargetPrincipal } from '../target-record.js';
import { isoOfTicks } from '../ticks.js';
import { drawOrdinals } from './draw-ordinals.js';
import type { PackageDirectory } from './package-directory.js';
import type { PackageMessage } from './package-message.js';
import { sampledText } from './sampled-text.js';

/** How many messages a report shows, by which seed, and whether with their texts. */
export interface SampleRequest {
  readonly size: number;
  readonly seed: string;
  readonly showsText: boolean;
}

type Taken = Omit<DrawnMessage, 'roomGuid' | 'roomName' | 'author' | 'authorName'>;

/**
 * Takes some messages of those that pass by, as `drawOrdinals` says. Memory held: those, with at most 4,000 bytes of
 * each text when texts are shown.
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
  drawn(directory: PackageDirectory): DrawnSample {
    const messages = this.#taken.map((taken): DrawnMessage => {
      const { authorId, roomId } = taken;
      const room = directory.roomById.get(roomId);
      const author = directory.principalById.get(authorId);
      return {
        ...taken,
        roomGuid: room?.guid ?? '',
        roomName: room?.name ?? `room ${roomId}`,
        author: author?.guid ?? `principal ${authorId}`,
        authorName: author === undefined ? '' : nameOf(author),
      };
    });
    return { seed: this.#request.seed, of: this.#count, messages };
  }

  #take({ alert, content, date, id, roomId, rtf, userId }: PackageMessage): Taken {
    const { showsText } = this.#request;
    return {
      roomId,
      authorId: userId,
      id: String(id),
      date: instantOf(date),
      alert,
      content: sampledText(content, showsText),
      rtf: rtf === null ? null : sampledText(rtf, showsText),
    };
  }
}

/** Two people may share a display name, but no URI. */
function nameOf({ displayName, name, uri }: TargetPrincipal): string {
  return [displayName || name || '', uri].filter((text) => text !== '').join(', ');
}

/** ISO 8601 in UTC with milliseconds; what is no instant as its ticks. */
function instantOf(ticks: bigint): string {
  return (ticks === 0n ? null : isoOfTicks(ticks)) ?? `${ticks} ticks`;
}
