import { MOST_SHARDS } from './shard.js';
import { SHARD_FORMAT, type ShardDocument } from './shard-files.js';

/** What stands in a shard.json; null for anything that is none, whoever sealed it. */
export function parseShardDocument(text: string): ShardDocument | null {
  try {
    const document: unknown = JSON.parse(text);
    return isShardDocument(document) ? document : null;
  } catch {
    return null;
  }
}

function isShardDocument(value: unknown): value is ShardDocument {
  if (!isRecord(value) || value.format !== SHARD_FORMAT || value.version !== 1) return false;
  const { bound, count, index, inputs } = value;
  if (!isCount(count) || count > MOST_SHARDS || !isCount(index) || index < 1 || index > count) return false;
  const areCounts = [value.messages, value.written, value.rtf].every(isCount);
  return areCounts && isRecord(bound) && Object.values(bound).every(isText) && isListOfInputs(inputs);
}

function isListOfInputs(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((item) => isRecord(item) && isText(item.name) && isText(item.sha256))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
