/** One line of a manifest. */
export interface ManifestLine {
  /** Path inside the bag, `/` separated, decoded. */
  readonly path: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly sha256: string;
}

export const PAYLOAD_MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
export const BAG_DECLARATION = 'bagit.txt';
export const BAG_INFO = 'bag-info.txt';

/** Content of `bagit.txt`: RFC 8493, section 2.1.1. */
export const BAG_DECLARATION_TEXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** A manifest in the form of `sha256sum`, sorted by path in code-unit order. RFC 8493, section 2.1.3. */
export function formatManifest(lines: readonly ManifestLine[]): string {
  return [...lines]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, sha256 }) => `${sha256}  ${encodePath(path)}\n`)
    .join('');
}

/** One line of a manifest, or null when it is none. */
export function parseManifestLine(line: string): ManifestLine | null {
  const match = /^([0-9A-Fa-f]{64})[ \t]+\*?(.+)$/.exec(line);
  const [, sha256, path] = match ?? [];
  return sha256 === undefined || path === undefined
    ? null
    : { path: decodePath(path), sha256: sha256.toLowerCase() };
}

function encodePath(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function decodePath(path: string): string {
  return path.replace(/%(0D|0A|25)/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
