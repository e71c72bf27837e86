import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerDocument, RunSummary, StateCounts } from '@chatferry/import';
import test from 'ava';
import fc from 'fast-check';
import { fuzzRuns } from '../support/choices.js';
import {
  documentedTable,
  type ExportModel,
  guidOf,
  modelOf,
  type Row,
  rowsOf,
  type Table,
} from '../support/export-model.js';
import { writeShape } from '../support/export-shapes.js';
import { inTemporaryFolder } from '../support/temporary-folder.js';
import { transformed } from '../support/transformed.js';

const TICKS = 634_000_000_000_000_000n;
const small = (max: number) => fc.integer({ min: 1, max });
const maybe = fc.option(fc.boolean(), { nil: null });
const name = fc.constantFrom(
  'Ops',
  'ops',
  'Night',
  ' blank ',
  'a\\b',
  'Zo\u00eb',
  '\u{1F680}',
  '',
  'x\u0001y',
  'General',
);
const text = fc.constantFrom(
  'hi',
  '',
  'a\r\nb',
  '<&>',
  ']]>',
  '\u{1F680}',
  '\u0001',
  '\ufffe',
  '\u{1fffe}',
  'ma-filelink:x',
  '[STORY]',
  '&lt;',
  'ma-chan://c/00000000-1111-4222-8333-444444444444',
);

/** Nodes whose parents may be missing, rooms, or each other; ids and GUIDs that repeat. */
const node = fc.record({
  nodeID: fc.integer({ min: 2, max: 14 }),
  guid: fc.integer({ min: 2, max: 30 }),
  parentID: fc.integer({ min: 1, max: 16 }),
  nodeType: fc.boolean(),
  nodeName: name,
  topic: fc.constantFrom('', 'topic'),
  inheritance: fc.boolean(),
  overrideMember: fc.boolean(),
  invite: maybe,
  logged: maybe,
  filePost: maybe,
  disabled: fc.constantFrom(false, false, false, true),
  restrictChildCreate: maybe,
  behavior: fc.constantFrom(4, 4, 5),
  visibility: fc.constantFrom(2, 3, null),
});

const principal = fc.record({
  prinID: fc.integer({ min: 2, max: 12 }),
  guid: fc.integer({ min: 2, max: 14 }),
  prinTypeID: fc.constantFrom(5, 5, 5, 7, 9, 10, 11, 4, 6, 99),
  prinDisabled: fc.constantFrom(false, false, true),
  prinADPath: fc.constantFrom('CN=a,DC=contoso,DC=example', 'CN=b,DC=other,DC=example', null),
});

const chat = fc.record({
  channelID: fc.integer({ min: 1, max: 16 }),
  chatID: fc.integer({ min: 1, max: 9 }),
  chatDate: fc.constantFrom(TICKS, TICKS + 1n, 0n, -1n, 10n ** 18n * 9n),
  userId: small(14),
  isAlert: fc.boolean(),
  content: text,
});

const model = fc
  .record({
    nodes: fc.array(node, { maxLength: 14 }),
    principals: fc.array(principal, { minLength: 1, maxLength: 12 }),
    roles: fc.array(fc.tuple(small(16), small(14), small(5)), { minLength: 1, maxLength: 20 }),
    scopes: fc.array(fc.tuple(small(16), small(14)), { minLength: 1, maxLength: 8 }),
    counters: fc.array(fc.tuple(small(16), fc.bigInt({ min: 0n, max: 12n })), { maxLength: 6 }),
    affiliations: fc.array(fc.tuple(small(14), small(14), fc.integer({ min: -1, max: 3 })), { maxLength: 8 }),
    chats: fc.array(chat, { minLength: 1, maxLength: 40 }),
  })
  .map((drawn): ExportModel => {
    const root: Row = {
      nodeID: 1,
      nodeGuid: guidOf(1, 1),
      parentID: 1,
      nodeType: true,
      nodeName: 'Root',
      nodeDesc: '',
      inheritance: false,
      scopeChange: true,
      overrideMember: false,
      invite: true,
      logged: true,
      filePost: true,
      disabled: false,
      restrictChildCreate: true,
      behavior: 4,
      visibility: 3,
      ...AUDIT,
    };
    const nodes = drawn.nodes.map(
      ({ guid, ...columns }): Row => ({
        ...columns,
        nodeGuid: guidOf(1, guid),
        nodeDesc: 'd',
        scopeChange: false,
        ...AUDIT,
      }),
    );
    const principals = drawn.principals.map(
      ({ guid, ...columns }): Row => ({
        ...columns,
        prinGuid: guidOf(2, guid),
        prinUri: `sip:p${guid}@contoso.example`,
        prinName: 'P',
        prinAllowedPermSet: 0n,
        prinUseInheritedPerms: true,
        prinAddedOn: 1n,
        prinUpdatedOn: 1n,
        prinVerifiedOn: '2010-01-01T00:00:00.000',
      }),
    );
    const tables: readonly Table[] = [
      documentedTable('tblNode', [root, ...nodes]),
      documentedTable('tblPrincipal', principals),
      documentedTable(
        'tblRoleType',
        ['Member', 'Manager', 'Voiced'].map((rtypeDesc, i) => ({
          rtypeID: i + 1,
          rtypeDesc,
          rtypeAllowedPermSet: 0n,
          honorsOverride: true,
          honorsScope: true,
        })),
      ),
      documentedTable(
        'tblPrincipalRole',
        drawn.roles.map(([prinRoleNodeID, prinRolePrinID, prinRoleTypeID]) => ({
          prinRoleNodeID,
          prinRolePrinID,
          prinRoleTypeID,
          prinRoleUpdatedBy: 1,
        })),
      ),
      documentedTable(
        'tblScopePrincipal',
        drawn.scopes.map(([scopeNodeID, scopePrinID]) => ({ scopeNodeID, scopePrinID, scopeUpdatedBy: 1 })),
      ),
      documentedTable(
        'tblLastChatId',
        drawn.counters.map(([nodeID, lastChatID]) => ({ nodeID, lastChatID })),
      ),
      documentedTable(
        'tblPrincipalAffiliations',
        drawn.affiliations.map(([principalID, affiliationID, index]) => ({
          principalID,
          affiliationID,
          index,
          updatedBy: 1,
        })),
      ),
      documentedTable(
        'tblChat',
        drawn.chats.map(({ chatID, ...columns }) => ({ ...columns, chatID: BigInt(chatID) })),
      ),
    ];
    return modelOf(tables);
  });

const AUDIT: Row = {
  scopeDefinerId: 1,
  roleDefinerId: 1,
  nodeAddedBy: 1,
  nodeAddedOn: 1n,
  nodeUpdatedBy: 1,
  nodeUpdatedOn: 1n,
};

interface Transformed {
  readonly run: RunSummary;
  readonly ledger: LedgerDocument;
}

async function carried(exported: ExportModel, shape: string): Promise<Transformed> {
  return await inTemporaryFolder(async (folder) => {
    const [exportPath, handoffPath] = [join(folder, 'export'), join(folder, 'handoff')];
    await mkdir(exportPath);
    for (const [file, bytes] of writeShape(exported, shape)) await writeFile(join(exportPath, file), bytes);
    const run = await transformed({ exportPath, handoffPath });
    const ledger = JSON.parse(
      await readFile(join(handoffPath, 'data/ledger.json'), 'utf8'),
    ) as LedgerDocument;
    return { run, ledger };
  });
}

const balances = (counts: StateCounts): boolean =>
  counts.read === counts.carried + counts.changed + counts.excluded + counts.refused &&
  counts.written === counts.carried + counts.changed;

test('every generated export: read = carried + changed + excluded + refused, and nothing is uncounted', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      model,
      fc.constantFrom('raw-attributes', 'dataset', 'auto-xsinil'),
      async (exported, shape) => {
        const { run, ledger } = await carried(exported, shape);
        for (const [table, { rows }] of exported) {
          const counts = ledger.tables[table];
          if (rows.length === 0 && counts === undefined) continue;
          t.is(counts?.read, rows.length, table);
          t.true(counts !== undefined && balances(counts), table);
        }
        const accounts = [...Object.values(ledger.rooms), ...Object.values(ledger.unplaced)];
        t.is(
          accounts.reduce((sum, account) => sum + account.read, 0),
          rowsOf(exported, 'tblChat').length,
        );
        for (const account of accounts) {
          t.true(balances(account));
          t.is(
            account.textBytesRead +
              account.textBytesAltered -
              account.textBytesExcluded -
              account.textBytesRefused,
            account.textBytesWritten,
          );
        }
        t.deepEqual(run.imbalances, []);
        t.true(
          run.findings.every(({ rule }) => rule !== 'ledger-balances'),
          'the package says what the ledger says',
        );
        const refused = Object.values(ledger.tables).some((counts) => counts.refused > 0);
        const hasErrors = run.findings.some(({ severity }) => severity === 'error');
        if (refused) t.true(hasErrors, 'a refused record has an error finding');
        t.is(run.verdict.exitCode, hasErrors ? 1 : 0);
      },
    ),
    fuzzRuns(40),
  );
});
