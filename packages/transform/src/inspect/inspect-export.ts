import { type OpenedExport, openExport, startHashing, type TableCount } from '@chatferry/export';
import { type FindingGroup, FindingSink, VERSION } from '@chatferry/import';
import { isoTicks } from '../messages/ticks.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { categoriesSeen, nodesOutside, nodeTree, principalsSeen } from './directory-inventory.js';
import { shapeInWords } from './document-shape.js';
import type { DocumentSeen, ExportInventory, InspectVerdict, TableSeen } from './inventory.js';
import { judgeExport } from './judge-export.js';
import { messagesSeen, roomsSeen } from './message-inventory.js';
import { type DocumentReading, type ExportReading, readOnce } from './read-once.js';

export interface InspectRequest {
  /** File, folder, archive, or `-`. */
  readonly exportPath: string;
  /** Threads beside the calling one; none by default. */
  readonly workers?: number;
  /** Bytes (UTF-8) read so far. */
  readonly progress: (bytes: number) => void;
  /** Told once how many bytes there are; null when only reading tells. */
  readonly onOpen?: (totalBytes: number | null) => void;
}

/**
 * Takes stock of an export in one pass: what is in it, and what would block or change with the default options.
 *
 * Memory: the directory and the draft that the rules make of it; for messages one counter a room and year, and one
 * a room and author whose principal has not been read before the message. Nothing grows with the messages.
 *
 * Throws `RunFailure` for what cannot be read; a table that is missing is told in `readiness` instead.
 */
export async function inspectExport(request: InspectRequest): Promise<ExportInventory> {
  const sink = new FindingSink({ ndjson: null, csv: null });
  const hashing = startHashing(request.workers ?? 0);
  try {
    const opened = await openExport(request.exportPath, { report: sink.report, makeHash: hashing.makeHash });
    try {
      request.onOpen?.(totalBytes(opened));
      const asOf = opened.manifest === null ? null : isoTicks(opened.manifest.exportedOn);
      const reading = await readOnce(opened, { report: sink.report, asOf, progress: request.progress });
      const options = { ...DEFAULT_OPTIONS, asOf };
      const { directoryRules, draft } = judgeExport(opened, reading, { options, report: sink.report });
      const readiness = sink.summary();
      const tree = nodeTree(reading.directory);
      return {
        tool: { name: 'chatferry', version: VERSION },
        command: 'inspect',
        verdict: inspectVerdict(readiness),
        documents: reading.documents.map((each) => documentSeen(each, opened)),
        exportedOn: opened.manifest?.exportedOn ?? null,
        tables: tablesSeen(reading),
        categories: categoriesSeen(tree, draft),
        nodesOutsideTree: nodesOutside(tree),
        rooms: roomsSeen(tree, reading.messages, draft),
        principals: principalsSeen(reading.directory),
        messages: messagesSeen(reading.messages, reading.counts, tree),
        directoryRules,
        readiness,
      };
    } finally {
      await opened.close();
    }
  } finally {
    hashing.close();
  }
}

/** The first line of every form of the inventory. A condition is a rule that found an error. */
function inspectVerdict(readiness: readonly FindingGroup[]): InspectVerdict {
  const blocking = readiness.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  if (blocking.length === 0) {
    return { exitCode: 0, sentence: 'Nothing in the directory blocks a migration.' };
  }
  const conditions = blocking.length === 1 ? '1 condition' : `${blocking.length} conditions`;
  return { exitCode: 1, sentence: `${conditions} would block a migration: ${blocking.join(', ')}.` };
}

function totalBytes({ documents }: OpenedExport): number | null {
  let total = 0;
  for (const { sizeInBytes } of documents) {
    if (sizeInBytes === null) return null;
    total += sizeInBytes;
  }
  return total;
}

const SCRIPT_ROOT = 'GroupChat';

function documentSeen({ document, shape, rows }: DocumentReading, { manifest }: OpenedExport): DocumentSeen {
  const isOurs = shape?.root === SCRIPT_ROOT && manifest?.files.has(document.name) === true;
  return {
    name: document.name,
    bytes: document.sizeInBytes,
    sha256: document.sha256(),
    encoding: document.encoding,
    shape: shapeInWords(isOurs ? { ...shape, route: 'Export-GroupChat.ps1' } : shape),
    tables: [...rows]
      .filter(([name]) => name !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => ({ name, rows: count })),
  };
}

function tablesSeen({ counts }: ExportReading): TableSeen[] {
  return counts
    .list()
    .filter(({ name }) => name !== '')
    .map((count) => ({
      name: count.name,
      role: count.table?.role ?? 'unknown',
      rows: count.rows,
      damaged: count.damaged,
      unknownColumns: unknownColumns(count),
    }));
}

function unknownColumns({ unknownColumns: columns }: TableCount): TableSeen['unknownColumns'] {
  return [...columns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => ({ name, rows }));
}
