import { RunFailure } from '@chatferry/export';
import {
  type Layout,
  PackageDirectory,
  type PackageMessage,
  type ReadFault,
  readParts,
} from '@chatferry/import';

/** Ends the reading where the messages begin. */
class DirectoryRead extends Error {}

export interface PackageReading {
  readonly zipPaths: readonly string[];
  readonly layout: Layout;
  /** Takes every message, as a view; null leaves the messages unread. */
  readonly message: ((message: PackageMessage) => void) | null;
  readonly progress: (bytes: number) => void;
}

/**
 * Reads the directory of a package and, when asked, passes its messages by. Memory: the directory.
 *
 * Throws `RunFailure` when a part of the package cannot be read, because nothing could then be said to be missing.
 */
export async function readTarget(reading: PackageReading): Promise<PackageDirectory> {
  const directory = new PackageDirectory();
  const faults: ReadFault[] = [];
  let bytesRead = 0;
  const onMessage = reading.message;
  try {
    await readParts(reading.zipPaths, reading.layout, {
      directory,
      fault: (fault) => {
        if (isUnreadable(fault) && faults.length === 0) faults.push(fault);
      },
      directoryRead: () => {
        if (onMessage === null) throw new DirectoryRead();
      },
      message: (message) => onMessage?.(message),
      progress: (bytes) => {
        bytesRead += bytes;
        reading.progress(bytesRead);
      },
    });
  } catch (error) {
    if (!(error instanceof DirectoryRead)) throw error;
  }
  if (faults.length > 0 || directory.incomplete.size > 0) throw notWhole(faults[0]);
  return directory;
}

function isUnreadable({ kind }: ReadFault): boolean {
  return kind === 'archive' || kind === 'syntax' || kind === 'parts';
}

function notWhole(fault: ReadFault | undefined): RunFailure {
  const reason = fault?.message ?? 'a record does not follow the layout';
  return new RunFailure(
    'archive-damaged',
    `The package of the handoff cannot be read whole: ${reason}.`,
    'Run `chatferry validate` on the handoff; make the handoff again if it is damaged.',
    fault?.place == null ? {} : { place: fault.place },
  );
}
