import type { TransformOptions } from '@chatferry/transform';
import test from 'ava';
import {
  aboutNodes,
  brief,
  category,
  directory,
  type GivenDirectory,
  guid,
  room,
  runRules,
} from './support/directory.js';

const VISIBILITY = 'note visibility-mapped @ the export';

function run(given: GivenDirectory, options: Partial<TransformOptions> = {}) {
  const source = directory(given);
  const { draft, findings: all } = runRules(source, options);
  const findings = aboutNodes(all);
  return {
    draft,
    findings,
    lines: brief(findings).filter((line) => line !== VISIBILITY),
    room: (id: number) => draft.rooms.get(id),
    flags: (id: number) => {
      const found = draft.categories.get(id);
      return [found?.invitations, found?.chatHistory, found?.fileUpload];
    },
    fate: (id: number) => {
      const row = source.nodes.find((node) => node.nodeID === id);
      return row === undefined ? null : draft.fates.of(row).rule;
    },
    finding: (rule: string) => findings.find((finding) => finding.rule === rule),
  };
}

const NULLS = { visibility: null, invite: null, logged: null, filePost: null, restrictChildCreate: null };

test('setting-inherited: the nearest stored value, each setting for itself', (t) => {
  const {
    draft,
    lines,
    finding,
    flags,
    room: roomOf,
    fate,
  } = run(
    {
      root: { visibility: 2, invite: false, logged: true, filePost: true, restrictChildCreate: true },
      nodes: [
        category(6, 1, 'Mid', { ...NULLS, logged: false, restrictChildCreate: false }),
        category(5, 6, 'Low', { ...NULLS, invite: true }),
        room(12, 5, 'Desk', { visibility: null }),
        room(13, 5, 'Own', { visibility: 3 }),
      ],
    },
    { roomNames: 'keep' },
  );
  t.deepEqual(
    lines.filter((line) => line.includes('setting')),
    [
      'note setting-inherited @ node 5',
      'note setting-inherited @ node 6',
      'note setting-inherited @ node 12',
    ],
  );
  t.is(
    finding('setting-inherited')?.did,
    'wrote logged 0 from node 6, filePost 1 from node 1, restrictChildCreate 0 from node 6',
  );
  t.deepEqual(flags(5), [true, false, true]);
  t.deepEqual(flags(6), [false, false, true]);
  t.is(roomOf(12)?.privacy, 'Secret');
  t.is(roomOf(13)?.privacy, 'Closed');
  t.is(fate(12), 'setting-inherited');
  t.is(fate(13), null);
  t.deepEqual(draft.rooms.get(12)?.settings, {
    visibility: 2,
    invite: true,
    logged: false,
    filePost: true,
    restrictChildCreate: false,
  });
});

test('setting-inherited: all NULL to the root gives the defaults', (t) => {
  const {
    lines,
    flags,
    room: roomOf,
    draft,
    finding,
  } = run({
    root: NULLS,
    nodes: [category(5, 1, 'Ops', NULLS), room(12, 5, 'Desk', { visibility: null })],
  });
  t.deepEqual(lines, ['note setting-inherited @ node 5', 'note setting-inherited @ node 12']);
  t.deepEqual(flags(5), [false, true, false]);
  t.is(roomOf(12)?.privacy, 'Closed');
  t.true(draft.categories.get(5)?.settings?.restrictChildCreate);
  t.regex(
    finding('setting-inherited')?.message ?? '',
    /wrote invite 0 from the default, logged 1 from the default/,
  );
});

const FORCED: GivenDirectory = {
  nodes: [
    category(4, 1, 'Top', { inheritance: true, logged: false, visibility: 3 }),
    category(5, 4, 'Low', { inheritance: true, logged: true, visibility: 2 }),
    category(6, 4, 'Same', { ...NULLS, logged: false }),
    room(12, 5, 'Desk', { visibility: 2, logged: true, invite: false }),
    room(13, 5, 'Quiet', { visibility: null }),
    room(14, 4, 'Agrees', { visibility: 3, logged: false }),
    room(15, 6, 'Two', { visibility: null }),
  ],
};

test('setting-forced-by-category: the topmost forcing ancestor wins', (t) => {
  const { lines, findings, flags, room: roomOf, draft, fate } = run(FORCED);
  t.deepEqual(
    lines.filter((line) => !line.includes('name') && !line.includes('nested')),
    [
      'note setting-inherited @ node 6',
      'note setting-inherited @ node 13',
      'note setting-inherited @ node 15',
      'warning setting-forced-by-category @ node 5',
      'warning setting-forced-by-category @ node 12',
    ],
  );
  const forced = findings.filter((finding) => finding.rule === 'setting-forced-by-category');
  t.is(forced[0]?.seen, 'visibility 2, logged 1');
  t.is(forced[0]?.did, 'took visibility 3, logged 0');
  t.is(forced[1]?.seen, 'visibility 2, invite 0, logged 1');
  t.regex(forced[1]?.message ?? '', /expected visibility 3, invite 1, logged 0 as forced by category 4;/);
  t.deepEqual(flags(5), [true, false, false]);
  t.is(roomOf(12)?.privacy, 'Closed');
  t.is(roomOf(13)?.privacy, 'Closed');
  t.is(roomOf(12)?.invitations, 'Inherit', 'an overruled value counts as inherited');
  t.false(draft.rooms.get(12)?.settings?.logged);
  t.is(fate(14), null);
  t.is(
    findings.find((finding) => finding.place?.record === 'node 13' && finding.rule === 'setting-inherited')
      ?.did,
    'wrote visibility 3 from node 4',
  );
});

test('setting-forced-by-category: own keeps the stored values and still says so', (t) => {
  const { lines, findings, flags, room: roomOf, fate } = run(FORCED, { forcedSettings: 'own' });
  t.deepEqual(
    lines.filter((line) => line.includes('forced')),
    ['warning setting-forced-by-category @ node 5', 'warning setting-forced-by-category @ node 12'],
  );
  t.is(
    findings.find((finding) => finding.rule === 'setting-forced-by-category')?.did,
    'kept visibility 2, logged 1',
  );
  t.deepEqual(flags(5), [true, true, false]);
  t.is(roomOf(12)?.privacy, 'Secret');
  t.is(roomOf(13)?.privacy, 'Secret');
  t.is(roomOf(12)?.invitations, 'False');
  t.is(fate(12), 'room-name-prefixed');
});

test('setting-forced-by-category: the root forces too', (t) => {
  const { lines, flags } = run({
    root: { inheritance: true, filePost: true },
    nodes: [category(5, 1, 'Ops', { filePost: false }), room(12, 5, 'Desk')],
  });
  t.deepEqual(lines, ['warning setting-forced-by-category @ node 5']);
  t.deepEqual(flags(5), [true, true, true]);
});

test('visibility-mapped: known numbers are counted, unknown ones are errors and closed up', (t) => {
  const {
    findings,
    room: roomOf,
    fate,
  } = run({
    nodes: [
      category(5, 1, 'Ops'),
      room(12, 5, 'A', { visibility: 2 }),
      room(13, 5, 'B', { visibility: 3, behavior: 5 }),
      room(14, 5, 'C', { visibility: 3 }),
      room(15, 5, 'D', { visibility: 6 }),
      room(16, 5, 'E', { visibility: 1 }),
      room(17, 5, 'F', { behavior: 6 }),
      room(18, 5, 'G', { visibility: 99, disabled: true }),
    ],
  });
  const mapped = findings.filter((finding) => finding.rule === 'visibility-mapped');
  t.deepEqual(brief(mapped), [
    'error visibility-mapped @ node 15',
    'error visibility-mapped @ node 16',
    'error visibility-mapped @ node 17',
    VISIBILITY,
    VISIBILITY,
  ]);
  t.deepEqual(
    mapped.map((finding) => `${finding.seen}: ${finding.did}`),
    [
      'visibility 6: made it Secret',
      'visibility 1: made it Secret',
      'behavior 6: made it an auditorium',
      'visibility 2: made it Secret',
      'visibility 3: made them Closed',
    ],
  );
  t.deepEqual(
    [12, 13, 14, 15, 16].map((id) => roomOf(id)?.privacy),
    ['Secret', 'Closed', 'Closed', 'Secret', 'Secret'],
  );
  t.deepEqual(
    [12, 13, 17].map((id) => roomOf(id)?.type),
    ['Normal', 'Auditorium', 'Auditorium'],
  );
  t.is(fate(15), 'visibility-mapped');
  t.is(fate(12), null);
});

test('visibility-mapped: 6 is Open where the export itself declares it', (t) => {
  const nodes = [category(5, 1, 'Ops'), room(12, 5, 'A', { visibility: 6 })];
  const open = run({ nodes, enumValues: [{ valueID: 6, attributeID: 1, attributeValue: 'Open' }] });
  t.deepEqual(brief(open.findings), [VISIBILITY]);
  t.is(open.room(12)?.privacy, 'Open');
  const other = run({ nodes, enumValues: [{ valueID: 6, attributeID: 2, attributeValue: 'Open' }] });
  t.deepEqual(brief(other.findings), ['error visibility-mapped @ node 12']);
});

test('visibility-mapped: columns that are missing or did not decode', (t) => {
  const { findings, room: roomOf } = run({
    nodes: [
      category(5, 1, 'Ops', { defects: [{ column: 'visibility', seen: 'high', expected: 'an int' }] }),
      room(12, 5, 'Inherits', { visibility: null }),
      room(13, 5, 'No type', {
        behavior: 0,
        defects: [{ column: 'behavior', seen: null, expected: 'an int' }],
      }),
    ],
  });
  const errors = findings.filter((finding) => finding.severity === 'error');
  t.deepEqual(
    errors.map((finding) => finding.seen),
    ['visibility 0', 'missing behavior'],
  );
  t.is(roomOf(12)?.privacy, 'Secret');
  t.is(roomOf(13)?.type, 'Auditorium');
});

test('invitations: every combination of category and room', (t) => {
  const {
    lines,
    room: roomOf,
    fate,
  } = run({
    nodes: [
      category(5, 1, 'On', { invite: true }),
      room(10, 5, 'a', { invite: null }),
      room(11, 5, 'b', { invite: true }),
      room(12, 5, 'c', { invite: false }),
      category(6, 1, 'Off', { invite: false }),
      room(20, 6, 'd', { invite: null }),
      room(21, 6, 'e', { invite: true }),
      room(22, 6, 'f', { invite: false }),
    ],
  });
  t.deepEqual(lines, ['warning invitation-off-by-category @ node 21', 'note invitation-inherits @ node 11']);
  t.deepEqual(
    [10, 11, 12, 20, 21, 22].map((id) => roomOf(id)?.invitations),
    ['Inherit', 'Inherit', 'False', 'Inherit', 'False', 'False'],
  );
  t.is(fate(21), 'invitation-off-by-category');
  t.is(fate(11), 'invitation-inherits');
  t.is(fate(10), null);
});

test('invitation-off-by-category is silent where an ancestor overrules the room', (t) => {
  const given: GivenDirectory = {
    nodes: [category(6, 1, 'Off', { invite: false, inheritance: true }), room(21, 6, 'e', { invite: true })],
  };
  const overruled = run(given);
  t.deepEqual(overruled.lines, ['warning setting-forced-by-category @ node 21']);
  t.is(overruled.room(21)?.invitations, 'Inherit');
  const own = run(given, { forcedSettings: 'own' });
  t.deepEqual(own.lines, [
    'warning setting-forced-by-category @ node 21',
    'warning invitation-off-by-category @ node 21',
  ]);
  t.is(own.room(21)?.invitations, 'False');
});

const MIXED: GivenDirectory = {
  nodes: [
    category(5, 1, 'Ops', { logged: true, filePost: false }),
    room(10, 5, 'Off', { logged: false }),
    room(11, 5, 'On', { logged: true, filePost: true }),
    room(12, 5, 'Inherits'),
    room(13, 5, 'Behind', { logged: false, filePost: true, disabled: true }),
    category(6, 1, 'Empty', { logged: false }),
  ],
};

test('room-setting-lost: own, any, all', (t) => {
  const lost = (options: Partial<TransformOptions>) => {
    const result = run(MIXED, options);
    const lines = result.lines.filter((line) => line.includes('room-setting-lost'));
    return { ...result, lines: lines.map((line) => line.replace('warning room-setting-lost @ ', '')) };
  };
  const own = lost({});
  t.deepEqual(own.lines, ['node 10', 'node 11']);
  t.deepEqual(own.flags(5), [true, true, false]);
  t.is(own.finding('room-setting-lost')?.seen, 'chat history off');
  t.is(own.fate(10), 'room-setting-lost');

  const any = lost({ categorySettings: 'any' });
  t.deepEqual(any.lines, ['node 5', 'node 10', 'node 12']);
  t.deepEqual(any.flags(5), [true, true, true]);
  t.is(any.finding('room-setting-lost')?.did, 'switched it on, as any of its rooms decide');
  t.deepEqual(any.flags(6), [true, false, false], 'a category without rooms keeps its own');

  const all = lost({ categorySettings: 'all' });
  t.deepEqual(all.lines, ['node 5', 'node 11', 'node 12']);
  t.deepEqual(all.flags(5), [true, false, false]);
  t.is(all.fate(5), 'room-setting-lost');
});

test('room-setting-lost looks at the category the room moves to', (t) => {
  const { lines } = run({
    root: { logged: true },
    nodes: [room(12, 1, 'Lobby', { logged: false }), room(13, 1, 'Hall')],
  });
  t.deepEqual(lines.slice(2), ['warning room-setting-lost @ node 12']);
});

test('add-ins: links that cannot be kept', (t) => {
  const {
    lines,
    draft,
    room: roomOf,
    fate,
  } = run({
    root: { siopID: guid(9) },
    nodes: [
      category(5, 1, 'Ops', { siopID: guid(9) }),
      room(12, 5, 'Linked', { siopID: guid(9) }),
      room(13, 5, 'Dangling', { siopID: guid(8) }),
      room(14, 5, 'Behind', { siopID: guid(8), disabled: true }),
    ],
    siopWhiteList: [{ siopID: guid(9), siopName: 'Tickets' }],
  });
  t.deepEqual(lines, [
    'note room-disabled @ node 14',
    'warning add-in-missing @ node 13',
    'warning add-in-on-category @ node 1',
    'warning add-in-on-category @ node 5',
  ]);
  t.is(roomOf(12)?.addInId, guid(9));
  t.is(roomOf(13)?.addInId, null);
  t.is(fate(13), 'add-in-missing');
  t.is(fate(5), 'add-in-on-category');
  t.deepEqual([...draft.addIns.keys()], [guid(9)]);
});

test('add-in-duplicate-name: both stay', (t) => {
  const { lines, draft } = run({
    siopWhiteList: [
      { siopID: guid(7), siopName: 'Tickets' },
      { siopID: guid(8), siopName: 'TICKETS ' },
      { siopID: guid(9), siopName: 'Ticket' },
    ],
  });
  t.deepEqual(lines, [`error add-in-duplicate-name @ add-in ${guid(8)}`]);
  t.is(draft.addIns.size, 3);
});

test('add-in-url-unusable: limits, schemes, characters; the links go with it', (t) => {
  const url = (length: number) => `https://contoso.example/${'u'.repeat(length - 24)}`;
  const addIns: [string, string, string | null][] = [
    ['Limits', url(255), null],
    ['n'.repeat(50), 'HTTP://contoso.example', null],
    ['a', url(256), 'URL of 256 UTF-16 units'],
    ['n'.repeat(51), 'http://contoso.example/', 'name of 51 UTF-16 units'],
    ['b', 'ftp://contoso.example/', 'URL that is not http or https'],
    ['c', 'javascript:alert(1)', 'URL that is not http or https'],
    ['d', 'https://', 'URL that is not http or https'],
    ['e', '', 'URL that is not http or https'],
    ['', 'http://contoso.example/', 'empty name'],
    ['f\u0001', 'http://contoso.example/\n', 'U+000A in the URL, U+0001 in the name'],
  ];
  const {
    findings,
    draft,
    room: roomOf,
    fate,
  } = run({
    nodes: [
      category(5, 1, 'Ops'),
      room(12, 5, 'Linked', { siopID: guid(0x102) }),
      room(13, 5, 'Fine', { siopID: guid(0x100) }),
    ],
    siopWhiteList: addIns.map(([siopName, siopUrl], index) => ({
      siopID: guid(0x100 + index),
      siopName,
      siopUrl,
    })),
  });
  const unusable = findings.filter((finding) => finding.rule === 'add-in-url-unusable');
  t.deepEqual(
    unusable.map((finding) => finding.seen),
    addIns.flatMap(([, , seen]) => (seen === null ? [] : [seen])),
  );
  t.true(unusable.every((finding) => finding.severity === 'error'));
  t.is(unusable[0]?.did, 'refused it and dropped the links of 1 room');
  t.deepEqual([...draft.addIns.keys()], [guid(0x100), guid(0x101)]);
  t.is(roomOf(12)?.addInId, null);
  t.is(roomOf(13)?.addInId, guid(0x100));
  t.is(fate(12), 'add-in-url-unusable');
  const [, , refused] = draft.source.siopWhiteList;
  t.deepEqual(refused && draft.fates.of(refused), { state: 'refused', rule: 'add-in-url-unusable' });
});
