import { type CategoryDraft, type TransformOptions, toTargetDirectory } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import {
  brief,
  category,
  directory,
  type GivenDirectory,
  group,
  guid,
  room,
  runRules,
  user,
} from './support/directory.js';

const MEMBER = 1;
const MANAGER = 2;
const VOICED = 3;

/** Rules of the tree, the names and the settings that these tests cause on the way; they have tests of their own. */
const OTHERS = [
  'category-nested',
  'room-name-prefixed',
  'room-under-root',
  'room-disabled',
  'category-empty',
  'setting-inherited',
  'visibility-mapped',
];

type Table =
  | 'nodes'
  | 'principalRoles'
  | 'scopePrincipals'
  | 'lastChatIds'
  | 'principalInvites'
  | 'roleTypes';

function run(given: GivenDirectory, options: Partial<TransformOptions> = {}) {
  const source = directory(given);
  const { draft, findings } = runRules(source, options);
  const ids = (list: ReadonlySet<number> | undefined): number[] => [...(list ?? [])].sort((a, b) => a - b);
  const said = findings.filter(({ rule }) => !OTHERS.includes(rule));
  return {
    draft,
    findings: said,
    lines: brief(said),
    fatesOf: (table: Table): string[] =>
      source[table].map((row) => {
        const { state, rule } = draft.fates.of(row);
        return rule === null ? state : `${state} ${rule}`;
      }),
    members: (id: number) => ids(draft.rooms.get(id)?.members),
    managers: (id: number) => ids(draft.rooms.get(id)?.managers),
    presenters: (id: number) => ids(draft.rooms.get(id)?.presenters),
    allowed: (id: number) => ids(draft.categories.get(id)?.allowed),
    creators: (id: number) => ids(draft.categories.get(id)?.creators),
  };
}

function role(prinRoleNodeID: number, prinRolePrinID: number, prinRoleTypeID = MEMBER) {
  return { prinRoleNodeID, prinRolePrinID, prinRoleTypeID };
}

function scope(scopeNodeID: number, scopePrinID: number) {
  return { scopeNodeID, scopePrinID };
}

function belongs(principalID: number, affiliationID: number) {
  return { principalID, affiliationID, index: 0 };
}

const COUNTERS = [...Array(12).keys()].map((index) => index + 12);
/** Users 12 to 23, all within the scope of the root through group 90. */
const PEOPLE = [...COUNTERS.map((id) => user(id)), group(90)];
const SCOPED = {
  principals: PEOPLE,
  scopePrincipals: [scope(1, 90)],
  principalAffiliations: COUNTERS.map((id) => belongs(id, 90)),
};
/** Root, category 5 with category 6 below it; rooms 7 in 5 and 8 in 6. */
const TREE = [category(5, 1, 'Ops'), category(6, 5, 'Night'), room(7, 5, 'Desk'), room(8, 6, 'Watch')];
/** The note that every category here takes the root's scope. */
const SCOPE_NOTES = ['note scope-inherited @ node 5', 'note scope-inherited @ node 6'];
/** All but the rules on inherited scopes and on creators. */
function without(lines: readonly string[], ...rules: string[]): string[] {
  return lines.filter((line) => !rules.some((rule) => line.includes(` ${rule} `)));
}

test('roles, scope and managers on rooms pass in silence', (t) => {
  const { lines, fatesOf, members, managers, allowed } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk')],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(7, 12), role(7, 13), role(7, 14, MANAGER)],
  });
  t.deepEqual(lines, []);
  t.deepEqual(fatesOf('principalRoles'), ['carried', 'carried', 'carried']);
  t.deepEqual([members(7), managers(7), allowed(5)], [[12, 13], [14], [90]]);
});

test('role-unknown: names decide, then permission bits; else the rows are refused, one finding a type', (t) => {
  const { lines, findings, fatesOf, members, managers, presenters } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk', { behavior: 5 })],
    scopePrincipals: [scope(5, 90)],
    roleTypes: [
      { rtypeID: 1, rtypeDesc: ' member ', rtypeAllowedPermSet: 12276n },
      { rtypeID: 2, rtypeDesc: 'Leiter', rtypeAllowedPermSet: 12276n },
      { rtypeID: 3, rtypeDesc: null, rtypeAllowedPermSet: 4096n },
      { rtypeID: 4, rtypeDesc: 'Mitglied', rtypeAllowedPermSet: 3984n },
      { rtypeID: 5, rtypeDesc: 'Creator', rtypeAllowedPermSet: 16n },
    ],
    principalRoles: [
      role(7, 12, 1),
      role(7, 13, 2),
      role(7, 12, 3),
      role(7, 14, 4),
      role(7, 15, 5),
      role(7, 16, 5),
      role(7, 16, 9),
    ],
  });
  t.deepEqual(lines, [
    'note role-unknown @ role type 2',
    'note role-unknown @ role type 3',
    'note role-unknown @ role type 4',
    'error role-unknown @ role 7/15/5',
    'error role-unknown @ role 7/16/9',
  ]);
  t.is(findings.find(({ severity }) => severity === 'error')?.did, 'refused 2 roles');
  t.deepEqual([members(7), managers(7), presenters(7)], [[12, 14], [13], [12]]);
  t.deepEqual(fatesOf('principalRoles').slice(3), [
    'carried',
    'refused role-unknown',
    'refused role-unknown',
    'refused role-unknown',
  ]);
  t.deepEqual(new Set(fatesOf('roleTypes')), new Set(['carried']));
});

test('role-principal-missing and scope-principal-missing: refused, one finding a principal', (t) => {
  const { lines, findings, fatesOf, allowed } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk'), room(8, 5, 'Watch')],
    scopePrincipals: [scope(5, 90), scope(5, 900)],
    principalRoles: [role(7, 900), role(8, 900), role(8, 901), role(7, 12)],
  });
  t.deepEqual(lines, [
    'error role-principal-missing @ role 7/900/1',
    'error role-principal-missing @ role 8/901/1',
    'error scope-principal-missing @ scope 5/900',
  ]);
  t.is(findings.find(({ rule }) => rule === 'role-principal-missing')?.did, 'refused 2 roles');
  const refused = 'refused role-principal-missing';
  t.deepEqual(fatesOf('principalRoles'), [refused, refused, refused, 'carried']);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', 'refused scope-principal-missing']);
  t.deepEqual(allowed(5), [90]);
});

test('role-node-missing and scope-node-missing: refused; rows of refused and excluded nodes follow them', (t) => {
  const { lines, fatesOf } = run({
    ...SCOPED,
    nodes: [
      category(5, 1, 'Ops'),
      room(7, 5, 'Desk', { disabled: true }),
      category(6, 99, 'Lost'),
      room(8, 5, 'Watch'),
    ],
    scopePrincipals: [scope(5, 90), scope(900, 90), scope(6, 90), scope(7, 90)],
    principalRoles: [role(900, 12), role(900, 13), role(7, 12), role(6, 12), role(8, 12)],
    lastChatIds: [
      { nodeID: 7, lastChatID: 3n },
      { nodeID: 8, lastChatID: 4n },
      { nodeID: 6, lastChatID: 5n },
      { nodeID: 5, lastChatID: 6n },
      { nodeID: 900, lastChatID: 7n },
    ],
  });
  t.deepEqual(lines, [
    'error node-parent-missing @ node 6',
    'error role-node-missing @ role 900/12/1',
    'error scope-node-missing @ scope 900/90',
    'error last-chat-id-room-missing @ counter 5',
    'error last-chat-id-room-missing @ counter 900',
  ]);
  t.deepEqual(fatesOf('principalRoles'), [
    'refused role-node-missing',
    'refused role-node-missing',
    'excluded room-disabled',
    'refused node-parent-missing',
    'carried',
  ]);
  t.deepEqual(fatesOf('scopePrincipals'), [
    'carried',
    'refused scope-node-missing',
    'refused node-parent-missing',
    'excluded room-disabled',
  ]);
  t.deepEqual(fatesOf('lastChatIds'), [
    'excluded room-disabled',
    'carried',
    'refused node-parent-missing',
    'refused last-chat-id-room-missing',
    'refused last-chat-id-room-missing',
  ]);
});

test('role-duplicate: the first of equal rows is carried, another role of the same person is none', (t) => {
  const { lines, findings, fatesOf, members } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk')],
    scopePrincipals: [scope(5, 90), scope(5, 90)],
    principalRoles: [role(7, 12), role(7, 12), role(7, 12, MANAGER), role(7, 13), role(7, 13), role(7, 12)],
  });
  t.deepEqual(lines, ['note role-duplicate @ role 7/12/1', 'note role-duplicate @ scope 5/90']);
  t.is(findings.find(({ rule }) => rule === 'role-duplicate')?.seen, 'repetition of 3 roles of node 7');
  const again = 'excluded role-duplicate';
  t.deepEqual(fatesOf('principalRoles'), ['carried', again, 'carried', 'carried', again, again]);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', again]);
  t.deepEqual(members(7), [12, 13]);
});

test('scope-inherited: the complete set of the nearest category above, never a sum', (t) => {
  const { draft, lines, fatesOf, allowed } = run({
    principals: PEOPLE,
    nodes: [...TREE, category(9, 1, 'Free'), room(10, 9, 'Yard')],
    scopePrincipals: [scope(1, 90), scope(5, 12), scope(5, 13)],
  });
  t.deepEqual(lines, ['note scope-inherited @ node 6', 'note scope-inherited @ node 9']);
  t.deepEqual([allowed(5), allowed(6), allowed(9)], [[12, 13], [12, 13], [90]]);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', 'carried', 'carried']);
  t.is(draft.categories.get(5)?.allowed, draft.categories.get(6)?.allowed, 'inherited scopes are shared');
});

test('scope-inherited: rows in force nowhere stay behind, of the root and of rooms', (t) => {
  const { lines, findings, fatesOf } = run({
    principals: PEOPLE,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk')],
    scopePrincipals: [scope(1, 90), scope(5, 12), scope(7, 13)],
  });
  t.deepEqual(lines, ['note scope-inherited @ node 1', 'warning scope-inherited @ node 7']);
  t.is(findings.at(-1)?.seen, '1 scope entry');
  t.deepEqual(fatesOf('scopePrincipals'), [
    'excluded scope-inherited',
    'carried',
    'excluded scope-inherited',
  ]);
});

test('scope-inherited: rows of an empty category that is dropped share its fate', (t) => {
  const { lines, fatesOf } = run(
    {
      principals: PEOPLE,
      nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk'), category(6, 1, 'Empty')],
      scopePrincipals: [scope(5, 12), scope(6, 13)],
      principalRoles: [role(6, 13)],
    },
    { emptyCategories: 'drop' },
  );
  t.deepEqual(lines, []);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', 'excluded category-empty']);
  t.deepEqual(fatesOf('principalRoles'), ['excluded category-empty']);
});

test('definer-contradicts-tree: the scope definer wins when it has rows above, else the nearest does', (t) => {
  const scopePrincipals = [scope(1, 90), scope(5, 12)];
  const given = (scopeDefinerId: number): GivenDirectory => ({
    principals: PEOPLE,
    nodes: [category(5, 1, 'Ops', { scopeDefinerId }), room(7, 5, 'Desk')],
    scopePrincipals,
  });
  const agrees = run(given(5));
  t.deepEqual(without(agrees.lines, 'scope-inherited'), []);
  t.deepEqual(agrees.fatesOf('nodes'), ['carried', 'carried', 'carried']);
  const root = run(given(1));
  t.deepEqual(root.lines, ['warning definer-contradicts-tree @ node 5', 'note scope-inherited @ node 5']);
  t.deepEqual(root.allowed(5), [90]);
  t.deepEqual(root.fatesOf('nodes'), ['carried', 'changed definer-contradicts-tree', 'carried']);
  t.deepEqual(root.fatesOf('scopePrincipals'), ['carried', 'excluded scope-inherited']);
  for (const named of [7, 99]) {
    const stray = run(given(named));
    t.deepEqual(without(stray.lines, 'scope-inherited'), ['warning definer-contradicts-tree @ node 5']);
    t.deepEqual(stray.allowed(5), [12]);
  }
});

test('definer-contradicts-tree: overrideMember wins over roleDefinerId', (t) => {
  const { lines, members } = run({
    ...SCOPED,
    nodes: [
      category(5, 1, 'Ops', { overrideMember: true, roleDefinerId: 5, scopeDefinerId: 1 }),
      room(7, 5, 'Desk', { roleDefinerId: 1 }),
      room(8, 5, 'Watch', { roleDefinerId: 5 }),
      room(9, 5, 'Own', { overrideMember: true, roleDefinerId: 9 }),
    ],
    principalRoles: [role(1, 12), role(5, 13), role(9, 14)],
  });
  t.deepEqual(without(lines, 'scope-inherited', 'creator-derived', 'member-inherited'), [
    'warning definer-contradicts-tree @ node 7',
  ]);
  t.deepEqual([members(7), members(8), members(9)], [[13], [13], [14]]);
});

test('manager-from-root: managers of every room, or dropped by option', (t) => {
  const given = { ...SCOPED, nodes: TREE, principalRoles: [role(1, 12, MANAGER), role(7, 13, MANAGER)] };
  const all = run(given);
  t.deepEqual(without(all.lines, 'scope-inherited', 'creator-derived'), [
    'warning manager-from-root @ role 1/12/2',
  ]);
  t.is(all.findings.find(({ rule }) => rule === 'manager-from-root')?.did, 'made it a manager of 2 rooms');
  t.deepEqual([all.managers(7), all.managers(8)], [[12, 13], [12]]);
  t.deepEqual([all.creators(5), all.creators(6)], [[12], [12]]);
  t.deepEqual(all.fatesOf('principalRoles'), ['carried', 'carried']);
  const dropped = run(given, { rootManagers: 'drop' });
  t.deepEqual(without(dropped.lines, 'scope-inherited'), ['warning manager-from-root @ role 1/12/2']);
  t.deepEqual([dropped.managers(7), dropped.managers(8), dropped.creators(5)], [[13], [], []]);
  t.deepEqual(dropped.fatesOf('principalRoles'), ['excluded manager-from-root', 'carried']);
});

test('manager-inherited: down to every room, through overrideMember too', (t) => {
  const { lines, findings, managers, creators, fatesOf } = run({
    ...SCOPED,
    nodes: [
      category(5, 1, 'Ops'),
      category(6, 5, 'Night', { overrideMember: true }),
      room(7, 5, 'Desk'),
      room(8, 6, 'Watch', { overrideMember: true }),
    ],
    principalRoles: [role(5, 12, MANAGER), role(6, 13, MANAGER), role(8, 14, MANAGER)],
  });
  t.deepEqual(without(lines, 'scope-inherited', 'creator-derived'), [
    'note manager-inherited @ node 5',
    'note manager-inherited @ node 6',
  ]);
  t.is(findings.find(({ rule }) => rule === 'manager-inherited')?.did, 'wrote them to 2 rooms below');
  t.deepEqual([managers(7), managers(8)], [[12], [12, 13, 14]]);
  t.deepEqual([creators(5), creators(6)], [[12], [12, 13]]);
  t.deepEqual(fatesOf('principalRoles'), ['carried', 'carried', 'carried']);
});

test('member-inherited: the union down the path, restarted at overrideMember, large lists shared', (t) => {
  const { draft, lines, members, fatesOf } = run({
    ...SCOPED,
    nodes: [
      ...TREE,
      room(9, 6, 'Own', { overrideMember: true }),
      category(10, 5, 'Fresh', { overrideMember: true }),
      room(11, 10, 'New'),
    ],
    principalRoles: [role(1, 12), role(5, 13), role(6, 14), role(8, 15), role(9, 16), role(10, 17)],
  });
  t.deepEqual(without(lines, 'scope-inherited', 'creator-derived'), [
    'note member-inherited @ node 1',
    'note member-inherited @ node 5',
    'note member-inherited @ node 6',
    'note member-inherited @ node 10',
  ]);
  t.deepEqual(members(7), [12, 13]);
  t.deepEqual(members(8), [12, 13, 14, 15]);
  t.deepEqual(members(9), [16]);
  t.deepEqual(members(11), [17]);
  t.deepEqual(new Set(fatesOf('principalRoles')), new Set(['carried']));
  const plain = run({ ...SCOPED, nodes: [...TREE, room(9, 5, 'Two')], principalRoles: [role(5, 12)] });
  t.is(plain.draft.rooms.get(7)?.members, plain.draft.rooms.get(9)?.members);
  t.not(draft.rooms.get(7)?.members, draft.rooms.get(8)?.members);
});

test('member-inherited: a row that no room takes stays behind, unless it makes creators', (t) => {
  const given = (restrictChildCreate: boolean): GivenDirectory => ({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops', { restrictChildCreate }), room(7, 5, 'Desk', { overrideMember: true })],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(5, 12)],
  });
  const creators = run(given(true));
  t.deepEqual(creators.lines, ['note member-inherited @ node 5', 'warning creator-derived @ node 5']);
  t.is(creators.findings[0]?.did, 'wrote them to no room, because none below takes them');
  t.deepEqual([creators.members(7), creators.creators(5)], [[], [12]]);
  t.deepEqual(creators.fatesOf('principalRoles'), ['carried']);
  const nobody = run(given(false));
  t.deepEqual(nobody.lines, ['note member-inherited @ node 5']);
  t.deepEqual([nobody.members(7), nobody.creators(5)], [[], []]);
  t.deepEqual(nobody.fatesOf('principalRoles'), ['excluded member-inherited']);
});

test('manager-inherited: managers of a category without rooms stay behind when nobody becomes creator', (t) => {
  const given = {
    ...SCOPED,
    nodes: [category(5, 1, 'Ops')],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(5, 12, MANAGER)],
  };
  t.deepEqual(run(given).fatesOf('principalRoles'), ['carried']);
  const none = run(given, { creators: 'none' });
  t.deepEqual(none.fatesOf('principalRoles'), ['excluded manager-inherited']);
  t.deepEqual(none.lines, ['note manager-inherited @ node 5']);
});

test('creator-derived: members and managers, managers alone, or nobody', (t) => {
  const given = (restrictChildCreate: boolean | null): GivenDirectory => ({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops', { restrictChildCreate }), room(7, 5, 'Desk')],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(5, 12), role(5, 13, MANAGER), role(1, 14)],
  });
  const creatorsOf = (restrict: boolean | null, creators: TransformOptions['creators']) => {
    const { findings, creators: of } = run(given(restrict), { creators });
    return [of(5), findings.find(({ rule }) => rule === 'creator-derived')?.did];
  };
  t.deepEqual(creatorsOf(true, 'legacy'), [[12, 13, 14], 'made 3 Creators']);
  t.deepEqual(creatorsOf(null, 'legacy'), [[12, 13, 14], 'made 3 Creators'], 'the root allows creation');
  t.deepEqual(creatorsOf(false, 'legacy'), [[13], 'made 1 Creator']);
  t.deepEqual(creatorsOf(true, 'managers'), [[13], 'made 1 of them a Creator']);
  t.deepEqual(creatorsOf(true, 'none'), [[], 'made none of them a Creator']);
});

test('a room below the root: its category takes scope and creators of the root, the room its members', (t) => {
  const { draft, members, managers, fatesOf } = run({
    ...SCOPED,
    nodes: [room(7, 1, 'Lobby')],
    principalRoles: [role(1, 12), role(1, 13, MANAGER), role(7, 14)],
  });
  const made = [...draft.categories.values()].find((one: CategoryDraft) => one.source === null);
  t.truthy(made);
  t.deepEqual([...(made?.allowed ?? [])], [90]);
  t.deepEqual([...(made?.creators ?? [])].sort(), [12, 13]);
  t.deepEqual([members(7), managers(7)], [[12, 14], [13]]);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried']);
});

test('role-out-of-scope: an error for each principal and category, carried by default', (t) => {
  const { lines, findings, fatesOf, members } = run({
    principals: PEOPLE,
    nodes: [
      category(5, 1, 'Ops'),
      room(7, 5, 'Desk'),
      room(8, 5, 'Watch'),
      category(6, 1, 'Other'),
      room(9, 6, 'Yard'),
    ],
    scopePrincipals: [scope(5, 90), scope(5, 12), scope(6, 90)],
    principalAffiliations: [belongs(13, 90)],
    principalRoles: [role(7, 12), role(7, 13), role(7, 14), role(8, 14, MANAGER), role(9, 12), role(9, 90)],
  });
  t.deepEqual(lines, ['error role-out-of-scope @ role 7/14/1', 'error role-out-of-scope @ role 7/12/1']);
  t.regex(findings[0]?.message ?? '', /principal 14 .* in category 5 "Ops"/);
  t.regex(findings[1]?.message ?? '', /principal 12 .* in category 6 "Other"/);
  t.deepEqual(members(7), [12, 13, 14]);
  t.deepEqual(new Set(fatesOf('principalRoles')), new Set(['carried']));
});

test('role-out-of-scope: when nobody is allowed, one finding for the category', (t) => {
  const { lines, findings } = run({
    principals: PEOPLE,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk')],
    principalRoles: [role(7, 12), role(7, 13)],
  });
  t.deepEqual(lines, ['error role-out-of-scope @ node 5']);
  t.is(findings[0]?.seen, 'roles of 2 principals (12, 13)');
});

test('role-out-of-scope: nested and cyclic groups count', (t) => {
  const { lines } = run({
    principals: [...PEOPLE, group(91), group(92), group(93)],
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk')],
    scopePrincipals: [scope(5, 90)],
    principalAffiliations: [
      belongs(12, 92),
      belongs(92, 91),
      belongs(91, 90),
      belongs(91, 92),
      belongs(13, 93),
    ],
    principalRoles: [role(7, 12), role(7, 92), role(7, 13)],
  });
  t.deepEqual(lines, ['error role-out-of-scope @ role 7/13/1']);
});

test('role-out-of-scope: drop leaves a row behind only when it takes effect nowhere', (t) => {
  const { lines, fatesOf, members, managers, creators } = run(
    {
      principals: PEOPLE,
      nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk'), category(6, 1, 'Other'), room(9, 6, 'Yard')],
      scopePrincipals: [scope(5, 12), scope(5, 13), scope(6, 13)],
      principalRoles: [role(1, 12), role(1, 14), role(9, 12), role(9, 13), role(9, 14, MANAGER)],
    },
    { outOfScope: 'drop' },
  );
  t.deepEqual(without(lines, 'member-inherited', 'creator-derived'), [
    'warning role-out-of-scope @ role 1/14/1',
    'warning role-out-of-scope @ role 1/12/1',
    'warning role-out-of-scope @ role 1/14/1',
  ]);
  t.deepEqual([members(7), members(9), managers(9)], [[12], [13], []]);
  t.deepEqual([creators(5), creators(6)], [[12], []]);
  const dropped = 'excluded role-out-of-scope';
  t.deepEqual(fatesOf('principalRoles'), ['carried', dropped, dropped, 'carried', dropped]);
});

test('role-out-of-scope: widen-scope adds the principals to this category only', (t) => {
  const { lines, fatesOf, members, allowed } = run(
    {
      principals: PEOPLE,
      nodes: [...TREE],
      scopePrincipals: [scope(1, 12)],
      principalRoles: [role(7, 14), role(7, 13), role(8, 12)],
    },
    { outOfScope: 'widen-scope' },
  );
  t.deepEqual(without(lines, 'scope-inherited'), [
    'warning role-out-of-scope @ role 7/13/1',
    'warning role-out-of-scope @ role 7/14/1',
  ]);
  t.deepEqual([allowed(5), allowed(6), members(7)], [[12, 13, 14], [12], [13, 14]]);
  t.deepEqual(new Set(fatesOf('principalRoles')), new Set(['carried']));
});

test('presenter-on-normal-room: dropped there and on categories, kept in an auditorium', (t) => {
  const { lines, findings, fatesOf, presenters } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk'), room(8, 5, 'Stage', { behavior: 5 })],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [
      role(7, 12, VOICED),
      role(7, 13, VOICED),
      role(5, 12, VOICED),
      role(8, 12),
      role(8, 12, VOICED),
    ],
  });
  t.deepEqual(lines, [
    'warning presenter-on-normal-room @ role 7/12/3',
    'warning presenter-on-normal-room @ role 5/12/3',
  ]);
  t.is(findings[0]?.seen, '2 presenters');
  const dropped = 'excluded presenter-on-normal-room';
  t.deepEqual(fatesOf('principalRoles'), [dropped, dropped, dropped, 'carried', 'carried']);
  t.deepEqual([presenters(7), presenters(8)], [[], [12]]);
});

test('presenter-not-member: made a member himself, the shared list of others untouched', (t) => {
  const { lines, members, fatesOf } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Stage', { behavior: 5 }), room(8, 5, 'Desk')],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(5, 90), role(7, 12, VOICED)],
  });
  t.deepEqual(without(lines, 'member-inherited', 'creator-derived'), [
    'warning presenter-not-member @ node 7',
  ]);
  t.deepEqual([members(7), members(8)], [[12, 90], [90]]);
  t.deepEqual(fatesOf('principalRoles'), ['carried', 'carried']);
});

test('auditorium-without-presenter: warned about and carried', (t) => {
  const given = (...roles: { prinRoleNodeID: number }[]): GivenDirectory => ({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Stage', { behavior: 5 })],
    scopePrincipals: [scope(5, 90)],
    principalRoles: [role(7, 12), ...roles],
  });
  t.deepEqual(run(given(role(7, 12, VOICED))).lines, []);
  const { lines, draft } = run(given());
  t.deepEqual(lines, ['warning auditorium-without-presenter @ node 7']);
  t.is(draft.rooms.get(7)?.type, 'Auditorium');
});

test('capacity-exceeded: access entries at the limit and just over', (t) => {
  const rooms = 1000;
  const large = (extra: number): GivenDirectory => ({
    principals: [...Array(2001).keys()].map((index) => user(10_001 + index)),
    nodes: [
      category(5, 1, 'Ops', { restrictChildCreate: false, invite: false }),
      ...[...Array(rooms).keys()].map((index) => room(10 + index, 5, `Room${index}`)),
    ],
    scopePrincipals: [...Array(2001).keys()].map((index) => scope(5, 10_001 + index)),
    principalRoles: [
      ...[...Array(2000).keys()].map((index) => role(5, 10_001 + index)),
      ...[...Array(extra).keys()].map((index) => role(10 + index, 12_001)),
    ],
  });
  const capacity = (given: GivenDirectory) =>
    run(given).findings.filter(({ rule }) => rule === 'capacity-exceeded');
  t.deepEqual(capacity(large(0)), []);
  const [over, ...more] = capacity(large(1));
  t.deepEqual(more, []);
  t.is(over?.severity, 'warning');
  t.is(over?.seen, '2000001 access control entries');
});

test('capacity-exceeded: invitations count the active users behind groups, in rooms that invite', (t) => {
  const users = 2000;
  const crowd = (invite: boolean, rooms: number): GivenDirectory => ({
    principals: [
      group(90),
      ...[...Array(users).keys()].map((index) => user(10_000 + index)),
      user(9, { prinDisabled: 1 }),
    ],
    nodes: [
      category(5, 1, 'Ops', { invite }),
      ...[...Array(rooms).keys()].map((index) => room(100 + index, 5, `Room${index}`)),
    ],
    scopePrincipals: [scope(5, 90)],
    principalAffiliations: [belongs(9, 90), ...[...Array(users).keys()].map((i) => belongs(10_000 + i, 90))],
    principalRoles: [role(5, 90)],
  });
  const seen = (given: GivenDirectory) =>
    run(given)
      .findings.filter(({ rule }) => rule === 'capacity-exceeded')
      .map((finding) => finding.seen);
  t.deepEqual(seen(crowd(true, 1000)), []);
  t.deepEqual(seen(crowd(true, 1001)), ['more than 2000000 invitations']);
  t.deepEqual(seen(crowd(false, 1001)), []);
});

test('table-not-migrated: invitations stay behind with one finding', (t) => {
  const { lines, findings, fatesOf } = run({
    principals: [user(12)],
    principalInvites: [
      { prinID: 12, invID: 1, nodeID: 5 },
      { prinID: 12, invID: 2, nodeID: 6 },
    ],
  });
  t.deepEqual(lines, ['note table-not-migrated @ the export']);
  t.is(findings[0]?.seen, '2 rows of tblPrincipalInvites');
  t.deepEqual(new Set(fatesOf('principalInvites')), new Set(['excluded table-not-migrated']));
});

test('the target directory: ascending lists, merged authors, counters and affiliations as carried', (t) => {
  const twin = { prinGuid: guid(0xabc) };
  const { draft } = run({
    principals: [
      user(30, twin),
      user(12, twin),
      user(13, { prinTypeID: 7, prinADPath: null }),
      group(91),
      group(90),
      user(14, { prinName: 'A\u0001B' }),
    ],
    nodes: [
      room(8, 5, 'Watch', { nodeAddedBy: 30, nodeAddedOn: 9n, nodeUpdatedBy: 777, siopID: guid(0xb) }),
      room(7, 5, 'Desk', { disabled: true }),
      category(5, 1, 'Ops', { filePost: true }),
    ],
    scopePrincipals: [scope(5, 91), scope(5, 90), scope(5, 30)],
    principalRoles: [role(8, 91), role(8, 30), role(8, 90), role(8, 13), role(8, 90, MANAGER)],
    principalAffiliations: [
      { principalID: 30, affiliationID: 30, index: -1 },
      { principalID: 30, affiliationID: 91, index: 3 },
      { principalID: 12, affiliationID: 90, index: 5 },
      { principalID: 30, affiliationID: 90, index: 1 },
      { principalID: 12, affiliationID: 91, index: null },
      { principalID: 30, affiliationID: 12, index: 7 },
    ],
    siopWhiteList: [
      { siopID: guid(0xb), siopName: 'Beta' },
      { siopID: guid(0xa), siopName: 'Alpha' },
    ],
    lastChatIds: [
      { nodeID: 8, lastChatID: 9_007_199_254_740_993n },
      { nodeID: 7, lastChatID: 3n },
    ],
  });
  const target = toTargetDirectory(draft);
  t.deepEqual(
    target.principals.map(({ id, disabled }) => [id, disabled]),
    [
      [12, 0],
      [13, 1],
      [14, 0],
      [90, 0],
      [91, 0],
    ],
  );
  t.is(target.principals[2]?.name, 'A\ufffdB');
  t.deepEqual(target.affiliations, [{ kind: 'affiliation', principalId: 12, groupIds: [90, 91] }]);
  t.deepEqual(
    target.addIns.map(({ id, name }) => [id, name]),
    [
      [guid(0xa), 'Alpha'],
      [guid(0xb), 'Beta'],
    ],
  );
  t.deepEqual(target.categories, [
    {
      kind: 'category',
      id: 5,
      guid: guid(5),
      name: 'Ops',
      description: '',
      invitations: true,
      chatHistory: true,
      fileUpload: true,
      allowed: [12, 90, 91],
      denied: [],
      creators: [],
      addedBy: null,
      addedOn: null,
      updatedBy: null,
      updatedOn: null,
    },
  ]);
  t.deepEqual(target.rooms, [
    {
      kind: 'room',
      id: 8,
      guid: guid(8),
      categoryId: 5,
      name: 'Watch',
      description: '',
      disabled: false,
      type: 'Normal',
      privacy: 'Closed',
      invitations: 'Inherit',
      addInId: guid(0xb),
      managers: [90],
      members: [12, 90, 91],
      presenters: [],
      addedBy: 12,
      addedOn: 9n,
      updatedBy: 777,
      updatedOn: null,
    },
  ]);
  t.deepEqual(target.lastChatIds, [{ kind: 'lastChatId', roomId: 8, id: 9_007_199_254_740_993n }]);
});

test('the target directory: rooms that share a list share the sorted one', (t) => {
  const { draft } = run({
    ...SCOPED,
    nodes: [category(5, 1, 'Ops'), room(7, 5, 'Desk'), room(8, 5, 'Watch')],
    principalRoles: [role(5, 13), role(5, 12)],
  });
  const { rooms } = toTargetDirectory(draft);
  t.deepEqual(rooms[0]?.members, [12, 13]);
  t.is(rooms[0]?.members, rooms[1]?.members);
});

/** What the rules should give, by the definition: walk up from each node, and ask each row on its own. */
function expectedLists(
  parents: readonly number[],
  restarts: readonly boolean[],
  rows: readonly [number, number][],
) {
  return (node: number): number[] => {
    const people = new Set<number>();
    for (let at = node; ; at = parents[at] as number) {
      for (const [where, who] of rows) if (where === at) people.add(who);
      if (at === 0 || restarts[at]) return [...people].sort((a, b) => a - b);
    }
  };
}

test('members of any tree equal those found by walking up; a row is carried when it takes effect', (t) => {
  const tree = fc
    .array(fc.record({ up: fc.nat(), restart: fc.boolean(), isRoom: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((nodes) => {
      // Node 0 is the root; a parent always stands before its children and is a category.
      const parents = [0];
      const categories = [0];
      nodes.forEach(({ up, isRoom }, index) => {
        parents.push(categories[up % categories.length] as number);
        if (!isRoom) categories.push(index + 1);
      });
      return {
        parents,
        restarts: [false, ...nodes.map((one) => one.restart)],
        rooms: nodes.map((one) => one.isRoom),
      };
    });
  const roleRows = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 12, max: 15 })), { maxLength: 12 });
  fc.assert(
    fc.property(tree, roleRows, ({ parents, restarts, rooms }, given) => {
      const rows = given.map(([at, who]): [number, number] => [at % parents.length, who]);
      const once = [...new Map(rows.map((row) => [row.join('/'), row])).values()];
      const nodes = rooms.map((isRoom, index) => {
        const more = { overrideMember: restarts[index + 1] ?? false, restrictChildCreate: false };
        const parent = (parents[index + 1] as number) + 1;
        return isRoom
          ? room(index + 2, parent, `R${index}`, more)
          : category(index + 2, parent, `C${index}`, more);
      });
      const { draft, members, fatesOf } = run({
        ...SCOPED,
        root: { restrictChildCreate: false },
        nodes,
        principalRoles: once.map(([at, who]) => role(at + 1, who)),
      });
      const expected = expectedLists(parents, restarts, once);
      rooms.forEach((isRoom, index) => {
        if (isRoom) t.deepEqual(members(index + 2), expected(index + 1));
      });
      const reaches = (at: number): boolean => {
        if (at > 0 && rooms[at - 1]) return true;
        return rooms.some((isRoom, index) => {
          if (!isRoom) return false;
          for (let up = index + 1; up !== 0 && !restarts[up]; ) {
            up = parents[up] as number;
            if (up === at) return true;
          }
          return false;
        });
      };
      t.true(draft.roles.every((entry) => reaches(entry.nodeId - 1)));
      t.deepEqual(
        fatesOf('principalRoles').map((fate) => fate === 'carried'),
        once.map(([at]) => reaches(at)),
      );
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('the inherited scope notes name each category once', (t) => {
  const { lines } = run({ ...SCOPED, nodes: TREE });
  t.deepEqual(lines, SCOPE_NOTES);
});
