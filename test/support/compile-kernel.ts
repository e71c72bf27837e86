import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGES = new URL('../../packages/', import.meta.url);
const OPTIONS = '--runtime stub --enable simd -O3 --noAssert --use abort='.split(' ');

/** A kernel: where its source stands, and the module that carries it compiled. */
export interface Kernel {
  readonly source: string;
  readonly module: string;
  readonly constant: string;
  /** Whether it brings the memory or works in another's. */
  readonly memory: 'own' | 'imported';
}

export const KERNELS: readonly Kernel[] = [
  {
    source: 'export/kernel/records.ts',
    module: 'export/src/xml/kernel-binary.ts',
    constant: 'KERNEL_BASE64',
    memory: 'own',
  },
  {
    source: 'import/kernel/stretch.ts',
    module: 'import/src/package/stretch-binary.ts',
    constant: 'STRETCH_BASE64',
    memory: 'imported',
  },
];

/**
 * What is used of the compiler. Its own types declare a console without `error` for everybody, so they are kept out.
 */
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
export async function compileKernel({ source, memory }: Kernel): Promise<Buffer> {
  const { main } = (await import(COMPILER)) as Compiler;
  let binary: Uint8Array | null = null;
  const own = memory === 'own' ? ['--initialMemory', '1'] : ['--importMemory'];
  const args = ['kernel.ts', '--outFile', 'kernel.wasm', ...OPTIONS, ...own];
  const { error, stderr } = await main(args, {
    readFile: (name) => (name === 'kernel.ts' ? readFileSync(new URL(source, PACKAGES), 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm' && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw error ?? new Error(stderr.toString());
  return Buffer.from(binary);
}

/** Where the module of a kernel stands. */
export function kernelModulePath({ module }: Kernel): string {
  return fileURLToPath(new URL(module, PACKAGES));
}

/** The text of that module. */
export function kernelModule({ source, constant }: Kernel, binary: Buffer): string {
  const name = source.slice(source.indexOf('/') + 1);
  return `/** \`${name}\` compiled, by \`npm run kernel\`; a test compiles it again and compares. */
export const ${constant} =
  '${binary.toString('base64')}';
`;
}
