import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { RunFailure } from '@chatferry/export';
import { DEFAULT_OPTIONS, MESSAGE_RULES } from '@chatferry/transform';
import test, { type ExecutionContext } from 'ava';
import { CHATFERRY, digestsOf, INTERRUPTED_EXPORTS, runChatferry } from '../support/interrupted-runs.js';
import { pseudoRandom } from '../support/pseudo-random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { transformed, type Wanted } from '../support/transformed.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { leftBehind, snapshotsOf } from './support/checkpoint-snapshots.js';

function writeExport(path: string, name: string, messages?: number): string {
  const file = join(path, `${name.replace(' ', '-')}.xml`);
  writeFileSync(file, INTERRUPTED_EXPORTS[name]?.(messages) ?? '');
  return file;
}

/** null when there is none. */
async function failureOf(work: Promise<unknown>): Promise<RunFailure | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof RunFailure) return error;
    throw error;
  }
}

/** Every `step`th checkpoint of a run, resumed; all must lead to the handoff that the run gave. Returns how many. */
async function everyCheckpointLeadsHome(t: ExecutionContext, wanted: Wanted, step = 1): Promise<number> {
  const path = temporaryFolder(t);
  const handoffPath = join(path, 'handoff');
  const snapshots = await snapshotsOf({ ...wanted, handoffPath }, path, step);
  const expected = await digestsOf(handoffPath);
  rmSync(handoffPath, { recursive: true });
  for (const [at, snapshot] of snapshots.entries()) {
    leftBehind(snapshot, path);
    const notices: string[] = [];
    await transformed({ ...wanted, handoffPath, resume: true, notice: (said) => notices.push(said) });
    t.regex(notices.join(), /Continuing an unfinished run/);
    t.deepEqual(await digestsOf(handoffPath), expected, `checkpoint ${at * step}`);
    rmSync(handoffPath, { recursive: true });
  }
  return snapshots.length;
}

test.serial(
  'the checkpoints of the sample, before each room and at the end, lead to the same handoff',
  async (t) => {
    const exportPath = join(FIXTURES, 'sample');
    const taken = await everyCheckpointLeadsHome(t, { exportPath, handoffPath: '' }, 7);
    t.true(taken > 3, String(taken));
  },
);

test.serial('every checkpoint of the dirty export leads to the same handoff', async (t) => {
  const exportPath = join(FIXTURES, 'dirty/export');
  const taken = await everyCheckpointLeadsHome(t, { exportPath, handoffPath: '' });
  t.true(taken > 1, String(taken));
});

/** Pieces of the package are on the disk before these end; the others are told apart by other things. */
const IN_PIECES: readonly string[] = ['ordered', 'unordered'];

for (const name of Object.keys(INTERRUPTED_EXPORTS)) {
  test.serial(`checkpoints of an export that is ${name} lead to the same handoff`, async (t) => {
    const exportPath = writeExport(temporaryFolder(t), name, IN_PIECES.includes(name) ? 6000 : 2500);
    const workers = name === 'troubled' ? 1 : 0;
    const cut = name.includes('in parts') ? { partSize: 150_000, documentSize: 40_000 } : {};
    const taken = await everyCheckpointLeadsHome(t, { exportPath, handoffPath: '', workers, ...cut }, 30);
    t.true(taken > 1, String(taken));
  });
}

test('a rule that speaks at the end remembers something, and so can save it', (t) => {
  const voice = { say: () => undefined, changed: () => undefined, fileLinks: () => undefined };
  const context = { options: DEFAULT_OPTIONS, rooms: new Map(), authors: new Map(), roomStates: new Map() };
  const forgetful = MESSAGE_RULES.filter((rule) => {
    const run = rule.begin(context, voice);
    return run?.end !== undefined && (run.save === undefined || run.restore === undefined);
  });
  t.deepEqual(forgetful, []);
});

test.serial(
  'more channelIDs without a room than have accounts of their own: their common account goes on, too',
  async (t) => {
    const path = temporaryFolder(t);
    const xml = INTERRUPTED_EXPORTS.ordered?.() ?? '';
    const row = 'chatID="1" chatDate="633663750406234778" userId="10" isAlert="0" content="x"';
    const lost = Array.from({ length: 10_040 }, (_, i) => `<tblChat channelID="${1_000_000 + i}" ${row}/>\n`);
    const exportPath = join(path, 'export.xml');
    writeFileSync(exportPath, xml.replace('</root>', `${lost.join('')}</root>`));
    const handoffPath = join(path, 'handoff');
    const snapshots = await snapshotsOf({ exportPath, handoffPath, checkpointEvery: 500_000 }, path);
    const expected = await digestsOf(handoffPath);
    for (const at of [-2, -1]) {
      rmSync(handoffPath, { recursive: true });
      leftBehind(snapshots.at(at) as string, path);
      await transformed({ exportPath, handoffPath, resume: true });
      t.deepEqual(await digestsOf(handoffPath), expected);
    }
  },
);

/** A run with a checkpoint in its midst and what it comes to. */
async function interrupted(t: ExecutionContext, name = 'troubled') {
  const path = temporaryFolder(t);
  const exportPath = writeExport(path, name);
  const handoffPath = join(path, 'handoff');
  const snapshots = await snapshotsOf({ exportPath, handoffPath, checkpointEvery: 300_000 }, path);
  const expected = await digestsOf(handoffPath);
  rmSync(handoffPath, { recursive: true });
  const snapshot = snapshots[Math.floor(snapshots.length / 2)] as string;
  t.true(
    statSync(join(snapshot, 'data/.PersistentChatData.zip.partial')).size > 1000,
    'a piece is in the package',
  );
  return { path, exportPath, handoffPath, expected, snapshot };
}

const DAMAGES: Readonly<Record<string, (file: string, below: (limit: number) => number) => void>> = {
  'cut off': (file, below) => truncateSync(file, below(statSync(file).size)),
  'one bit other': (file, below) => {
    const bytes = readFileSync(file);
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    writeFileSync(file, bytes);
  },
  gone: (file) => rmSync(file),
  'a folder': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

test.serial(
  'whatever of an unfinished run is damaged, it is refused and left, or does not matter',
  async (t) => {
    const { path, exportPath, handoffPath, expected, snapshot } = await interrupted(t);
    const random = pseudoRandom(7);
    const files = ['checkpoint', 'data'].flatMap((name) =>
      readdirSync(join(snapshot, name)).map((file) => join(name, file)),
    );
    t.true(files.length >= 7, files.join());
    const refused = new Set<string>();
    const damaged = files.flatMap((file) =>
      Object.keys(DAMAGES).flatMap(
        (what) =>
          [
            [file, what],
            [file, what],
          ] as const,
      ),
    );
    for (const [file, what] of damaged) {
      const partial = leftBehind(snapshot, path);
      const at = `${file}: ${what}`;
      // Without its checkpoint it is a leftover like any other; without a byte there is none to damage.
      const isLeftover = what === 'gone' && file.endsWith('checkpoint.json');
      if (isLeftover || (statSync(join(partial, file)).size === 0 && what !== 'gone')) {
        rmSync(partial, { recursive: true });
        continue;
      }
      DAMAGES[what]?.(join(partial, file), random.below);
      const failure = await failureOf(transformed({ exportPath, handoffPath, resume: true }));
      if (failure === null) {
        t.deepEqual(await digestsOf(handoffPath), expected, at);
        rmSync(handoffPath, { recursive: true });
        continue;
      }
      t.is(failure.code, 'checkpoint-unusable', at);
      t.regex(failure.remedy, /--replace instead of --resume/);
      t.true(existsSync(join(partial, 'checkpoint/checkpoint.json')), at);
      t.false(existsSync(handoffPath), at);
      refused.add(`${file}: ${what}`);
      rmSync(partial, { recursive: true });
    }
    for (const file of ['checkpoint/checkpoint.json', 'checkpoint/journal.ndjson', 'data/findings.ndjson']) {
      t.true(refused.has(`${file}: one bit other`), [...refused].join('; '));
    }
    t.true(refused.has('data/.PersistentChatData.zip.partial: one bit other'), [...refused].join('; '));
  },
);

const OTHER_RUNS: readonly (readonly [change: Partial<Wanted>, sentence: RegExp])[] = [
  [
    { options: { ...DEFAULT_OPTIONS, since: 633_663_750_406_234_778n } },
    /another value of since \(null, now /,
  ],
  [{ isStrict: true }, /another strictness \(--strict\) \(false, now true\)/],
];

const OTHER_EXPORTS: readonly (readonly [change: (xml: string) => string, sentence: RegExp])[] = [
  [(xml) => `${xml}\n`, /another set of files in the export/],
  [(xml) => xml.replace('isAlert="0"', 'isAlert="1"'), /has changed since the run/],
  [(xml) => xml.replace('nodeName="Room 1"', 'nodeName="Room 9"'), /has changed since the run/],
];

test.serial('a run that was begun otherwise is refused, with what is other, and left', async (t) => {
  const { path, exportPath, handoffPath, expected, snapshot } = await interrupted(t);
  const partial = leftBehind(snapshot, path);
  const refusedWith = async (sentence: RegExp, change: Partial<Wanted> = {}): Promise<void> => {
    const failure = await failureOf(transformed({ exportPath, handoffPath, resume: true, ...change }));
    t.is(failure?.code, 'checkpoint-unusable', String(sentence));
    t.regex(failure?.message ?? '', sentence);
    t.false(existsSync(handoffPath));
    t.true(existsSync(partial));
  };
  for (const [change, sentence] of OTHER_RUNS) await refusedWith(sentence, change);
  const xml = readFileSync(exportPath, 'utf8');
  for (const [change, sentence] of OTHER_EXPORTS) {
    t.not(change(xml), xml);
    writeFileSync(exportPath, change(xml));
    await refusedWith(sentence);
  }
  writeFileSync(exportPath, xml);
  await transformed({ exportPath, handoffPath, resume: true });
  t.deepEqual(await digestsOf(handoffPath), expected);
});

test.serial('nothing is written through a link that somebody put into an unfinished run', async (t) => {
  const { path, exportPath, handoffPath, expected, snapshot } = await interrupted(t);
  const elsewhere = join(path, 'elsewhere');
  const refused = async (name: string): Promise<void> => {
    const failure = await failureOf(transformed({ exportPath, handoffPath, resume: true }));
    t.is(failure?.code, 'checkpoint-unusable', name);
    t.true(failure?.message.includes(name), failure?.message);
    t.regex(failure?.remedy ?? '', /--replace instead of --resume/);
    t.false(existsSync(handoffPath), name);
  };
  const files = ['checkpoint', 'data'].flatMap((folder) =>
    readdirSync(join(snapshot, folder)).map((file) => `${folder}/${file}`),
  );
  for (const name of [...files, 'bagit.txt', 'data/plan']) {
    const partial = leftBehind(snapshot, path);
    const file = join(partial, name);
    if (existsSync(file)) copyFileSync(file, elsewhere);
    else writeFileSync(elsewhere, 'of somebody else');
    const before = readFileSync(elsewhere);
    rmSync(file, { force: true });
    symlinkSync(elsewhere, file);
    await refused(name);
    t.deepEqual(readFileSync(elsewhere), before, name);
    rmSync(partial, { recursive: true });
  }
  for (const name of files) {
    const partial = leftBehind(snapshot, path);
    rmSync(elsewhere);
    copyFileSync(join(partial, name), elsewhere);
    rmSync(join(partial, name));
    linkSync(elsewhere, join(partial, name));
    const before = readFileSync(elsewhere);
    await refused(name);
    t.deepEqual(readFileSync(elsewhere), before, name);
    rmSync(partial, { recursive: true });
  }
  const looped = leftBehind(snapshot, path);
  rmSync(join(looped, 'checkpoint'), { recursive: true });
  symlinkSync('checkpoint', join(looped, 'checkpoint'));
  await refused('checkpoint');
  await transformed({ exportPath, handoffPath, replace: true });
  t.deepEqual(await digestsOf(handoffPath), expected);
  t.false(existsSync(looped));
  rmSync(handoffPath, { recursive: true });
  const moved = join(path, 'moved');
  renameSync(leftBehind(snapshot, path), moved);
  symlinkSync(moved, join(path, '.handoff.partial-1'));
  await refused('the folder itself');
  await transformed({ exportPath, handoffPath, replace: true });
  t.deepEqual(await digestsOf(handoffPath), expected);
  t.true(existsSync(join(moved, 'checkpoint/checkpoint.json')));
});

test.serial('a small file of a folder that has changed is noticed, too', async (t) => {
  const path = temporaryFolder(t);
  const exportPath = join(path, 'export');
  cpSync(join(FIXTURES, 'sample'), exportPath, { recursive: true });
  const handoffPath = join(path, 'handoff');
  const snapshots = await snapshotsOf({ exportPath, handoffPath }, path);
  rmSync(handoffPath, { recursive: true });
  leftBehind(snapshots[3] as string, path);
  const nodes = join(exportPath, 'tblNode.xml');
  writeFileSync(nodes, readFileSync(nodes, 'utf8').replace('Quiet hall', 'Quick hall'));
  const failure = await failureOf(transformed({ exportPath, handoffPath, resume: true }));
  t.is(failure?.code, 'checkpoint-unusable');
  t.regex(failure?.message ?? '', /tblNode\.xml" has changed/);
});

test.serial(
  'a plain run does not throw away the work of another: it refuses, and says how to go on',
  async (t) => {
    const { path, exportPath, handoffPath, expected, snapshot } = await interrupted(t);
    const partial = leftBehind(snapshot, path);
    const before = await digestsOf(partial);
    const failure = await failureOf(transformed({ exportPath, handoffPath }));
    t.is(failure?.code, 'output-exists');
    t.regex(failure?.message ?? '', /did not finish; what it has done lies in \.handoff\.partial-1 /);
    t.regex(failure?.remedy ?? '', /--resume.*--replace/);
    await transformed({ exportPath, handoffPath, isDryRun: true });
    t.deepEqual(await digestsOf(partial), before, 'a dry run leaves it alone');
    const notices: string[] = [];
    await transformed({ exportPath, handoffPath, replace: true, notice: (said) => notices.push(said) });
    t.deepEqual(notices, [
      'Unexpected unfinished handoff with a checkpoint .handoff.partial-1, expected none; removed it.',
    ]);
    t.deepEqual(await digestsOf(handoffPath), expected);
    t.false(existsSync(partial));
  },
);

test.serial('--resume without an unfinished run begins from the start and says so', async (t) => {
  const path = temporaryFolder(t);
  const exportPath = writeExport(path, 'ordered');
  const notices: string[] = [];
  const handoffPath = join(path, 'handoff');
  await transformed({ exportPath, handoffPath, resume: true, notice: (said) => notices.push(said) });
  t.deepEqual(notices, [
    'Unexpected absence of a checkpoint to continue from, expected one; began from the start.',
  ]);
});

test.serial('two unfinished runs of one name are not chosen between', async (t) => {
  const { path, exportPath, handoffPath, snapshot } = await interrupted(t, 'ordered');
  cpSync(leftBehind(snapshot, path), join(path, '.handoff.partial-2'), { recursive: true });
  const failure = await failureOf(transformed({ exportPath, handoffPath, resume: true }));
  t.regex(failure?.message ?? '', /\.handoff\.partial-1, \.handoff\.partial-2 lie beside it/);
});

test.serial('a fault of the export removes the unfinished run: it would be met again', async (t) => {
  const path = temporaryFolder(t);
  const exportPath = writeExport(path, 'ordered');
  writeFileSync(exportPath, readFileSync(exportPath, 'utf8').replace('</root>', '<'));
  const failure = await failureOf(
    transformed({ exportPath, handoffPath: join(path, 'handoff'), checkpointEvery: 100_000 }),
  );
  t.is(failure?.code, 'input-not-well-formed');
  t.deepEqual(readdirSync(path), ['ordered.xml']);
});

/** Waits until a file of the unfinished run is there. */
async function appeared(cwd: string, file: string): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    const partial = readdirSync(cwd).find((name) => name.startsWith('.handoff.partial-'));
    if (partial !== undefined && existsSync(join(cwd, partial, file))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Unexpected absence of ${file}.`);
}

test.serial(
  'Ctrl+C keeps the checkpoint and says how to go on; meanwhile no other run may begin',
  async (t) => {
    const path = temporaryFolder(t);
    copyFileSync(writeExport(path, 'ordered'), join(path, 'export.xml'));
    const plain = await runChatferry(path, ['transform', 'export.xml', '-o', 'plain', '--quiet']);
    t.is(plain.code, 0, plain.err);
    const command = ['transform', 'export.xml', '-o', 'handoff', '--quiet', '--resume'];
    const child = spawn(process.execPath, [CHATFERRY, ...command, '--checkpoint-every', '0'], { cwd: path });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const closed = once(child, 'close');
    await appeared(path, 'checkpoint/checkpoint.json');
    child.kill('SIGSTOP');
    const other = await runChatferry(path, command);
    t.is(other.code, 2);
    t.regex(other.err, /Another run \(process \d+\) is writing the same handoff/);
    child.kill('SIGINT');
    child.kill('SIGCONT');
    t.deepEqual(await closed, [2, null], said);
    t.regex(
      said,
      /interrupted \(SIGINT\)\. Nothing lies under the final name\.\n.*same command and --resume/,
    );
    t.false(existsSync(join(path, 'handoff')));
    t.false(existsSync(join(path, '.handoff.lock')));
    const resumed = await runChatferry(path, command);
    t.is(resumed.code, 0, resumed.err);
    t.deepEqual(await digestsOf(join(path, 'handoff')), await digestsOf(join(path, 'plain')));
  },
);

test.serial(
  'a full disk ends the run with a sentence, and the run goes on when there is space again',
  async (t) => {
    const path = temporaryFolder(t);
    const disk = join(path, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk], {
      encoding: 'utf8',
    });
    if (mounted.status !== 0) {
      t.log(`SKIPPED: this process may not mount a small disk (${mounted.stderr?.trim() ?? 'no mount'}).`);
      return t.pass();
    }
    t.teardown(() => spawnSync('umount', ['-l', disk]));
    const exportPath = writeExport(path, 'ordered');
    const whole = await runChatferry(path, ['transform', exportPath, '-o', 'whole', '--quiet']);
    t.is(whole.code, 0, whole.err);
    const command = [
      'transform',
      exportPath,
      '-o',
      'handoff',
      '--quiet',
      '--resume',
      '--checkpoint-every',
      '200000',
    ];
    const failed = await runChatferry(disk, command);
    t.is(failed.code, 2, failed.err);
    t.regex(failed.err, /the disk is full|no space left on device/);
    t.regex(failed.err, /same command and --resume/);
    t.false(existsSync(join(disk, 'handoff')));
    spawnSync('mount', ['-o', 'remount,size=40m', disk]);
    const resumed = await runChatferry(disk, command);
    t.is(resumed.code, 0, resumed.err);
    t.regex(resumed.err, /Continuing an unfinished run/);
    return t.deepEqual(await digestsOf(join(disk, 'handoff')), await digestsOf(join(path, 'whole')));
  },
);
