import { createHash } from 'node:crypto';
import { RunFailure } from '@chatferry/export';

/** One of several runs over the same export that share its rooms among them. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** A merge holds three open files a shard, and a process may have 1,024. */
export const MOST_SHARDS = 256;

const HASH_DIGITS = 8;

/**
 * The argument of `--shard`, such as `2/16`.
 *
 * @throws RunFailure `arguments`
 */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count };
  throw new RunFailure(
    'arguments',
    `--shard ${text} is not a shard`,
    `Write it as 1/4: the first of four; there may be ${MOST_SHARDS} at most.`,
  );
}

/**
 * The shard that carries the messages of a channelID: the first eight hex digits of the SHA-256 of its decimal digits,
 * modulo `count`, plus 1. Depends on nothing else, so that every machine comes to the same answer. 0 belongs to the
 * first shard: under it the ledger counts messages whose channelID cannot be read, and they go to the first shard as
 * well.
 */
export function shardOf(channelID: number, count: number): number {
  if (channelID === 0 || count === 1) return 1;
  const digest = createHash('sha256').update(String(channelID)).digest('hex');
  return (Number.parseInt(digest.slice(0, HASH_DIGITS), 16) % count) + 1;
}

/** `shard 2/16`, as people call it. */
export function labelShard({ index, count }: Shard): string {
  return `shard ${index}/${count}`;
}
