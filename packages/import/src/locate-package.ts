import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';

/** The package in `data/` of a handoff. */
export const PACKAGE_NAME = 'PersistentChatData.zip';
/** Its name when it is not ready, so that no script imports it by accident. */
export const NOT_READY_PACKAGE_NAME = 'PersistentChatData.NOT-READY.zip';
const LEDGER = 'ledger.json';

/** What there is to validate. */
export interface LocatedPackage {
  readonly zipPath: string;
  /** null when there is none beside the package. */
  readonly ledgerPath: string | null;
  /** null for a bare ZIP. */
  readonly handoffPath: string | null;
  readonly isMarkedNotReady: boolean;
}

/**
 * Finds the package of a handoff folder (`data/PersistentChatData.zip`), or takes the path of a ZIP as it is.
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
    const isMarkedNotReady = path.endsWith(NOT_READY_PACKAGE_NAME);
    return { zipPath: path, ledgerPath: null, handoffPath: null, isMarkedNotReady };
  }
  const data = join(path, 'data');
  const names = await readdir(data).catch((): string[] => []);
  const isMarkedNotReady = names.includes(NOT_READY_PACKAGE_NAME);
  if (!isMarkedNotReady && !names.includes(PACKAGE_NAME)) {
    throw new RunFailure(
      'input-missing',
      `${path} holds no data/${PACKAGE_NAME}.`,
      'Name the folder that `chatferry transform` wrote, or the ZIP itself.',
    );
  }
  return {
    zipPath: join(data, isMarkedNotReady ? NOT_READY_PACKAGE_NAME : PACKAGE_NAME),
    ledgerPath: names.includes(LEDGER) ? join(data, LEDGER) : null,
    handoffPath: path,
    isMarkedNotReady,
  };
}
