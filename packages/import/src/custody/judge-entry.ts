import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { CUSTODY, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import type { PublicKey } from '../seal/public-key.js';
import type { SealFault } from '../seal/verify-signature.js';
import { type CustodyEntry, statementBytes } from './custody-entry.js';

/** How far an entry is vouched for: see `SignatureState`. */
export type EntryState = 'unsigned' | 'not verified' | 'verified' | 'wrong';

export interface CustodyFault extends SealFault {
  /** `custody` breaks the chain, `custody-doubt` does not. */
  readonly kind: 'custody' | 'custody-doubt';
}

export interface CustodyTrust {
  readonly keys: readonly PublicKey[];
  /** SHA-256 of a line that the chain must hold; null when none is known. */
  readonly head: string | null;
}

const REMEDY =
  'Ask those who are named in the chain for the SHA-256 of their entry; do not import this copy before.';

type Wrong = readonly [seen: string, expected: string];

/** What of an entry breaks the chain; null when nothing does. */
export function entryFault(
  entry: CustodyEntry,
  chain: {
    readonly at: number;
    readonly previous: string | null;
    /** SHA-256 (hex); null when there is none to be read. */
    readonly tagmanifest: string | null;
    readonly state: EntryState;
  },
): Wrong | null {
  if (entry.sequence !== chain.at) return [`sequence ${entry.sequence}`, String(chain.at)];
  if (entry.previous !== chain.previous) {
    return [`previous ${entry.previous}`, `${chain.previous}, the SHA-256 of the entry before`];
  }
  const sha256 = createHash('sha256').update(statementBytes(entry)).digest('hex');
  if (entry.sha256 !== sha256) return [`sha256 ${entry.sha256}`, `${sha256}, of what the entry says`];
  if (chain.tagmanifest === null) {
    return [
      `absence of ${TAG_MANIFEST}`,
      `the one that the entry is about, with SHA-256 ${entry.tagmanifest}`,
    ];
  }
  if (entry.tagmanifest !== chain.tagmanifest) {
    return [`tagmanifest ${entry.tagmanifest}`, `${chain.tagmanifest}, the one of this handoff`];
  }
  return chain.state === 'wrong' ? ['signature that does not fit the entry', `one by ${entry.key}`] : null;
}

export function entryState(entry: CustodyEntry, keys: readonly PublicKey[]): EntryState {
  if (entry.key === null || entry.signature === null) return 'unsigned';
  const key = keys.find(({ fingerprint }) => fingerprint === entry.key);
  if (key === undefined) return 'not verified';
  return key.verifies(statementBytes(entry), Buffer.from(entry.signature, 'base64')) ? 'verified' : 'wrong';
}

/** What of an entry should be asked about, and breaks nothing. */
export function doubts(
  entry: CustodyEntry,
  chain: {
    readonly at: number;
    readonly before: string;
    readonly state: EntryState;
    readonly trust: CustodyTrust;
  },
): CustodyFault[] {
  const found: CustodyFault[] = [];
  if (entry.at < chain.before) {
    const remedy =
      'Ask which clock was wrong; the order of the entries is proven by their hashes, not by their dates.';
    found.push(fault('custody-doubt', chain.at, [`date ${entry.at}`, `none before ${chain.before}`], remedy));
  }
  if (chain.trust.keys.length > 0 && (chain.state === 'unsigned' || chain.state === 'not verified')) {
    const seen = entry.key === null ? 'entry that nobody signed' : `entry signed by ${entry.key}`;
    const remedy =
      'Give the public key of whoever signed it with --public-key too, or take the entry for hearsay.';
    found.push(fault('custody-doubt', chain.at, [seen, 'one by a key of --public-key'], remedy));
  }
  return found;
}

export function broken(line: number, seen: string, expected: string): CustodyFault {
  return fault('custody', line, [seen, expected], REMEDY);
}

function fault(
  kind: CustodyFault['kind'],
  line: number,
  [seen, expected]: Wrong,
  remedy: string,
): CustodyFault {
  return {
    kind,
    place: { file: CUSTODY, line, column: 1, record: `entry ${line}` },
    message: `Unexpected ${seen}, expected ${expected}`,
    seen,
    expected,
    remedy,
  };
}
