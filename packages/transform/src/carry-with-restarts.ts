import { DirectoryIncomplete, type OpenedExport } from '@chatferry/export';
import type { FileLinkWriter, FindingSink } from '@chatferry/import';
import { type CarriedExport, type CarryExportOptions, carryExport } from './carry-export.js';
import type { LedgerExceptions } from './ledger/ledger-exceptions.js';
import { OrderBroken } from './messages/message-window.js';

/** What a pass writes besides the package; closed by whoever opened it. */
export interface CarrySinks {
  readonly findings: FindingSink;
  readonly exceptions: LedgerExceptions;
  readonly fileLinks: FileLinkWriter;
}

export interface RestartOptions
  extends Omit<CarryExportOptions, 'sortFolder' | 'isThorough' | 'progress' | keyof CarrySinks> {
  /** Where messages are sorted when they have to be. */
  readonly sortFolder: string;
  readonly progress: (stage: 'messages' | 'sorted messages', bytes: number) => void;
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
  const start = {
    findings: sinks.findings.mark(),
    exceptions: sinks.exceptions.mark(),
    fileLinks: sinks.fileLinks.mark(),
  };
  let isThorough = false;
  let isSorting = false;
  for (;;) {
    const stage = isSorting ? 'sorted messages' : 'messages';
    try {
      return await carryExport(opened, {
        ...options,
        ...sinks,
        sortFolder: isSorting ? options.sortFolder : null,
        isThorough,
        progress: (bytes) => options.progress(stage, bytes),
      });
    } catch (error) {
      if (error instanceof DirectoryIncomplete && !isThorough) isThorough = true;
      else if (error instanceof OrderBroken && !isSorting) isSorting = true;
      else throw error;
      sinks.findings.rewind(start.findings);
      sinks.exceptions.rewind(start.exceptions);
      sinks.fileLinks.rewind(start.fileLinks);
    }
  }
}
