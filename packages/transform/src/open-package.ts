import { join } from 'node:path';
import type { HashMaker } from '@chatferry/export';
import {
  createPackageWriter,
  createPartsWriter,
  type Layout,
  type LedgerDocument,
  PACKAGE_NAME,
  type PackagePartsWriter,
  type PackageSummary,
  type PackageWriter,
  resumePackageWriter,
  resumePartsWriter,
  type TargetDirectory,
  type WrittenPart,
} from '@chatferry/import';
import { unusable } from './checkpoint/checkpoint-file.js';
import { readJournal } from './checkpoint/journal.js';
import type { RunCheckpoints } from './checkpoint/run-checkpoints.js';
import type { Ledger } from './ledger/ledger.js';
import type { MessageContext } from './messages/message-context.js';
import { highestIdsIn } from './messages/message-pass.js';
import { NULL_OUTPUT } from './plan/null-output.js';

/** Where the package goes and how it is cut; sizes are bytes of messages as XML, before compression. */
export interface Packaging {
  readonly folder: string;
  /** From here on a part ends with its last room; null for a package in one piece. */
  readonly partSize: number | null;
  /** From here on a document of messages ends with its last room; null for the writer's default. */
  readonly documentSize: number | null;
}

/** What `CarryExportOptions` say of the package. */
export interface PackageRequest {
  /** null writes none. */
  readonly packaging: Packaging | null;
  readonly layout: Layout;
  readonly makeHash: HashMaker;
  readonly checkpoints: RunCheckpoints | null;
}

export type PackageOutput = PackageWriter | PackagePartsWriter | typeof NULL_OUTPUT;

export interface OutputParts {
  readonly ledger: Ledger;
  readonly context: MessageContext;
  readonly directory: () => TargetDirectory;
}

/** Opens the package, or goes on with the one of an earlier run, whose accounts go into the ledger. */
export async function openPackage(carrying: PackageRequest, parts: OutputParts): Promise<PackageOutput> {
  const { checkpoints, packaging, layout, makeHash } = carrying;
  if (packaging === null) return NULL_OUTPUT;
  const { folder, partSize, documentSize } = packaging;
  const options = { layout, makeHash, ...(documentSize === null ? {} : { documentLimit: documentSize }) };
  const single = { ...options, file: join(folder, PACKAGE_NAME) };
  const several = partSize === null ? null : { ...options, folder, partSize, directory: parts.directory };
  const resumed = checkpoints?.resumed ?? null;
  if (checkpoints === null || resumed === null) {
    return several === null ? await createPackageWriter(single) : await createPartsWriter(several);
  }
  for await (const line of readJournal(checkpoints.journalPath, resumed.journal.bytes)) {
    if ('account' in line) parts.ledger.restore(line.account);
  }
  const rooms = highestIdsIn(parts.ledger, parts.context).keys();
  const state = resumed.package;
  if ('ended' in state && several !== null) return await resumePartsWriter(several, { state, rooms });
  if (!('ended' in state) && several === null) return await resumePackageWriter(single, { state, rooms });
  throw unusable('is of a package that is cut otherwise');
}

/** A package in one piece, told like a part. */
export function onlyPart(
  summary: PackageSummary,
  { rooms }: TargetDirectory,
  ledger: LedgerDocument,
): WrittenPart {
  return {
    ...summary,
    order: 1,
    name: PACKAGE_NAME,
    rooms: rooms.length,
    firstRoomId: rooms[0]?.id ?? null,
    lastRoomId: rooms.at(-1)?.id ?? null,
    messages: ledger.tables.tblChat?.written ?? 0,
  };
}
