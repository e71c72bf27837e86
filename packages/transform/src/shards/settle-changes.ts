import type { Directory, DirectoryRow } from '@chatferry/export';
import type { SavedChange } from '../checkpoint/journal.js';
import type { DirectoryDraft } from '../directory/draft.js';
import { shardsUnusable } from './shards-unusable.js';

/**
 * Settles the rows of the directory that message rules changed in the shards, found by their places.
 *
 * @throws RunFailure `shards-unusable` when there is no such row.
 */
export function settleChanges(
  changes: readonly SavedChange[],
  directory: Directory,
  draft: DirectoryDraft,
): void {
  if (changes.length === 0) return;
  const kinds = new Set(changes.map(({ kind }) => kind));
  const rows = (Object.values(directory) as (readonly DirectoryRow[])[]).flat();
  const byPlace = new Map(
    rows.filter(({ kind }) => kinds.has(kind)).map((row) => [keyOf({ kind: row.kind, ...row.place }), row]),
  );
  for (const change of changes) {
    const row = byPlace.get(keyOf(change));
    if (row === undefined) {
      throw shardsUnusable('A shard names a row that the export does not have', 'Make the shards again.');
    }
    draft.fates.settle(row, 'changed', change.rule);
  }
}

function keyOf({ kind, file, line, column }: Omit<SavedChange, 'rule'>): string {
  return `${kind} ${line}:${column} ${file}`;
}
