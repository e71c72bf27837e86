import type { Buffer } from 'node:buffer';
import {
  openZipArchive,
  RunFailure,
  TextValue,
  XmlFault,
  XmlScanner,
  type ZipArchive,
} from '@chatferry/export';
import type { FaultReport, ReadFault, RecordKind } from '../check.js';
import type { Layout, LayoutRecordKind } from '../layout/layout.js';
import { buildRecord } from './directory-records.js';
import { tellFaults, type WalkOptions, walkDocument } from './document-walk.js';
import { messageShape } from './message-shape.js';
import { MessageValues } from './message-values.js';
import type { PackageDirectory } from './package-directory.js';
import { findDocuments, type PackageDocument } from './package-documents.js';
import { PackageMessage } from './package-message.js';
import { zipCoverageFaults } from './zip-coverage.js';

/** Records refer backwards in this order, so each kind is whole before the kinds that name it. */
const READING_ORDER: readonly LayoutRecordKind[] = [
  'principal',
  'affiliation',
  'addIn',
  'category',
  'room',
  'message',
];

const COPY_REMEDY =
  'Copy the package again and compare its SHA-256 with manifest-sha256.txt of the handoff; if they agree, write it again.';
const REZIP_REMEDY =
  'Copy the package again; if it is what was sent, write it again, or zip its documents by a tool that adds nothing.';

const DECLARED_ENCODING = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]{1,40})["']/;

/** Who listens while a package is read. */
export interface PackageVisitor {
  /** Filled by the reader. */
  readonly directory: PackageDirectory;
  fault: FaultReport;
  /** All directory documents have been read. */
  directoryRead(): void;
  /** One message; valid during the call. */
  message(message: PackageMessage): void;
  /** Uncompressed bytes, as they are read. */
  progress(bytes: number): void;
}

/** What of a package is read, when not all of it. */
export interface ReadScope {
  /** Kinds of record; the others' documents stay closed. */
  readonly kinds: readonly LayoutRecordKind[];
  /** Stands before the names of documents in places, such as `PersistentChatData-part-0002.zip/`. */
  readonly prefix: string;
  /** Whether missing documents, stray entries and stray bytes are told: once is enough for what is read twice. */
  readonly tellsEntries: boolean;
}

const WHOLE: ReadScope = { kinds: READING_ORDER, prefix: '', tellsEntries: true };

/**
 * Reads a finished package as a stranger would, by nothing but its layout: the directory documents first, then the
 * messages, streamed. Documents are opened by name, so their order in the ZIP does not matter.
 *
 * Faults of the package go to the visitor; the reading of a document stops at the first thing that is not
 * well-formed. Memory: what the visitor's directory holds, one record, one chunk.
 *
 * @throws RunFailure when the file is missing or cannot be read at all.
 */
export async function readPackage(
  zipPath: string,
  layout: Layout,
  visitor: PackageVisitor,
  scope: Partial<ReadScope> = {},
): Promise<void> {
  const { kinds, prefix, tellsEntries } = { ...WHOLE, ...scope };
  const archive = await openArchive(zipPath, visitor);
  if (archive === null) visitor.directory.isReadToItsEnd = false;
  try {
    const sayEntry = tellsEntries ? visitor.fault : () => undefined;
    if (archive !== null && tellsEntries) await sayCoverage(archive, visitor.fault);
    const documents = archive === null ? [] : findDocuments(archive.entries, layout, sayEntry);
    for (const kind of READING_ORDER) {
      if (!kinds.includes(kind)) continue;
      if (kind === 'message') visitor.directoryRead();
      for (const document of layout.documents.filter((candidate) => candidate.kind === kind)) {
        const entries = documents.filter((found) => found.document === document);
        if (archive === null || entries.length === 0) markIncomplete(visitor, kind);
        else
          for (const { entry } of entries) await readDocument(archive, { entry, document, prefix }, visitor);
      }
    }
  } finally {
    await archive?.close();
  }
}

async function openArchive(zipPath: string, visitor: PackageVisitor): Promise<ZipArchive | null> {
  try {
    return await openZipArchive(zipPath);
  } catch (error) {
    visitor.fault(archiveFault(error));
    return null;
  }
}

/** Without places: what lies beside an entry belongs to no document. */
async function sayCoverage(archive: ZipArchive, fault: FaultReport): Promise<void> {
  try {
    for await (const message of zipCoverageFaults(archive)) {
      fault({ kind: 'archive', message, place: null, remedy: REZIP_REMEDY });
    }
  } catch (error) {
    fault(archiveFault(error));
  }
}

async function readDocument(
  archive: ZipArchive,
  { entry, document, prefix }: PackageDocument & Pick<ReadScope, 'prefix'>,
  visitor: PackageVisitor,
): Promise<void> {
  const file = prefix + entry.name;
  const scanner = new XmlScanner({ file, forbidden: 'report' });
  const common = {
    scanner,
    document,
    fault: visitor.fault,
    incomplete: () => markIncomplete(visitor, document.kind),
  };
  const options =
    document.kind === 'message'
      ? messageWalk(common, visitor)
      : directoryWalk(common, document.kind, visitor);
  try {
    await walkDocument(checkedEncoding(archive.open(entry), file), options, visitor.progress);
  } catch (error) {
    markIncomplete(visitor, document.kind);
    visitor.directory.isReadToItsEnd = false;
    visitor.fault(
      error instanceof XmlFault
        ? { kind: 'syntax', message: error.message, place: error.place }
        : archiveFault(error),
    );
  }
}

/** The layout knows UTF-8 only, and a stranger believes the declaration. */
async function* checkedEncoding(bytes: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of bytes) {
    const declared = isFirst ? DECLARED_ENCODING.exec(chunk.toString('latin1', 0, 200))?.[1] : undefined;
    if (declared !== undefined && declared.toLowerCase() !== 'utf-8') {
      const place = { file, line: 1, column: 1, record: null };
      throw new XmlFault('bad-declaration', `Unexpected encoding ${declared}, expected UTF-8`, place);
    }
    isFirst = false;
    yield chunk;
  }
}

type CommonWalk = Omit<WalkOptions, 'record' | 'homeOf'>;

function directoryWalk(
  common: CommonWalk,
  kind: Exclude<LayoutRecordKind, 'message'>,
  visitor: PackageVisitor,
): WalkOptions {
  return {
    ...common,
    record(reader) {
      const { key, records } = buildRecord(kind, reader);
      tellFaults(reader, key, visitor.fault);
      if (reader.isBroken) common.incomplete();
      else for (const record of records) visitor.directory.add(record, reader.place(key));
    },
  };
}

/** How the messages of a document reach the visitor. */
export function messageWalk(common: CommonWalk, visitor: PackageVisitor): WalkOptions {
  let start = 0;
  const key = () => `message ${message.roomId}#${message.id}`;
  const message = new PackageMessage(() => common.scanner.place(key(), start));
  const rtf = new TextValue();
  let values: MessageValues | null = null;
  const shape = messageShape(common.document);
  return {
    ...common,
    ...(shape === null
      ? {}
      : {
          many: {
            shape,
            records(batch, groupRoomId) {
              for (let i = 0; i < batch.count; i++) {
                start = batch.start(i);
                shape.read(batch, i, { message, rtf, groupRoomId });
                visitor.message(message);
              }
            },
          },
        }),
    homeOf: (field) => (field === 'content' ? message.content : field === 'rtf' ? rtf : undefined),
    record(reader, groupRoomId) {
      values ??= new MessageValues(reader, message, rtf);
      start = reader.start;
      if (!reader.isBroken) values.decode(groupRoomId);
      if (reader.faults.length > 0) tellFaults(reader, reader.isBroken ? null : key(), visitor.fault);
      if (reader.isBroken) common.incomplete();
      else visitor.message(message);
    },
  };
}

/** A room's element holds its counter as well. */
function markIncomplete(visitor: PackageVisitor, kind: RecordKind): void {
  visitor.directory.incomplete.add(kind);
  if (kind === 'room') visitor.directory.incomplete.add('lastChatId');
}

/** Only what is wrong with the archive itself is a fault of the data. */
function archiveFault(error: unknown): ReadFault {
  if (error instanceof RunFailure && (error.code === 'archive-damaged' || error.code === 'archive-unsafe')) {
    // Not the remedy of an export, which may be given as a folder too.
    const remedy = error.code === 'archive-damaged' ? COPY_REMEDY : REZIP_REMEDY;
    return { kind: 'archive', message: error.message, place: error.place, remedy };
  }
  throw error;
}
