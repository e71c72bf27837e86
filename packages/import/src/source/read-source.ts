import { createHash } from 'node:crypto';
import { readPlainRows } from './plain-rows.js';
import type { SourceFiles } from './source-files.js';
import { type SourceMessage, smallNumber, sourceMessage } from './source-message.js';

/** What the second reader keeps of an export beside its messages. */
export class SourceDirectory {
  /** Rows by physical table name. */
  readonly tables = new Map<string, number>();
  /** GUIDs in lower case without braces, of the first row of each id. */
  readonly nodeGuids = new Map<number, string>();
  readonly principalGuids = new Map<number, string>();
}

/** Where a message ends in the export. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

export interface SourceVisitor {
  /** Filled by the reader; not whole yet when a message comes. */
  readonly directory: SourceDirectory;
  message(message: SourceMessage, place: SourcePlace): void;
  /** Compressed or not, as the documents give them. */
  progress(bytes: number): void;
  /** Every document at its end; asking for it makes the bytes be hashed. */
  document?(document: SourceDocument): void;
}

/** A document of the export, by the SHA-256 (hex) of its bytes out of any archive. */
export interface SourceDocument {
  readonly name: string;
  readonly sha256: string;
}

/** Reads the whole export once, in the order of its files. Memory: a GUID a node and a principal, one row. */
export async function readSource(source: SourceFiles, visitor: SourceVisitor): Promise<void> {
  const { directory } = visitor;
  for (const file of source.files) {
    const hash = visitor.document === undefined ? null : createHash('sha256');
    async function* bytes() {
      for await (const chunk of file.open()) {
        visitor.progress(chunk.length);
        hash?.update(chunk);
        yield chunk;
      }
    }
    await readPlainRows({ name: file.name, open: bytes }, (row) => {
      directory.tables.set(row.table, (directory.tables.get(row.table) ?? 0) + 1);
      const { columns } = row;
      if (row.table === 'tblChat') {
        visitor.message(sourceMessage(row), { file: file.name, line: row.line });
      } else if (row.table === 'tblNode') {
        keep(directory.nodeGuids, columns.get('nodeid'), columns.get('nodeguid'));
      } else if (row.table === 'tblPrincipal') {
        keep(directory.principalGuids, columns.get('prinid'), columns.get('pringuid'));
      }
    });
    if (hash !== null) visitor.document?.({ name: file.name, sha256: hash.digest('hex') });
  }
}

function keep(
  guids: Map<number, string>,
  id: string | null | undefined,
  guid: string | null | undefined,
): void {
  const number = smallNumber(id ?? null);
  if (number === null || guids.has(number) || typeof guid !== 'string') return;
  guids.set(
    number,
    guid
      .trim()
      .toLowerCase()
      .replace(/^\{(.*)\}$/, '$1'),
  );
}
