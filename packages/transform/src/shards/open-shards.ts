import { lstat, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bytesPassed } from '@chatferry/export';
import { type InputFile, VERSION, verifyBag } from '@chatferry/import';
import { parseShardDocument } from './parse-shard-document.js';
import { labelShard } from './shard.js';
import { COMMON_FILES, SHARD_FILES, type ShardDocument } from './shard-files.js';
import { shardsUnusable } from './shards-unusable.js';

/** A shard that lies on the disk. */
export interface OpenedShard {
  /** As people call it: its name and what it is. */
  readonly label: string;
  /** `data/` of its folder. */
  readonly folder: string;
  readonly document: ShardDocument;
}

/**
 * The shards of one transform, in order: each whole by its seal, all of one export, one plan and one version, each
 * there once. Reads every file once. Memory held: what stands in the manifests.
 *
 * @throws RunFailure `shards-unusable` with the shard that does not fit, or what `verifyBag` throws.
 */
export async function openShards(
  paths: readonly string[],
  progress: (bytes: number) => void,
): Promise<OpenedShard[]> {
  const shards: OpenedShard[] = [];
  for (const path of paths) shards.push(await openShard(path));
  expectEachOnce(shards);
  expectSameRun(shards);
  let bytes = 0;
  for (const shard of shards) {
    await expectWhole(shard);
    const { size } = await lstat(join(shard.folder, SHARD_FILES.records));
    bytesPassed(size);
    bytes += size;
    progress(bytes);
  }
  await expectSameCommon(shards);
  return shards.sort((a, b) => a.document.index - b.document.index);
}

async function openShard(path: string): Promise<OpenedShard> {
  const folder = join(resolve(path), 'data');
  const name = basename(resolve(path));
  const text = await readFile(join(folder, SHARD_FILES.manifest), 'utf8').catch((cause) => {
    throw shardsUnusable(
      `${name} is not a shard: it has no data/${SHARD_FILES.manifest}`,
      NAME_FOLDERS,
      cause,
    );
  });
  const document = parseShardDocument(text);
  if (document === null) {
    throw shardsUnusable(`${name} is damaged: its data/${SHARD_FILES.manifest} cannot be read`, AGAIN);
  }
  const version = document.bound['version of chatferry'];
  if (version !== VERSION) {
    throw shardsUnusable(
      `${name} was made by chatferry ${version ?? '(unknown)'}, and this is ${VERSION}`,
      'Make and merge all shards with one version of chatferry.',
    );
  }
  return { label: `${name} (${labelShard(document)})`, folder, document };
}

const NAME_FOLDERS =
  'Name the folders that chatferry transform --shard has written, all of them and nothing else.';
const AGAIN = 'Copy the shard again from where it was made, or make it again.';

function expectEachOnce(shards: readonly OpenedShard[]): void {
  const [first] = shards;
  if (first === undefined) throw shardsUnusable('No shard was given', NAME_FOLDERS);
  const { count } = first.document;
  const byIndex = new Map<number, OpenedShard>();
  for (const shard of shards) {
    const { document, label } = shard;
    if (document.count !== count) {
      throw shardsUnusable(
        `${label} does not belong to ${first.label}: one is of ${document.count} shards, the other of ${count}`,
        NAME_FOLDERS,
      );
    }
    const twin = byIndex.get(document.index);
    if (twin !== undefined) {
      throw shardsUnusable(`${twin.label} and ${label} are the same shard`, 'Name each shard once.');
    }
    byIndex.set(document.index, shard);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  if (missing.length === 0 && byIndex.size === count) return;
  const names = missing.map((index) => labelShard({ index, count })).join(', ');
  throw shardsUnusable(
    `Unexpected absence of ${names}`,
    'Name all shards; make those that are missing with the same command and their --shard.',
  );
}

function expectSameRun([first, ...others]: readonly OpenedShard[]): void {
  if (first === undefined) return;
  for (const { document, label } of others) {
    const input = otherInput(first.document.inputs, document.inputs);
    if (input !== null) {
      throw shardsUnusable(
        `${label} is of another export than ${first.label}: ${input}`,
        'Make all shards from the same files.',
      );
    }
    const names = new Set([...Object.keys(first.document.bound), ...Object.keys(document.bound)]);
    const other = [...names].find((name) => first.document.bound[name] !== document.bound[name]);
    if (other !== undefined) {
      throw shardsUnusable(
        `${label} was made with another ${other} than ${first.label}`,
        'Make all shards with the same command, plan and lists; only --shard and the output differ.',
      );
    }
  }
}

function otherInput(one: readonly InputFile[], other: readonly InputFile[]): string | null {
  const known = new Map(one.map(({ name, sha256 }) => [name, sha256]));
  for (const { name, sha256 } of other) {
    if (!known.has(name)) return `${name} is in one of them only`;
    if (known.get(name) !== sha256) return `${name} has another SHA-256`;
    known.delete(name);
  }
  const [missing] = known.keys();
  return missing === undefined ? null : `${missing} is in one of them only`;
}

async function expectWhole({ folder, label }: OpenedShard): Promise<void> {
  const [finding] = await verifyBag(resolve(folder, '..'));
  if (finding === undefined) return;
  throw shardsUnusable(`${label} is damaged: ${finding.message}`, AGAIN);
}

async function expectSameCommon([first, ...others]: readonly OpenedShard[]): Promise<void> {
  if (first === undefined) return;
  for (const name of COMMON_FILES) {
    const digest = await sealedDigest(first, name);
    for (const other of others) {
      if ((await sealedDigest(other, name)) === digest) continue;
      throw shardsUnusable(
        `${other.label} and ${first.label} differ in ${name}, which all shards of one run have alike`,
        'Make both again from the same files with the same command; should they differ again, please report it.',
      );
    }
  }
}

/** The SHA-256 of a file, as the shard's seal has it; the seal has been checked. */
async function sealedDigest({ folder, label }: OpenedShard, name: string): Promise<string> {
  const manifest = await readFile(resolve(folder, '..', 'manifest-sha256.txt'), 'utf8');
  const line = manifest.split('\n').find((each) => each.endsWith(` data/${name}`));
  if (line === undefined) throw shardsUnusable(`${label} has no data/${name}`, AGAIN);
  return line.slice(0, 64);
}

/** What to throw for a shard whose seal is whole, and whose content is none; other errors come back as they are. */
export function nonsense({ label }: OpenedShard, cause: unknown): unknown {
  if (!isNonsense(cause)) return cause;
  return shardsUnusable(`${label} holds what no chatferry has written`, AGAIN, cause);
}

/** The same where nobody can say in which of the shards the nonsense lies. */
export function nonsenseSomewhere(shards: readonly OpenedShard[], cause: unknown): unknown {
  if (!isNonsense(cause)) return cause;
  return shardsUnusable(
    `Together ${shards.map(({ label }) => label).join(', ')} make no handoff: what they hold is not what chatferry writes`,
    'Make the shards again from the export. Should that end the same way, please report it as a bug.',
    cause,
  );
}

/** A seal proves that nothing was changed since, not who made it: values of wrong types show where they are used. */
function isNonsense(cause: unknown): boolean {
  const isMissing = cause instanceof Error && Reflect.get(cause, 'code') === 'ENOENT';
  return (
    isMissing || cause instanceof SyntaxError || cause instanceof TypeError || cause instanceof RangeError
  );
}
