import { fileURLToPath } from 'node:url';
import { ARTEFACTS, buildArtefact } from './build-artefacts.js';

for (const artefact of ARTEFACTS) {
  const folder = new URL(`../../packages/${artefact.room}/artefact/`, import.meta.url);
  await buildArtefact(artefact, fileURLToPath(folder));
}
