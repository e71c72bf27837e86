import { availableParallelism, cpus, totalmem } from 'node:os';
import process from 'node:process';
import type { OutsidePrograms } from './references.js';

/** The machine, the date that it gives, and the versions of everything that is measured; one line. */
export function machineLine(outside: OutsidePrograms): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  const versions = [outside.xmllint, outside.python, outside.gzip].flatMap((found) =>
    found === null ? [] : [found.version],
  );
  return [
    `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
    ...versions,
    new Date().toISOString().slice(0, 10),
  ].join('; ');
}
