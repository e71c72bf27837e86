import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SIGNATURE, SIGNER, TAG_MANIFEST } from '../handoff/bag-manifest.js';
import type { SigningKey } from './signing-key.js';

/** Signs the tag manifest of a bag in the making: two files beside it, that it does not list. */
export async function signBag(bag: string, key: SigningKey): Promise<void> {
  const signature = key.sign(await readFile(join(bag, TAG_MANIFEST)));
  await writeFile(join(bag, SIGNATURE), signature, { flag: 'wx' });
  await writeFile(join(bag, SIGNER), key.publicPem, { flag: 'wx' });
}
