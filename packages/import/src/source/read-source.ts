import { createHash } from 'node:crypto';
import { readPlainRows } from './plain-rows.js';
import type { SourceDirectory } from './source-directory.js';
import type { SourceFiles } from './source-files.js';
import { type SourceMessage, sourceMessage } from './source-message.js';

/** Where a message begins in the export, from 1; columns in UTF-16 units. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SourceVisitor {
  /** Filled by the reader; not whole yet when a message comes. null: it is known already. */
  readonly directory: SourceDirectory | null;
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

/** Reads the whole export once, in the order of its files. Memory: the directory, one row. */
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
      directory?.row(row);
      const { line, column } = row;
      if (row.table === 'tblChat') visitor.message(sourceMessage(row), { file: file.name, line, column });
    });
    if (hash !== null) visitor.document?.({ name: file.name, sha256: hash.digest('hex') });
  }
}
