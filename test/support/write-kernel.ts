import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileKernel, kernelModule } from './compile-kernel.js';

const TARGET = new URL('../../packages/export/src/xml/kernel-binary.ts', import.meta.url);

writeFileSync(fileURLToPath(TARGET), kernelModule(await compileKernel()));
