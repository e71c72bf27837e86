import { Buffer } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { type InputLimits, openZipArchive, RunFailure } from '@chatferry/export';
import test, { type ExecutionContext } from 'ava';
import { ZipFile } from 'yazl';
import { announcingZip64, type RawEntry, rawZip, withZip64End } from '../support/raw-zip.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function saved(t: ExecutionContext, bytes: Buffer): Promise<string> {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.zip');
  await writeFile(path, bytes);
  return path;
}

/** Opens the archive and reads every entry. */
async function readAll(path: string, limits: Partial<InputLimits> = {}): Promise<Map<string, string>> {
  const zip = await openZipArchive(path, { limits });
  try {
    const contents = new Map<string, string>();
    for (const entry of zip.entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of zip.open(entry)) chunks.push(chunk);
      contents.set(entry.name, Buffer.concat(chunks).toString());
    }
    return contents;
  } finally {
    await zip.close();
  }
}

async function refused(
  t: ExecutionContext,
  bytes: Buffer,
  limits: Partial<InputLimits> = {},
): Promise<RunFailure | undefined> {
  const path = await saved(t, bytes);
  const failure = await t.throwsAsync(() => readAll(path, limits), { instanceOf: RunFailure });
  t.true((failure?.remedy.length ?? 0) > 20);
  return failure;
}

const TEXT = '<row a="1"/>'.repeat(50);
const PACKED = deflateRawSync(TEXT);
const whole = rawZip([{ name: 'a.xml', data: TEXT, method: 8 }]);

test('reads stored and deflated entries, in order, without folders, as often as asked', async (t) => {
  const path = await saved(
    t,
    rawZip([
      { name: 'z/' },
      { name: 'z/b.xml', data: TEXT, method: 8 },
      { name: 'a é.xml', data: 'plain' },
      { name: 'empty.xml' },
      { name: 'empty-deflated.xml', method: 8 },
    ]),
  );
  const expected = [
    ['z/b.xml', TEXT],
    ['a é.xml', 'plain'],
    ['empty.xml', ''],
    ['empty-deflated.xml', ''],
  ];
  t.deepEqual([...(await readAll(path))], expected as [string, string][]);
  const zip = await openZipArchive(path);
  t.deepEqual(zip.entries[0], {
    name: 'z/b.xml',
    compressedSize: PACKED.length,
    uncompressedSize: TEXT.length,
    crc32: crc32(TEXT),
  });
  const [entry] = zip.entries;
  for (let pass = 0; pass < 2; pass++) {
    for await (const chunk of zip.open(entry as (typeof zip.entries)[0])) {
      t.is(chunk.length, TEXT.length);
    }
  }
  await zip.close();
});

test('reads what yazl writes, with data descriptors and ZIP64', async (t) => {
  const path = await saved(t, Buffer.alloc(0));
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(TEXT), 'x.xml', { forceZip64Format: true });
  zip.addReadStream((await import('node:stream')).Readable.from([Buffer.from('streamed')]), 'y.xml');
  zip.end({ forceZip64Format: true, comment: '' });
  await pipeline(zip.outputStream, createWriteStream(path));
  t.deepEqual(
    [...(await readAll(path))],
    [
      ['x.xml', TEXT],
      ['y.xml', 'streamed'],
    ],
  );
});

test('reads ZIP64 sizes and offsets of small entries', async (t) => {
  const path = await saved(t, rawZip([{ name: 'x.xml', data: TEXT, method: 8, isZip64: true }]));
  t.is((await readAll(path)).get('x.xml'), TEXT);
});

test('reads a ZIP64 end, whether the plain one announces it or tells the same numbers', async (t) => {
  for (const bytes of [withZip64End(whole), announcingZip64(withZip64End(whole))]) {
    t.is((await readAll(await saved(t, bytes))).get('a.xml'), TEXT);
  }
});

test('reads more than 65,535 entries when they are allowed', async (t) => {
  const entries = Array.from({ length: 65_540 }, (_, index) => ({ name: `${index}.xml` }));
  const zip = rawZip(entries, 0xffff);
  const path = await saved(t, announcingZip64(withZip64End(zip, { count: 65_540n })));
  t.is((await t.throwsAsync(openZipArchive(path), { instanceOf: RunFailure }))?.code, 'archive-unsafe');
  const archive = await openZipArchive(path, { limits: { entries: 100_000 } });
  t.is(archive.entries.length, 65_540);
  await archive.close();
});

test('an entry may be left half-read', async (t) => {
  const big = Buffer.alloc(3_000_000, 'ab<');
  const path = await saved(t, rawZip([{ name: 'x.xml', data: big, method: 8 }]));
  const zip = await openZipArchive(path);
  let seen = 0;
  for await (const chunk of zip.open(zip.entries[0] as (typeof zip.entries)[0])) {
    seen = chunk.length;
    break;
  }
  await zip.close();
  t.true(seen > 0 && seen < big.length);
});

const UNSAFE: readonly [string, RawEntry[], RegExp][] = [
  ['a parent path', [{ name: 'a/../../x.xml' }], /"a\/\.\.\/\.\.\/x\.xml" has a path that leaves/],
  ['an absolute path', [{ name: '/etc/x.xml' }], /absolute path/],
  ['a drive letter', [{ name: 'C:x.xml' }], /drive letter/],
  ['a backslash', [{ name: 'a\\x.xml' }], /backslash/],
  ['a NUL', [{ name: 'a\0x.xml' }], /"a\\u\{0\}x\.xml" has a control character/],
  ['an escape character', [{ name: 'a\x1b[2Jx.xml' }], /\\u\{1b\}/],
  ['an empty name', [{ name: '' }], /empty name/],
  ['an empty segment', [{ name: 'a//x.xml' }], /segment/],
  ['a dot segment', [{ name: './x.xml' }], /segment/],
  ['a name twice', [{ name: 'a.xml' }, { name: 'A.XML' }], /"a\.xml" and "A\.XML", the same name twice/],
  ['an encrypted entry', [{ name: 'a.xml', flags: 1 }], /"a\.xml" has encrypted/],
  ['a symbolic link', [{ name: 'a', data: '/etc/passwd', externalAttributes: 0xa1ff0000 }], /symbolic link/],
  ['a device', [{ name: 'a', externalAttributes: 0x21ff0000 }], /special file/],
  ['Deflate64', [{ name: 'a.xml', method: 9 }], /method 9 \(Deflate64, which Windows Explorer/],
  ['an unknown method', [{ name: 'a.xml', method: 77 }], /method 77 \(unknown\)/],
  ['a folder with content', [{ name: 'a/', data: 'x' }], /content although it is a folder/],
  ['two names of one entry', [{ name: 'a.xml', localName: 'b.xml' }], /another name in its local header/],
  [
    'overlapping entries',
    [
      { name: 'a.xml', data: TEXT, compressedSize: TEXT.length + 5, uncompressedSize: TEXT.length + 5 },
      { name: 'b.xml' },
    ],
    /"a\.xml" overlaps entry "b\.xml"/,
  ],
  [
    'data in the directory',
    [{ name: 'a.xml', data: TEXT, compressedSize: TEXT.length + 5, uncompressedSize: TEXT.length + 5 }],
    /"a\.xml" overlaps the central directory/,
  ],
];

for (const [what, entries, message] of UNSAFE) {
  test(`refuses as unsafe: ${what}`, async (t) => {
    const failure = await refused(t, rawZip(entries));
    t.is(failure?.code, 'archive-unsafe');
    t.regex(failure?.message ?? '', message);
  });
}

const ENTRY = { name: 'a.xml', data: TEXT, method: 8 } as const;
const DAMAGED: readonly [string, Buffer, RegExp][] = [
  ['a wrong CRC-32', rawZip([{ ...ENTRY, crc32: 1 }]), /"a\.xml" is damaged: its CRC-32/],
  ['a size too small', rawZip([{ ...ENTRY, uncompressedSize: 10 }]), /inflates past its declared 10 bytes/],
  ['a size too large', rawZip([{ ...ENTRY, uncompressedSize: 9999 }]), /inflates to 600 bytes, not to/],
  [
    'stored sizes that differ',
    rawZip([{ name: 'a.xml', data: TEXT, uncompressedSize: 1 }]),
    /two sizes differ/,
  ],
  ['cut deflate data', rawZip([{ ...ENTRY, packed: PACKED.subarray(0, 12) }]), /"a\.xml" is damaged/],
  ['broken deflate data', rawZip([{ ...ENTRY, packed: Buffer.alloc(20, 0xff) }]), /"a\.xml" is damaged/],
  [
    'bytes after the deflate data',
    rawZip([{ ...ENTRY, packed: Buffer.concat([PACKED, Buffer.alloc(7)]) }]),
    /ends 7 bytes early/,
  ],
  ['a cut archive', whole.subarray(0, whole.length - 10), /"a\.zip" is damaged: End of central directory/],
  ['no archive', Buffer.from('not a zip at all, but long enough to look at'), /End of central directory/],
  ['too low a count', rawZip([ENTRY, { name: 'b.xml' }], 1), /more entries than the 1/],
  ['too high a count', rawZip([ENTRY], 2), /"a\.zip" is damaged/],
  ['a header offset that points elsewhere', rawZip([{ ...ENTRY, headerOffset: 3 }]), /local file header/],
];

const LARGE = { ...ENTRY, isZip64: true } as const;
const LARGE_ZIP64: readonly [string, Buffer, RegExp][] = [
  [
    'a ZIP64 field that is missing',
    rawZip([{ ...LARGE, zip64Values: null }]),
    /announces a ZIP64 field, and has none/,
  ],
  [
    'a ZIP64 field that is too short',
    rawZip([{ ...LARGE, zip64Values: [600n] }]),
    /does not include compressed size/,
  ],
  [
    'a size beyond 2^53',
    rawZip([{ ...LARGE, zip64Values: [2n ** 63n, 20n, 0n] }]),
    /"a\.xml" is damaged: its ZIP64 field tells the number 9223372036854775808, beyond 2\^53/,
  ],
  [
    'an offset beyond 2^53',
    rawZip([{ ...LARGE, zip64Values: [600n, BigInt(PACKED.length), 2n ** 64n - 1n] }]),
    /beyond 2\^53/,
  ],
  [
    'an offset beyond its end',
    rawZip([{ ...LARGE, zip64Values: [600n, BigInt(PACKED.length), 2n ** 40n] }]),
    /"a\.xml" is damaged: unexpected EOF/,
  ],
  [
    'local sizes that contradict the ZIP64 field',
    rawZip([{ ...LARGE, localSizes: [PACKED.length, 601] }]),
    /local header tells the sizes \d+ and 601, and the directory \d+ and 600/,
  ],
  [
    'a local header that announces a ZIP64 field and has none',
    rawZip([{ ...LARGE, localSizes: [0xffffffff, 0xffffffff] }]),
    /local header announces a ZIP64 field/,
  ],
  [
    'an end that announces ZIP64 without a record',
    announcingZip64(whole),
    /announces a ZIP64 record, and no locator/,
  ],
  [
    'a locator that points outside',
    withZip64End(whole, { recordOffset: 2n ** 40n }),
    /"a\.zip" is damaged: its ZIP64 locator points to byte 1099511627776, where no ZIP64 record can be/,
  ],
  [
    'a locator beyond 2^53',
    withZip64End(whole, { recordOffset: 2n ** 64n - 1n }),
    /where no ZIP64 record can be/,
  ],
  [
    'a locator that points into the data',
    withZip64End(whole, { recordOffset: 30n }),
    /where no ZIP64 record is/,
  ],
  ['a ZIP64 record of another kind', withZip64End(whole, { recordSignature: 1 }), /where no ZIP64 record is/],
  [
    'another count in the ZIP64 record',
    withZip64End(whole, { count: 2n }),
    /tells 1 as the number of entries, and its ZIP64 record 2/,
  ],
  ['another size in the ZIP64 record', withZip64End(whole, { size: 3n }), /as the size of its directory/],
  ['another place in the ZIP64 record', withZip64End(whole, { offset: 0n }), /as the place of its directory/],
  [
    'a directory beyond 2^53',
    announcingZip64(withZip64End(whole, { offset: 2n ** 60n })),
    /tells the number 1152921504606846976, beyond 2\^53/,
  ],
  [
    'a directory that reaches into the end',
    announcingZip64(withZip64End(whole, { size: 100_000n })),
    /its directory would reach from byte \d+ to \d+, and its end begins at \d+/,
  ],
  ['a count beyond 2^53', announcingZip64(withZip64End(whole, { count: 2n ** 60n })), /beyond 2\^53/],
];

for (const [what, bytes, message] of [...DAMAGED, ...LARGE_ZIP64]) {
  test(`refuses as damaged: ${what}`, async (t) => {
    const failure = await refused(t, bytes);
    t.is(failure?.code, 'archive-damaged');
    t.regex(failure?.message ?? '', message);
  });
}

test('a flipped bit anywhere in the data is noticed', async (t) => {
  const dataStart = 30 + 'a.xml'.length;
  for (let i = dataStart; i < dataStart + PACKED.length; i += 3) {
    const bytes = Buffer.from(whole);
    bytes[i] = (bytes[i] as number) ^ 0x10;
    t.is((await refused(t, bytes))?.code, 'archive-damaged', `byte ${i}`);
  }
});

test('limits: entries, directory, size and ratio can be set; the ratio counts only beyond its free bytes', async (t) => {
  const zeros = { name: 'a.xml', data: Buffer.alloc(300_000), method: 8 };
  t.regex(
    (await refused(t, rawZip([zeros, { name: 'b' }]), { entries: 1 }))?.message ?? '',
    /2 entries, above/,
  );
  const comments = rawZip([zeros, { name: 'b', comment: 'c'.repeat(60_000) }]);
  const directory = await refused(t, comments, { directoryBytes: 60_000 });
  t.is(directory?.code, 'archive-unsafe');
  t.regex(directory?.message ?? '', /a directory above the limit of 60000 bytes/);
  t.regex((await refused(t, rawZip([zeros]), { entryBytes: 299_999 }))?.message ?? '', /300000 bytes, above/);
  const bomb = await refused(t, rawZip([zeros]), { ratioFreeBytes: 299_999 });
  t.is(bomb?.code, 'archive-unsafe');
  t.regex(bomb?.message ?? '', /"a\.xml" has a compression ratio above 200:1/);
  const many = await refused(t, rawZip([zeros, { ...zeros, name: 'b.xml' }]), { ratioFreeBytes: 300_000 });
  t.regex(many?.message ?? '', /over all entries/);
  t.is((await readAll(await saved(t, rawZip([zeros])))).size, 1);
});

test('gives bytes of the file itself, and none past its end', async (t) => {
  const zip = await openZipArchive(await saved(t, whole));
  t.is(zip.size, whole.length);
  t.deepEqual(await zip.bytesAt(0, 35), whole.subarray(0, 35));
  const failure = await t.throwsAsync(zip.bytesAt(whole.length - 3, 4), { instanceOf: RunFailure });
  t.is(failure?.code, 'archive-damaged');
  await zip.close();
});

test('a missing file is told from an unreadable one', async (t) => {
  const failure = await t.throwsAsync(openZipArchive('/no/such/a.zip'), { instanceOf: RunFailure });
  t.is(failure?.code, 'input-missing');
  const folder = await t.throwsAsync(openZipArchive(tmpdir()), { instanceOf: RunFailure });
  t.is(folder?.code === 'archive-damaged' || folder?.code === 'input-unreadable', true);
});
