import { PackageDirectory } from '../read-package/package-directory.js';
import type { PackageLedger, RoomTally } from '../read-package/package-ledger.js';
import type { TargetDirectoryRecord } from '../target-record.js';
import type { ReadPart } from './validate-parts.js';

/** What `CheckContext` asks for, over all parts. */
interface WholeContext {
  readonly directory: PackageDirectory;
  readonly tallies: Pick<PackageLedger, 'tallies'> & { messages: number };
}

/** The parts of a package put together. Memory: the shared records once, rooms and tallies of all parts. */
export class WholePackage {
  readonly #tallies = new Map<number, RoomTally>();
  readonly context: WholeContext = {
    directory: new PackageDirectory(),
    tallies: { tallies: this.#tallies, messages: 0 },
  };

  /** Takes the rooms of a part, and what all parts share from the first. */
  add({ directory, ledger }: ReadPart, { isFirst }: { readonly isFirst: boolean }): void {
    const shared: readonly TargetDirectoryRecord[] = isFirst
      ? [...directory.principals, ...directory.affiliations, ...directory.addIns, ...directory.categories]
      : [];
    for (const record of [...shared, ...directory.rooms, ...directory.lastChatIds]) {
      const place = directory.placeOf(record);
      if (place !== null) this.context.directory.add(record, place);
    }
    for (const kind of directory.incomplete) this.context.directory.incomplete.add(kind);
    if (!directory.isReadToItsEnd) this.context.directory.isReadToItsEnd = false;
    this.context.tallies.messages += ledger.messages;
    for (const [roomId, tally] of ledger.tallies) this.#addTally(roomId, tally);
  }

  /** A room in two parts has no hash that could be told. */
  #addTally(roomId: number, tally: RoomTally): void {
    const before = this.#tallies.get(roomId);
    if (before === undefined) this.#tallies.set(roomId, tally);
    else {
      before.messages += tally.messages;
      before.textBytes += tally.textBytes;
      before.firstDate = lower(before.firstDate, tally.firstDate);
      before.lastDate = higher(before.lastDate, tally.lastDate);
      before.lowestId = lower(before.lowestId, tally.lowestId);
      before.highestId = higher(before.highestId, tally.highestId);
      before.sha256 = null;
    }
  }
}

function lower(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || (other !== null && other < one) ? other : one;
}

function higher(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || (other !== null && other > one) ? other : one;
}
