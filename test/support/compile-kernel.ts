import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

const SOURCE = new URL('../../packages/export/kernel/records.ts', import.meta.url);
const OPTIONS = '--runtime stub --enable simd -O3 --noAssert --initialMemory 1 --use abort='.split(' ');

/** What is used of the compiler. Its own types declare a console without `error` for everybody, so they are kept out. */
interface Compiler {
  main(
    args: readonly string[],
    files: {
      readonly readFile: (name: string) => string | null;
      readonly writeFile: (name: string, contents: Uint8Array | string) => void;
      readonly listFiles: () => readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
const COMPILER: string = 'assemblyscript/asc';

/** The kernel compiled from its source. */
export async function compileKernel(): Promise<Buffer> {
  const { main } = (await import(COMPILER)) as Compiler;
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
