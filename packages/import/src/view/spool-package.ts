import { RunFailure } from '@chatferry/export';
import type { ReadFault } from '../check.js';
import type { Layout } from '../layout/layout.js';
import { allParts, type LocatedPackage } from '../locate-package.js';
import { PackageDirectory } from '../read-package/package-directory.js';
import type { PackageMessage } from '../read-package/package-message.js';
import { readParts } from '../read-package/read-parts.js';
import { placeInWords, VALIDATE_IN_WORDS } from '../reports/wording.js';
import type { RoomSpool } from './room-spool.js';

/** Who takes what is read. */
export interface PackageTaker {
  readonly spool: RoomSpool;
  /** The directory is whole: which rooms are wanted. */
  begin(directory: PackageDirectory): (roomId: number) => boolean;
  progress(bytes: number): void;
}

/**
 * Reads a package, all its parts, and spools the messages of the wanted rooms. Returns how many faults it has that hide
 * no record. Memory held: the directory.
 *
 * @throws RunFailure when a record cannot be read: a view without it would pass over a message in silence.
 */
export async function spoolPackage(
  located: LocatedPackage,
  layout: Layout,
  taker: PackageTaker,
): Promise<number> {
  const directory = new PackageDirectory();
  const zips = allParts(located).join(', ');
  let faults = 0;
  let first: ReadFault | null = null;
  let isWanted = (_roomId: number): boolean => false;
  await readParts(allParts(located), layout, {
    directory,
    fault(fault) {
      if (fault.kind === 'archive' || fault.kind === 'syntax' || fault.kind === 'parts')
        throw unreadable(zips, fault);
      faults += 1;
      first ??= fault;
    },
    directoryRead() {
      isWanted = taker.begin(directory);
    },
    message(message) {
      if (isWanted(message.roomId)) spoolMessage(taker.spool, message);
    },
    progress: taker.progress,
  });
  if (first !== null && directory.incomplete.size > 0) throw unreadable(zips, first);
  return faults;
}

function spoolMessage(spool: RoomSpool, message: PackageMessage): void {
  const { roomId, id, date, userId, alert, content, rtf } = message;
  const { file, line, column } = message.place();
  spool.add(roomId, {
    side: 'package',
    id,
    date,
    userId,
    alert,
    content: content.toString(),
    rtf: rtf?.toString() ?? null,
    place: `${file}:${line}:${column}`,
  });
}

function unreadable(zips: string, { message, place, kind }: ReadFault): RunFailure {
  return new RunFailure(
    kind === 'archive' ? 'archive-damaged' : 'input-unreadable',
    `${zips} cannot be viewed whole: ${message}${place === null ? '' : ` (${placeInWords(place)})`}`,
    `${VALIDATE_IN_WORDS} lists all that is wrong with the package. Copy the handoff again.`,
    place === null ? {} : { place },
  );
}
