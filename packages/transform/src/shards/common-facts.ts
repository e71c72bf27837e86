import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Directory, type DirectoryRow, directoryOf, TableCounts, tableNamed } from '@chatferry/export';
import { BlockFile, type InputFile, writeOutput } from '@chatferry/import';
import type { TargetInventory } from '../inventory/target-inventory.js';
import type { TransformOptions } from '../options.js';
import type { Plan } from '../plan/read-plan.js';
import { parsePlain, plainText } from './plain-data.js';
import { SHARD_FILES } from './shard-files.js';

/** All that a merge needs of the export and the request beside rows and messages; the same in every shard. */
export interface CommonFacts {
  /** As they were asked for. */
  readonly options: TransformOptions;
  /** As the rules saw them: the export's own date may have been put in. */
  readonly rulesOptions: TransformOptions;
  readonly plan: Plan | null;
  readonly inventory: TargetInventory | null;
  readonly inputs: readonly InputFile[];
  /** After all messages. */
  readonly counts: TableCounts;
}

/** @throws RunFailure `output-unwritable` */
export async function writeCommonFacts(
  folder: string,
  facts: CommonFacts,
  directory: Directory,
): Promise<void> {
  const counts = facts.counts.list().map(({ table, ...count }) => ({ ...count, isKnown: table !== null }));
  // Where the plan lay is this machine's business.
  const plan = facts.plan === null ? null : { ...facts.plan, folder: '' };
  await writeOutput(join(folder, SHARD_FILES.facts), `${plainText({ ...facts, plan, counts })}\n`);
  const file = new BlockFile(join(folder, SHARD_FILES.directory));
  try {
    for (const rows of Object.values(directory) as (readonly DirectoryRow[])[]) {
      for (const row of rows) file.append(`${plainText(row)}\n`);
    }
  } finally {
    file.close();
  }
}

/** What `writeCommonFacts` wrote. Memory held: the directory. */
export async function readCommonFacts(
  folder: string,
): Promise<{ readonly facts: CommonFacts; readonly directory: Directory }> {
  const text = await readFile(join(folder, SHARD_FILES.facts), 'utf8');
  const { counts, ...facts } = parsePlain(text) as Omit<CommonFacts, 'counts'> & {
    readonly counts: readonly SavedCount[];
  };
  return { facts: { ...facts, counts: restoredCounts(counts) }, directory: await readDirectoryRows(folder) };
}

type SavedCount = Omit<ReturnType<TableCounts['of']>, 'table'> & { readonly isKnown: boolean };

function restoredCounts(saved: readonly SavedCount[]): TableCounts {
  const counts = new TableCounts();
  for (const { isKnown, name, file, rows, damaged, columns, unknownColumns } of saved) {
    const count = counts.of(isKnown ? tableNamed(name) : null, name, file);
    count.rows = rows;
    count.damaged = damaged;
    for (const column of columns) count.columns.add(column);
    for (const [column, seen] of unknownColumns) count.unknownColumns.set(column, seen);
  }
  return counts;
}

async function readDirectoryRows(folder: string): Promise<Directory> {
  const rows = new Map<DirectoryRow['kind'], DirectoryRow[]>();
  const input = createReadStream(join(folder, SHARD_FILES.directory));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const row = parsePlain(line) as DirectoryRow;
    const list = rows.get(row.kind);
    if (list === undefined) rows.set(row.kind, [row]);
    else list.push(row);
  }
  return directoryOf(rows);
}
