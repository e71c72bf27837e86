import { type Directory, type OpenedExport, openExport, readDirectory } from '@chatferry/export';
import type { Layout } from '@chatferry/import';
import { expectSameBytes, expectSameNames, type HandoffFiles, openHandoffFiles } from './handoff-files.js';
import type { NoTrace, Side, Trace } from './trace.js';
import { traceMessage } from './trace-message.js';
import { parseTraceQuery } from './trace-query.js';
import { traceRecord } from './trace-record.js';

export type TraceStage = 'directory' | 'read-back' | 'inspection';

export interface TraceRequest {
  /** As `parseTraceQuery` takes it. */
  readonly record: string;
  readonly handoffPath: string;
  /** File, folder, archive, or `-`. */
  readonly exportPath: string;
  /** Where a name is looked for first. */
  readonly from: Side;
  /** The layout of the package. */
  readonly layout: Layout;
  readonly isTextShown: boolean;
  /** Bytes read so far; `inspection` is the search for a message. */
  readonly progress: (stage: TraceStage, bytes: number) => void;
}

/** Both sides of a migration while one record is traced. */
export interface TracedSides {
  readonly request: TraceRequest;
  readonly handoff: HandoffFiles;
  readonly opened: OpenedExport;
  readonly directory: Directory;
}

/**
 * What became of one record of the export, or where one of the package came from, by the handoff's own papers.
 *
 * Reads the export to its end, because its hashes must be those of the handoff; for a message once more, and the
 * document of any other record as far as the record stands. Reads the package's directory (for a message all of it)
 * and the handoff's ledger and findings once. Memory: both directories, one account a room, one window of each.
 *
 * Throws `RunFailure` when a side cannot be read, when they do not belong together, and for a name of several records.
 */
export async function runTrace(request: TraceRequest): Promise<Trace | NoTrace> {
  const query = parseTraceQuery(request.record);
  const handoff = await openHandoffFiles(request.handoffPath);
  // What opening and reading have to report stands in the handoff's findings.
  const report = (): void => undefined;
  const opened = await openExport(request.exportPath, { report });
  try {
    expectSameNames(opened.documents, handoff.inputs);
    const { directory } = await readDirectory(opened, {
      report,
      isThorough: true,
      progress: (bytes) => request.progress('directory', bytes),
    });
    expectSameBytes(opened.documents, handoff.inputs);
    const sides = { request, handoff, opened, directory };
    return query.by === 'message' ? await traceMessage(query, sides) : await traceRecord(query, sides);
  } finally {
    await opened.close();
  }
}
