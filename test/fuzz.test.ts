import { join } from 'node:path';
import test from 'ava';
import { FUZZ_KINDS, fuzzBase } from './fuzz/fuzz-cases.js';
import { fuzzOne } from './fuzz/fuzz-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** `npm run fuzz` runs more; here every kind has its turn, with another seed than there. */
const SEED = 2011;
const ROUNDS = 3;

test.serial(
  'damaged exports, packages and handoffs end in time, with a sentence, and are not called sound',
  async (t) => {
    t.timeout(600_000);
    const folder = temporaryFolder(t);
    const base = await fuzzBase(folder);
    const codes = new Map<number, number>();
    for (let index = 0; index < ROUNDS * FUZZ_KINDS.length; index++) {
      const { kind, exitCode, defect } = await fuzzOne(base, join(folder, 'input'), { seed: SEED, index });
      t.is(defect, null, `${kind.of}: ${kind.name}: npm run fuzz -- --seed ${SEED} --only ${index}`);
      codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
    }
    t.log([...codes].sort());
    t.true([0, 1, 2].every((code) => (codes.get(code) ?? 0) > 0));
  },
);
