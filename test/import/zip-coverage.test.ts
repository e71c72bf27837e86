import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import test from 'ava';
import { ZipFile } from 'yazl';
import {
  announcingZip64,
  extraField,
  type RawEntry,
  rawZip,
  streamed,
  withZip64End,
  zip64Extra,
  zipBehind,
} from '../support/raw-zip.js';
import { brief, documentsOf, soundBut, validated } from './support/package-fixture.js';

const SOUND = entriesOf(documentsOf('sound'), 8);
const LAST_ENTRY = SOUND.at(-1) as RawEntry;
const BYTES = rawZip(SOUND);
const END = BYTES.length - 22;
const DIRECTORY = BYTES.readUInt32LE(END + 16);
/** Where the last local header begins. */
const LAST = BYTES.lastIndexOf('PK\x03\x04', BYTES.length, 'latin1');
const [FIRST_NAME, LAST_NAME] = [SOUND[0], LAST_ENTRY].map((entry) => JSON.stringify(entry?.name));
const LONG = withZip64End(BYTES);

function entriesOf(documents: ReadonlyMap<string, Buffer | string>, method: number): RawEntry[] {
  return [...documents].map(([name, data]) => ({ name, data: Buffer.from(data), method }));
}

/** The sound package, its last entry changed. */
function withLast(change: Partial<RawEntry>): Buffer {
  return rawZip([...SOUND.slice(0, -1), { ...LAST_ENTRY, ...change }]);
}

function edited(bytes: Buffer, edit: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  edit(copy);
  return copy;
}

/** The sound package with other bytes at `place`; its end still tells where its directory is. */
function inserted(place: number, bytes: Buffer): Buffer {
  const zip = Buffer.concat([BYTES.subarray(0, place), bytes, BYTES.subarray(place)]);
  if (place <= DIRECTORY) zip.writeUInt32LE(DIRECTORY + bytes.length, zip.length - 6);
  return zip;
}

const STORED = rawZip(entriesOf(documentsOf('sound'), 0));
/** As long as `STORED`, and another message in it. */
const OTHER = rawZip(entriesOf(soundBut(['Messages.xml', 'caf', 'cof']), 0));
const HIDDEN = rawZip([{ name: 'Messages.xml', data: '<Messages/>' }]).subarray(0, 30 + 12 + 11);

const SIZE_FIELD = zip64Extra([BigInt(Buffer.byteLength(LAST_ENTRY.data ?? ''))]);

const inDirectory = (zip: Buffer, name = LAST_NAME) =>
  `of entry ${name} in the central directory at byte ${zip.lastIndexOf('PK\x01\x02', zip.length, 'latin1')}`;
const IN_HEADER = `of entry ${LAST_NAME} in its local header at byte ${LAST}`;
const ONE_FILE = 'expected one of a single file, one count and no data of its own';
const KNOWN_FIELDS = 'expected ZIP64 numbers, times, owners and zero padding only, each once';

type Attack = readonly [what: string, zip: Buffer, messages: (zip: Buffer) => readonly string[]];

/** What lies where no reader that follows the directory looks. */
const STRAY_BYTES: readonly Attack[] = [
  [
    'a ZIP behind another of the same lengths',
    Buffer.concat([OTHER, STORED]),
    () => [
      `Unexpected ${STORED.length} bytes from byte ${STORED.length - 22}, expected the end record there`,
    ],
  ],
  [
    'a ZIP behind another that it knows of',
    zipBehind(OTHER, STORED),
    () => [`Unexpected ${OTHER.length} bytes from byte 0, expected entry ${FIRST_NAME} there`],
  ],
  [
    'bytes before the first entry',
    zipBehind(Buffer.from('MZ'), BYTES),
    () => [`Unexpected 2 bytes from byte 0, expected entry ${FIRST_NAME} there`],
  ],
  [
    'an entry between others that is not listed',
    withLast({ before: HIDDEN }),
    () => [`Unexpected 53 bytes from byte ${LAST}, expected entry ${LAST_NAME} there`],
  ],
  [
    'an entry before the directory that is not listed',
    inserted(DIRECTORY, HIDDEN),
    () => [`Unexpected 53 bytes from byte ${DIRECTORY}, expected the central directory there`],
  ],
  [
    'bytes before the end record',
    inserted(END, Buffer.alloc(3)),
    () => [`Unexpected 3 bytes from byte ${END}, expected the end record there`],
  ],
  [
    'bytes before the ZIP64 end record',
    withZip64End(inserted(END, Buffer.alloc(3))),
    () => [`Unexpected 3 bytes from byte ${END}, expected the ZIP64 end record there`],
  ],
  [
    'bytes before the ZIP64 locator',
    Buffer.concat([LONG.subarray(0, END + 56), Buffer.alloc(5), LONG.subarray(END + 56)]),
    () => [`Unexpected 5 bytes from byte ${END + 56}, expected the ZIP64 locator there`],
  ],
  [
    'a comment of the archive',
    edited(Buffer.concat([BYTES, Buffer.from('hello')]), (zip) => zip.writeUInt16LE(5, zip.length - 7)),
    () => [`Unexpected 5 bytes from byte ${BYTES.length}, expected the end of the file there`],
  ],
  [
    'bytes in the directory',
    edited(inserted(END, Buffer.from('PK\x05\x05\0\0')), (zip) =>
      zip.writeUInt32LE(END - DIRECTORY + 6, END + 6 + 12),
    ),
    () => [`Unexpected 6 bytes from byte ${END}, expected a record of the central directory there`],
  ],
];

/** What the directory and the end tell that has no place in a package. */
const ODD_RECORDS: readonly Attack[] = [
  [
    'an end of two disks',
    edited(BYTES, (zip) => zip.writeUInt16LE(1, END + 6)),
    () => [`Unexpected end record at byte ${END}, ${ONE_FILE}`],
  ],
  [
    'an end of two counts',
    edited(BYTES, (zip) => zip.writeUInt16LE(1, END + 8)),
    () => [`Unexpected end record at byte ${END}, ${ONE_FILE}`],
  ],
  [
    'a ZIP64 end of two counts',
    edited(LONG, (zip) => zip.writeUInt16LE(1, END + 24)),
    () => [`Unexpected ZIP64 end record at byte ${END}, ${ONE_FILE}`],
  ],
  [
    'a ZIP64 end with data of its own',
    edited(LONG, (zip) => zip.writeUInt16LE(64, END + 4)),
    () => [`Unexpected ZIP64 end record at byte ${END}, ${ONE_FILE}`],
  ],
  [
    'a folder',
    rawZip([...SOUND, { name: 'folder/' }]),
    (zip) => [`Unexpected kind folder ${inDirectory(zip, '"folder/"')}, expected documents only`],
  ],
  [
    'a document that is a folder to DOS',
    withLast({ externalAttributes: 0x10, editCentral: (header) => header.writeUInt8(0, 5) }),
    (zip) => [`Unexpected kind folder ${inDirectory(zip)}, expected documents only`],
  ],
  [
    'a document that is a folder to Unix',
    withLast({ externalAttributes: 0o040755 * 0x10000 }),
    (zip) => [`Unexpected kind folder ${inDirectory(zip)}, expected documents only`],
  ],
  [
    'a comment of an entry',
    withLast({ comment: 'hello' }),
    (zip) => [`Unexpected comment ${inDirectory(zip)}, expected none`],
  ],
  [
    'an entry on another disk',
    withLast({ editCentral: (header) => header.writeUInt16LE(1, 34) }),
    (zip) => [`Unexpected disk ${inDirectory(zip)}, expected the first`],
  ],
  [
    'flags of patches and masks',
    withLast({ flags: 0x2020 }),
    (zip) => [`Unexpected flags 0x2820 ${inDirectory(zip)}, expected those of 0x080e`],
  ],
  [
    'a field with another name, both times',
    withLast({
      centralExtra: extraField(0x7075, Buffer.from('\x01\0\0\0\0Other.xml')),
      localExtra: extraField(0x7075, Buffer.from('\x01\0\0\0\0Other.xml')),
    }),
    (zip) => [
      `Unexpected extra field 0x7075 ${inDirectory(zip)}, ${KNOWN_FIELDS}`,
      `Unexpected extra field 0x7075 ${IN_HEADER}, ${KNOWN_FIELDS}`,
    ],
  ],
  [
    'a field that nobody knows',
    withLast({ centralExtra: extraField(0x1234, Buffer.alloc(0)) }),
    (zip) => [`Unexpected extra field 0x1234 ${inDirectory(zip)}, ${KNOWN_FIELDS}`],
  ],
  [
    'a field twice',
    withLast({
      localExtra: Buffer.concat([extraField(0xcafe, Buffer.alloc(0)), extraField(0xcafe, Buffer.alloc(0))]),
    }),
    () => [`Unexpected second extra field 0xcafe ${IN_HEADER}, ${KNOWN_FIELDS}`],
  ],
  [
    'a field that is cut',
    withLast({ localExtra: extraField(0x5455, Buffer.alloc(5)).subarray(0, 8) }),
    () => [`Unexpected length of an extra field ${IN_HEADER}, ${KNOWN_FIELDS}`],
  ],
  [
    'times that are longer than times',
    withLast({ localExtra: extraField(0x5455, Buffer.alloc(14)) }),
    () => [`Unexpected content of extra field 0x5455 ${IN_HEADER}, ${KNOWN_FIELDS}`],
  ],
  [
    'times that are a false end record',
    withLast({ localExtra: extraField(0x000a, Buffer.concat([BYTES.subarray(END), Buffer.alloc(10)])) }),
    () => [`Unexpected content of extra field 0x000a ${IN_HEADER}, ${KNOWN_FIELDS}`],
  ],
  [
    'padding that holds something',
    withLast({ localExtra: extraField(0xa220, Buffer.from('\x28\xa0\0\0hello', 'latin1')) }),
    () => [`Unexpected content of extra field 0xa220 ${IN_HEADER}, ${KNOWN_FIELDS}`],
  ],
  [
    'disks that no ZIP64 end tells of',
    edited(BYTES, (zip) => zip.writeUInt16LE(0xffff, END + 6)),
    () => [`Unexpected end record at byte ${END}, ${ONE_FILE}`],
  ],
  [
    'a ZIP64 field with bytes behind its numbers',
    withLast({ centralExtra: extraField(1, Buffer.concat([SIZE_FIELD.subarray(4), Buffer.alloc(4)])) }),
    (zip) => [`Unexpected ZIP64 numbers ${inDirectory(zip)}, expected one of each`],
  ],
  [
    'a ZIP64 field with another size',
    withLast({ centralExtra: zip64Extra([1n, 2n]) }),
    (zip) => [`Unexpected ZIP64 numbers ${inDirectory(zip)}, expected one of each`],
  ],
];

/** What a reader from front to back believes, and one that follows the directory does not see. */
const OTHER_HEADERS: readonly Attack[] = [
  ...(
    [
      ['flags', 6, '0x0802', '0x0800'],
      ['method', 8, '0x0002', '0x0008'],
      ['time', 10, '0x0002', '0x0000'],
      ['date', 12, '0x0002', '0x0000'],
    ] as const
  ).map(([what, field, seen, expected]): Attack => {
    const zip = edited(BYTES, (bytes) => bytes.writeUInt16LE(Number(seen), LAST + field));
    return [
      `another ${what}`,
      what === 'method' ? edited(zip, (bytes) => bytes.writeUInt16LE(2, LAST + 8)) : zip,
      () => [`Unexpected ${what} ${seen} ${IN_HEADER}, expected ${expected} as in the directory`],
    ];
  }),
  [
    'another CRC-32',
    edited(BYTES, (zip) => zip.writeUInt32LE(1, LAST + 14)),
    () => [`Unexpected CRC-32 ${IN_HEADER}, expected that of the directory`],
  ],
  [
    'no CRC-32, and none that follows',
    edited(BYTES, (zip) => zip.writeUInt32LE(0, LAST + 14)),
    () => [`Unexpected CRC-32 ${IN_HEADER}, expected that of the directory`],
  ],
  [
    'sizes of another although true ones follow',
    withLast({ ...streamed(LAST_ENTRY), localSizes: [7, 9] }),
    () => [`Unexpected sizes ${IN_HEADER}, expected those of the directory`],
  ],
  [
    'a ZIP64 field with another size in the local header',
    withLast({ localExtra: zip64Extra([1n, 2n]) }),
    () => [`Unexpected sizes ${IN_HEADER}, expected those of the directory`],
  ],
  [
    'a data descriptor that is missing',
    withLast({ ...streamed(LAST_ENTRY), after: Buffer.alloc(0) }),
    (zip) => [descriptorMissing(zip, 0)],
  ],
  [
    'a data descriptor of something else',
    withLast(streamed(LAST_ENTRY, { edit: (bytes) => bytes.writeUInt8(bytes.readUInt8(8) ^ 1, 8) })),
    (zip) => [descriptorMissing(zip, 16)],
  ],
  [
    'a data descriptor with more behind it',
    withLast({
      ...streamed(LAST_ENTRY),
      after: Buffer.concat([streamed(LAST_ENTRY).after as Buffer, HIDDEN]),
    }),
    (zip) => [descriptorMissing(zip, 16 + HIDDEN.length)],
  ],
  [
    'a data descriptor that no flag announces',
    withLast({ after: streamed(LAST_ENTRY).after as Buffer }),
    (zip) => [
      `Unexpected 16 bytes from byte ${zip.readUInt32LE(zip.length - 6) - 16}, expected the central directory there`,
    ],
  ],
];

function descriptorMissing(zip: Buffer, bytes: number): string {
  const from = zip.readUInt32LE(zip.length - 6) - bytes;
  return `Unexpected ${bytes} bytes from byte ${from}, expected the data descriptor of entry ${LAST_NAME} there`;
}

for (const [what, zip, messages] of [...STRAY_BYTES, ...ODD_RECORDS, ...OTHER_HEADERS]) {
  test(`zip-readable refuses: ${what}`, async (t) => {
    const { findings, result } = await validated(zip);
    t.deepEqual(
      findings.map(brief),
      messages(zip).map((message) => `error zip-readable - ${message}`),
    );
    t.is(result.errors, messages(zip).length);
  });
}

test('zip-readable refuses what opening the archive refuses: other names, other sizes, overlaps', async (t) => {
  const zips = [
    withLast({ localName: 'Message5.xml' }),
    withLast({ localSizes: [1, 2] }),
    rawZip([...SOUND, { ...LAST_ENTRY, name: 'z.xml', headerOffset: LAST }]),
    Buffer.concat([BYTES, Buffer.from('trailing')]),
  ];
  for (const zip of zips) {
    const { findings } = await validated(zip);
    t.deepEqual(
      findings.map(({ rule, severity }) => [rule, severity]),
      [['zip-readable', 'error']],
    );
  }
});

const FLAGS_OF_DEFLATE = { flags: 6 } as const;
test('zip-readable refuses a size of the directory that hides its last record, and names in no known character set', async (t) => {
  const last = BYTES.lastIndexOf('PK\x01\x02', BYTES.length, 'latin1');
  const short = await validated(edited(BYTES, (zip) => zip.writeUInt32LE(last - DIRECTORY, END + 12)));
  t.deepEqual(short.findings.map(brief), [
    `error zip-readable - Unexpected ${END - last} bytes from byte ${last}, expected the end record there`,
    `error zip-readable - Unexpected 6 entries in the central directory at byte ${DIRECTORY}, expected 7`,
    `error zip-readable - Unexpected ${DIRECTORY - LAST} bytes from byte ${LAST}, expected the central directory there`,
  ]);
  const withoutFlag = {
    editLocal: (header: Buffer) => header.writeUInt16LE(0, 6),
    editCentral: (header: Buffer) => header.writeUInt16LE(0, 8),
  };
  const { findings } = await validated(rawZip([...SOUND, { name: 'é.xml', ...withoutFlag }]));
  t.regex(
    findings.map(brief).join('\n'),
    /zip-readable - Unexpected name of entry "é\.xml" in the central dir/,
  );
});

const owner = extraField(0x7875, Buffer.from([1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0]));
const times = (count: number) => extraField(0x5455, Buffer.alloc(1 + 4 * count, count));

/** What other programs write, and no reader takes in two ways. */
const LEGAL: readonly (readonly [what: string, zip: Buffer])[] = [
  ['stored entries', STORED],
  [
    'entries that tell how hard Deflate tried',
    rawZip(SOUND.map((entry) => ({ ...entry, ...FLAGS_OF_DEFLATE }))),
  ],
  [
    'entries in another order than the directory',
    edited(BYTES, (zip) => {
      const records = zip.subarray(DIRECTORY, END);
      const first = 46 + records.readUInt16LE(28);
      Buffer.concat([records.subarray(first), records.subarray(0, first)]).copy(zip, DIRECTORY);
    }),
  ],
  [
    'times and owners, as Info-ZIP writes them',
    rawZip(
      SOUND.map((entry) => ({
        ...entry,
        localExtra: Buffer.concat([times(2), owner]),
        centralExtra: Buffer.concat([times(1), owner]),
      })),
    ),
  ],
  [
    'times of NTFS in the directory, as 7-Zip writes them',
    rawZip(SOUND.map((entry) => ({ ...entry, centralExtra: extraField(0x000a, Buffer.alloc(32, 1)) }))),
  ],
  [
    'padding, as System.IO.Packaging writes it',
    rawZip(
      SOUND.map((entry) => ({
        ...entry,
        localExtra: extraField(0xa220, Buffer.concat([Buffer.from([0x28, 0xa0, 12, 0]), Buffer.alloc(12)])),
      })),
    ),
  ],
  ...[true, false].flatMap((isSigned) =>
    [true, false].map((isLarge): readonly [string, Buffer] => [
      `data descriptors ${isSigned ? 'with' : 'without'} signature, sizes of ${isLarge ? 8 : 4} bytes`,
      rawZip(SOUND.map((entry) => streamed(entry, { isSigned, isLarge }))),
    ]),
  ),
  [
    'data descriptors of stored entries, after headers that tell the sizes all the same',
    rawZip(
      entriesOf(documentsOf('sound'), 0).map((entry) => {
        const size = Buffer.byteLength(entry.data ?? '');
        return {
          ...streamed(entry),
          localSizes: [size, size],
          editLocal: (header: Buffer) => header.writeUInt32LE(crc32(entry.data ?? ''), 14),
        };
      }),
    ),
  ],
  [
    'ZIP64 in the local header of what follows, as Python streams it',
    rawZip(
      SOUND.map((entry) => ({
        ...streamed(entry, { isLarge: true }),
        localSizes: [0xffffffff, 0xffffffff],
        localExtra: zip64Extra([0n, 0n]),
      })),
    ),
  ],
  ['ZIP64 numbers of small entries', rawZip(SOUND.map((entry) => ({ ...entry, isZip64: true })))],
  [
    'a ZIP64 field that repeats what needs none, as Go writes it',
    rawZip(
      SOUND.map((entry) => ({
        ...entry,
        isZip64: true,
        editCentral: (header: Buffer) =>
          header.writeUInt32LE(Number(header.readBigUInt64LE(header.length - 8)), 42),
      })),
    ),
  ],
  ['a ZIP64 end', LONG],
  ['a ZIP64 end that the other one announces', announcingZip64(LONG)],
  [
    'a ZIP64 end that tells of the disks, too',
    edited(announcingZip64(LONG), (zip) => zip.writeUInt32LE(0xffffffff, zip.length - 18)),
  ],
  [
    'attributes of DOS',
    withLast({ externalAttributes: 0x20, editCentral: (header) => header.writeUInt8(0, 5) }),
  ],
];

for (const [what, zip] of LEGAL) {
  test(`zip-readable accepts: ${what}`, async (t) => {
    t.deepEqual((await validated(zip)).findings.map(brief), []);
  });
}

test('zip-readable accepts what yazl writes, with ZIP64 and data descriptors', async (t) => {
  for (const forceZip64Format of [true, false]) {
    const zip = new ZipFile();
    for (const [name, data] of documentsOf('sound')) {
      if (name === 'Messages.xml')
        zip.addReadStream(Readable.from([Buffer.from(data)]), name, { forceZip64Format });
      else zip.addBuffer(Buffer.from(data), name, { forceZip64Format });
    }
    zip.end({ forceZip64Format, comment: '' });
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    t.deepEqual((await validated(Buffer.concat(chunks))).findings.map(brief), []);
  }
});
