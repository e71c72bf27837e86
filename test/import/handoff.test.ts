import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Finding, RunFailure } from '@chatferry/export';
import {
  beginHandoff,
  CHECKPOINT_FILE,
  type Handoff,
  outputFailure,
  verifyBag,
  writeOutput,
} from '@chatferry/import';
import test from 'ava';
import { temporaryFolder } from '../support/temporary-folder.js';

const AGENT = { softwareAgent: 'chatferry 0.1.0' };

interface Desk {
  readonly folder: string;
  readonly final: string;
  readonly findings: Finding[];
  begin(replace?: boolean): Promise<Handoff>;
  /** Names in the folder, temporary ones included. */
  names(): string[];
}

function desk(t: { teardown: (work: () => void) => void }): Desk {
  const folder = temporaryFolder(t);
  const findings: Finding[] = [];
  const final = join(folder, 'handoff');
  return {
    folder,
    final,
    findings,
    begin: (replace = false) => beginHandoff(final, { replace, report: (finding) => findings.push(finding) }),
    names: () => readdirSync(folder).sort(),
  };
}

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['report.html', '<p>fine</p>\n'],
  ['PersistentChatData.zip', 'PK-not-really'],
  ['plan/plan.json', '{}\n'],
  ['Änderungen ß.txt', ''],
];

async function sealed(t: Parameters<typeof desk>[0], files = FILES): Promise<Desk> {
  const at = desk(t);
  const handoff = await at.begin();
  fill(handoff, files);
  await handoff.commit(AGENT);
  return at;
}

function fill(handoff: Handoff, files = FILES): void {
  mkdirSync(join(handoff.dataFolder, 'plan'), { recursive: true });
  for (const [path, text] of files) writeFileSync(join(handoff.dataFolder, path), text);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function refusal(
  t: { is: (a: unknown, b: unknown) => void },
  work: Promise<unknown>,
): Promise<RunFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RunFailure) return error;
    throw error;
  }
  t.is('finished', 'refused');
  throw new Error('not refused');
}

test('a committed handoff is a bag whose files are known byte for byte', async (t) => {
  const at = desk(t);
  const handoff = await at.begin();
  t.false(existsSync(at.final));
  fill(handoff);
  t.deepEqual(at.names(), ['.handoff.lock', `.handoff.partial-${process.pid}`]);
  const summary = await handoff.commit({
    ...AGENT,
    info: [
      ['External-Description', 'Group Chat\r\nto  Persistent Chat '],
      ['Chatferry-Verdict', 'Ready to import.'],
    ],
  });
  t.deepEqual(at.names(), ['handoff']);
  const read = (name: string) => readFileSync(join(at.final, name), 'utf8');
  const info =
    'Bag-Software-Agent: chatferry 0.1.0\nPayload-Oxum: 28.4\n' +
    'External-Description: Group Chat to  Persistent Chat\nChatferry-Verdict: Ready to import.\n';
  const manifest =
    `${sha256('PK-not-really')}  data/PersistentChatData.zip\n${sha256('{}\n')}  data/plan/plan.json\n` +
    `${sha256('<p>fine</p>\n')}  data/report.html\n${sha256('')}  data/Änderungen ß.txt\n`;
  t.is(read('bagit.txt'), 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  t.is(read('bag-info.txt'), info);
  t.is(read('manifest-sha256.txt'), manifest);
  t.is(
    read('tagmanifest-sha256.txt'),
    `${sha256(info)}  bag-info.txt\n${sha256(read('bagit.txt'))}  bagit.txt\n${sha256(manifest)}  manifest-sha256.txt\n`,
  );
  t.deepEqual(summary, { payloadFiles: 4, payloadBytes: 28, sha256: sha256(read('tagmanifest-sha256.txt')) });
  t.deepEqual(at.findings, []);
});

test('plain sha256sum verifies a handoff', async (t) => {
  if (spawnSync('sha256sum', ['--version']).status !== 0) {
    t.log('SKIPPED: sha256sum is not installed.');
    return t.pass();
  }
  const at = await sealed(t);
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    const output = execFileSync('sha256sum', ['--strict', '-c', manifest], {
      cwd: at.final,
      encoding: 'utf8',
    });
    t.false(output.includes('FAILED'));
  }
  writeFileSync(join(at.final, 'data/report.html'), 'other');
  const { status } = spawnSync('sha256sum', ['--strict', '-c', 'manifest-sha256.txt'], { cwd: at.final });
  return t.is(status, 1);
});

test('the date of the bag comes from SOURCE_DATE_EPOCH or not at all', async (t) => {
  const at = desk(t);
  const dated = async (sourceDateEpoch: string | undefined) => {
    const handoff = await at.begin(true);
    await handoff.commit({ ...AGENT, sourceDateEpoch });
    return readFileSync(join(at.final, 'bag-info.txt'), 'utf8');
  };
  t.true((await dated('1700000000')).includes('Bagging-Date: 2023-11-14\n'));
  t.false((await dated(undefined)).includes('Date'));
  t.false((await dated('')).includes('Date'));
  for (const wrong of ['yesterday', '1.5', '-1', '8640000000001']) {
    const handoff = await at.begin(true);
    const failure = await refusal(t, handoff.commit({ ...AGENT, sourceDateEpoch: wrong }));
    t.is(failure.code, 'arguments');
    await handoff.abort();
  }
});

test('CR, LF and % in names are percent-encoded in the manifest', async (t) => {
  const at = await sealed(t, [
    ['a%0Ab\r\n.txt', 'x'],
    ['%', 'y'],
  ]);
  t.is(
    readFileSync(join(at.final, 'manifest-sha256.txt'), 'utf8'),
    `${sha256('y')}  data/%25\n${sha256('x')}  data/a%250Ab%0D%0A.txt\n`,
  );
  t.deepEqual(await verifyBag(at.final), []);
});

// --- begin, abort, replace

test('an existing folder is refused unless it is to be replaced', async (t) => {
  const at = await sealed(t);
  const failure = await refusal(t, at.begin());
  t.is(failure.code, 'output-exists');
  t.true(failure.remedy.includes('--replace'));
  t.deepEqual(at.names(), ['handoff']);
  const handoff = await at.begin(true);
  writeFileSync(join(handoff.dataFolder, 'new.txt'), 'new');
  t.true(existsSync(join(at.final, 'data/report.html')));
  await handoff.commit(AGENT);
  t.deepEqual(readdirSync(join(at.final, 'data')), ['new.txt']);
  t.deepEqual(at.names(), ['handoff']);
  t.deepEqual(at.findings, []);
});

test('an empty folder may be replaced, a folder that is no handoff never', async (t) => {
  const at = desk(t);
  mkdirSync(at.final);
  t.is((await refusal(t, at.begin())).code, 'output-exists');
  await (await at.begin(true)).abort();
  writeFileSync(join(at.final, 'thesis.docx'), 'years of work');
  const failure = await refusal(t, at.begin(true));
  t.is(failure.code, 'output-exists');
  t.regex(failure.message, /is not a handoff/);
  t.deepEqual(readdirSync(at.final), ['thesis.docx']);
  t.deepEqual(at.names(), ['handoff']);
});

test('a file or a link in the way is refused even with replace', async (t) => {
  const at = desk(t);
  writeFileSync(at.final, 'x');
  t.is((await refusal(t, at.begin(true))).code, 'output-exists');
  unlinkSync(at.final);
  symlinkSync(at.folder, at.final);
  t.is((await refusal(t, at.begin(true))).code, 'output-exists');
});

test('a folder that appears while we write is not overwritten', async (t) => {
  const at = desk(t);
  const handoff = await at.begin();
  mkdirSync(at.final);
  t.is((await refusal(t, handoff.commit(AGENT))).code, 'output-exists');
  await handoff.abort();
  t.deepEqual(at.names(), ['handoff']);
  t.deepEqual(readdirSync(at.final), []);
});

test('abort removes everything, as often as it is called, and nothing after commit', async (t) => {
  const at = desk(t);
  const handoff = await at.begin();
  fill(handoff);
  await handoff.abort();
  await handoff.abort();
  t.deepEqual(at.names(), []);
  await t.throwsAsync(handoff.commit(AGENT));
  const second = await at.begin();
  await second.commit(AGENT);
  await second.abort();
  t.deepEqual(at.names(), ['handoff']);
});

test('the root of a disk and a missing folder are refused', async (t) => {
  const at = desk(t);
  const report = () => undefined;
  t.is((await refusal(t, beginHandoff('/', { replace: true, report }))).code, 'output-exists');
  const lost = await refusal(t, beginHandoff(join(at.folder, 'a/b'), { replace: false, report }));
  t.is(lost.code, 'output-unwritable');
  t.regex(lost.message, /the folder around it does not exist/);
});

// --- two runs, dead runs

test('a second run on the same name is refused while the first one lives', async (t) => {
  const at = desk(t);
  const first = await at.begin();
  const failure = await refusal(t, at.begin(true));
  t.is(failure.code, 'output-exists');
  t.regex(
    failure.message,
    new RegExp(`Another run \\(process ${process.pid}\\) is writing the same handoff`),
  );
  t.true(existsSync(first.dataFolder));
  await first.abort();
  await (await at.begin()).abort();
});

test('a lock of a process that was killed but never asked for is taken over', async (t) => {
  if (process.platform !== 'linux') {
    t.log('SKIPPED: only Linux tells of such processes.');
    return t.pass();
  }
  const at = desk(t);
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
  t.teardown(() => parent.kill());
  const zombie = String(await new Promise((resolve) => parent.stdout.once('data', resolve))).trim();
  const comesTo = async (process: string | number | undefined, state: RegExp): Promise<void> => {
    while (!state.test(readFileSync(`/proc/${process}/stat`, 'latin1'))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  // A shell asks for its children, a sleep never does.
  await comesTo(parent.pid, /\(sleep\)/);
  process.kill(Number(zombie), 'SIGKILL');
  await comesTo(zombie, /\) Z /);
  writeFileSync(join(at.folder, '.handoff.lock'), `${zombie}\n`);
  await (await at.begin()).abort();
  t.deepEqual(
    at.findings.map(({ message }) => message),
    [`Unexpected lock of process ${zombie}, which is gone, expected none; took it over.`],
  );
  return t.deepEqual(at.names(), []);
});

test('what runs left that were killed while they took the lock is removed, and of living ones it stays', async (t) => {
  const at = desk(t);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const name of [`new-${pid}`, `stale-${pid}`, `new-${process.ppid}`, 'new-x']) {
    writeFileSync(join(at.folder, `.handoff.lock.${name}`), '');
  }
  await (await at.begin()).abort();
  t.deepEqual(at.names(), ['.handoff.lock.new-x', `.handoff.lock.new-${process.ppid}`].sort());
});

test('a lock of another living process is respected', async (t) => {
  const at = desk(t);
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  t.teardown(() => other.kill());
  writeFileSync(join(at.folder, '.handoff.lock'), `${other.pid}\n`);
  const failure = await refusal(t, at.begin());
  t.true(failure.message.includes(`process ${other.pid}`));
  t.true(failure.remedy.includes('.handoff.lock'));
  t.deepEqual(at.names(), ['.handoff.lock']);
});

for (const content of ['', 'x', '12', '0\n', '\0\0\0\0']) {
  test(`a lock that a crash left as ${JSON.stringify(content)} is taken over with a notice`, async (t) => {
    const at = desk(t);
    writeFileSync(join(at.folder, '.handoff.lock'), content);
    const handoff = await at.begin();
    t.deepEqual(
      at.findings.map(({ message }) => message),
      ['Unexpected lock without a process id, expected none; took it over.'],
    );
    t.true(readFileSync(join(at.folder, '.handoff.lock'), 'utf8').startsWith(`${process.pid}`));
    t.is((await refusal(t, at.begin())).code, 'output-exists');
    await handoff.abort();
    t.deepEqual(at.names(), []);
  });
}

test('a process id that now belongs to a process of another start is stale', async (t) => {
  if (!existsSync('/proc/self/stat')) {
    t.log('SKIPPED: this system does not tell when a process began.');
    return t.pass();
  }
  const at = desk(t);
  const lock = join(at.folder, '.handoff.lock');
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  t.teardown(() => other.kill());
  const stat = readFileSync(`/proc/${other.pid}/stat`, 'latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(lock, `${other.pid} ${start}\n`);
  t.true((await refusal(t, at.begin())).message.includes(`process ${other.pid}`));
  writeFileSync(lock, `${other.pid} 1${start}\n`);
  await (await at.begin()).abort();
  return t.regex(at.findings[0]?.message ?? '', new RegExp(`lock of process ${other.pid}, which is gone`));
});

test('a folder or link in place of the lock is named', async (t) => {
  const at = desk(t);
  const lock = join(at.folder, '.handoff.lock');
  mkdirSync(lock);
  const failure = await refusal(t, at.begin());
  t.is(failure.code, 'output-exists');
  t.is(failure.message, `${lock} is a folder, expected the lock file of this handoff or nothing.`);
  rmSync(lock, { recursive: true });
  symlinkSync('/nowhere', lock);
  t.regex((await refusal(t, at.begin())).message, /\.handoff\.lock is a link or device/);
});

test('only what ends in a process id is a leftover', async (t) => {
  const at = desk(t);
  const kept = [
    '.handoff.partial-',
    '.handoff.partial-7-mine',
    '.handoff.partial-results',
    '.handoff.replaced-old',
  ];
  for (const name of kept) mkdirSync(join(at.folder, name));
  mkdirSync(join(at.folder, '.handoff.partial-7'));
  await (await at.begin()).abort();
  t.deepEqual(at.names(), kept);
});

const FOREIGN: readonly (readonly [what: string, spoil: (bag: string) => void, reason: RegExp])[] = [
  [
    'a bag of another program',
    (bag) => writeFileSync(join(bag, 'bag-info.txt'), 'Bag-Software-Agent: bagit.py v1.8\n'),
    /its bag-info\.txt does not name chatferry/,
  ],
  [
    'a bag without bag-info.txt',
    (bag) => unlinkSync(join(bag, 'bag-info.txt')),
    /its bag-info\.txt does not name chatferry/,
  ],
  [
    'a file beside data',
    (bag) => writeFileSync(join(bag, 'thesis.docx'), 'x'),
    /it holds "thesis\.docx", which/,
  ],
  [
    'a file in data',
    (bag) => writeFileSync(join(bag, 'data/plan/mine.csv'), 'x'),
    /it holds "data\/plan\/mine\.csv"/,
  ],
  [
    'no manifest',
    (bag) => unlinkSync(join(bag, 'manifest-sha256.txt')),
    /it holds "data\/PersistentChatData\.zip"/,
  ],
];

for (const [what, spoil, reason] of FOREIGN) {
  test(`a folder is not replaced: ${what}`, async (t) => {
    const at = await sealed(t);
    spoil(at.final);
    const failure = await refusal(t, at.begin(true));
    t.is(failure.code, 'output-exists');
    t.regex(failure.message, reason);
    t.true(existsSync(join(at.final, 'data/report.html')));
    t.deepEqual(at.names(), ['handoff']);
  });
}

test('a signed or changed handoff of ours may be replaced', async (t) => {
  const at = await sealed(t);
  writeFileSync(join(at.final, 'tagmanifest-sha256.txt.sig'), 'signature');
  writeFileSync(join(at.final, 'data/report.html'), 'changed');
  await (await at.begin(true)).commit(AGENT);
  t.deepEqual(readdirSync(join(at.final, 'data')), []);
});

test('what a killed run left is removed and reported', async (t) => {
  const at = desk(t);
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(join(at.folder, '.handoff.lock'), `${dead}\n`);
  mkdirSync(join(at.folder, `.handoff.partial-${dead}/data`), { recursive: true });
  mkdirSync(join(at.folder, '.handoff2.partial-1'));
  const handoff = await at.begin();
  t.deepEqual(
    at.findings.map(({ rule, severity, message }) => ({ rule, severity, message })),
    [
      `Unexpected lock of process ${dead}, which is gone, expected none; took it over.`,
      `Unexpected unfinished handoff .handoff.partial-${dead}, expected none; removed it.`,
    ].map((message) => ({ rule: 'handoff-leftover', severity: 'note', message })),
  );
  t.deepEqual(at.names(), ['.handoff.lock', `.handoff.partial-${process.pid}`, '.handoff2.partial-1']);
  await handoff.abort();
  t.deepEqual(at.names(), ['.handoff2.partial-1']);
});

test('a lock with our own process id from an earlier life is stale', async (t) => {
  const at = desk(t);
  writeFileSync(join(at.folder, '.handoff.lock'), `${process.pid}\n`);
  await (await at.begin()).abort();
  t.is(at.findings.length, 1);
});

test('a handoff that was set aside by a killed run comes back', async (t) => {
  const at = desk(t);
  mkdirSync(join(at.folder, '.handoff.replaced-7'));
  writeFileSync(join(at.folder, '.handoff.replaced-7/bagit.txt'), 'old');
  t.is((await refusal(t, at.begin())).code, 'output-exists');
  t.is(readFileSync(join(at.final, 'bagit.txt'), 'utf8'), 'old');
  t.is(at.findings.length, 1);
  rmSync(at.final, { recursive: true });
  await (await at.begin()).commit(AGENT);
  mkdirSync(join(at.folder, '.handoff.replaced-8'));
  await (await at.begin(true)).abort();
  t.deepEqual(at.names(), ['handoff']);
  t.regex(at.findings[1]?.message ?? '', /replaced-8, expected none; removed it/);
});

for (const [code, words] of [
  ['ENOSPC', 'the disk is full'],
  ['EACCES', 'access is denied'],
  ['EROFS', 'the file system is read-only'],
] as const) {
  test(`${code} becomes a failure with a sentence`, (t) => {
    const cause = Object.assign(new Error(code), { code });
    const failure = outputFailure(cause, '/out/handoff');
    if (!(failure instanceof RunFailure)) return t.fail();
    t.is(failure.code, 'output-unwritable');
    t.is(failure.message, `/out/handoff cannot be written: ${words}.`);
    t.true(failure.remedy.length > 0);
    return t.is(failure.cause, cause);
  });
}

test('a file that cannot be written is named', async (t) => {
  const at = desk(t);
  const path = join(at.folder, 'no/report.html');
  const failure = await refusal(t, writeOutput(path, 'x'));
  t.is(failure.code, 'output-unwritable');
  t.is(failure.message, `${path} cannot be written: the folder around it does not exist.`);
});

test('a bug stays a bug', (t) => {
  const bug = new TypeError('x is not a function');
  t.is(outputFailure(bug, '/out'), bug);
});

// --- the seal

test('a whole seal has no findings, signed or not', async (t) => {
  const at = await sealed(t);
  t.deepEqual(await verifyBag(at.final), []);
  writeFileSync(join(at.final, 'tagmanifest-sha256.txt.sig'), 'signature');
  t.deepEqual(await verifyBag(at.final), []);
});

const BREAKS: readonly (readonly [
  what: string,
  spoil: (bag: string) => void,
  expected: readonly string[],
])[] = [
  [
    'a changed payload file of the same size',
    (bag) => writeFileSync(join(bag, 'data/plan/plan.json'), '[]\n'),
    ['data/plan/plan.json: SHA-256'],
  ],
  [
    'a changed payload file of another size',
    (bag) => writeFileSync(join(bag, 'data/plan/plan.json'), '{ }\n'),
    ['data/plan/plan.json: SHA-256', 'bag-info.txt: 29 bytes in 4 files of data/'],
  ],
  [
    'a missing payload file',
    (bag) => unlinkSync(join(bag, 'data/report.html')),
    ['data/report.html: absence of data/report.html', 'bag-info.txt: 16 bytes in 3 files of data/'],
  ],
  [
    'an extra payload file',
    (bag) => writeFileSync(join(bag, 'data/plan/more.csv'), ''),
    ['data/plan/more.csv: extra file', 'bag-info.txt: 28 bytes in 5 files of data/'],
  ],
  ['an extra tag file', (bag) => writeFileSync(join(bag, 'README.txt'), ''), ['README.txt: extra file']],
  [
    'a changed bag-info.txt',
    (bag) => writeFileSync(join(bag, 'bag-info.txt'), 'Payload-Oxum: 28.4\nChatferry-Verdict: fine\n'),
    ['bag-info.txt: SHA-256'],
  ],
  [
    'a manifest that was made to fit a changed file',
    (bag) => {
      writeFileSync(join(bag, 'data/plan/plan.json'), '[]\n');
      const manifest = readFileSync(join(bag, 'manifest-sha256.txt'), 'utf8');
      writeFileSync(join(bag, 'manifest-sha256.txt'), manifest.replace(sha256('{}\n'), sha256('[]\n')));
    },
    ['manifest-sha256.txt: SHA-256'],
  ],
  [
    'a manifest that lists a path outside',
    (bag) => {
      const line = `${sha256('')}  ../../etc/passwd\n`;
      writeFileSync(
        join(bag, 'manifest-sha256.txt'),
        readFileSync(join(bag, 'manifest-sha256.txt'), 'utf8') + line,
      );
    },
    ['manifest-sha256.txt: path ../../etc/passwd', 'manifest-sha256.txt: SHA-256'],
  ],
  [
    'a manifest with a path twice and a line of noise',
    (bag) => {
      const line = `${sha256('{}\n')} *data/plan/plan.json\nnoise\n`;
      writeFileSync(
        join(bag, 'manifest-sha256.txt'),
        readFileSync(join(bag, 'manifest-sha256.txt'), 'utf8') + line,
      );
    },
    [
      'manifest-sha256.txt: data/plan/plan.json twice',
      'manifest-sha256.txt: line of another form',
      'manifest-sha256.txt: SHA-256',
    ],
  ],
  [
    'another version of BagIt',
    (bag) =>
      writeFileSync(join(bag, 'bagit.txt'), 'BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n'),
    ['bagit.txt: other declaration', 'bagit.txt: SHA-256'],
  ],
  [
    'a link in place of a file',
    (bag) => {
      unlinkSync(join(bag, 'data/report.html'));
      symlinkSync('/etc/hostname', join(bag, 'data/report.html'));
    },
    ['data/report.html: link or device'],
  ],
  [
    'no manifest',
    (bag) => unlinkSync(join(bag, 'manifest-sha256.txt')),
    ['manifest-sha256.txt: absence of manifest-sha256.txt'],
  ],
  ['no bagit.txt', (bag) => unlinkSync(join(bag, 'bagit.txt')), ['bagit.txt: absence of bagit.txt']],
];

for (const [what, spoil, expected] of BREAKS) {
  test(`the seal is broken by ${what}`, async (t) => {
    const at = await sealed(t);
    spoil(at.final);
    const findings = await verifyBag(at.final);
    t.deepEqual(
      findings.map(({ place, seen }) => `${place?.file}: ${seen?.replace(/^SHA-256 .*/, 'SHA-256')}`),
      [...expected],
    );
    for (const { rule, severity, remedy } of findings) {
      t.is(rule, 'seal-intact');
      t.is(severity, 'error');
      t.truthy(remedy);
    }
  });
}

test('what is no folder cannot be verified', async (t) => {
  const at = desk(t);
  t.is((await refusal(t, verifyBag(at.final))).code, 'input-missing');
  writeFileSync(at.final, '');
  t.is((await refusal(t, verifyBag(at.final))).code, 'input-unreadable');
});

test('a handoff that is left with a checkpoint can be resumed, and its checkpoint is no part of the bag', async (t) => {
  const at = desk(t);
  const first = await at.begin();
  fill(first);
  mkdirSync(first.checkpointFolder);
  writeFileSync(join(first.checkpointFolder, CHECKPOINT_FILE), '{}');
  t.false(first.isResumed);
  await first.leave();
  await first.abort();
  t.deepEqual(at.names(), [`.handoff.partial-${process.pid}`]);
  t.is((await refusal(t, at.begin())).code, 'output-exists');
  const report = () => undefined;
  const kept = await beginHandoff(at.final, { replace: false, unfinished: 'keep', report });
  t.not(kept.dataFolder, first.dataFolder);
  await kept.abort();
  const second = await beginHandoff(at.final, { replace: false, unfinished: 'resume', report });
  t.true(second.isResumed);
  t.is(second.dataFolder, first.dataFolder);
  await second.commit(AGENT);
  t.deepEqual(at.names(), ['handoff']);
  t.false(existsSync(join(at.final, 'checkpoint')));
});

test('an unfinished handoff is not discarded for a name that is taken by something else', async (t) => {
  const at = desk(t);
  const first = await at.begin();
  mkdirSync(first.checkpointFolder);
  writeFileSync(join(first.checkpointFolder, CHECKPOINT_FILE), '{}');
  await first.leave();
  mkdirSync(at.final);
  writeFileSync(join(at.final, 'mine.txt'), 'mine');
  t.is((await refusal(t, at.begin(true))).code, 'output-exists');
  t.true(existsSync(first.checkpointFolder));
});
