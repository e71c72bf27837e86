import { canonicalJson, counted, countFindings, grouped } from '@chatferry/import';
import type { ShardSummary } from './run-shard.js';
import { labelShard } from './shard.js';

/**
 * What is printed of a finished shard: one sentence about the verdict, and unless `quiet` what is in it and what to do
 * next.
 */
export function shardText(
  { document, findings, verdict }: ShardSummary,
  how: { readonly json?: true; readonly quiet?: true },
): string {
  if (how.json === true) return canonicalJson(document);
  const { count, messages, written } = document;
  const label = labelShard(document);
  const errors = countFindings(findings, 'error');
  const sentence =
    verdict.exitCode === 0
      ? `Finished ${label} without an error finding.`
      : `Finished ${label}; the merged handoff will NOT BE READY: ${counted(errors, 'error finding')} so far.`;
  if (how.quiet === true) return sentence;
  return [
    sentence,
    `It holds ${grouped(written)} of the ${counted(messages, 'message')} in its rooms.`,
    count === 1
      ? 'Next: chatferry merge.'
      : `Next: when all ${count} shards are finished, name them all to chatferry merge.`,
  ].join('\n');
}
