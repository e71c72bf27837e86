import { Buffer } from 'node:buffer';
import { CODING, RecordBatch, RecordShape, TextValue } from '@chatferry/export';
import test from 'ava';
import fc from 'fast-check';
import { choicesFrom, fuzzRuns, tapes } from '../support/choices.js';
import { SOUND_PIECES, STRANGE_PIECES } from '../support/hostile-bytes.js';
import { type ShapeCase, shapeCase } from '../support/shape-case.js';
import { agrees, scannerOf } from '../support/shape-oracle.js';

const text = new TextValue();

test('whatever the shape, the kernel takes only records that the tokens tell the same of', (t) => {
  t.timeout(24 * 3600 * 1000);
  let taken = 0;
  const { numRuns, ...how } = fuzzRuns(3000);
  fc.assert(
    fc.property(tapes, (tape) => {
      taken += agrees(shapeCase(choicesFrom(tape)));
    }),
    { numRuns, ...how },
  );
  t.log(`${taken} records of ${numRuns} documents by the kernel`);
  t.true(taken > numRuns);
});

test('a shape with sixteen slots fills the table to its end, again and again', (t) => {
  const names = Array.from({ length: 16 }, (_, slot) => `s${slot}`);
  const record = (id: number) => `<r ${names.map((name, slot) => `${name}="${id}&#xD;${slot}"`).join(' ')}/>`;
  const count = 3000;
  const document = `<top>${Array.from({ length: count }, (_, id) => record(id)).join('')}</top>`;
  const shape = new RecordShape(Buffer.from('r'), {
    required: names.map((_, slot) => slot),
    isCompact: false,
    escapes: true,
  });
  for (const [slot, name] of names.entries())
    t.true(shape.addAttribute(Buffer.from(name), slot, CODING.TEXT));
  t.false(shape.addAttribute(Buffer.from('s16'), 16, CODING.TEXT));
  const scanner = scannerOf(Buffer.from(document));
  t.is(scanner.next(), 'start');
  const batch = new RecordBatch();
  let id = 0;
  while (scanner.records(shape, batch) > 0) {
    // A row takes 16 bytes and 24 a slot, the table 2^18.
    t.true(batch.count <= Math.floor(2 ** 18 / (16 + 16 * 24)));
    for (let i = 0; i < batch.count; i++, id++) {
      for (const slot of names.keys()) {
        batch.text(i, slot, text);
        if (text.toString() !== `${id}\r${slot}`) t.fail(`${id} ${slot}: ${text.toString()}`);
      }
    }
  }
  t.is(id, count);
  t.is(scanner.next(), 'end');
});

test('records behind a rewind are found again, though the window has moved on', (t) => {
  const records = Array.from({ length: 9000 }, (_, id) => `<r v="${id} ${'x'.repeat(90)}"/>`).join('');
  const shape = new RecordShape(Buffer.from('r'), { required: [0], isCompact: false, escapes: false });
  t.true(shape.addAttribute(Buffer.from('v'), 0, CODING.TEXT));
  const scanner = scannerOf(Buffer.from(`<top>${records}</top>`));
  t.is(scanner.next(), 'start');
  scanner.mark();
  const batch = new RecordBatch();
  const readAll = (): string[] => {
    const told: string[] = [];
    while (scanner.records(shape, batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        batch.text(i, 0, text);
        told.push(text.toString());
      }
    }
    return told;
  };
  const told = readAll();
  t.is(told.length, 9000);
  scanner.rewind();
  t.deepEqual(readAll(), told);
});

/** Records of one text each, as attribute or as child. */
function recordsOf(values: readonly string[], isChild: boolean): ShapeCase {
  const records = values.map((value) => (isChild ? `<r><v>${value}</v></r>` : `<r v="${value}"/>`));
  return {
    name: 'r',
    entries: [{ name: 'v', slot: 0, coding: CODING.TEXT, isChild }],
    required: [0],
    isCompact: false,
    escapes: true,
    document: Buffer.from(`<top>${records.join('')}</top>`, 'latin1'),
  };
}

/** How many of the texts the kernel takes; each as the tokens do. Those that end the reading are tried one by one. */
function takenOf(values: readonly string[], isChild: boolean): number {
  let taken = agrees(
    recordsOf(
      values.filter((value) => !value.includes('<')),
      isChild,
    ),
  );
  for (const value of values.filter((value) => value.includes('<'))) {
    taken += agrees(recordsOf(['x', value, 'y'], isChild));
  }
  return taken;
}

test('every sequence of bytes that UTF-8 knows or nearly knows is taken as the tokens take it', (t) => {
  const leads = Array.from({ length: 0x80 }, (_, i) => 0x80 + i);
  const followers = [0x61, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbd, 0xbe, 0xbf, 0xc0];
  const tails = [
    [],
    [0x80],
    [0xbd],
    [0xbe],
    [0xbf],
    [0x7f],
    [0x80, 0x80],
    [0xbf, 0xbe],
    [0xbf, 0xbf],
    [0x80, 0xc0],
  ];
  const sequences = leads.flatMap((lead) =>
    followers.flatMap((second) => tails.map((tail) => String.fromCharCode(lead, second, ...tail))),
  );
  for (const isChild of [false, true]) {
    const taken = takenOf(sequences, isChild);
    t.true(taken > 500 && taken < sequences.length / 5, `${taken} of ${sequences.length}`);
  }
});

test('every reference near a limit of XML is taken as the tokens take it', (t) => {
  const limits = [
    0,
    9,
    0xa,
    0xd,
    0x20,
    0x80,
    0x800,
    0xd800,
    0xe000,
    0xfffe,
    0x10000,
    0x110000,
    2 ** 32,
    2 ** 53,
  ];
  const codes = limits
    .flatMap((limit) => [-2, -1, 0, 1, 2].map((by) => limit + by))
    .filter((code) => code >= 0);
  const zeros = ['', '0', '00', '00000', '000000000'];
  const references = codes.flatMap((code) =>
    zeros.flatMap((zero) => [
      `&#${zero}${code};`,
      `&#x${zero}${code.toString(16)};`,
      `&#x${zero}${code.toString(16).toUpperCase()};`,
      `&#${zero}${code}`,
      `&#X${zero}${code};`,
    ]),
  );
  for (const isChild of [false, true]) t.true(takenOf(references, isChild) > 100);
});

test('whatever stops a run of plain bytes is seen at every distance from its beginning and end', (t) => {
  for (const isChild of [false, true]) {
    for (const piece of [...SOUND_PIECES, ...STRANGE_PIECES]) {
      const values = Array.from({ length: 34 }, (_, i) => [
        'x'.repeat(i) + piece,
        piece + 'x'.repeat(i),
        `${piece}${'x'.repeat(i)}${piece}`,
      ]).flat();
      takenOf(values, isChild);
    }
  }
  t.pass();
});
