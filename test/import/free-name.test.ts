import fs, { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { moveToFreeName } from '../../packages/import/dist/handoff/free-name.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/**
 * Does `work` on a file system that refuses every hard link with this code; synchronous, so that no other test notices.
 */
function withoutLinks<T>(code: string, work: () => T): T {
  const { linkSync } = fs;
  fs.linkSync = () => {
    throw Object.assign(new Error(`${code}: no hard links here`), { code });
  };
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    fs.linkSync = linkSync;
    syncBuiltinESMExports();
  }
}

/** What may have a name, beside a file. */
const IN_THE_WAY: Readonly<Record<string, (path: string) => void>> = {
  'a file': (path) => writeFileSync(path, 'of another'),
  'a folder': (path) => mkdirSync(path),
  'a link that leads nowhere': (path) => symlinkSync('nowhere', path),
};

for (const hasLinks of [true, false]) {
  const move = (draft: string, path: string): boolean =>
    hasLinks ? moveToFreeName(draft, path) : withoutLinks('ENOTSUP', () => moveToFreeName(draft, path));
  const where = hasLinks ? 'with hard links' : 'without hard links';

  test(`a free name is given, and the draft has no other name then, ${where}`, (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'draft'), 'ours');
    t.true(move(join(folder, 'draft'), join(folder, 'final')));
    t.deepEqual(readdirSync(folder), ['final']);
    t.is(readFileSync(join(folder, 'final'), 'utf8'), 'ours');
  });

  for (const [what, put] of Object.entries(IN_THE_WAY)) {
    test(`${what} keeps its name, ${where}`, (t) => {
      const folder = temporaryFolder(t);
      writeFileSync(join(folder, 'draft'), 'ours');
      put(join(folder, 'final'));
      t.false(move(join(folder, 'draft'), join(folder, 'final')));
      t.deepEqual(readdirSync(folder).sort(), ['draft', 'final']);
      t.is(readFileSync(join(folder, 'draft'), 'utf8'), 'ours');
      if (what === 'a file') t.is(readFileSync(join(folder, 'final'), 'utf8'), 'of another');
    });
  }
}

test('another fault than a refused link is told, and nothing is renamed', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'draft'), 'ours');
  const move = (): boolean => moveToFreeName(join(folder, 'draft'), join(folder, 'final'));
  t.is(Reflect.get(t.throws(() => withoutLinks('EIO', move)) ?? {}, 'code'), 'EIO');
  t.deepEqual(readdirSync(folder), ['draft']);
});
