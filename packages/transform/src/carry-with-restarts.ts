import { DirectoryIncomplete, type OpenedExport } from '@chatferry/export';
import type { FileLinkWriter, FindingSink } from '@chatferry/import';
import { type CarriedExport, type CarryExportOptions, carryExport } from './carry-export.js';
import { unusable } from './checkpoint/checkpoint-file.js';
import { marksOf, type RunCheckpoints } from './checkpoint/run-checkpoints.js';
import type { LedgerExceptions } from './ledger/ledger-exceptions.js';
import { OrderBroken } from './messages/message-window.js';

/** What a pass writes besides the package; closed by whoever opened it. */
export interface CarrySinks {
  readonly findings: FindingSink;
  readonly exceptions: LedgerExceptions;
  readonly fileLinks: FileLinkWriter;
}

export interface RestartOptions
  extends Omit<
    CarryExportOptions,
    'sortFolder' | 'isThorough' | 'progress' | 'checkpoints' | keyof CarrySinks
  > {
  /** Where messages are sorted when they have to be. */
  readonly sortFolder: string;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
  /** null takes none. */
  readonly checkpoints?: RunCheckpoints | null;
}

/**
 * Reads on the assumption that most exports fulfil: the directory stands before the messages, and these are sorted
 * by room and id. When a pass finds otherwise it starts over without that assumption; what it wrote is forgotten.
 */
export async function carryWithRestarts(
  opened: OpenedExport,
  sinks: CarrySinks,
  options: RestartOptions,
): Promise<CarriedExport> {
  const { checkpoints = null } = options;
  const start = checkpoints?.resumed?.start ?? marksOf(sinks);
  let isThorough = checkpoints?.resumed?.isThorough ?? false;
  let isSorting = checkpoints?.resumed?.isSorting ?? false;
  for (;;) {
    checkpoints?.beginPass({ isThorough, isSorting, start });
    const stage = isSorting ? 'sorted messages' : 'messages';
    try {
      return await carryExport(opened, {
        ...options,
        ...sinks,
        checkpoints,
        sortFolder: isSorting ? options.sortFolder : null,
        isThorough,
        progress: (bytes) => options.progress(stage, bytes),
      });
    } catch (error) {
      if (error instanceof DirectoryIncomplete && !isThorough) isThorough = true;
      else if (error instanceof OrderBroken && !isSorting) isSorting = true;
      else throw error;
      if (checkpoints !== null && checkpoints.resumed !== null) throw unusable('does not fit the export');
      await checkpoints?.discard();
      sinks.findings.rewind(start.findings);
      sinks.exceptions.rewind(start.exceptions);
      sinks.fileLinks.rewind(start.fileLinks);
    }
  }
}
