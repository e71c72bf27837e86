import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile } from '../handoff/bag-files.js';
import { CUSTODY, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import { decodeTags } from '../handoff/bag-text.js';
import { readSmallFile } from '../handoff/manifest-files.js';
import { type CustodyEntry, lineHash, parseEntry } from './custody-entry.js';
import {
  broken,
  type CustodyFault,
  type CustodyTrust,
  doubts,
  type EntryState,
  entryFault,
  entryState,
} from './judge-entry.js';

export interface VerifiedEntry extends Omit<CustodyEntry, 'sha256' | 'signature'> {
  readonly state: EntryState;
  /** SHA-256 (hex) of its line: the head of the chain, when it is the last. */
  readonly line: string;
}

export interface CustodyReport {
  /** Those that can be read, in the order of the file. */
  readonly entries: readonly VerifiedEntry[];
  /** SHA-256 of the last line; null without entries. */
  readonly head: string | null;
  /** Whether nothing is wrong with the chain. */
  readonly isUnbroken: boolean;
  /** Whether a head from elsewhere was given: without one nobody can tell whether entries were taken off the end. */
  readonly isHeadGiven: boolean;
}

/** Faults after which a file is no chain: 16 MiB of line feeds would be as many findings. */
const MOST_BREAKS = 1000;

/**
 * Verifies the chain of custody of a handoff. Proven, when it is unbroken: nobody has changed, removed or moved an
 * entry without making every later one anew; and no later one that a key given has signed can be made anew without that
 * key. Not proven: that no entries have been taken off the end, unless `head` is known from elsewhere.
 *
 * Memory held: custody.ndjson, at most 16 MiB.
 */
export async function verifyCustody(
  folder: string,
  trust: CustodyTrust,
): Promise<{ readonly report: CustodyReport; readonly faults: readonly CustodyFault[] }> {
  const faults: CustodyFault[] = [];
  const text = await custodyText(folder, faults);
  const tagmanifest = text === '' ? null : await tagManifestHash(folder);
  const entries: VerifiedEntry[] = [];
  let previous: string | null = null;
  let before = '';
  let at = 0;
  let mistaken: number | null = null;
  let breaks = 0;
  for (const line of entryTexts(text)) {
    at += 1;
    const hash = lineHash(`${line}\n`);
    const entry = parseEntry(line);
    if (typeof entry === 'string') {
      breaks += 1;
      faults.push(broken(at, 'line', entry));
    } else {
      const { sha256, signature, ...said } = entry;
      if (sha256 === trust.head) mistaken = at;
      const state = entryState(entry, trust.keys);
      entries.push({ ...said, state, line: hash });
      const wrong = entryFault(entry, { at, previous, tagmanifest, state });
      if (wrong !== null) {
        breaks += 1;
        faults.push(broken(at, ...wrong));
      }
      faults.push(...doubts(entry, { at, before, state, trust }));
      before = entry.at;
    }
    previous = hash;
    if (breaks < MOST_BREAKS) continue;
    faults.push(broken(at, `${MOST_BREAKS} faults; read no further`, 'a chain of custody'));
    break;
  }
  if (trust.head !== null && !entries.some(({ line }) => line === trust.head)) {
    const seen = at === 0 ? 'absence of entries' : `chain without the entry ${trust.head}`;
    const fault = broken(Math.max(at, 1), seen, `the entry of --custody-head ${trust.head}`);
    const message = mistaken === null ? fault.message : `${fault.message}; ${innerSum(mistaken)}`;
    faults.push({ ...fault, message });
  }
  const isUnbroken = faults.every(({ kind }) => kind !== 'custody');
  return { report: { entries, head: previous, isUnbroken, isHeadGiven: trust.head !== null }, faults };
}

/** Somebody has read the head off the file, where it does not stand. */
function innerSum(entry: number): string {
  return `that is the sum inside entry ${entry}; the head is the SHA-256 of its whole line, which chatferry seal printed`;
}

/** SHA-256 (hex) of the tag manifest; null when there is none to be read, which `seal-intact` says. */
async function tagManifestHash(folder: string): Promise<string | null> {
  return await digestFile(join(folder, TAG_MANIFEST)).then(
    ({ sha256 }) => sha256,
    () => null,
  );
}

/** The whole file; empty when there is none. */
async function custodyText(folder: string, faults: CustodyFault[]): Promise<string> {
  const path = join(folder, CUSTODY);
  if ((await lstat(path).catch(() => null)) === null) return '';
  const bytes = await readSmallFile(path);
  const text = bytes === null ? null : decodeTags(bytes, 'UTF-8', { keepMark: true });
  if (text === null) {
    faults.push(broken(1, 'file that is a link, larger than 16 MiB, or not UTF-8', 'a chain of custody'));
  } else if (text === '') faults.push(broken(1, 'file without entries', 'one entry at least'));
  return text ?? '';
}

/**
 * Lines without their line feeds; one that was cut comes with a mark that no entry has, so that it is not taken for
 * whole.
 */
function* entryTexts(text: string): Generator<string> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end);
    from = end + 1;
  }
  if (from < text.length) yield `${text.slice(from)}\u0000`;
}
