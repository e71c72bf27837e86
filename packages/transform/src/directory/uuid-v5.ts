import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/**
 * A name-based UUID, version 5 (RFC 9562 section 5.5): SHA-1 over the namespace's 16 bytes and the name in UTF-8.
 * The same namespace and name give the same UUID on every machine. `namespace` is a UUID with hyphens;
 * the answer is in lower case.
 */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
