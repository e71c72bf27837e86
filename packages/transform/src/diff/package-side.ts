import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { RunFailure } from '@chatferry/export';
import {
  allParts,
  type Layout,
  type LocatedPackage,
  PackageDirectory,
  parseLedger,
  type ReadFault,
  readParts,
} from '@chatferry/import';
import type { MessageWindow } from '../messages/message-window.js';
import type { DiffRecord, NameLists } from './diff-record.js';
import { ledgerRecords } from './ledger-records.js';
import { packageRecords } from './package-records.js';
import { PackageSpool } from './package-spool.js';
import type { Side, SideReading } from './side.js';

export interface PackageSideOptions extends SideReading {
  readonly layout: Layout;
  /** Shared by both sides, so that their records compare by position. */
  readonly nameLists: NameLists;
}

/**
 * Reads a package, and the ledger when it lies in a handoff. Memory held: the directory and the ledger. Disk: the
 * messages once, twice more when they must be sorted.
 *
 * @throws RunFailure for what cannot be read as the layout says: a comparison that passed over it could call different
 *   packages equal.
 */
export async function openPackageSide(located: LocatedPackage, options: PackageSideOptions): Promise<Side> {
  const handoff = located.handoffPath === null ? [] : await readHandoff(located);
  const spool = new PackageSpool(options.folder);
  try {
    const directory = await readInto(spool, allParts(located), options);
    return {
      messages: (): AsyncIterable<MessageWindow> => spool.messages(),
      records: () => new Map([...packageRecords(directory, options.nameLists), ...handoff]),
      close: async () => spool.remove(),
    };
  } catch (error) {
    spool.remove();
    throw error;
  }
}

async function readInto(
  spool: PackageSpool,
  zipPaths: readonly string[],
  { layout, progress }: PackageSideOptions,
): Promise<PackageDirectory> {
  const directory = new PackageDirectory();
  const fault = (found: ReadFault): never => {
    throw unreadablePackage(zipPaths.join(', '), found);
  };
  await readParts(zipPaths, layout, {
    directory,
    fault,
    directoryRead: () => undefined,
    message: (message) => spool.add(message),
    progress,
  });
  return directory;
}

function unreadablePackage(zips: string, { message, place, kind }: ReadFault): RunFailure {
  const where = place === null ? '' : ` (${place.file}:${place.line}:${place.column})`;
  return new RunFailure(
    kind === 'archive' ? 'archive-damaged' : 'input-unreadable',
    `${zips} cannot be compared: ${message}${where}`,
    'What does not follow the layout cannot be compared. `chatferry validate` lists all that is wrong with the package.',
    place === null ? {} : { place },
  );
}

async function readHandoff(located: LocatedPackage): Promise<ReadonlyMap<string, readonly DiffRecord[]>> {
  const { zipPaths, ledgerPath, handoffPath } = located;
  if (ledgerPath === null) {
    throw new RunFailure(
      'input-missing',
      `${handoffPath} holds no data/ledger.json.`,
      'Copy the handoff again, or compare the packages by naming the ZIP files.',
    );
  }
  const { ledger, fault } = parseLedger(await readFile(ledgerPath, 'utf8'));
  if (ledger === null) {
    throw new RunFailure(
      'input-unreadable',
      `${ledgerPath} is no ledger: ${fault}`,
      'Copy the handoff again, or compare the packages by naming the ZIP files.',
    );
  }
  const names = zipPaths.map((path) => basename(path)).join(', ');
  const mark: DiffRecord = { key: 'handoff', names: ['package'], values: [names] };
  return new Map([['handoff', [mark]], ...ledgerRecords(ledger)]);
}
