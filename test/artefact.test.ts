import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ARTEFACTS, buildArtefact } from './support/build-artefacts.js';
import { temporaryFolder } from './support/temporary-folder.js';

const PACKAGES = fileURLToPath(new URL('../packages/', import.meta.url));
const NETWORK_MODULE =
  /(?:from|require\(|import\()\s*["'](?:node:)?(?:http|https|http2|net|tls|dgram|dns|inspector)(?:\/\w+)?["']/g;
const NETWORK_CODE = /(?<![.\w])fetch\s*\(|\bXMLHttpRequest\b|\bnew\s+WebSocket\b|\bnew\s+EventSource\b/g;

for (const artefact of ARTEFACTS) {
  const { room, program } = artefact;

  test(`the bundled ${program} is that of this source, and holds no network code`, async (t) => {
    const folder = temporaryFolder(t);
    const metafile = await buildArtefact(artefact, folder);
    for (const name of [`${program}.js`, 'hash-worker.js']) {
      const fresh = readFileSync(join(folder, 'dist', name), 'utf8');
      const built = readFileSync(join(PACKAGES, room, 'artefact/dist', name), 'utf8');
      t.true(fresh === built, `${name} is stale: npm run build`);
      t.deepEqual(fresh.match(NETWORK_MODULE) ?? [], [], name);
      t.deepEqual(fresh.match(NETWORK_CODE) ?? [], [], name);
    }
    const inputs = Object.keys(metafile.inputs);
    t.true(inputs.length > 100);
    if (room === 'import') {
      for (const held of [/^import\/dist\/source\/plain-rows\.js$/, /\/saxes\/saxes\.js$/]) {
        t.true(
          inputs.some((path) => held.test(path)),
          `the second reader is part of it: ${held}`,
        );
      }
      t.deepEqual(
        inputs.filter((path) => path.startsWith('transform/')),
        [],
        'the gate shares no code with the rules',
      );
      t.deepEqual(
        Object.values(metafile.outputs).flatMap(({ inputs: parts }) =>
          Object.keys(parts).filter((path) => /\/d3-|reports\/charts/.test(path)),
        ),
        [],
        'the gate draws no charts',
      );
    }
  });
}
