import { nameKey, type TransformOptions, uuidV5 } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import {
  aboutNodes,
  brief,
  category,
  directory,
  type GivenDirectory,
  guid,
  room,
  runRules,
  user,
} from './support/directory.js';

const VISIBILITY = 'note visibility-mapped @ the export';

function run(given: GivenDirectory, options: Partial<TransformOptions> = {}) {
  const source = directory(given);
  const { draft, findings: all } = runRules(source, options);
  const findings = aboutNodes(all);
  const nodes = [...draft.categories.values(), ...draft.rooms.values()];
  return {
    draft,
    findings,
    lines: brief(findings).filter((line) => line !== VISIBILITY),
    names: Object.fromEntries(nodes.map((node) => [node.id, node.name])),
    descriptions: Object.fromEntries(nodes.map((node) => [node.id, node.description])),
    fates: Object.fromEntries(
      source.nodes.map((row) => {
        const { state, rule } = draft.fates.of(row);
        return [row.nodeID, rule === null ? state : `${state} ${rule}`];
      }),
    ),
    finding: (rule: string) => findings.find((finding) => finding.rule === rule),
  };
}

test('nameKey: simple case folding and trailing blanks', (t) => {
  const equal: [string, string][] = [
    ['Ops', 'OPS'],
    ['Ops', 'ops   '],
    ['Ärger', 'äRGER'],
    ['ΣΑΣ', 'σας'],
    ['Straße', 'STRAẞE'],
    ['\u212aelvin', 'kelvin'],
    ['ſ', 'S'],
    ['µ', 'μ'],
    ['\u{10400}', '\u{10428}'],
    ['ᾼ', 'ᾳ'],
    ['\u0390', '\u1fd3'],
    ['\ufb05', '\ufb06'],
    ['', '  '],
  ];
  for (const [a, b] of equal) t.is(nameKey(a), nameKey(b), `${a} = ${b}`);
  const different: [string, string][] = [
    ['Straße', 'STRASSE'],
    ['İ', 'i'],
    ['İ', 'I'],
    ['ı', 'i'],
    ['ı', 'I'],
    ['é', 'e'],
    ['é', 'e\u0301'],
    [' Ops', 'Ops'],
    ['Ops\u00a0', 'Ops'],
    ['Ops', 'Ops.'],
  ];
  for (const [a, b] of different) t.not(nameKey(a), nameKey(b), `${a} <> ${b}`);
});

test('nameKey agrees with the simple folding of regular expressions for every cased code point', (t) => {
  const cased = Array.from({ length: 0x1f000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((character) => character.toLowerCase() !== character || character.toUpperCase() !== character);
  const all = cased.join('');
  const wrong: string[] = [];
  for (const character of cased) {
    const equals = new RegExp(`\\u{${(character.codePointAt(0) as number).toString(16)}}`, 'giu');
    const members = new Set(all.match(equals) ?? []);
    const fold = nameKey(character);
    if (![...members].every((member) => nameKey(member) === fold)) wrong.push(`${character} split`);
    if (fold !== character && !members.has(fold)) wrong.push(`${character} -> ${fold}`);
  }
  t.deepEqual(wrong, []);
  t.true(cased.length > 2000);
});

test('uuidV5: the example of RFC 9562, appendix A.4, and UTF-8 names', (t) => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  t.is(uuidV5(dns, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  t.is(uuidV5(dns.toUpperCase(), 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  t.regex(
    uuidV5(dns, '总 \u{1f600}'),
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test('room-disabled: excluded with what hangs on it, or carried', (t) => {
  const given: GivenDirectory = {
    nodes: [
      category(5, 1, 'Ops'),
      room(12, 5, 'Desk'),
      room(13, 5, 'Old', { disabled: true }),
      category(6, 1, 'Odd', { disabled: true }),
      room(14, 6, 'Fine'),
    ],
    principals: [user(100)],
    principalRoles: [{ prinRoleNodeID: 13, prinRolePrinID: 100 }],
    lastChatIds: [{ nodeID: 13, lastChatID: 4n }],
  };
  const excluded = run(given);
  t.deepEqual(excluded.lines, ['note room-disabled @ node 13', 'note room-disabled @ node 6']);
  t.is(excluded.fates[13], 'excluded room-disabled');
  t.is(excluded.fates[6], 'changed room-disabled');
  t.true(excluded.draft.rooms.has(13), 'stays so that links to it can be explained');
  for (const table of ['principalRoles', 'lastChatIds'] as const) {
    const [row] = excluded.draft.source[table];
    t.deepEqual(row && excluded.draft.fates.of(row), { state: 'excluded', rule: 'room-disabled' });
  }

  const carried = run(given, { disabledRooms: 'carry' });
  t.deepEqual(carried.lines, excluded.lines);
  t.is(carried.fates[13], 'carried');
  t.true(carried.draft.rooms.get(13)?.disabled);
});

test('name-unusable cleans the own name before any prefix', (t) => {
  const { names, lines, findings, fates } = run({
    nodes: [
      category(5, 1, ' Ops\\Night '),
      category(6, 5, 'E\u0007ast\ufffe\ud800'),
      room(12, 6, '\t\u3000Desk 1\n'),
      room(13, 6, 'Fine \u{1f600}'),
      room(14, 6, 'no\u00a0break'),
    ],
  });
  t.deepEqual(names, {
    1: 'Root',
    5: 'Ops_Night',
    6: 'Ops_Night_E_ast__',
    12: 'Ops_Night_E_ast___Desk 1',
    13: 'Ops_Night_E_ast___Fine \u{1f600}',
    14: 'Ops_Night_E_ast___no\u00a0break',
  });
  t.deepEqual(
    lines.filter((line) => line.includes('name-unusable')),
    ['warning name-unusable @ node 5', 'warning name-unusable @ node 6', 'warning name-unusable @ node 12'],
  );
  t.regex(findings[0]?.message ?? '', /^Unexpected blanks at its ends, U\+005C in the name of category 5 /);
  t.regex(
    findings[1]?.message ?? '',
    /^Unexpected U\+0007, U\+FFFE, U\+D800 in the name of category 6 "EU\+0007ast/,
  );
  t.is(fates[5], 'changed name-unusable');
});

test('name-unusable replaces by the separator, and says what an empty name could become', (t) => {
  t.is(run({ nodes: [category(5, 1, 'A\\B'), room(12, 5, 'C')] }, { separator: ' - ' }).names[5], 'A - B');
  t.is(run({ nodes: [category(5, 1, '\\A'), room(12, 5, 'C')] }, { separator: ' ' }).names[5], 'A');

  const empty = run({
    nodes: [
      category(5, 1, ''),
      category(6, 5, 'East'),
      category(7, 5, '  '),
      room(12, 6, 'Desk'),
      room(13, 7, ''),
    ],
  });
  t.deepEqual(
    empty.lines.filter((line) => line.includes('name-')),
    [
      'error name-unusable @ node 5',
      'error name-unusable @ node 7',
      'error name-unusable @ node 13',
      'note room-name-prefixed @ node 12',
    ],
    'empty names are one error each, and no duplicates',
  );
  t.deepEqual(empty.names, { 1: 'Root', 5: '', 6: 'East', 7: '', 12: 'East_Desk', 13: '' });
  t.regex(empty.finding('name-unusable')?.remedy ?? '', /categories\.csv, for example "Category_5"/);
  t.is(empty.fates[5], 'carried');
});

const NESTED: GivenDirectory = {
  nodes: [
    room(9, 3, 'Desk'),
    category(3, 4, 'Low'),
    category(4, 8, 'Mid'),
    category(8, 1, 'High'),
    room(10, 8, 'Desk'),
    room(11, 4, 'desk'),
    room(12, 3, 'Mid'),
  ],
};

test('category-nested and room-name-prefixed flatten by own names, whatever the order of ids', (t) => {
  const { names, lines, fates, finding } = run(NESTED);
  t.deepEqual(names, {
    1: 'Root',
    3: 'High_Mid_Low',
    4: 'High_Mid',
    8: 'High',
    9: 'High_Mid_Low_Desk',
    10: 'Desk',
    11: 'High_Mid_desk',
    12: 'High_Mid_Low_Mid',
  });
  t.deepEqual(lines, [
    'note category-nested @ node 3',
    'note category-nested @ node 4',
    'note room-name-prefixed @ node 9',
    'note room-name-prefixed @ node 11',
    'note room-name-prefixed @ node 12',
  ]);
  t.is(fates[3], 'changed category-nested');
  t.is(fates[8], 'carried');
  t.is(fates[9], 'changed room-name-prefixed');
  t.is(finding('category-nested')?.did, 'made it top-level as "High_Mid_Low"');
  t.is(run(NESTED, { separator: ' / ' }).names[9], 'High / Mid / Low / Desk');
});

test('room-name-prefixed: keep, and prefix-on-conflict by ascending node id', (t) => {
  const kept = run(NESTED, { roomNames: 'keep' });
  t.deepEqual(
    [9, 10, 11, 12].map((id) => kept.names[id]),
    ['Desk', 'Desk', 'desk', 'Mid'],
  );
  t.deepEqual(
    kept.lines.filter((line) => line.includes('duplicate')),
    ['error name-duplicate @ node 10', 'error name-duplicate @ node 11'],
  );

  const given: GivenDirectory = {
    nodes: [
      category(2, 1, 'A'),
      category(3, 2, 'B'),
      category(4, 2, 'C'),
      room(20, 4, 'Desk'),
      room(21, 3, 'DESK'),
      room(22, 3, 'a '),
      room(23, 3, 'Lounge'),
      room(24, 3, 'A_B'),
      room(30, 2, 'Lounge'),
    ],
  };
  const conflicts = run(given, { roomNames: 'prefix-on-conflict' });
  t.deepEqual(
    [20, 21, 22, 23, 24, 30].map((id) => conflicts.names[id]),
    ['Desk', 'A_B_DESK', 'A_B_a', 'A_B_Lounge', 'A_B_A_B', 'Lounge'],
  );
  t.deepEqual(conflicts.lines, [
    'warning name-unusable @ node 22',
    'note category-nested @ node 3',
    'note category-nested @ node 4',
    'note room-name-prefixed @ node 21',
    'note room-name-prefixed @ node 22',
    'note room-name-prefixed @ node 23',
    'note room-name-prefixed @ node 24',
  ]);
  const reversed = run({ nodes: [...(given.nodes ?? [])].reverse() }, { roomNames: 'prefix-on-conflict' });
  t.deepEqual(reversed.names, conflicts.names);
});

test('room-under-root moves the rooms to a created category', (t) => {
  const { draft, lines, names, fates, findings } = run({
    root: { invite: false, logged: null, filePost: true },
    nodes: [category(5, 1, 'Ops'), room(12, 5, 'Desk'), room(40, 1, 'Lobby'), room(13, 1, 'Hall')],
  });
  t.deepEqual(lines, ['warning room-under-root @ node 13', 'warning room-under-root @ node 40']);
  const general = draft.categories.get(41);
  t.is([...draft.categories.keys()].at(-1), 41);
  t.is(draft.rooms.get(40)?.category, general);
  t.is(draft.rooms.get(13)?.category, general);
  t.true(draft.root === draft.rooms.get(13)?.parent);
  t.is(general?.name, 'General');
  t.is(general?.description, '');
  t.is(general?.source, null);
  t.is(general?.parent, null);
  t.is(general?.guid, uuidV5(guid(1), 'General'));
  t.deepEqual(general?.settings, draft.root?.settings);
  t.deepEqual([general?.invitations, general?.chatHistory, general?.fileUpload], [false, true, true]);
  t.deepEqual([names[40], fates[40]], ['Lobby', 'changed room-under-root']);
  t.regex(findings[0]?.did ?? '', /^moved it to the new category 41 "General" \(/);
});

test('room-under-root: beside the highest int the category takes the highest free id', (t) => {
  const { draft } = run({
    nodes: [
      room(2_147_483_647, 1, 'Lobby'),
      category(2_147_483_646, 1, 'Ops'),
      room(12, 2_147_483_646, 'Desk'),
    ],
  });
  t.is(draft.rooms.get(2_147_483_647)?.category.id, 2_147_483_645);
});

test('room-under-root: the name is taken, or the plan names a category', (t) => {
  const nodes = [category(5, 1, 'GENERAL'), room(12, 5, 'General_2 '), room(13, 1, 'Lobby')];
  const taken = run({ nodes });
  t.is(taken.names[14], 'General_3');
  t.is(taken.draft.categories.get(14)?.guid, uuidV5(guid(1), 'General_3'));

  const named = run({ nodes: [category(5, 1, 'Ops'), ...nodes.slice(2)] }, { rootRoomsCategory: 'ops' });
  t.is(named.draft.rooms.get(13)?.category.id, 5);
  t.is(named.draft.categories.size, 2);
  t.regex(named.finding('room-under-root')?.did ?? '', /existing category 5/);

  const created = run(
    { nodes: [category(5, 1, 'Ops'), room(12, 5, 'Hall'), ...nodes.slice(2)] },
    { rootRoomsCategory: 'Hall' },
  );
  t.is(created.names[14], 'Hall_2');

  const excluded = run({
    nodes: [category(5, 1, 'Ops'), room(12, 5, 'Hall'), room(13, 1, 'Lobby', { disabled: true })],
  });
  t.deepEqual(excluded.lines, ['note room-disabled @ node 13'], 'no category for rooms that stay behind');
});

test('category-empty: carried or dropped; roles above carried rooms stay in force', (t) => {
  const given: GivenDirectory = {
    nodes: [
      category(5, 1, 'Archive'),
      room(12, 5, 'Old', { disabled: true }),
      category(6, 1, 'Branch'),
      category(7, 6, 'Leaf'),
      room(13, 7, 'Desk'),
    ],
    principals: [user(100)],
    principalRoles: [
      { prinRoleNodeID: 5, prinRolePrinID: 100 },
      { prinRoleNodeID: 6, prinRolePrinID: 100 },
    ],
    scopePrincipals: [{ scopeNodeID: 1, scopePrinID: 100 }],
  };
  const carried = run(given);
  t.deepEqual(
    carried.lines.filter((line) => line.includes('category-empty')),
    ['note category-empty @ node 5', 'note category-empty @ node 6'],
  );
  t.is(carried.fates[5], 'carried');

  const dropped = run(given, { emptyCategories: 'drop' });
  t.is(dropped.fates[5], 'excluded category-empty');
  t.is(dropped.fates[6], 'excluded category-empty');
  t.is(dropped.fates[7], 'changed category-nested');
  t.is(dropped.names[13], 'Branch_Leaf_Desk');
  const [onArchive, onBranch] = dropped.draft.source.principalRoles;
  t.is(onArchive && dropped.draft.fates.of(onArchive).rule, 'category-empty');
  t.not(onBranch && dropped.draft.fates.of(onBranch).state, 'excluded');
});

test('name-too-long: 256 passes, 257 is an error with a proposal', (t) => {
  const nodes = [category(5, 1, 'Ops'), category(6, 5, 'n'.repeat(252))];
  const fits = run({ nodes: [...nodes, room(12, 5, 'm'.repeat(256))] });
  t.deepEqual(
    fits.lines.filter((line) => line.includes('too-long')),
    [],
  );
  t.is(fits.names[6]?.length, 256);

  const over = run({ nodes: [category(5, 1, 'Ops'), category(6, 5, 'n'.repeat(253)), room(12, 6, 'Desk')] });
  t.deepEqual(
    over.lines.filter((line) => line.includes('too-long')),
    ['error name-too-long @ node 6', 'error name-too-long @ node 12'],
  );
  t.is(over.names[6]?.length, 257);
  t.regex(over.finding('name-too-long')?.remedy ?? '', /categories\.csv, for example "n{247}~[0-9a-f]{8}"/);
});

test('name-too-long: shorten keeps the tail and marks it by the hash of the full name', (t) => {
  const long = `${'x'.repeat(60)}\u{1f600}${'y'.repeat(246)}`;
  const { names, lines, fates } = run(
    { nodes: [category(5, 1, 'Ops'), room(12, 5, `z${long}`), room(13, 5, long)] },
    { longNames: 'shorten' },
  );
  t.deepEqual(lines, ['warning name-too-long @ node 12', 'warning name-too-long @ node 13']);
  t.regex(names[12] ?? '', /^y{246}~[0-9a-f]{8}$/);
  t.regex(names[13] ?? '', /^y{246}~[0-9a-f]{8}$/);
  t.not(names[12], names[13]);
  t.is(fates[12], 'changed name-too-long');
  t.is(
    run({ nodes: [category(5, 1, 'Ops'), room(12, 5, 'a'.repeat(257))] }, { longNames: 'shorten' }).names[12],
    `${'a'.repeat(247)}~e8d95cc2`,
  );
});

test('name-duplicate: rooms and categories in any mixture; the lowest id keeps the name', (t) => {
  const given: GivenDirectory = {
    nodes: [
      category(5, 1, 'Ops'),
      room(30, 5, 'OPS'),
      room(12, 5, 'Desk'),
      room(13, 5, 'desk_2'),
      room(14, 5, 'DESK'),
      room(15, 5, 'desk'),
      room(16, 5, 'Desk', { disabled: true }),
    ],
  };
  const blocked = run(given);
  t.deepEqual(blocked.lines, [
    'note room-disabled @ node 16',
    'error name-duplicate @ node 14',
    'error name-duplicate @ node 15',
    'error name-duplicate @ node 30',
  ]);
  t.is(blocked.names[14], 'DESK');
  t.regex(blocked.findings[1]?.message ?? '', /room 14 "DESK" .* with the name of room 12 "Desk"/);
  t.regex(blocked.findings[1]?.remedy ?? '', /rooms\.csv, for example "DESK_3"/);

  const renamed = run(given, { duplicateNames: 'suffix' });
  t.deepEqual(
    [12, 13, 14, 15, 30].map((id) => renamed.names[id]),
    ['Desk', 'desk_2', 'DESK_3', 'desk_4', 'OPS_2'],
  );
  t.deepEqual(renamed.lines.slice(1), [
    'warning name-duplicate @ node 14',
    'warning name-duplicate @ node 15',
    'warning name-duplicate @ node 30',
  ]);
  t.is(renamed.fates[14], 'changed name-duplicate');
  const reversed = run({ nodes: [...(given.nodes ?? [])].reverse() }, { duplicateNames: 'suffix' });
  t.deepEqual(reversed.names, renamed.names);
});

test('name-duplicate: a suffix fits into 256 units without cutting a surrogate pair', (t) => {
  const name = `\u{1f600}${'y'.repeat(254)}`;
  const { names } = run(
    { nodes: [category(5, 1, 'Ops'), room(12, 5, name), room(13, 5, name)] },
    { duplicateNames: 'suffix' },
  );
  t.is(names[13], `${'y'.repeat(254)}_2`);
});

test('property: with shorten and suffix all final names are unique, usable and at most 256 units', (t) => {
  const name = fc
    .array(fc.constantFrom('a', 'A', 'ß', 'σ', 'ς', ' ', '_', '2', '\u{1f600}', 'x'.repeat(120)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => `n${parts.join('')}`);
  const nodes = fc
    .array(fc.record({ name, isCategory: fc.boolean(), parent: fc.nat() }), { maxLength: 12 })
    .map((drawn) => {
      const categories = [1];
      return drawn.map(({ name, isCategory, parent }, index) => {
        const parentID = categories[parent % categories.length] as number;
        if (!isCategory) return room(index + 2, parentID, name);
        categories.push(index + 2);
        return category(index + 2, parentID, name);
      });
    });
  fc.assert(
    fc.property(
      nodes,
      fc.constantFrom('prefix-nested' as const, 'prefix-on-conflict' as const, 'keep' as const),
      (nodes, roomNames) => {
        const { names, lines } = run(
          { nodes },
          { roomNames, longNames: 'shorten', duplicateNames: 'suffix' },
        );
        const { 1: _root, ...final } = names;
        const keys = Object.values(final).map(nameKey);
        if (new Set(keys).size !== keys.length) throw new Error(`equal names: ${JSON.stringify(final)}`);
        for (const name of Object.values(final)) {
          if (name.length > 256 || name.trim() !== name || !name.isWellFormed())
            throw new Error(`unusable: ${name}`);
        }
        if (lines.some((line) => line.startsWith('error'))) throw new Error(lines.join('\n'));
      },
    ),
    { seed: 1, numRuns: 200 },
  );
  t.pass();
});

test('description-missing, description-too-long and description-forbidden-character', (t) => {
  const { lines, findings, descriptions, fates } = run({
    nodes: [
      category(5, 1, 'Ops', { nodeDesc: null }),
      room(12, 5, 'At the limit', { nodeDesc: 'd'.repeat(256) }),
      room(13, 5, 'Over', { nodeDesc: 'd'.repeat(257) }),
      room(14, 5, 'Odd', { nodeDesc: 'a\tb\r\nc\u007f\u000b\u0000\u000b\udc00' }),
      room(15, 5, 'Behind', { nodeDesc: null, disabled: true }),
    ],
  });
  t.deepEqual(lines, [
    'note room-disabled @ node 15',
    'note description-missing @ node 5',
    'error description-too-long @ node 13',
    'warning description-forbidden-character @ node 14',
  ]);
  t.is(findings[2]?.seen, '257 UTF-16 units');
  t.is(findings[3]?.seen, 'U+000B, U+0000, U+DC00');
  t.is(descriptions[5], '');
  t.is(descriptions[13]?.length, 257);
  t.is(descriptions[14], 'a\tb\r\nc\u007f\ufffd\ufffd\ufffd\ufffd');
  t.deepEqual(
    [fates[5], fates[13], fates[14]],
    ['changed description-missing', 'carried', 'changed description-forbidden-character'],
  );
});

test('room-topic-lost: dropped, or appended where it fits', (t) => {
  const given: GivenDirectory = {
    nodes: [
      category(5, 1, 'Ops', { topic: null }),
      room(12, 5, 'Both', { nodeDesc: 'Night desk', topic: 'Rota' }),
      room(13, 5, 'Topic only', { topic: 'Rota' }),
      room(14, 5, 'At the limit', { nodeDesc: 'd'.repeat(249), topic: 'Rota' }),
      room(15, 5, 'Over', { nodeDesc: 'd'.repeat(250), topic: 'Rota' }),
    ],
  };
  const dropped = run(given);
  t.deepEqual(
    dropped.lines,
    [12, 13, 14, 15].map((id) => `warning room-topic-lost @ node ${id}`),
  );
  t.is(dropped.descriptions[12], 'Night desk');
  t.is(dropped.fates[13], 'changed room-topic-lost');
  t.notRegex(JSON.stringify(dropped.findings), /Rota/);

  const appended = run(given, { topics: 'append' });
  t.deepEqual(appended.lines, [
    'note room-topic-lost @ node 12',
    'note room-topic-lost @ node 13',
    'note room-topic-lost @ node 14',
    'warning room-topic-lost @ node 15',
  ]);
  t.is(appended.descriptions[12], 'Night desk | Rota');
  t.is(appended.descriptions[13], 'Rota');
  t.is(appended.descriptions[14]?.length, 256);
  t.is(appended.descriptions[15], 'd'.repeat(250));
});
