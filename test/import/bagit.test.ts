import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '@chatferry/export';
import { verifyBag } from '@chatferry/import';
import test from 'ava';
import {
  DECLARATION,
  digest,
  manifestOf,
  scratch,
  type Teardown,
  writeFiles,
} from './support/bag-fixture.js';
import { brief } from './support/package-fixture.js';

const PAYLOAD = { 'data/a.txt': 'alpha', 'data/sub/b c.txt': 'beta' } as const;
const OXUM = 'Payload-Oxum: 9.2\n';

async function faults(folder: string, strictness: 'bag' | 'handoff' = 'bag'): Promise<string[]> {
  return (await verifyBag(folder, strictness)).map(
    ({ place, seen }) => `${place?.file}:${place?.line} ${seen}`,
  );
}

function bagOf(t: Teardown, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = scratch(t);
  writeFiles(folder, { 'bagit.txt': DECLARATION, ...PAYLOAD, ...files });
  return folder;
}

/** Bags that RFC 8493 calls valid, whoever made them. */
const VALID: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'the least that a bag can be: one manifest': { 'manifest-sha256.txt': manifestOf(PAYLOAD) },
  'as bagit.py 1.9 writes it: two algorithms, one blank in tag manifests': {
    'bag-info.txt': OXUM,
    'manifest-sha256.txt': manifestOf(PAYLOAD),
    'manifest-sha512.txt': manifestOf(PAYLOAD, { algorithm: 'sha512' }),
    'tagmanifest-sha256.txt': manifestOf(
      { 'bagit.txt': DECLARATION, 'bag-info.txt': OXUM },
      { between: ' ' },
    ),
  },
  'as bagit.py 1.8 writes it: BagIt 0.97': {
    'bagit.txt': DECLARATION.replace('1.0', '0.97'),
    'manifest-sha256.txt': manifestOf(PAYLOAD),
    'manifest-sha512.txt': manifestOf({ 'data/a.txt': 'alpha' }, { algorithm: 'sha512' }),
  },
  'as bagit-fs writes it: one blank, no end of line in bagit.txt': {
    'bagit.txt': DECLARATION.trimEnd(),
    'bag-info.txt': 'Bagging-Date: 2026-01-02\nBag-Size: 9 B',
    'manifest-sha256.txt': manifestOf(PAYLOAD, { between: ' ' }),
  },
  'md5 and sha1 in upper case, with tabs, stars and a leading ./': {
    'manifest-md5.txt': manifestOf(PAYLOAD, { algorithm: 'md5', between: '\t' }).replaceAll(/^\w+/gm, (hex) =>
      hex.toUpperCase(),
    ),
    'manifest-sha1.txt': manifestOf(PAYLOAD, { algorithm: 'sha1', between: ' *' }).replaceAll(
      'data',
      './data',
    ),
  },
  'the less known lengths of SHA-2': {
    'manifest-sha224.txt': manifestOf(PAYLOAD, { algorithm: 'sha224' }),
    'manifest-sha384.txt': manifestOf(PAYLOAD, { algorithm: 'sha384' }),
  },
  'CR LF at the ends of lines': {
    'bagit.txt': DECLARATION.replaceAll('\n', '\r\n'),
    'bag-info.txt': 'payload-oxum:\r\n  9.2\r\n',
    'manifest-sha256.txt': manifestOf(PAYLOAD, { end: '\r\n' }),
  },
  'CR at the ends of lines': { 'manifest-sha256.txt': manifestOf(PAYLOAD, { end: '\r' }) },
  'a byte order mark in a manifest': { 'manifest-sha256.txt': `\ufeff${manifestOf(PAYLOAD)}` },
  'tag files in UTF-16': {
    'bagit.txt': DECLARATION.replace('UTF-8', 'UTF-16'),
    'manifest-sha256.txt': Buffer.from(`\ufeff${manifestOf(PAYLOAD)}`, 'utf16le'),
  },
  'a name with a line separator of Unicode': {
    'data/a\u2028b.txt': '1',
    'manifest-sha256.txt': manifestOf({ ...PAYLOAD, 'data/a\u2028b.txt': '1' }),
  },
  'names with CR, LF and percent signs': {
    'data/100%.txt': '1',
    'data/a\r\nb%0A.txt': '2',
    'manifest-sha256.txt':
      manifestOf(PAYLOAD) +
      manifestOf({ 'data/100%25.txt': '1' }) +
      manifestOf({ 'data/a%0D%0Ab%250A.txt': '2' }),
  },
  'a percent sign that its writer did not encode, as bagit.py': {
    'data/a%25b.txt': '1',
    'manifest-sha256.txt': manifestOf({ ...PAYLOAD, 'data/a%25b.txt': '1' }),
  },
  'a name that was decomposed on its way': {
    'data/Mu\u0308ller.txt': '1',
    'manifest-sha256.txt': manifestOf({ ...PAYLOAD, 'data/M\u00fcller.txt': '1' }),
  },
  'tag files and folders that no tag manifest lists': {
    'manifest-sha256.txt': manifestOf(PAYLOAD),
    'notes/readme.txt': 'x',
    'tagmanifest-sha256.txt': manifestOf({ 'bagit.txt': DECLARATION }),
  },
};

for (const [what, files] of Object.entries(VALID)) {
  test(`a bag is valid: ${what}`, async (t) => {
    t.deepEqual(await faults(bagOf(t, files)), []);
  });
}

const INVALID: Readonly<
  Record<string, readonly [files: Readonly<Record<string, string | Uint8Array>>, expected: readonly string[]]>
> = {
  'fetch.txt': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'fetch.txt': 'file:///etc/passwd - data/a.txt\n' },
    ['fetch.txt:1 list of files to be fetched'],
  ],
  'no manifest at all': [
    {},
    [
      'manifest-sha256.txt:1 absence of manifest-sha256.txt',
      'data/a.txt:1 extra file',
      'data/sub/b c.txt:1 extra file',
    ],
  ],
  'a manifest that leaves a file out, beside one that lists it': [
    {
      'manifest-sha256.txt': manifestOf(PAYLOAD),
      'manifest-md5.txt': manifestOf({ 'data/a.txt': 'alpha' }, { algorithm: 'md5' }),
    },
    ['data/sub/b c.txt:1 extra file'],
  ],
  'one wrong checksum among several algorithms': [
    {
      'manifest-sha256.txt': manifestOf(PAYLOAD),
      'manifest-sha512.txt': manifestOf({ ...PAYLOAD, 'data/a.txt': 'other' }, { algorithm: 'sha512' }),
    },
    [`data/a.txt:1 SHA-512 ${digest('alpha', 'sha512')}`],
  ],
  'a checksum algorithm that nobody can compute': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'manifest-crc32.txt': '00000000  data/a.txt\n' },
    ['manifest-crc32.txt:1 checksum algorithm that is not known here'],
  ],
  'a checksum algorithm that every object has': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'manifest-constructor.txt': '0  data/a.txt\n' },
    ['manifest-constructor.txt:1 checksum algorithm that is not known here'],
  ],
  'a Payload-Oxum that is wrong': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bag-info.txt': 'Payload-Oxum: 9.3\n' },
    ['bag-info.txt:1 9 bytes in 2 files of data/'],
  ],
  'a Payload-Oxum twice': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bag-info.txt': OXUM + OXUM },
    ['bag-info.txt:1 Payload-Oxum twice'],
  ],
  'a line of bag-info.txt that has no label': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bag-info.txt': `${OXUM}\n  more\nno label\nnor here\n` },
    ['bag-info.txt:4 line of another form'],
  ],
  'an indented line of bag-info.txt that continues nothing': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bag-info.txt': `  more\n${OXUM}` },
    ['bag-info.txt:1 line of another form'],
  ],
  'a byte order mark in bagit.txt': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bagit.txt': `\ufeff${DECLARATION}` },
    ['bagit.txt:1 other declaration'],
  ],
  'a blank before the colon in bagit.txt': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bagit.txt': DECLARATION.replace(':', ' :') },
    ['bagit.txt:1 other declaration'],
  ],
  'an encoding that is not known here': [
    { 'manifest-sha256.txt': manifestOf(PAYLOAD), 'bagit.txt': DECLARATION.replace('UTF-8', 'EBCDIC') },
    [
      'manifest-sha256.txt:1 bytes that are not EBCDIC',
      'data/a.txt:1 extra file',
      'data/sub/b c.txt:1 extra file',
    ],
  ],
  'paths that leave the bag or its payload': [
    {
      'manifest-sha256.txt':
        manifestOf(PAYLOAD) +
        manifestOf({
          'data/../../x': '',
          '/etc/passwd': '',
          'C:/x': '',
          '~/x': '',
          'bagit.txt': DECLARATION,
        }),
    },
    [
      'manifest-sha256.txt:3 path data/../../x',
      'manifest-sha256.txt:4 path /etc/passwd',
      'manifest-sha256.txt:5 path C:/x',
      'manifest-sha256.txt:6 path ~/x',
      'manifest-sha256.txt:7 path bagit.txt',
    ],
  ],
  'a tag manifest that lists payload and itself': [
    {
      'manifest-sha256.txt': manifestOf(PAYLOAD),
      'tagmanifest-sha256.txt': manifestOf({ 'data/a.txt': 'alpha', 'tagmanifest-sha256.txt': '' }),
    },
    ['tagmanifest-sha256.txt:1 path data/a.txt', 'tagmanifest-sha256.txt:2 path tagmanifest-sha256.txt'],
  ],
};

for (const [what, [files, expected]] of Object.entries(INVALID)) {
  test(`a bag is not valid: ${what}`, async (t) => {
    t.deepEqual(await faults(bagOf(t, files)), [...expected]);
  });
}

test('a bag without a payload folder, and one with a link in it, are not valid', async (t) => {
  const folder = bagOf(t, { 'manifest-sha256.txt': '' });
  rmSync(join(folder, 'data'), { recursive: true });
  t.deepEqual(await faults(folder), ['data:1 absence of data']);
  mkdirSync(join(folder, 'data'));
  t.deepEqual(await faults(folder), []);
  symlinkSync('/etc', join(folder, 'data/etc'));
  t.deepEqual(await faults(folder), ['data/etc:1 link or device']);
});

test('a name that is not UTF-8 and a manifest that is too large are findings', async (t) => {
  const folder = bagOf(t, { 'manifest-sha256.txt': manifestOf(PAYLOAD) });
  if (process.platform === 'linux') {
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'data/')), Buffer.from([0xff])]), '');
    const found = await faults(folder);
    t.true(found.some((each) => each.endsWith(':1 file under a name that is not UTF-8')));
    rmSync(Buffer.concat([Buffer.from(join(folder, 'data/')), Buffer.from([0xff])]));
  }
  appendFileSync(join(folder, 'manifest-sha256.txt'), Buffer.alloc(17 * 2 ** 20));
  t.regex((await faults(folder))[0] ?? '', /^manifest-sha256\.txt:1 more than 16777216 bytes/);
});

test('megabytes of noise in a manifest, and of indented lines in bag-info.txt, are read quickly and told briefly', async (t) => {
  const folder = bagOf(t, {
    'manifest-sha256.txt': manifestOf(PAYLOAD) + '\n'.repeat(8 * 2 ** 20),
    'bag-info.txt': `Payload-Oxum: 9.2\n${' x\n'.repeat(4 * 2 ** 20)}`,
  });
  const found = await faults(folder);
  t.is(found.length, 1002);
  t.is(found[1000], 'manifest-sha256.txt:1002 1000 lines of another form; read no further');
  t.true(found[1001]?.startsWith('bag-info.txt:1 Payload-Oxum 9.2 x x'));
  t.true((found[1001]?.length ?? 0) < 600);
});

test('a handoff that bagit.py has sealed anew, with several algorithms, is whole', async (t) => {
  const algorithms = ['md5', 'sha256', 'sha512'];
  const payload = algorithms.map((algorithm) => [
    `manifest-${algorithm}.txt`,
    manifestOf(PAYLOAD, { algorithm }),
  ]);
  const tags: Record<string, string> = {
    'bagit.txt': DECLARATION,
    'bag-info.txt': OXUM,
    'custody.ndjson': '',
    ...Object.fromEntries(payload),
  };
  const tagManifests = algorithms.map((algorithm) => [
    `tagmanifest-${algorithm}.txt`,
    manifestOf(tags, { algorithm, between: ' ' }),
  ]);
  t.deepEqual(await faults(bagOf(t, { ...tags, ...Object.fromEntries(tagManifests) }), 'handoff'), []);
});

test('a handoff needs more than a bag does', async (t) => {
  const folder = bagOf(t, { 'manifest-sha512.txt': manifestOf(PAYLOAD, { algorithm: 'sha512' }) });
  t.deepEqual(await faults(folder), []);
  t.deepEqual(await faults(folder, 'handoff'), ['bag-info.txt:1 absence of bag-info.txt']);
});

/** The tag files of a handoff over `PAYLOAD`, sealed by its SHA-256 manifests. */
function handoffFiles(info = OXUM): Record<string, string> {
  const tags = {
    'bagit.txt': DECLARATION,
    'bag-info.txt': info,
    'manifest-sha256.txt': manifestOf(PAYLOAD),
  };
  return { ...tags, 'tagmanifest-sha256.txt': manifestOf(tags) };
}

test('a Payload-Oxum that does not fit is told as what the files hold and what the seal says of them', async (t) => {
  const told = async (oxum: string): Promise<string | undefined> =>
    (await verifyBag(bagOf(t, handoffFiles(`Payload-Oxum: ${oxum}\n`)))).map(brief).join('\n');
  const at = 'error seal-intact bag-info.txt:1:1 - Unexpected';
  t.is(await told('12.3'), `${at} 9 bytes in 2 files of data/, expected 12 bytes in 3, as bag-info.txt says`);
  t.is(await told('9.1'), `${at} 9 bytes in 2 files of data/, expected 9 bytes in 1, as bag-info.txt says`);
  t.regex((await told('9')) ?? '', /Unexpected Payload-Oxum 9 at bag-info\.txt, expected 9\.2/);
});

test('a handoff must state its Payload-Oxum, and once', async (t) => {
  t.deepEqual(await faults(bagOf(t, handoffFiles()), 'handoff'), []);
  const without = bagOf(t, handoffFiles('Bagging-Date: 2026-01-02\n'));
  t.deepEqual(await faults(without, 'handoff'), ['bag-info.txt:1 absence of Payload-Oxum']);
  t.deepEqual(await faults(without), [], 'a bag of anybody need not');
  const twice = bagOf(t, handoffFiles(OXUM + OXUM));
  t.deepEqual(await faults(twice, 'handoff'), ['bag-info.txt:1 Payload-Oxum twice']);
});

test('only the SHA-256 tag manifest of a handoff must list every tag file', async (t) => {
  const files = handoffFiles();
  const md5 = manifestOf({ 'bagit.txt': DECLARATION }, { algorithm: 'md5' });
  t.deepEqual(await faults(bagOf(t, { ...files, 'tagmanifest-md5.txt': md5 }), 'handoff'), []);
  const more = bagOf(t, { ...files, 'notes.txt': 'x', 'tagmanifest-md5.txt': md5 });
  t.deepEqual(await faults(more, 'handoff'), ['notes.txt:1 extra file']);
  t.deepEqual(await faults(more), []);
  const wrong = manifestOf({ 'bagit.txt': 'other' }, { algorithm: 'md5' });
  t.deepEqual(await faults(bagOf(t, { ...files, 'tagmanifest-md5.txt': wrong }), 'handoff'), [
    `bagit.txt:1 MD5 ${digest(DECLARATION, 'md5')}`,
  ]);
});

test('what is no folder, or cannot be reached, ends the run with its name', async (t) => {
  const folder = bagOf(t, handoffFiles());
  const refused = async (path: string) => {
    const { code, message } = (await t.throwsAsync(verifyBag(path), { instanceOf: RunFailure })) ?? {};
    return [code, message];
  };
  const file = join(folder, 'bagit.txt');
  t.deepEqual(await refused(join(folder, 'x')), ['input-missing', `${join(folder, 'x')} does not exist.`]);
  t.deepEqual(await refused(file), ['input-unreadable', `${file} is not a folder.`]);
  const link = join(bagOf(t, handoffFiles()), 'link');
  symlinkSync(folder, link);
  t.deepEqual(await faults(link), await faults(folder), 'a link to a handoff is the handoff');
  const below = join(file, 'x');
  t.deepEqual(await refused(below), ['input-unreadable', `${below} cannot be read.`]);
});

test('names that differ in their composition only are two files, where the disk has two', async (t) => {
  const [composed, decomposed] = ['data/M\u00fcller.txt', 'data/Mu\u0308ller.txt'] as const;
  const two = { ...PAYLOAD, [composed]: '1', [decomposed]: '22' };
  t.deepEqual(await faults(bagOf(t, { ...two, 'manifest-sha256.txt': manifestOf(two) })), []);
  const swapped = { ...PAYLOAD, [composed]: '22', [decomposed]: '1' };
  t.deepEqual(await faults(bagOf(t, { ...two, 'manifest-sha256.txt': manifestOf(swapped) })), [
    `${decomposed}:1 SHA-256 ${digest('22')}`,
    `${composed}:1 SHA-256 ${digest('1')}`,
  ]);
  const one = { ...PAYLOAD, [composed]: '1' };
  const manifest = manifestOf({ ...PAYLOAD, [decomposed]: '1' });
  t.deepEqual(await faults(bagOf(t, { ...one, 'manifest-sha256.txt': manifest })), []);
  const both = manifest + manifestOf({ [composed]: '1' });
  t.deepEqual(await faults(bagOf(t, { ...one, 'manifest-sha256.txt': both })), [
    `manifest-sha256.txt:4 ${composed} twice`,
  ]);
});

test('a tag manifest lists what lies outside of data/, and nothing outside of the bag', async (t) => {
  const outside = { '\\\\server\\share': '', 'a/../../x': '', 'd:x': '', '..': '' };
  const files = { 'bagit.txt': DECLARATION, 'notes/a..b.txt': 'x' };
  const folder = bagOf(t, {
    ...files,
    'manifest-sha256.txt': manifestOf(PAYLOAD),
    'tagmanifest-sha256.txt': manifestOf({ ...files, ...outside, 'data.txt': '' }),
  });
  t.deepEqual(await faults(folder), [
    ...Object.keys(outside).map((path, index) => `tagmanifest-sha256.txt:${index + 3} path ${path}`),
    'data.txt:1 absence of data.txt',
  ]);
});

test('a path that a manifest may not list is told with what it may', async (t) => {
  const sealed = { ...PAYLOAD, 'bagit.txt': DECLARATION, 'data/../x': '' };
  const tags = { 'data/a.txt': 'alpha', 'tagmanifest-md5.txt': '', '~': '' };
  const folder = bagOf(t, {
    'manifest-sha256.txt': manifestOf(sealed),
    'tagmanifest-sha256.txt': manifestOf(tags),
  });
  const found = (await verifyBag(folder, 'bag')).map(brief);
  const told = (manifest: string, line: number, path: string, expected: string): string =>
    `error seal-intact ${manifest}:${line}:1 - Unexpected path ${path} at ${manifest}, expected ${expected}`;
  t.deepEqual(found, [
    told('manifest-sha256.txt', 3, 'bagit.txt', 'only files below data/'),
    told('manifest-sha256.txt', 4, 'data/../x', 'only paths inside of the bag'),
    told('tagmanifest-sha256.txt', 1, 'data/a.txt', 'only files outside of data/'),
    told(
      'tagmanifest-sha256.txt',
      2,
      'tagmanifest-md5.txt',
      'no tag manifest, such as tagmanifest-sha256.txt',
    ),
    told('tagmanifest-sha256.txt', 3, '~', 'only paths inside of the bag'),
  ]);
});

test('a file that its reader may not open ends the run with its name', (t) => {
  const folder = bagOf(t, handoffFiles());
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'data/a.txt'), 0o000);
  // The superuser opens every file, so somebody else does it.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const script = `const { verifyBag } = await import('${import.meta.resolve('@chatferry/import')}');
if (process.argv[1]) await verifyBag(process.argv[1]).catch(({ code, message }) => console.log(code, message));`;
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script, ...args], {
      ...user,
      cwd: tmpdir(),
      encoding: 'utf8',
    });
  if (process.platform === 'win32' || run().status !== 0) {
    t.log('SKIPPED: there is nobody who may read the program and not the file.');
    return t.pass();
  }
  const { stdout, stderr } = run(folder);
  const file = join(folder, 'data/a.txt');
  if (stdout === `input-unreadable ${folder} cannot be read.\n`) {
    t.log('SKIPPED: the folder of temporary files is closed to everybody else.');
    return t.pass();
  }
  return t.is(stdout, `input-unreadable ${file} cannot be read (EACCES).\n`, stderr);
});
