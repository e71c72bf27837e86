import type { FileLinkPlace } from '@chatferry/import';
import type { CarrySinks } from '../carry-with-restarts.js';
import type { Ledger } from '../ledger/ledger.js';
import {
  type MessageContext,
  missingRoom,
  type RoomFacts,
  UNREADABLE_ROOM,
} from '../messages/message-context.js';
import { countMissingRooms, type MissingRooms, messageRoomMissing } from '../rules/message-room-missing.js';
import type { JournalLine, LostMessage } from './shard-journal.js';

/**
 * Says again what shards have said, into the files of one run; and says what only all shards together know, of rooms
 * that are missing. Memory held: what the rule holds.
 */
export class Replay {
  /** `ma-filelink:` listed. */
  fileLinks = 0;
  readonly #sinks: CarrySinks;
  readonly #context: MessageContext;
  readonly #ledger: Ledger;
  readonly #missing: MissingRooms;
  #room: RoomFacts | null = null;

  constructor(sinks: CarrySinks, context: MessageContext, ledger: Ledger) {
    this.#sinks = sinks;
    this.#context = context;
    this.#ledger = ledger;
    this.#missing = countMissingRooms({
      say(place, said) {
        const severity = said.severity ?? (messageRoomMissing.severities[0] as 'error');
        sinks.findings.report({ rule: messageRoomMissing.id, place, ...said, severity });
      },
    });
  }

  line(line: JournalLine): void {
    if ('finding' in line) this.#sinks.findings.report(line.finding);
    else if ('exception' in line) this.#exception(line);
    else if ('link' in line) this.#link(line);
  }

  /** The lines of a room follow; of none before the first. */
  beginRoom(channelID: number): void {
    this.#room = Number.isFinite(channelID) ? this.#roomOf(channelID) : null;
  }

  endRoom(): void {
    if (this.#room !== null) this.#missing.endRoom(this.#room);
    this.#room = null;
  }

  /** After the last room. */
  end(): void {
    this.#missing.end();
  }

  #exception({ exception, lost }: Extract<JournalLine, { exception: unknown }>): void {
    this.#sinks.exceptions.row(exception);
    if (lost !== undefined) this.#lose(exception, lost);
  }

  #lose(
    { place, rule, state }: Extract<JournalLine, { exception: unknown }>['exception'],
    { channelID, textBytes }: LostMessage,
  ): void {
    const room = channelID === null ? UNREADABLE_ROOM : (this.#room ?? this.#roomOf(channelID));
    if (!room.hasAccount && state !== 'changed') {
      this.#ledger.unplaced(room.channelID)[state](rule, textBytes);
    }
    if (rule === messageRoomMissing.id && place !== null) this.#missing.apply({ room, row: { place } });
  }

  #link({ link, of }: Extract<JournalLine, { link: unknown }>): void {
    const place: FileLinkPlace = { ...of, messageId: BigInt(of.messageId) };
    this.#sinks.fileLinks.link(place, link);
    this.fileLinks += 1;
  }

  #roomOf(channelID: number): RoomFacts {
    return this.#context.rooms.get(channelID) ?? missingRoom(channelID);
  }
}
