import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { signBag } from '../seal/sign-bag.js';
import type { SigningKey } from '../seal/signing-key.js';
import { digestFile, listBagFiles } from './bag-files.js';
import {
  BAG_DECLARATION,
  BAG_DECLARATION_TEXT,
  BAG_INFO,
  formatManifest,
  PAYLOAD_MANIFEST,
  TAG_MANIFEST,
} from './bag-manifest.js';

export interface BagOptions {
  /** For `Bag-Software-Agent`: name and version of the program. */
  readonly softwareAgent: string;
  /** Further labels of bag-info.txt in their order, such as `External-Description`. */
  readonly info?: readonly (readonly [label: string, value: string])[];
  /** SOURCE_DATE_EPOCH: seconds since 1970 UTC, for `Bagging-Date`; no date without it, because no clock is read. */
  readonly sourceDateEpoch?: string | undefined;
  /** Signs the bag: two more files, and everything else stays as it is without. */
  readonly signingKey?: SigningKey | null | undefined;
}

export interface BagSummary {
  readonly payloadFiles: number;
  readonly payloadBytes: number;
  /** SHA-256 (hex) of tagmanifest-sha256.txt: the one number that stands for the whole bag. */
  readonly sha256: string;
}

/** Seals `bag`, whose payload lies in `data/`, by RFC 8493: declaration, info and manifests. Reads every file once. */
export async function writeBag(bag: string, options: BagOptions): Promise<BagSummary> {
  const payload = [];
  let payloadBytes = 0;
  for (const { path, isFile } of await listBagFiles(bag, 'data')) {
    if (!isFile) throw new TypeError(`${path} is not a file`);
    const { sha256, bytes } = await digestFile(join(bag, path));
    payload.push({ path, sha256 });
    payloadBytes += bytes;
  }
  const info: (readonly [string, string])[] = [
    ['Bag-Software-Agent', options.softwareAgent],
    ...baggingDate(options.sourceDateEpoch),
    ['Payload-Oxum', `${payloadBytes}.${payload.length}`],
    ...(options.info ?? []),
  ];
  await writeFile(join(bag, BAG_DECLARATION), BAG_DECLARATION_TEXT);
  await writeFile(join(bag, BAG_INFO), info.map(formatLabel).join(''));
  await writeFile(join(bag, PAYLOAD_MANIFEST), formatManifest(payload));
  const tags = [];
  for (const path of [BAG_DECLARATION, BAG_INFO, PAYLOAD_MANIFEST]) {
    tags.push({ path, sha256: (await digestFile(join(bag, path))).sha256 });
  }
  await writeFile(join(bag, TAG_MANIFEST), formatManifest(tags));
  if (options.signingKey) await signBag(bag, options.signingKey);
  const { sha256 } = await digestFile(join(bag, TAG_MANIFEST));
  return { payloadFiles: payload.length, payloadBytes, sha256 };
}

/** A value is one line: RFC 8493 would let it go on indented, but not every tool reads that. */
function formatLabel([label, value]: readonly [string, string]): string {
  return `${label}: ${value.replace(/[\r\n]+/g, ' ').trim()}\n`;
}

function baggingDate(epoch: string | undefined): [string, string][] {
  if (epoch === undefined || epoch === '') return [];
  // The largest second that a Date can hold.
  const seconds = /^[0-9]{1,13}$/.test(epoch) ? Number(epoch) : Number.NaN;
  if (!(seconds <= 8_640_000_000_000)) {
    throw new RunFailure(
      'arguments',
      `SOURCE_DATE_EPOCH is ${epoch}, expected seconds since 1970.`,
      'Set SOURCE_DATE_EPOCH to a whole number of seconds, or unset it.',
    );
  }
  return [['Bagging-Date', new Date(seconds * 1000).toISOString().slice(0, 10)]];
}
