import type { InputFile } from '@chatferry/import';

/** What lies in `data/` of a shard. */
export const SHARD_FILES = {
  /** Which shard of what; a `ShardDocument`. */
  manifest: 'shard.json',
  /** See `CommonFacts`. */
  facts: 'common/facts.json',
  /** The rows of the directory, as they were read. */
  directory: 'common/directory.ndjson',
  /** What was said before the messages, and after them: `JournalLine`s. */
  head: 'common/head.ndjson',
  tail: 'common/tail.ndjson',
  /** What was said of the messages, room by room: `JournalLine`s. */
  rooms: 'rooms.ndjson',
  /** The messages as the package will hold them, without what stands around those of a room. */
  records: 'records.bin',
  /** Accounts of rooms, tallies for the plan and the reports, changed rows of the directory. */
  settled: 'settled.ndjson',
} as const;

/** What all shards of one transform have alike, to the byte. */
export const COMMON_FILES = [
  SHARD_FILES.facts,
  SHARD_FILES.directory,
  SHARD_FILES.head,
  SHARD_FILES.tail,
] as const;

export const SHARD_FORMAT = 'chatferry-shard';

/** shard.json: what `merge` looks at first. */
export interface ShardDocument {
  readonly format: typeof SHARD_FORMAT;
  readonly version: 1;
  readonly index: number;
  readonly count: number;
  /** All that a merged handoff depends on beside the content of the export, by its name in a sentence. */
  readonly bound: Readonly<Record<string, string>>;
  /** The documents of the export as they were read. */
  readonly inputs: readonly InputFile[];
  /** Of the shard: messages that its rooms have, that are written, and that are rich text. */
  readonly messages: number;
  readonly written: number;
  readonly rtf: number;
}
