import type { ZipEntry } from '@chatferry/export';
import type { FaultReport } from '../check.js';
import type { DocumentLayout, Layout } from '../layout/layout.js';
import { isRuntimeTable } from './runtime-tables.js';

/** An entry of the ZIP and the document of the layout that it is, or is a part of. */
export interface PackageDocument {
  readonly entry: ZipEntry;
  readonly document: DocumentLayout;
}

/**
 * Finds the layout's documents among the entries: `Messages.xml`, then `Messages-0002.xml` and so on. A stray entry,
 * a missing document and a gap in the numbers are faults. They come in the order in which they must be read.
 */
export function findDocuments(
  entries: readonly ZipEntry[],
  layout: Layout,
  fault: FaultReport,
): PackageDocument[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const documents: PackageDocument[] = [];
  for (const document of layout.documents) {
    const first = byName.get(document.name);
    if (first === undefined) {
      fault({
        kind: 'layout',
        place: null,
        message: `Unexpected absence of ${document.name}, expected it in the package`,
      });
    }
    for (let number = 1; ; number++) {
      const entry = byName.get(numberedName(document.name, number));
      if (entry === undefined || (number > 1 && document.kind !== 'message')) break;
      documents.push({ entry, document });
      byName.delete(entry.name);
    }
  }
  for (const entry of entries) if (byName.has(entry.name)) sayStray(entry.name, fault);
  return documents;
}

function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${String(number).padStart(4, '0')}${name.slice(dot)}`;
}

function sayStray(name: string, fault: FaultReport): void {
  const stem = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const kind = isRuntimeTable(stem) ? 'forbidden' : 'archive';
  fault({
    kind,
    place: { file: name, line: 1, column: 1, record: null },
    message: `Unexpected entry ${JSON.stringify(name)}, expected only the documents of the layout`,
    remedy: 'Remove the entry, or write the package again.',
  });
}
