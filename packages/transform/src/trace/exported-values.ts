import { type OpenedExport, type Place, readRowWindows } from '@chatferry/export';
import { placeKey } from './place-key.js';

/** A column by its name in the export with its decoded text; null is NULL. A column that is absent is left out. */
export type ExportedValue = readonly [string, string | null];

/**
 * The columns of rows of the directory as the export has them, by `placeKey`: `Directory` only keeps what they mean.
 * Reads the documents of these rows again, each as far as its last row. Memory: the rows asked for.
 */
export async function readExportedValues(
  opened: OpenedExport,
  places: readonly Place[],
): Promise<ReadonlyMap<string, readonly ExportedValue[]>> {
  const found = new Map<string, readonly ExportedValue[]>();
  for (const document of opened.documents) {
    const wanted = new Map(
      places
        .filter((place) => place.file === document.name)
        .map((place) => [`${place.line}:${place.column}`, placeKey(place)] as const),
    );
    if (wanted.size === 0) continue;
    windows: for await (const { reader, rows } of readRowWindows(document, { skipsMessages: true })) {
      for (const token of rows) {
        if (token !== 'row') continue;
        const { line, column } = reader.place();
        const key = wanted.get(`${line}:${column}`);
        if (key === undefined) continue;
        found.set(
          key,
          [...reader.columns.values()].map(({ name, value }) => [name, value] as const),
        );
        wanted.delete(`${line}:${column}`);
        if (wanted.size === 0) break windows;
      }
    }
  }
  return found;
}
