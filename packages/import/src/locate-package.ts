import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { BAG_DECLARATION, PAYLOAD_MANIFEST } from './handoff/bag-manifest.js';
import { readSmallFile } from './handoff/manifest-files.js';
import { payloadHashes } from './handoff/payload-hashes.js';
import { PARTS_NAME, type ParsedParts, parseParts, partOrder } from './parts/package-parts.js';
import { VALIDATE_IN_WORDS } from './reports/wording.js';

/** The package in `data/` of a handoff. */
export const PACKAGE_NAME = 'PersistentChatData.zip';
/** Its name when it is not ready, so that no script imports it by accident. */
export const NOT_READY_PACKAGE_NAME = 'PersistentChatData.NOT-READY.zip';
const LEDGER = 'ledger.json';
/** What is opened before the seal has been looked at. */
const OPENED = [LEDGER, 'ledger.ndjson'];

/** What there is to validate. */
export interface LocatedPackage {
  /** One, or all parts that lie there in the order of their numbers. */
  readonly zipPaths: readonly [string, ...string[]];
  /** null for a package in one piece. A single part of several has an order file only in its handoff. */
  readonly parts: ParsedParts | null;
  /** null when there is none beside the package. */
  readonly ledgerPath: string | null;
  /** null for a bare ZIP. */
  readonly handoffPath: string | null;
  readonly isMarkedNotReady: boolean;
}

/**
 * Finds the package of a handoff folder (`data/PersistentChatData.zip`, or its parts), or takes the path of a ZIP as it
 * is.
 *
 * @throws RunFailure `input-missing`, `input-unreadable`.
 */
export async function locatePackage(path: string): Promise<LocatedPackage> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new RunFailure(
      'input-missing',
      `${path} does not exist.`,
      'Name a handoff folder or a package ZIP.',
      {
        cause,
      },
    );
  });
  if (!found.isDirectory()) {
    expectFile(path, found);
    const isMarkedNotReady = path.endsWith('.NOT-READY.zip');
    return { zipPaths: [path], parts: null, ledgerPath: null, handoffPath: null, isMarkedNotReady };
  }
  const data = join(path, 'data');
  const names = await readdir(data).catch((): string[] => []);
  const zips = packageNames(names);
  for (const name of [...zips, ...OPENED.filter((one) => names.includes(one))]) {
    // What is no link to anything is for the seal to tell.
    const there = await stat(join(data, name)).catch(() => null);
    if (there !== null && !there.isDirectory()) expectFile(join(data, name), there);
  }
  const [first, ...others] = zips.map((name) => join(data, name));
  if (first === undefined) throw await withoutPackage(path);
  return {
    zipPaths: [first, ...others],
    parts: zips.some((name) => partOrder(name) !== null) ? await readOrder(data, names) : null,
    ledgerPath: names.includes(LEDGER) ? join(data, LEDGER) : null,
    handoffPath: path,
    isMarkedNotReady: zips.some((name) => name.endsWith('.NOT-READY.zip')),
  };
}

/**
 * Why a folder without a package is none to be judged: it has lost the one that it lists, or lies in the one that was
 * meant.
 */
async function withoutPackage(path: string): Promise<RunFailure> {
  const listed = [...(await payloadHashes(path)).keys()].filter((name) => name.startsWith('data/'));
  const [lost] = packageNames(listed.map((name) => name.slice('data/'.length)));
  if (lost !== undefined) {
    return new RunFailure(
      'input-missing',
      `${path} is not whole: data/${lost} is missing, although ${PAYLOAD_MANIFEST} lists it.`,
      'Copy the handoff again; do not import this copy.',
    );
  }
  const around = join(path, '..');
  const isInHandoff = await stat(join(around, BAG_DECLARATION)).then(
    () => true,
    () => false,
  );
  return new RunFailure(
    'input-missing',
    `${path} holds no data/${PACKAGE_NAME}.`,
    isInHandoff
      ? `Name the folder around it, ${around}.`
      : 'Name the folder that `chatferry transform` wrote, or the ZIP itself.',
  );
}

/** Whether a folder holds a package under one of the names that `transform` gives. */
export function packageNames(names: readonly string[]): string[] {
  const parts = names.filter((name) => partOrder(name) !== null);
  const single = [NOT_READY_PACKAGE_NAME, PACKAGE_NAME].filter((name) => names.includes(name));
  const byNumber = (one: string, other: string): number =>
    Number(partOrder(one)) - Number(partOrder(other)) || (one < other ? -1 : 1);
  return parts.length === 0 ? single.slice(0, 1) : [...parts.sort(byNumber), ...single];
}

async function readOrder(data: string, names: readonly string[]): Promise<ParsedParts> {
  if (!names.includes(PARTS_NAME)) return { parts: null, fault: `Unexpected absence of ${PARTS_NAME}` };
  const bytes = await readSmallFile(join(data, PARTS_NAME));
  return bytes === null
    ? { parts: null, fault: 'Unexpected size or kind, expected a small plain file' }
    : parseParts(bytes.toString('utf8'));
}

/**
 * A pipe would be waited for, and a device never ends.
 *
 * @throws RunFailure `input-unreadable`.
 */
function expectFile(path: string, found: Stats): void {
  if (found.isFile()) return;
  throw new RunFailure(
    'input-unreadable',
    `${path} is a pipe, a socket or a device.`,
    'Name a handoff folder or a package ZIP, of plain files.',
  );
}

/**
 * What keeps the files that lie there from being all parts of the order file, as a sentence; null when nothing does.
 */
export function partsFault({
  parts: order,
  zipPaths,
}: Pick<LocatedPackage, 'parts' | 'zipPaths'>): string | null {
  if (order === null) return null;
  if (order.parts === null) return `${order.fault} (${PARTS_NAME})`;
  const listed = order.parts.map(({ name }) => name);
  const present = zipPaths.map((path) => basename(path));
  const missing = listed.find((name) => !present.includes(name));
  if (missing !== undefined) return `Unexpected absence of ${missing}, which ${PARTS_NAME} lists`;
  const extra = present.find((name) => !listed.includes(name));
  return extra === undefined ? null : `Unexpected ${extra}, which ${PARTS_NAME} does not list`;
}

/**
 * The ZIPs of a package of which every part is there.
 *
 * @throws RunFailure `input-missing` when one is missing, because what is in it would seem to be lost.
 */
export function allParts(located: LocatedPackage): readonly string[] {
  const fault = partsFault(located);
  if (fault === null) return located.zipPaths;
  throw new RunFailure(
    'input-missing',
    `${located.handoffPath} is not whole: ${fault}.`,
    `Copy the handoff again; ${VALIDATE_IN_WORDS} lists all that is wrong with it.`,
  );
}
