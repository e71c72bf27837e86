import { type FaultReport, shown } from '../check.js';
import { counted } from '../reports/wording.js';
import type { RoomDifference } from './closer-look.js';
import type { ListedExceptions } from './listed-exceptions.js';
import type { PackageRoom, PackageSums } from './package-sums.js';
import { RoomSum } from './room-sum.js';
import { sayDifference } from './say-difference.js';
import type { SourceSums } from './source-sums.js';

/** Why a room is looked at again. */
export interface DifferingRoom {
  /** Of both sides together. */
  readonly messages: number;
}

/** The rooms whose carried messages do not add up to the same on both sides. */
export function differingRooms({
  exported,
  packaged,
  isPart,
}: {
  readonly exported: SourceSums;
  readonly packaged: PackageSums;
  readonly isPart: boolean;
}): Map<number, DifferingRoom> {
  const rooms = new Map<number, DifferingRoom>();
  const nothing = new RoomSum();
  const ids = new Set([...packaged.rooms.keys(), ...(isPart ? [] : exported.rooms.keys())]);
  for (const id of [...ids].sort((one, other) => one - other)) {
    const source = exported.rooms.get(id)?.carried ?? nothing;
    const target = packaged.rooms.get(id)?.carried ?? nothing;
    if (!source.isSameAs(target)) rooms.set(id, { messages: source.messages + target.messages });
  }
  return rooms;
}

/** Messages that the ledger says were left behind, and that are in the package all the same. */
export function sayUnexpected({ rooms }: PackageSums, fault: FaultReport): void {
  for (const [id, room] of [...rooms].sort(([one], [other]) => one - other)) {
    if (room.unexpected === 0) continue;
    sayDifference(
      fault,
      `Unexpected message ${id}#${room.firstUnexpected} in ${called(id, room)}, expected none that the ledger lists as ` +
        `excluded or refused; ${counted(room.unexpected, 'message')} of this room ${room.unexpected === 1 ? 'is' : 'are'} so`,
    );
  }
}

/** Rooms that are in the package, although messages are listed as left behind with them. */
export function sayGoneRooms({ rooms }: PackageSums, listed: ListedExceptions, fault: FaultReport): void {
  for (const id of [...listed.goneRooms].sort((one, other) => one - other)) {
    const room = rooms.get(id);
    if (room === undefined || room.guid === null) continue;
    sayDifference(
      fault,
      `Unexpected ${called(id, room)} in the package, expected none of which the ledger lists messages as left behind with their room`,
    );
  }
}

/** One finding a room, which names the first message that differs. */
export function sayRooms(
  {
    packaged,
    rooms,
    looked,
  }: {
    readonly packaged: PackageSums;
    readonly rooms: ReadonlyMap<number, DifferingRoom>;
    readonly looked: ReadonlyMap<number, RoomDifference>;
  },
  fault: FaultReport,
): void {
  for (const id of rooms.keys()) {
    const room = called(id, packaged.rooms.get(id));
    const found = looked.get(id);
    if (found === undefined) {
      sayDifference(
        fault,
        `Unexpected sum of ${room}, expected that of the export; no single message differs any more`,
        {
          remedy: 'Was the export or the package changed during the run? Otherwise report this as a defect.',
        },
      );
      continue;
    }
    const key = `${id}#${found.id}`;
    const { place } = found;
    sayDifference(
      fault,
      `Unexpected ${found.what} of message ${key} in ${room}, expected as in the export, ` +
        `where it is the first of ${counted(found.messages, 'message')} of this room that ${found.messages === 1 ? 'differs' : 'differ'}`,
      {
        place: place === null ? null : { ...place, record: `message ${key}` },
        seen: found.seen,
        expected: found.expected,
      },
    );
  }
}

function called(id: number, room: PackageRoom | undefined): string {
  return room === undefined || room.name === null ? `room ${id}` : `room ${id} ${shown(room.name)}`;
}
