import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { generateExport } from '../support/generate-export.js';
import { digestsOf, runChatferry } from '../support/interrupted-runs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('every file of the handoff is the same with no worker, one, or many', async (t) => {
  const cwd = temporaryFolder(t);
  for (const shape of ['attributes', 'elements'] as const) {
    writeFileSync(
      join(cwd, 'export.xml'),
      Buffer.concat([...generateExport({ messages: 12_000, shape, rooms: 30 })]),
    );
    const digests: Record<string, string>[] = [];
    for (const workers of ['0', '1', '5']) {
      const handoff = `handoff-${shape}-${workers}`;
      const ended = await runChatferry(
        cwd,
        ['transform', 'export.xml', '-o', handoff, '--workers', workers],
        {},
      );
      t.is(ended.code, 0, ended.err);
      digests.push(await digestsOf(join(cwd, handoff)));
    }
    t.true(Object.keys(digests[0] ?? {}).length > 10);
    t.deepEqual(digests[1], digests[0]);
    t.deepEqual(digests[2], digests[0]);
  }
});
