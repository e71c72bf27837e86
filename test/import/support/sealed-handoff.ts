import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { appendCustody, beginHandoff, readSigningKey, type SigningKey } from '@chatferry/import';
import { scratch, type Teardown, writeFiles } from './bag-fixture.js';
import { type KeyFiles, writeKeys } from './signing-keys.js';

export const AT = '2026-01-02T03:04:05Z';
/** No passphrase. */
export const none = async (): Promise<null> => null;

/** A sealed handoff, and the key of Alice that signs it. */
export interface Desk {
  readonly folder: string;
  readonly handoff: string;
  readonly alice: KeyFiles;
  readonly key: SigningKey;
}

export async function sealed(t: Teardown, isSigned = true): Promise<Desk> {
  const folder = scratch(t);
  const alice = writeKeys(folder, 'alice');
  const key = await readSigningKey(alice.privateFile, none);
  const handoff = join(folder, 'handoff');
  const begun = await beginHandoff(handoff, { replace: false, report: () => undefined });
  writeFiles(begun.dataFolder, { 'report.html': '<p>' });
  await begun.commit({ softwareAgent: 'chatferry 0.1.0', signingKey: isSigned ? key : null });
  return { folder, handoff, alice, key };
}

export async function failure(work: Promise<unknown>): Promise<RunFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RunFailure) return error;
    throw error;
  }
  throw new Error('not refused');
}

/** A handoff with three entries of custody: Alice has signed the first two. */
export async function chained(t: Teardown): Promise<Desk> {
  const desk = await sealed(t);
  for (const [by, note] of [
    ['Ann', 'Made and signed'],
    ['Ben, courier', 'Carried on disk 7'],
    ['Cay', 'Received; seal whole'],
  ] as const) {
    const result = await appendCustody(desk.handoff, { by, note, at: AT }, by === 'Cay' ? null : desk.key);
    if ('findings' in result) throw new Error(JSON.stringify(result.findings));
  }
  return desk;
}

export function linesIn(handoff: string): string[] {
  return readFileSync(join(handoff, 'custody.ndjson'), 'utf8').trimEnd().split('\n');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A forger who makes every hash anew, as far as that goes without the key. */
export function forged(line: string, edit: (entry: Record<string, unknown>) => object): string {
  const { sha256: _, signature, ...said } = JSON.parse(line) as Record<string, unknown>;
  const statement = { ...said, ...edit(said) };
  const hash = sha256(JSON.stringify(statement));
  return JSON.stringify({ ...statement, sha256: hash, ...(signature === undefined ? {} : { signature }) });
}
