import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

const SOURCE = new URL('../../packages/export/kernel/records.ts', import.meta.url);
const OPTIONS = '--runtime stub --enable simd -O3 --noAssert --initialMemory 1 --use abort='.split(' ');

/** The kernel compiled from its source. */
export async function compileKernel(): Promise<Buffer> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await main(['records.ts', '--outFile', 'records.wasm', ...OPTIONS], {
    readFile: (name) => (name === 'records.ts' ? readFileSync(SOURCE, 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === 'records.wasm' && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw error ?? new Error(stderr.toString());
  return Buffer.from(binary);
}

/** The source of `kernel-binary.ts`. */
export function kernelModule(binary: Buffer): string {
  return `/** \`kernel/records.ts\` compiled, by \`npm run kernel\`; a test compiles it again and compares. */
export const KERNEL_BASE64 =
  '${binary.toString('base64')}';
`;
}
