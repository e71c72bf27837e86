/** One line of a SHA-256 manifest. */
export interface ManifestLine {
  /** Path inside the bag, `/` separated, decoded. */
  readonly path: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** One line of a manifest of any algorithm. */
export interface ChecksumLine {
  /** Path inside the bag, `/` separated, decoded. */
  readonly path: string;
  /** The path as it stands there: some programs leave `%` as it is. */
  readonly rawPath: string;
  /** Lower-case hex digits. */
  readonly digest: string;
}

export const PAYLOAD_MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
export const BAG_DECLARATION = 'bagit.txt';
export const BAG_INFO = 'bag-info.txt';
/** Ed25519 signature over the bytes of the tag manifest: 64 bytes, as `openssl pkeyutl` reads it. */
export const SIGNATURE = `${TAG_MANIFEST}.sig`;
/** Whose signature that says to be; to compare with, never to trust. */
export const SIGNER = 'signer-public-key.pem';
/** The chain of custody, one entry a line. */
export const CUSTODY = 'custody.ndjson';

/**
 * Tag files that no tag manifest of ours lists: they are made after it, and about it. RFC 8493, section 2.2.4, lets
 * them.
 */
export const OUTSIDE_SEAL: readonly string[] = [TAG_MANIFEST, SIGNATURE, SIGNER, CUSTODY];

/** Content of `bagit.txt`: RFC 8493, section 2.1.1. */
export const BAG_DECLARATION_TEXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** A manifest in the form of `sha256sum`, sorted by path in code-unit order. RFC 8493, section 2.1.3. */
export function formatManifest(lines: readonly ManifestLine[]): string {
  return [...lines]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, sha256 }) => `${sha256}  ${encodePath(path)}\n`)
    .join('');
}

/** One line of a SHA-256 manifest, or null when it is none. */
export function parseManifestLine(line: string): ManifestLine | null {
  const parsed = parseChecksumLine(line, 64);
  return parsed === null ? null : { path: parsed.path, sha256: parsed.digest };
}

/** One line of a manifest whose checksums have `hexDigits` digits, or null when it is none. */
export function parseChecksumLine(line: string, hexDigits: number): ChecksumLine | null {
  const [, digest, rawPath] = /^([0-9A-Fa-f]+)[ \t]+\*?(?:\.\/)?([^\r\n]+)$/.exec(line) ?? [];
  if (digest === undefined || rawPath === undefined || digest.length !== hexDigits) return null;
  return { path: decodePath(rawPath), rawPath, digest: digest.toLowerCase() };
}

function encodePath(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function decodePath(path: string): string {
  return path.replace(/%(0D|0A|25)/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
