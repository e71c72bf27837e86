import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile } from '../handoff/bag-files.js';
import { NOT_READY_PACKAGE_NAME, PACKAGE_NAME } from '../locate-package.js';
import { type PackagePart, partName, partOrder } from '../parts/package-parts.js';
import { unusableArchive } from './written-content.js';

/** Gives the parts up to `last` the names that they have while they are written, and removes later ones. */
export async function takeBackNames(folder: string, last: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const whole = name.replace(/^\.(.*)\.partial$/, '$1');
    if (whole !== name) {
      if ((partOrder(whole) ?? 0) > last) await rm(join(folder, name));
      continue;
    }
    const order = [PACKAGE_NAME, NOT_READY_PACKAGE_NAME].includes(name) ? 1 : partOrder(name);
    if (order === null) continue;
    if (order > last) await rm(join(folder, name));
    else await rename(join(folder, name), join(folder, partName(order)));
  }
}

/** @throws RunFailure `checkpoint-unusable` when a part that had ended is not what it was. */
export async function expectEndedParts(folder: string, ended: readonly PackagePart[]): Promise<void> {
  for (const { name, sha256 } of ended) {
    const seen = await digestFile(join(folder, name)).catch(() => null);
    if (seen?.sha256 !== sha256) throw unusableArchive(seen === null ? 'lacks a part' : 'has changed');
  }
}
