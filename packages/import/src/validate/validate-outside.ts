import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { RunFailure } from '@chatferry/export';
import type { FaultReport } from '../check.js';
import { digestFile } from '../handoff/bag-files.js';
import { DEFAULT_LAYOUT } from '../layout/layout.js';
import type { LedgerDocument } from '../ledger/ledger.js';
import { compareWithReference } from '../reference/compare-with-reference.js';
import { compareWithSource } from '../source/compare-with-source.js';
import { readProgress } from './read-progress.js';
import type { ComparedWith } from './validate-package.js';

/** What a package can be compared with that does not lie in its handoff. */
export interface OutsideFlags {
  readonly source?: string;
  readonly showText?: true;
  readonly reference?: string;
}

export interface OutsideContext {
  readonly zipPaths: readonly string[];
  readonly ledgerPath: string | null;
  readonly isPart: boolean;
  /** Takes a line of progress. */
  readonly tell: (line: string) => void;
}

/** Compares with the export and with the target's own ZIP, as far as they are named. */
export function outsideComparison(
  { source, showText, reference }: OutsideFlags,
  { zipPaths, ledgerPath, isPart, tell }: OutsideContext,
): (ledger: LedgerDocument | null, fault: FaultReport) => Promise<readonly ComparedWith[]> {
  return async (ledger, fault) => {
    const compared: ComparedWith[] = [];
    if (reference !== undefined) {
      // First, because it says what is wrong with a reference that cannot be read.
      const form = await compareWithReference(
        { layout: DEFAULT_LAYOUT, zipPaths, referencePath: reference },
        fault,
      );
      const digest = await digestFile(reference);
      await expectOther(zipPaths, reference, digest);
      compared.push({
        what: 'reference',
        path: reference,
        documents: [{ name: basename(reference), sha256: digest.sha256 }],
        notRead: [],
        messages: null,
        form,
      });
    }
    if (source === undefined) return compared;
    const options = { layout: DEFAULT_LAYOUT, zipPaths, ledgerPath, ledger, isPart };
    const soFar = readProgress((mebibytes) => `${mebibytes} MiB of the export read again`, tell);
    let total = 0;
    const progress = (bytes: number): void => {
      total += bytes;
      soFar(total);
    };
    const exported = await compareWithSource(
      { ...options, sourcePath: source, showsText: showText === true, progress },
      fault,
    );
    return [...compared, { what: 'export', path: source, ...exported }];
  };
}

/** @throws RunFailure for the package itself, which would confirm whatever form it has. */
async function expectOther(
  zipPaths: readonly string[],
  reference: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Promise<void> {
  for (const zipPath of zipPaths) {
    if ((await stat(zipPath)).size !== bytes || (await digestFile(zipPath)).sha256 !== sha256) continue;
    throw new RunFailure(
      'arguments',
      `--reference ${reference} is the package itself (SHA-256 ${sha256})`,
      'Name a ZIP that Export-CsPersistentChatData has written on the target.',
    );
  }
}
