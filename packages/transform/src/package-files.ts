import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  NOT_READY_PACKAGE_NAME,
  PACKAGE_NAME,
  PARTS_NAME,
  type PackageFile,
  type PartFile,
  partName,
  partsJson,
  type RunSummary,
  type WrittenPart,
  writeOutput,
  writing,
} from '@chatferry/import';

/** The final names: a package that is not ready must not be importable by accident. */
export function packageFiles(
  parts: readonly WrittenPart[],
  isReady: boolean,
): { readonly package: PackageFile | null; readonly parts?: readonly PartFile[] } {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    return { package: { ...only, name: isReady ? PACKAGE_NAME : NOT_READY_PACKAGE_NAME } };
  }
  return { package: null, parts: parts.map((part) => ({ ...part, name: partName(part.order, isReady) })) };
}

/** The ZIPs in the order of the import. */
export function zipFilesOf(run: Pick<RunSummary, 'package' | 'parts'>): readonly PackageFile[] {
  return run.parts ?? (run.package === null ? [] : [run.package]);
}

/** Gives what was written its final names, and writes the order file when there are several parts. */
export async function nameParts(
  folder: string,
  written: readonly WrittenPart[],
  run: Pick<RunSummary, 'package' | 'parts'>,
): Promise<void> {
  for (const [index, { name }] of zipFilesOf(run).entries()) {
    const before = written[index]?.name ?? name;
    if (before !== name)
      await writing(join(folder, name), () => rename(join(folder, before), join(folder, name)));
  }
  if (run.parts === undefined) return;
  const parts = written.map((part, index) => ({ ...part, ...run.parts?.[index] }));
  await writeOutput(join(folder, PARTS_NAME), partsJson(parts));
}
