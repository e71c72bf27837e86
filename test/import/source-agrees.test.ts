import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RunFailure } from '@chatferry/export';
import { DEFAULT_LAYOUT, locatePackage, validateParts } from '@chatferry/import';
import test, { type ExecutionContext } from 'ava';
import { generateExport } from '../support/generate-export.js';
import { requestOfCase } from '../support/golden.js';
import { FIXTURES } from '../support/write-fixtures.js';
import { compared, handedOff, reseal, scratch, tamper, withSource } from './support/second-reader.js';

const SAMPLE = join(FIXTURES, 'sample');
const VALIDATE = fileURLToPath(new URL('../../packages/import/bin/chatferry-validate.js', import.meta.url));
const ROOM_30 = '<ChatRoom id="30">';

async function sample(t: ExecutionContext): Promise<{ data: string; zip: string }> {
  const data = await handedOff(SAMPLE, join(scratch(t), 'handoff'));
  return { data, zip: join(data, 'PersistentChatData.zip') };
}

test('the sample agrees with its handoff, in one piece and in parts', async (t) => {
  const { data } = await sample(t);
  t.deepEqual(await compared(data, SAMPLE), { errors: [], texts: [] });
  const parts = await handedOff(SAMPLE, join(scratch(t), 'parts'), { partSize: 20_480 });
  t.true((await locatePackage(join(parts, '..'))).zipPaths.length > 1);
  t.deepEqual(await compared(parts, SAMPLE), { errors: [], texts: [] });
});

for (const shape of ['dataset', 'diffgram', 'raw-table-from-columns', 'utf-16be-bom', 'export-script']) {
  test(`an export in the shape ${shape} agrees with its handoff`, async (t) => {
    const path = join(FIXTURES, 'shapes', shape);
    t.deepEqual((await compared(await handedOff(path, join(scratch(t), 'handoff')), path)).errors, []);
  });
}

/** Exports that the second reader does not take, because they are no well-formed XML, with its sentence. */
const NOT_TAKEN: Readonly<Record<string, RegExp>> = {
  'console-artefact-repaired': /holds no XML document/,
  'record-not-well-formed': /line 18: undefined entity\.$/,
};
const CONVERT = join(FIXTURES, 'convert');

for (const name of readdirSync(CONVERT)) {
  test(`what the rules did is followed by the list of exceptions: ${name}`, async (t) => {
    const work = scratch(t);
    const request = await requestOfCase(join(CONVERT, name), work);
    const data = await handedOff(request.exportPath, join(work, 'handoff'), request);
    const expected = NOT_TAKEN[name];
    if (expected === undefined) {
      const { errors } = await compared(data, request.exportPath);
      t.deepEqual(
        errors.filter((error) => error.startsWith('source-agrees')),
        [],
      );
    } else {
      await t.throwsAsync(compared(data, request.exportPath), { instanceOf: RunFailure, message: expected });
    }
  });
}

test('a large export agrees whatever its order, with the messages before the directory too', async (t) => {
  for (const shape of ['elements', 'attributes'] as const) {
    const path = join(scratch(t), 'export.xml');
    writeFileSync(
      path,
      Buffer.concat([...generateExport({ messages: 2000, shape, order: 'date', rooms: 15 })]),
    );
    t.deepEqual((await compared(await handedOff(path, join(scratch(t), 'handoff')), path)).errors, []);
  }
});

// --- a package that was tampered with, and a ledger that was made to fit

const TAMPERED: Readonly<
  Record<string, readonly [change: (xml: string) => string, errors: readonly RegExp[]]>
> = {
  'the content of one message': [
    (xml) => inRoom30(xml, (room) => room.replace(/(id="4"[^>]*><Content>)./, '$1#')),
    [
      /^source-agrees - Unexpected SHA-256 of the messages of room/,
      /^source-agrees message 30#4 Unexpected content of message 30#4 in room 30 .*first of 1 message/,
    ],
  ],
  'the author of one message': [
    (xml) => inRoom30(xml, (room) => room.replace(/(id="4" date="\d+" userId=)"\d+"/, '$1"14"')),
    [/SHA-256 of the messages of room/, /Unexpected author of message 30#4/],
  ],
  'the date of one message, by one tick': [
    (xml) =>
      inRoom30(xml, (room) => room.replace(/(id="4" date=)"(\d+)"/, (_, a, d) => `${a}"${BigInt(d) + 1n}"`)),
    [/SHA-256 of the messages of room/, /Unexpected date of message 30#4/],
  ],
  'the alert flag of one message': [
    (xml) => inRoom30(xml, (room) => room.replace(/(id="4"[^>]*isAlert=)"0"/, '$1"1"')),
    [/SHA-256 of the messages of room/, /Unexpected alert of message 30#4/],
  ],
  'one message dropped, with all counts': [
    (xml) => inRoom30(xml, (room) => room.replace(/<Message id="4"[\s\S]*?<\/Message>/, '')),
    [
      /Unexpected number of records read of tblChat/,
      /Unexpected number of messages read of room/,
      /Unexpected bytes of text read of room/,
      /SHA-256 of the messages of room/,
      /Unexpected message of message 30#4/,
    ],
  ],
  'the contents of two messages swapped': [
    (xml) =>
      inRoom30(xml, (room) =>
        room.replace(
          /(id="3"[^>]*><Content>)([^<]*)([\s\S]*?id="4"[^>]*><Content>)([^<]*)/,
          (_, a, one, b, other) => a + other + b + one,
        ),
      ),
    [/SHA-256 of the messages of room/, /Unexpected content of message 30#3 .*first of 2 messages/],
  ],
};

function inRoom30(xml: string, change: (room: string) => string): string {
  return xml.replace(new RegExp(`${ROOM_30}[\\s\\S]*?</ChatRoom>`), change);
}

for (const [what, [change, expected]] of Object.entries(TAMPERED)) {
  test(`tampered with behind a resealed ledger: ${what}`, async (t) => {
    const { data, zip } = await sample(t);
    await tamper(zip, 'Messages.xml', change);
    await reseal(zip);
    const located = await locatePackage(zip);
    const blind: string[] = [];
    const ledgerPath = join(data, 'ledger.json');
    const report = ({ severity, rule }: { severity: string; rule: string }) =>
      severity === 'error' && blind.push(rule);
    await validateParts({ ...located, ledgerPath, layout: DEFAULT_LAYOUT, report });
    t.deepEqual(blind, [], 'without the export nothing is found');
    const { errors } = await compared(data, SAMPLE);
    t.is(errors.length, expected.length, errors.join('\n'));
    for (const [i, pattern] of expected.entries()) t.regex(errors[i] ?? '', pattern);
    t.true(errors.every((error) => error.startsWith('source-agrees ')));
  });
}

/**
 * An edit of a message that the ledger lists as changed, and what is found; null where its list lets the field differ.
 */
const CHANGED: Readonly<
  Record<string, readonly [key: string, from: RegExp, to: string, found: RegExp | null]>
> = {
  'the text of one whose author was merged': [
    '22#3',
    /(<Content>)./,
    '$1#',
    /Unexpected content of message 22#3/,
  ],
  'the alert flag of one whose author was merged': [
    '22#3',
    /isAlert="0"/,
    'isAlert="1"',
    /Unexpected alert of message 22#3/,
  ],
  'the author of one whose author was merged': [
    '22#3',
    /userId="\d+"/,
    'userId="14"',
    /Unexpected author of message 22#3/,
  ],
  'the author of one whose text was repaired': [
    '20#5',
    /userId="\d+"/,
    'userId="14"',
    /Unexpected author of message 20#5/,
  ],
  'the date of one whose text was repaired': [
    '20#5',
    /date="\d/,
    'date="5',
    /Unexpected date of message 20#5/,
  ],
  'a letter of one whose text was repaired': [
    '20#5',
    /(<Content>)./,
    '$1#',
    /Unexpected content of message 20#5/,
  ],
};

for (const [what, [key, from, to, found]] of Object.entries(CHANGED)) {
  test(`of a changed message only what the ledger lists may differ: ${what}`, async (t) => {
    const { data, zip } = await sample(t);
    const [room, id] = key.split('#');
    const message = new RegExp(
      `(<ChatRoom id="${room}">(?:(?!</ChatRoom>)[\\s\\S])*?)(<Message id="${id}"[\\s\\S]*?</Message>)`,
    );
    await tamper(zip, 'Messages.xml', (xml) =>
      xml.replace(message, (_, before: string, whole: string) => before + whole.replace(from, to)),
    );
    await reseal(zip);
    const { errors } = await compared(data, SAMPLE);
    if (found === null) t.deepEqual(errors, []);
    else
      t.true(
        errors.some((error) => found.test(error)),
        errors.join('\n'),
      );
  });
}

test('a list that does not name the fields that were changed, or names others, is none', async (t) => {
  const { data } = await sample(t);
  const path = join(data, 'ledger.ndjson');
  const list = readFileSync(path, 'utf8');
  writeFileSync(path, list.replace(/"fields":\[[^\]]*\],/, ''));
  await t.throwsAsync(compared(data, SAMPLE), { instanceOf: RunFailure, message: /is no line of a ledger/ });
  for (const fields of ['["date"]', '"author"', '[1]', '["toString"]']) {
    writeFileSync(path, list.replace('"fields":["author"]', `"fields":${fields}`));
    await t.throwsAsync(compared(data, SAMPLE), {
      instanceOf: RunFailure,
      message: /is no line of a ledger/,
    });
  }
});

test('texts are told by length and hash, and quoted only when asked', async (t) => {
  const { data, zip } = await sample(t);
  await tamper(zip, 'Messages.xml', (xml) =>
    inRoom30(xml, (room) => room.replace(/(id="4"[^>]*><Content>)[^<]*/, '$1harmless')),
  );
  await reseal(zip);
  const hidden = (await compared(data, SAMPLE)).texts.at(-1) ?? '';
  t.regex(hidden, /^8 bytes, SHA-256 [0-9a-f]{16}… \/ \d+ bytes, SHA-256 [0-9a-f]{16}…$/);
  const told = (await compared(data, SAMPLE, { showsText: true })).texts.at(-1) ?? '';
  t.regex(told, /^8 bytes, SHA-256 [0-9a-f]{16}… "harmless" \/ .*"[^"]+"$/);
});

test('every room that differs is named, with its first message', async (t) => {
  const { data, zip } = await sample(t);
  await tamper(zip, 'Messages.xml', (xml) => xml.replace(/(<Content>)(?=\w)/g, '$1X'));
  await reseal(zip);
  const { errors } = await compared(data, SAMPLE);
  const rooms = new Set(errors.flatMap((error) => /of message (\d+)#/.exec(error)?.[1] ?? []));
  t.true(rooms.size > 15);
  t.is(errors.filter((error) => error.includes('Unexpected content of message')).length, rooms.size);
});

test('what the ledger lists as gone must not be in the package, and what it lists must be in the export', async (t) => {
  const { data, zip } = await sample(t);
  const path = join(data, 'ledger.ndjson');
  const list = readFileSync(path, 'utf8');
  writeFileSync(path, list.replaceAll('"key":"36#4"', '"key":"30#4"'));
  const { errors } = await compared(data, SAMPLE);
  t.true(
    errors.some((error) => error.includes('Unexpected message 30#4 in room 30')),
    errors.join('\n'),
  );
  t.true(errors.some((error) => error.includes('Unexpected message of message 36#4 in room 36')));
  t.is(errors.filter((error) => error.includes('Unexpected number of exceptions of room')).length, 2);
  t.true(errors.some((error) => /Unexpected room 30 .* in the package, expected none of which/.test(error)));
  writeFileSync(path, list.replace(/^.*"tblChat".*\n/m, ''));
  const shorter = (await compared(data, SAMPLE)).errors.join('\n');
  t.regex(shorter, /Unexpected 24 changed records of tblChat in ledger.ndjson, expected 25/);
  t.truthy(zip);
});

// --- an export that is another one

async function doubts(data: string, sourcePath: string): Promise<string[]> {
  const located = await locatePackage(join(data, '..'));
  const told: string[] = [];
  await validateParts({
    ...located,
    layout: DEFAULT_LAYOUT,
    report: ({ rule, severity, message }) => rule === 'source-agrees' && told.push(`${severity} ${message}`),
    ...withSource(sourcePath, located.zipPaths, located.ledgerPath),
  });
  return told;
}

test('documents that are not those of the transform, byte by byte, are doubted', async (t) => {
  const { data } = await sample(t);
  t.deepEqual(await doubts(data, SAMPLE), []);
  const other = join(scratch(t), 'export');
  cpSync(SAMPLE, other, { recursive: true });
  const alter = (name: string): void =>
    writeFileSync(
      join(other, name),
      readFileSync(join(other, name), 'utf8').replace('nodeAddedBy="12"', 'nodeAddedBy="13"'),
    );
  alter('tblNode.xml');
  const expected = 'expected those that summary.json names; their records were compared all the same';
  t.deepEqual(await doubts(data, other), [
    `warning Unexpected bytes of tblNode.xml of the export, ${expected}`,
  ]);
  for (const name of readdirSync(other))
    writeFileSync(join(other, name), `${readFileSync(join(other, name), 'utf8')}\n`);
  const [all, ...others] = await doubts(data, other);
  t.deepEqual(others, []);
  t.regex(
    all ?? '',
    /^warning Unexpected bytes of \d+ documents of the export, none of which the transform read, /,
  );
});

const OTHER: Readonly<
  Record<string, readonly [file: string, change: (xml: string) => string, error: RegExp]>
> = {
  'one letter of a message': [
    'tblChat.xml',
    (xml) => xml.replace(/(channelID="30" chatID="4"[^>]* content=")./, '$1#'),
    /Unexpected content of message 30#4/,
  ],
  'a message more': [
    'tblChat.xml',
    (xml) => xml.replace(/<\w+ channelID="30" chatID="4"[^>]*>/, (row) => row + row.replace('"4"', '"4000"')),
    /Unexpected message of message 30#4000/,
  ],
  'a member less': [
    'tblPrincipalRole.xml',
    (xml) => xml.replace(/<row [^>]*>\s*/, ''),
    /Unexpected number of records read of tblPrincipalRole/,
  ],
  'a GUID of an author': [
    'tblPrincipal.xml',
    (xml) => xml.replace(/(prinID="14"[^>]*prinGuid=")./, '$1f').replace(/(prinGuid=")0/, '$1f'),
    /Unexpected author of message/,
  ],
};

for (const [what, [file, change, error]] of Object.entries(OTHER)) {
  test(`another export is found out: ${what}`, async (t) => {
    const { data } = await sample(t);
    const other = join(scratch(t), 'other');
    cpSync(SAMPLE, other, { recursive: true });
    const before = readFileSync(join(other, file), 'utf8');
    writeFileSync(join(other, file), change(before));
    t.not(readFileSync(join(other, file), 'utf8'), before);
    const { errors } = await compared(data, other);
    t.true(
      errors.some((one) => error.test(one)),
      errors.join('\n'),
    );
  });
}

test('chatferry-validate --source: exit codes and sentences', async (t) => {
  const { data, zip } = await sample(t);
  const run = async (...args: readonly string[]) => {
    const {
      code = 0,
      stdout,
      stderr,
    } = (await promisify(execFile)(VALIDATE, args).catch((error: unknown) => error)) as {
      code?: number;
      stdout: string;
      stderr: string;
    };
    return { code, said: stdout + stderr };
  };
  const handoff = join(data, '..');
  t.is((await run(handoff, '--source', SAMPLE, '--quiet')).code, 0);
  t.is((await run(zip, '--ledger', join(data, 'ledger.json'), '--source', SAMPLE, '--quiet')).code, 0);
  const other = join(scratch(t), 'other');
  cpSync(SAMPLE, other, { recursive: true });
  const chat = join(other, 'tblChat.xml');
  const rows = readFileSync(chat, 'utf8');
  writeFileSync(chat, rows.replace(/(channelID="30" chatID="4"[^>]* content=")./, '$1#'));
  const changed = await run(handoff, '--source', other, '--json');
  t.is(changed.code, 1);
  const groups = JSON.parse(changed.said).findings as { rule: string; severity: string }[];
  t.true(groups.some(({ rule, severity }) => rule === 'source-agrees' && severity === 'error'));
  writeFileSync(chat, rows.slice(0, 5000));
  const cut = await run(handoff, '--source', other);
  t.is(cut.code, 2);
  t.regex(cut.said, /^Could not finish: The second reader stopped in tblChat.xml, line \d+: [^\n]+\.\n/);
  t.notRegex(cut.said, /\n {4}at /);
  const bare = await run(zip, '--source', SAMPLE);
  t.is(bare.code, 2);
  t.regex(bare.said, /a ledger is needed/);
  t.is((await run(handoff, '--source', join(other, 'nowhere'))).code, 2);
  t.regex((await run('--help')).said, /--source <export>[\s\S]*handoff --source export.zip/);
});
