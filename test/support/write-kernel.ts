import { writeFileSync } from 'node:fs';
import { compileKernel, KERNELS, kernelModule, kernelModulePath } from './compile-kernel.js';

for (const kernel of KERNELS) {
  writeFileSync(kernelModulePath(kernel), kernelModule(kernel, await compileKernel(kernel)));
}
