import { RunFailure } from '@chatferry/export';
import type { Command } from 'commander';
import { type CustodyReport, type VerifiedEntry, verifyCustody } from '../custody/verify-custody.js';
import { counted, visible } from '../reports/wording.js';
import type { CheckRun } from '../validate/run-checks.js';
import { liesIn } from './key-file.js';
import { type PublicKey, readPublicKey } from './public-key.js';
import { type SignatureReport, verifySignature } from './verify-signature.js';

/** What the auditor knows from elsewhere, and holds the seal against. */
export interface SealTrust {
  readonly publicKeys: readonly PublicKey[];
  readonly custodyHead: string | null;
}

export const NO_TRUST: SealTrust = { publicKeys: [], custodyHead: null };

/** Who vouches for the bytes of a handoff. */
export interface SealReport {
  readonly signature: SignatureReport;
  readonly custody: CustodyReport;
}

export interface TrustFlags {
  readonly publicKey?: readonly string[];
  readonly custodyHead?: string;
}

export function addTrustOptions(command: Command): Command {
  return command
    .option(
      '--public-key <pem>',
      'who may have signed: the handoff must be signed by this key, or by one of several (repeat the option)',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option(
      '--custody-head <sha256>',
      'an entry that the chain of custody must hold, as chatferry seal told it',
    );
}

/** @throws RunFailure for a key that cannot be read, and for what a bare ZIP cannot have. */
export async function trustOf(flags: TrustFlags, handoffPath: string | null): Promise<SealTrust> {
  const { publicKey = [], custodyHead } = flags;
  if (handoffPath === null && (publicKey.length > 0 || custodyHead !== undefined)) {
    throw new RunFailure(
      'arguments',
      'A ZIP without its handoff bears no signature and no chain of custody',
      'Name the folder of the handoff, or leave --public-key and --custody-head out.',
    );
  }
  if (custodyHead !== undefined && !/^[0-9A-Fa-f]{64}$/.test(custodyHead)) {
    throw new RunFailure(
      'arguments',
      `--custody-head ${custodyHead} is not a SHA-256`,
      'Give the 64 hex digits that chatferry seal told.',
    );
  }
  const publicKeys: PublicKey[] = [];
  for (const file of publicKey) {
    if (handoffPath !== null) await expectFromElsewhere(file, handoffPath);
    publicKeys.push(await readPublicKey(file));
  }
  return { publicKeys, custodyHead: custodyHead?.toLowerCase() ?? null };
}

/**
 * @throws RunFailure for a key out of the handoff itself, which proves nothing: whoever changed the one can change the
 * other.
 */
async function expectFromElsewhere(key: string, handoff: string): Promise<void> {
  if (!(await liesIn(key, handoff))) return;
  throw new RunFailure(
    'arguments',
    `The public key ${key} comes with the handoff that it is to verify`,
    'Get the key from the signer by another way, and name that file; or at least compare its fingerprint with the signer.',
  );
}

/** Signature and chain of custody of a handoff; what is wrong with them goes to the checks. */
export async function checkSeal(folder: string, trust: SealTrust, run: CheckRun): Promise<SealReport> {
  const signature = await verifySignature(folder, trust.publicKeys);
  for (const fault of signature.faults) run.fault({ kind: 'signature', ...fault });
  const custody = await verifyCustody(folder, { keys: trust.publicKeys, head: trust.custodyHead });
  for (const fault of custody.faults) run.fault(fault);
  return { signature: signature.report, custody: custody.report };
}

/** Entries shown; all are in custody.ndjson, and in what is printed for programs. */
const ENTRIES_SHOWN = 20;

/** The seal in words, for a terminal. */
export function sealLines({ signature, custody }: SealReport): string[] {
  return [
    `Signature: ${signatureInWords(signature)}`,
    `Custody: ${custodyInWords(custody)}`,
    ...entryLines(custody),
  ];
}

function signatureInWords({ state, signer, keyFile }: SignatureReport): string {
  switch (state) {
    case 'unsigned':
      return 'none; nobody has signed this handoff.';
    case 'not verified':
      return `signed, not verified: give --public-key. The handoff itself says: by ${signer ?? 'an unnamed key'}.`;
    case 'verified':
      return `verified, by ${signer} (${visible(keyFile ?? '')}).`;
    case 'wrong':
      return 'WRONG, see the findings.';
  }
}

function custodyInWords({ entries, head, isHeadGiven, isUnbroken }: CustodyReport): string {
  if (!isUnbroken) return 'BROKEN, see the findings.';
  if (head === null) return 'no entries.';
  const end = isHeadGiven ? '.' : '; only --custody-head can tell whether later ones were taken off.';
  return `${counted(entries.length, 'entry', 'entries')}, unbroken, up to ${head}${end}`;
}

function entryLines({ entries }: CustodyReport): string[] {
  const left = entries.length - ENTRIES_SHOWN;
  return [
    ...(left > 0 ? [`  (${counted(left, 'earlier entry', 'earlier entries')} in custody.ndjson)`] : []),
    ...entries.slice(-ENTRIES_SHOWN).map(entryInWords),
  ];
}

function entryInWords({ sequence, at, by, note, key, state }: VerifiedEntry): string {
  const signed = {
    unsigned: 'unsigned',
    verified: `verified, by ${key}`,
    'not verified': `signed, not verified, says: by ${key}`,
    wrong: 'WRONG SIGNATURE',
  }[state];
  return `  ${sequence}. ${at} ${visible(clipped(by))}: ${visible(clipped(note))} (${signed})`;
}

function clipped(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500).toWellFormed()}…` : text;
}
