import { RunFailure } from '@chatferry/export';
import type { TransformOptions } from '@chatferry/transform';
import test from 'ava';
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

/** A module behind the package's index: from the compiled test the way is one folder longer than from its source. */
const FOREST = new URL('../../packages/transform/dist/directory/forest.js', import.meta.url);
const { domainSuffix, isInForest, likelyForestRoot } = (await import(
  FOREST.href
)) as typeof import('../../packages/transform/dist/directory/forest.js');

const VISIBILITY = 'note visibility-mapped @ the export';
const NIL = '00000000-0000-0000-0000-000000000000';
/** One category with a scope, and one room in it. */
const NODES = [category(5, 1, 'Ops'), room(7, 5, 'Desk')];
const MEMBER = 1;
const MANAGER = 2;

function run(given: GivenDirectory, options: Partial<TransformOptions> = {}) {
  const source = directory({ nodes: NODES, ...given });
  const { draft, findings } = runRules(source, options);
  const fatesOf = (
    table: 'principals' | 'principalRoles' | 'scopePrincipals' | 'principalAffiliations',
  ): string[] =>
    source[table].map((row) => {
      const { state, rule } = draft.fates.of(row);
      return rule === null ? state : `${state} ${rule}`;
    });
  const desk = draft.rooms.get(7);
  return {
    draft,
    findings,
    lines: brief(findings).filter((line) => line !== VISIBILITY),
    fatesOf,
    disabled: [...draft.principals.values()].map(({ id, disabled }) => [id, disabled]),
    members: [...(desk?.members ?? [])],
    managers: [...(desk?.managers ?? [])],
    allowed: [...(draft.categories.get(5)?.allowed ?? [])],
  };
}

function role(prinRoleNodeID: number, prinRolePrinID: number, prinRoleTypeID = MEMBER) {
  return { prinRoleNodeID, prinRolePrinID, prinRoleTypeID };
}

function scope(scopeNodeID: number, scopePrinID: number) {
  return { scopeNodeID, scopePrinID };
}

/** User 12 is member of room 7 and named in the scope of category 5. */
const RIGHTS = { principalRoles: [role(7, 12)], scopePrincipals: [scope(5, 12)] };

test('a sound principal passes in silence and keeps its rights', (t) => {
  const { lines, fatesOf, members, allowed, disabled } = run({ principals: [user(12)], ...RIGHTS });
  t.deepEqual(lines, []);
  t.deepEqual(fatesOf('principals'), ['carried']);
  t.deepEqual(fatesOf('principalRoles'), ['carried']);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried']);
  t.deepEqual([members, allowed, disabled], [[12], [12], [[12, 0]]]);
});

test('principals come out ascending by id, whatever the order of the export', (t) => {
  const { draft } = run({ principals: [user(30), user(4), user(12)] });
  t.deepEqual([...draft.principals.keys()], [4, 12, 30]);
});

test('principal-id-duplicate: an equal row is a copy, a different one is refused, the first is kept', (t) => {
  const { draft, lines, fatesOf, findings } = run({
    principals: [user(12), user(12), user(12, { prinName: 'Bob' }), user(13)],
    ...RIGHTS,
  });
  t.deepEqual(lines, [
    'note principal-id-duplicate @ principal 12',
    'error principal-id-duplicate @ principal 12',
  ]);
  t.deepEqual(fatesOf('principals'), [
    'carried',
    'excluded principal-id-duplicate',
    'refused principal-id-duplicate',
    'carried',
  ]);
  t.is(draft.principals.get(12)?.source.prinName, 'User 12');
  t.deepEqual(fatesOf('principalRoles'), ['carried']);
  const refusal = findings.find(({ severity }) => severity === 'error');
  t.is(refusal?.seen, 'a row that differs in prinName');
  t.is(refusal?.place?.line, 3);
});

test('principal-type-unknown: refuses the principal, and its rights without findings of their own', (t) => {
  for (const prinTypeID of [4, 5, 7, 8, 9, 10, 11]) {
    const { draft } = run({ principals: [user(12, { prinTypeID })] });
    t.true(draft.principals.has(12), `type ${prinTypeID}`);
  }
  for (const prinTypeID of [1, 2, 3, 6, 12]) {
    const { draft, lines, fatesOf } = run({ principals: [user(12, { prinTypeID })], ...RIGHTS });
    t.deepEqual(lines, ['error principal-type-unknown @ principal 12'], `type ${prinTypeID}`);
    t.false(draft.principals.has(12));
    t.deepEqual(fatesOf('principals'), ['refused principal-type-unknown']);
    t.deepEqual(fatesOf('principalRoles'), ['refused principal-type-unknown']);
    t.deepEqual(fatesOf('scopePrincipals'), ['refused principal-type-unknown']);
  }
});

test('principal kinds follow the type', (t) => {
  const principals = [4, 5, 7, 8, 9, 10, 11].map((prinTypeID) => user(prinTypeID, { prinTypeID }));
  const { draft } = run({ principals });
  t.deepEqual(
    [...draft.principals.values()].map(({ principalKind }) => principalKind),
    ['system', 'user', 'user', 'domain', 'group', 'folder', 'group'],
  );
});

test('principal-federated: disabled, no roles, no scope entries, still an author', (t) => {
  const federated = user(12, { prinTypeID: 7, prinADPath: null });
  const { draft, lines, findings, fatesOf, members, allowed } = run({ principals: [federated], ...RIGHTS });
  t.deepEqual(lines, ['warning principal-federated @ principal 12']);
  t.is(findings[0]?.did, 'made it a disabled user, left 1 role and 1 scope entry behind');
  t.deepEqual(fatesOf('principals'), ['changed principal-federated']);
  t.deepEqual(fatesOf('principalRoles'), ['excluded principal-federated']);
  t.deepEqual(fatesOf('scopePrincipals'), ['excluded principal-federated']);
  t.deepEqual([members, allowed], [[], []]);
  t.like(draft.principals.get(12), { disabled: 1, mayHoldRights: false, principalKind: 'user' });
});

test('principal-federated: a federated group, and a federated user that is disabled already', (t) => {
  const { draft, lines } = run({
    principals: [group(20, { prinTypeID: 11 }), user(21, { prinTypeID: 7, prinDisabled: 1 })],
  });
  t.deepEqual(lines, [
    'warning principal-federated @ principal 20',
    'warning principal-federated @ principal 21',
  ]);
  t.like(draft.principals.get(20), { disabled: 1, principalKind: 'group' });
});

test('principal-disabled: without rights it is carried in silence', (t) => {
  for (const prinDisabled of [1, 2]) {
    const { lines, fatesOf, disabled } = run({ principals: [user(12, { prinDisabled })] });
    t.deepEqual(lines, []);
    t.deepEqual(fatesOf('principals'), ['carried']);
    t.deepEqual(disabled, [[12, prinDisabled]]);
  }
});

test('principal-disabled: loses its rights, or keeps them by option', (t) => {
  const given = { principals: [user(12, { prinDisabled: 1 })], ...RIGHTS };
  const dropped = run(given);
  t.deepEqual(dropped.lines, ['note principal-disabled @ principal 12']);
  t.deepEqual(dropped.fatesOf('principals'), ['carried']);
  t.deepEqual(dropped.fatesOf('principalRoles'), ['excluded principal-disabled']);
  t.deepEqual(dropped.fatesOf('scopePrincipals'), ['excluded principal-disabled']);
  t.deepEqual(dropped.members, []);
  const kept = run(given, { disabledPrincipals: 'keep-roles' });
  t.deepEqual(kept.lines, ['note principal-disabled @ principal 12']);
  t.is(kept.findings[0]?.did, 'carried 1 role and 1 scope entry');
  t.deepEqual(kept.fatesOf('principalRoles'), ['carried']);
  t.deepEqual([kept.members, kept.allowed, kept.disabled], [[12], [12], [[12, 1]]]);
});

test('principal-disabled: an undocumented number becomes 1, even without rights', (t) => {
  const { lines, findings, fatesOf, disabled } = run({ principals: [user(12, { prinDisabled: 3 })] });
  t.deepEqual(lines, ['warning principal-disabled @ principal 12']);
  t.is(findings[0]?.did, 'took it as 1, left 0 roles and 0 scope entries behind');
  t.deepEqual(fatesOf('principals'), ['changed principal-disabled']);
  t.deepEqual(disabled, [[12, 1]]);
});

test('principal-duplicate: one GUID is merged onto the lowest id, with roles, scope entries and affiliations', (t) => {
  const twin = { prinGuid: guid(0xabc) };
  const { draft, lines, fatesOf, members, allowed } = run({
    principals: [user(30, twin), user(12, twin), group(20)],
    principalRoles: [role(7, 30), role(7, 12)],
    scopePrincipals: [scope(5, 20), scope(5, 30)],
    principalAffiliations: [{ principalID: 30, affiliationID: 20, index: 0 }],
  });
  t.deepEqual(lines, ['warning principal-duplicate @ principal 30']);
  t.is(draft.principals.get(30)?.mergedInto, 12);
  t.deepEqual(fatesOf('principals'), ['excluded principal-duplicate', 'carried', 'carried']);
  t.deepEqual(fatesOf('principalRoles'), ['changed principal-duplicate', 'carried']);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', 'changed principal-duplicate']);
  t.deepEqual(fatesOf('principalAffiliations'), ['changed principal-duplicate']);
  t.deepEqual([members, allowed], [[12], [20, 12]]);
});

test('principal-duplicate: the merged principal is active when one of them is', (t) => {
  const twin = { prinGuid: guid(0xabc) };
  const { draft, fatesOf, lines, members } = run({
    principals: [user(12, { ...twin, prinDisabled: 1 }), user(30, twin)],
    principalRoles: [role(7, 12), role(7, 30)],
    scopePrincipals: [scope(5, 30)],
  });
  t.deepEqual(lines, [
    'note principal-disabled @ principal 12',
    'warning principal-duplicate @ principal 30',
  ]);
  t.like(draft.principals.get(12), { disabled: 0, mayHoldRights: true });
  t.deepEqual(fatesOf('principals'), ['changed principal-duplicate', 'excluded principal-duplicate']);
  t.deepEqual(fatesOf('principalRoles'), ['excluded principal-disabled', 'changed principal-duplicate']);
  t.deepEqual(members, [12]);
});

test('principal-duplicate: one URI under two GUIDs, letter case aside, is an error and both are carried', (t) => {
  const { draft, lines, fatesOf } = run({
    principals: [
      user(12, { prinUri: 'sip:Ann@contoso.example' }),
      user(30, { prinUri: 'SIP:ann@CONTOSO.example' }),
    ],
  });
  t.deepEqual(lines, ['error principal-duplicate @ principal 30']);
  t.deepEqual(fatesOf('principals'), ['carried', 'carried']);
  t.is(draft.principals.get(30)?.mergedInto, null);
});

test('principal-duplicate: empty URIs say nothing; an empty GUID or another type is never merged', (t) => {
  t.deepEqual(run({ principals: [user(12, { prinUri: '' }), user(13, { prinUri: '' })] }).lines, []);
  const empty = run({ principals: [user(12, { prinGuid: NIL }), user(13, { prinGuid: NIL })] });
  t.deepEqual(empty.lines, ['error principal-duplicate @ principal 13']);
  const twin = { prinGuid: guid(0xabc) };
  const kinds = run({ principals: [user(12, twin), group(13, twin)] });
  t.deepEqual(kinds.lines, ['error principal-duplicate @ principal 13']);
  t.deepEqual(kinds.fatesOf('principals'), ['carried', 'carried']);
});

test('principal-foreign-forest: the derived root covers its child domains; others are refused their rights', (t) => {
  const { lines, findings, fatesOf, disabled, members } = run({
    principals: [
      user(12, { prinADPath: 'CN=Ann,OU=Staff,DC=eu,DC=Contoso,DC=example' }),
      user(13, { prinADPath: 'CN=Bea,OU=Staff,dc=eu,dc=contoso,dc=EXAMPLE' }),
      user(14, { prinADPath: 'DC=contoso,DC=example', prinTypeID: 8 }),
      user(15, { prinADPath: 'CN=Bob,DC=fabrikam,DC=example' }),
      user(16, { prinADPath: null }),
    ],
    principalRoles: [role(7, 12), role(7, 15)],
    scopePrincipals: [scope(5, 12), scope(5, 15)],
  });
  t.deepEqual(lines, ['error principal-foreign-forest @ principal 15']);
  t.is(findings[0]?.expected, 'dc=contoso,dc=example or a child domain of it');
  t.deepEqual(fatesOf('principals').slice(3), ['changed principal-foreign-forest', 'carried']);
  t.deepEqual(fatesOf('principalRoles'), ['carried', 'refused principal-foreign-forest']);
  t.deepEqual(fatesOf('scopePrincipals'), ['carried', 'refused principal-foreign-forest']);
  t.deepEqual(disabled, [
    [12, 0],
    [13, 0],
    [14, 0],
    [15, 1],
    [16, 0],
  ]);
  t.deepEqual(members, [12]);
});

test('principal-foreign-forest: the option names the root; what is disabled without rights is left alone', (t) => {
  const principals = [
    user(12, { prinADPath: 'CN=Ann,DC=contoso,DC=example' }),
    user(13, { prinADPath: 'CN=Bob,DC=fabrikam,DC=example' }),
    user(14, { prinADPath: 'CN=Cid,DC=contoso,DC=example', prinDisabled: 1 }),
  ];
  const named = run({ principals }, { forest: ' dc = Fabrikam , DC=example' });
  t.deepEqual(named.lines, ['error principal-foreign-forest @ principal 12']);
  const failure = t.throws(() => run({ principals }, { forest: 'contoso.example' }), {
    instanceOf: RunFailure,
  });
  t.is(failure?.code, 'plan-unusable');
});

test('principal-foreign-forest: takes the rights of a disabled principal that kept them', (t) => {
  const { lines, fatesOf } = run(
    {
      principals: [
        user(12, { prinADPath: 'CN=Ann,DC=fabrikam,DC=example', prinDisabled: 2 }),
        user(13),
        user(14),
      ],
      principalRoles: [role(7, 12)],
    },
    { disabledPrincipals: 'keep-roles' },
  );
  t.deepEqual(lines, [
    'note principal-disabled @ principal 12',
    'error principal-foreign-forest @ principal 12',
  ]);
  t.deepEqual(fatesOf('principalRoles'), ['refused principal-foreign-forest']);
});

test('a refusal of the survivor takes the rights of those merged onto it', (t) => {
  const twin = { prinGuid: guid(0xabc), prinADPath: 'CN=Ann,DC=fabrikam,DC=example' };
  const { lines, fatesOf } = run({
    principals: [user(12, twin), user(30, twin), user(13), user(14)],
    principalRoles: [role(7, 30)],
  });
  t.deepEqual(lines, [
    'warning principal-duplicate @ principal 30',
    'error principal-foreign-forest @ principal 12',
  ]);
  t.deepEqual(fatesOf('principalRoles'), ['refused principal-foreign-forest']);
});

test('domain suffixes: case, blanks, escapes, quotes, provider paths', (t) => {
  t.is(domainSuffix('CN=Ann,OU=Staff,DC=Contoso,DC=Example'), 'dc=contoso,dc=example');
  t.is(domainSuffix('CN=Doe\\, Ann , dc = contoso , DC=example '), 'dc=contoso,dc=example');
  t.is(domainSuffix('CN="Doe, DC=x",DC=contoso,DC=example'), 'dc=contoso,dc=example');
  t.is(domainSuffix('DC=old,CN=Ann,DC=example'), 'dc=example');
  t.is(domainSuffix('LDAP://dc1.contoso.example/DC=contoso,DC=example'), 'dc=contoso,dc=example');
  t.is(domainSuffix('LDAP://DC=contoso,DC=example'), 'dc=contoso,dc=example');
  t.is(domainSuffix('CN=Ann\\,DC=contoso'), null);
  t.is(domainSuffix('CN=Ann,DC='), null);
  t.is(domainSuffix(''), null);
  t.is(domainSuffix(`CN=${'x'.repeat(376)},DC=a`), 'dc=a', '384 units, as many as the column holds');
  t.is(domainSuffix(`CN=${'x'.repeat(377)},DC=a`), null, 'one unit more');
});

test('the likely root: shortest occurring ancestor of the most frequent suffix, two labels at least', (t) => {
  const eu = 'dc=eu,dc=contoso,dc=example';
  const root = 'dc=contoso,dc=example';
  t.is(likelyForestRoot([]), null);
  t.is(likelyForestRoot([eu, eu, root]), root);
  t.is(
    likelyForestRoot([eu, eu, 'dc=us,dc=contoso,dc=example']),
    eu,
    'a parent that does not occur is not invented',
  );
  t.is(likelyForestRoot([eu, eu, 'dc=example', root]), root, 'one label is too short');
  t.is(likelyForestRoot(['dc=local']), 'dc=local');
  t.is(
    likelyForestRoot(['dc=b,dc=example', 'dc=a,dc=example']),
    'dc=a,dc=example',
    'a tie goes by code units',
  );
  t.true(isInForest(eu, root));
  t.false(isInForest('dc=mycontoso,dc=example', 'dc=contoso,dc=example'));
});

test('principal-right-lost: names administrators one by one and file posters together', (t) => {
  const { lines, findings, fatesOf } = run({
    principals: [
      user(12, { prinAllowedPermSet: 0b100n }),
      user(13, { prinAllowedPermSet: 0b010n }),
      user(14, { prinAllowedPermSet: 0b111n }),
      group(15, { prinAllowedPermSet: 0b001n }),
      user(16, { prinAllowedPermSet: 0b1000n }),
      user(17, { prinAllowedPermSet: null }),
    ],
  });
  t.deepEqual(lines, [
    'warning principal-right-lost @ principal 12',
    'warning principal-right-lost @ principal 13',
    'warning principal-right-lost @ principal 14',
    'warning principal-right-lost @ the export',
  ]);
  t.regex(findings[0]?.message ?? '', /"User 12".* to administer chat rooms,/);
  t.regex(findings[1]?.message ?? '', / to administer users,/);
  t.regex(findings[2]?.message ?? '', / to administer chat rooms and users,/);
  t.regex(findings[3]?.message ?? '', /of principals 14, 15,/);
  const changed = 'changed principal-right-lost';
  t.deepEqual(fatesOf('principals'), [changed, changed, changed, changed, 'carried', 'carried']);
});

test('principal-right-lost: inherited rights, disabled and system principals say nothing', (t) => {
  const { lines } = run({
    principals: [
      user(12, { prinAllowedPermSet: 0b111n, prinUseInheritedPerms: true }),
      user(13, { prinAllowedPermSet: 0b111n, prinDisabled: 1 }),
      user(4, { prinAllowedPermSet: 0b111n, prinTypeID: 4 }),
    ],
  });
  t.deepEqual(lines, []);
});

test('principal-forbidden-character: says columns and code points', (t) => {
  const { lines, findings, fatesOf } = run({
    principals: [
      user(12, { prinDisplayName: 'Ann\u000bExample', prinCompanyName: 'A\ud800B' }),
      user(13, { prinDisplayName: 'tab\tand\u{1f600}' }),
    ],
  });
  t.deepEqual(lines, ['warning principal-forbidden-character @ principal 12']);
  t.is(findings[0]?.seen, 'U+000B, U+D800');
  t.deepEqual(fatesOf('principals'), ['changed principal-forbidden-character', 'carried']);
});

test('affiliations: to self and to nobody stay behind, those of a refused principal follow it', (t) => {
  const belongs = (principalID: number, affiliationID: number, index: number) => {
    return { principalID, affiliationID, index };
  };
  const { lines, fatesOf } = run({
    principals: [user(12), group(20), group(21, { prinTypeID: 6 })],
    principalAffiliations: [
      belongs(12, 12, -1),
      belongs(12, 20, 0),
      belongs(12, 900, 1),
      belongs(12, 21, 2),
      belongs(20, 20, -1),
      belongs(901, 20, 0),
      belongs(20, 900, 0),
    ],
  });
  t.deepEqual(lines, [
    'error principal-type-unknown @ principal 21',
    'warning affiliation-principal-missing @ affiliation 12/900',
    'warning affiliation-principal-missing @ affiliation 901/20',
    'note affiliation-to-self @ the export',
  ]);
  t.deepEqual(fatesOf('principalAffiliations'), [
    'excluded affiliation-to-self',
    'carried',
    'excluded affiliation-principal-missing',
    'refused principal-type-unknown',
    'excluded affiliation-to-self',
    'excluded affiliation-principal-missing',
    'excluded affiliation-principal-missing',
  ]);
});

test('a manager keeps the role through a disabled double with another GUID', (t) => {
  const { managers } = run({
    principals: [user(12), user(13, { prinDisabled: 1 })],
    principalRoles: [role(7, 12, MANAGER), role(7, 13, MANAGER)],
    scopePrincipals: [scope(5, 12)],
  });
  t.deepEqual(managers, [12]);
});
