import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Teardown {
  teardown(work: () => void): void;
}

export function scratch(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatferry-bag-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function digest(content: string | Uint8Array, algorithm = 'sha256'): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** Writes files by their paths below a folder, made when it is not there. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A manifest as another program writes it: `between` stands between checksum and path. */
export function manifestOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  { algorithm = 'sha256', between = '  ', end = '\n' } = {},
): string {
  return Object.entries(files)
    .map(([path, content]) => `${digest(content, algorithm)}${between}${path}${end}`)
    .join('');
}

export const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
