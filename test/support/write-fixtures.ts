import { Buffer } from 'node:buffer';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SHAPE_NAMES, writeShape } from './export-shapes.js';
import { sampleModel, smallModel } from './sample-model.js';
import { forXml } from './sql-xml.js';

/** The repository's `fixtures` folder, seen from the compiled script. */
export const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures');

/**
 * The generated fixtures, by path below `fixtures`: the sample as FOR XML RAW with ROOT, one formatted file per table,
 * and the small model in every shape.
 */
export function generatedFixtures(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const table of sampleModel().values()) {
    const form = { element: () => 'row', columns: 'attributes', root: table.name, formatted: true } as const;
    files.set(`sample/${table.name}.xml`, Buffer.from(forXml([table], form), 'utf8'));
  }
  for (const shape of SHAPE_NAMES) {
    for (const [name, bytes] of writeShape(smallModel(), shape)) files.set(`shapes/${shape}/${name}`, bytes);
  }
  return files;
}

async function writeFixtures(): Promise<void> {
  for (const folder of ['sample', 'shapes'])
    await rm(join(FIXTURES, folder), { recursive: true, force: true });
  for (const [path, bytes] of generatedFixtures()) {
    const target = join(FIXTURES, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFixtures();
