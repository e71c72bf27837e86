import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import { CUSTODY, SIGNATURE, SIGNER, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { syncFolder } from '../handoff/durable.js';
import { takeLock } from '../handoff/lock.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { writing } from '../handoff/output-failure.js';
import { verifyBag } from '../handoff/verify-bag.js';
import { parsePublicKey } from '../seal/public-key.js';
import type { SigningKey } from '../seal/signing-key.js';
import { type CustodyEntry, entryLine, lineHash, sealStatement } from './custody-entry.js';
import { tagManifestHash, verifyCustody } from './verify-custody.js';

/** Who says what of a handoff, and when. */
export interface CustodyNote {
  readonly by: string;
  readonly note: string;
  /** `2026-11-26T16:05:00Z` */
  readonly at: string;
}

export type Appended =
  | { readonly entry: CustodyEntry; readonly head: string }
  /** Nothing was written, because the handoff or its chain is not whole. */
  | { readonly findings: readonly Finding[] };

export type Signed =
  | { readonly fingerprint: string; readonly wasSigned: boolean }
  | { readonly findings: readonly Finding[] };

/**
 * Appends an entry to the chain of custody, after reading the whole handoff to see that its seal and chain are whole. Nothing
 * else of the handoff is written. The new file is written beside the handoff, flushed and renamed, under the lock of the handoff.
 *
 * Memory held: what `verifyBag` and `verifyCustody` state.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`, `output-exists` (another run writes), `output-unwritable`
 */
export async function appendCustody(
  handoff: string,
  said: CustodyNote,
  key: SigningKey | null,
): Promise<Appended> {
  return await locked(handoff, async ({ folder, replaceFile }) => {
    const { report, faults } = await verifyCustody(folder, { keys: [], head: null });
    const findings = [...(await verifyBag(folder)), ...faults.filter(isBroken).map(asFinding)];
    if (findings.length > 0) return { findings };
    const tagmanifest = await tagManifestHash(folder);
    const sequence = report.entries.length + 1;
    const entry = sealStatement({ sequence, ...said, tagmanifest, previous: report.head }, key);
    const line = entryLine(entry);
    const before =
      report.head === null ? '' : ((await readSmallFile(join(folder, CUSTODY)))?.toString() ?? '');
    await replaceFile(CUSTODY, before + line);
    return { entry, head: lineHash(line) };
  });
}

/**
 * Signs the tag manifest of a finished handoff, after reading the whole handoff to see that its seal is whole.
 *
 * @throws RunFailure as `appendCustody`; `output-exists` when another key has signed it.
 */
export async function signHandoff(handoff: string, key: SigningKey): Promise<Signed> {
  return await locked(handoff, async ({ folder, replaceFile }) => {
    const findings = await verifyBag(folder);
    if (findings.length > 0) return { findings };
    const bytes = await readSmallFile(join(folder, TAG_MANIFEST));
    if (bytes === null) throw new TypeError('a seal that is whole has a tag manifest');
    const signature = key.sign(bytes);
    const old = await readSmallFile(join(folder, SIGNATURE)).catch(() => null);
    const wasSigned = old?.equals(signature) === true;
    if (old !== null && !wasSigned) {
      const named = parsePublicKey(
        (await readSmallFile(join(folder, SIGNER)).catch(() => null))?.toString() ?? '',
      );
      throw new RunFailure(
        'output-exists',
        `${handoff} bears a signature already, by ${named?.fingerprint ?? 'another key'}.`,
        'A seal bears one signature. Vouch for the handoff with an entry of custody instead: --note, --by and --sign.',
      );
    }
    await replaceFile(SIGNER, key.publicPem);
    await replaceFile(SIGNATURE, signature);
    return { fingerprint: key.fingerprint, wasSigned };
  });
}

interface LockedHandoff {
  /** Real path. */
  readonly folder: string;
  replaceFile(name: string, content: string | Uint8Array): Promise<void>;
}

async function locked<T>(handoff: string, work: (at: LockedHandoff) => Promise<T>): Promise<T> {
  const folder = await realpath(handoff).catch((cause: unknown) => {
    const remedy = 'Name the folder of a handoff.';
    throw new RunFailure('input-missing', `${handoff} does not exist.`, remedy, { cause });
  });
  const beside = join(dirname(folder), `.${basename(folder)}`);
  const lock = await writing(dirname(folder), () => takeLock(`${beside}.lock`));
  try {
    const replaceFile = async (name: string, content: string | Uint8Array): Promise<void> => {
      // We hold the lock: what bears this name was left by a run that was killed.
      const draft = `${beside}.sealing`;
      await writing(join(folder, name), async () => {
        await removeFile(draft);
        try {
          const handle = await open(draft, 'wx');
          try {
            await handle.writeFile(content);
            await handle.sync();
          } finally {
            await handle.close();
          }
          await rename(draft, join(folder, name));
        } finally {
          await removeFile(draft);
        }
        await syncFolder(folder);
      });
    };
    return await work({ folder, replaceFile });
  } finally {
    await lock.release();
  }
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ENOENT') throw error;
  });
}

function isBroken({ kind }: { readonly kind: string }): boolean {
  return kind === 'custody';
}

function asFinding({
  kind: _,
  ...said
}: Omit<Finding, 'rule' | 'severity'> & { readonly kind: string }): Finding {
  return { rule: 'custody-unbroken', severity: 'error', ...said };
}
