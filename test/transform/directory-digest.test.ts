import { join } from 'node:path';
import {
  createPackageWriter,
  DEFAULT_LAYOUT,
  PackageDirectory,
  readPackage,
  type TargetDirectory,
  type TargetPrincipal,
} from '@chatferry/import';
import { digestDirectory } from '@chatferry/transform';
import test from 'ava';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.js';

const { directoryAccounts } = (await import(
  new URL('../../packages/import/dist/read-package/directory-accounts.js', import.meta.url).href
)) as typeof import('../../packages/import/dist/read-package/directory-accounts.js');

const TEXT = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', ' ', '&lt;', ']]>', 'a\r\nb\rc\n\t', '"\'', '😀', '<b>&amp;</b>', '\u0085\u2028'),
  )
  .map((text) =>
    text.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''),
  );
const TEXT_OR_NULL = fc.option(TEXT);
const PRINCIPAL_IDS = Array.from({ length: 8 }, (_, number) => number + 1);
const SOME_PRINCIPALS = fc.subarray(PRINCIPAL_IDS);
const AUDIT = {
  addedBy: fc.option(fc.constantFrom(...PRINCIPAL_IDS)),
  addedOn: fc.option(fc.bigInt({ min: 1n, max: 3155378975999999999n })),
  updatedBy: fc.option(fc.constantFrom(...PRINCIPAL_IDS)),
  updatedOn: fc.option(fc.bigInt({ min: 1n, max: 3155378975999999999n })),
};

function principal(id: number): fc.Arbitrary<TargetPrincipal> {
  return fc.record({
    kind: fc.constant('principal' as const),
    id: fc.constant(id),
    guid: fc.uuid(),
    uri: TEXT,
    principalKind: fc.constantFrom('user', 'group', 'folder', 'domain', 'system'),
    name: TEXT_OR_NULL,
    displayName: TEXT_OR_NULL,
    company: TEXT_OR_NULL,
    email: TEXT_OR_NULL,
    adPath: TEXT_OR_NULL,
    userPrincipalName: TEXT_OR_NULL,
    disabled: fc.constantFrom(0, 1, 2),
  });
}

function category(id: number) {
  return fc
    .record({
      kind: fc.constant('category' as const),
      id: fc.constant(id),
      guid: fc.uuid(),
      name: TEXT,
      description: TEXT,
      invitations: fc.boolean(),
      chatHistory: fc.boolean(),
      fileUpload: fc.boolean(),
      allowed: SOME_PRINCIPALS,
      denied: SOME_PRINCIPALS,
      creators: SOME_PRINCIPALS,
      ...AUDIT,
    })
    .map((made) => ({ ...made, denied: made.denied.filter((denied) => !made.allowed.includes(denied)) }));
}

function room(id: number) {
  return fc.record({
    kind: fc.constant('room' as const),
    id: fc.constant(id),
    guid: fc.uuid(),
    categoryId: fc.constantFrom(100, 101),
    name: TEXT,
    description: TEXT,
    disabled: fc.boolean(),
    type: fc.constantFrom('Normal', 'Auditorium'),
    privacy: fc.constantFrom('Secret', 'Closed', 'Open'),
    invitations: fc.constantFrom('Inherit', 'False'),
    addInId: fc.option(fc.uuid()),
    managers: SOME_PRINCIPALS,
    members: SOME_PRINCIPALS,
    presenters: SOME_PRINCIPALS,
    ...AUDIT,
  });
}

const DIRECTORY: fc.Arbitrary<TargetDirectory> = fc.record({
  principals: fc.tuple(...PRINCIPAL_IDS.map(principal)),
  affiliations: fc
    .subarray(PRINCIPAL_IDS)
    .map((ids) => ids.map((principalId) => ({ kind: 'affiliation' as const, principalId })))
    .chain((ones) =>
      fc.tuple(
        ...ones.map((one) => fc.record({ ...constants(one), groupIds: fc.shuffledSubarray(PRINCIPAL_IDS) })),
      ),
    )
    .map((all) => all.filter(({ groupIds }) => groupIds.length > 0)),
  addIns: fc
    .uniqueArray(fc.record({ kind: fc.constant('addIn' as const), id: fc.uuid(), name: TEXT, url: TEXT }), {
      selector: ({ id }) => id,
      maxLength: 3,
    })
    .map((addIns) => addIns.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
  categories: fc.tuple(category(100), category(101)),
  rooms: fc.tuple(room(200), room(201), room(202)),
  lastChatIds: fc.constant([]),
});
const COUNTERS = fc
  .subarray([200, 201, 202])
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), fc.bigInt({ min: 0n, max: 1n << 62n })))),
  )
  .map((entries) => new Map(entries));

function constants<Shape extends object>(shape: Shape): { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> } {
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, fc.constant(value)])) as {
    [Key in keyof Shape]: fc.Arbitrary<Shape[Key]>;
  };
}

test('what is handed to the writer and what is read back have the same rows and hashes', async (t) => {
  const folder = temporaryFolder(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(DIRECTORY, COUNTERS, async (directory, counters) => {
      run += 1;
      const file = join(folder, `${run}.zip`);
      const writer = await createPackageWriter({ file, layout: DEFAULT_LAYOUT });
      await writer.finish(directory, counters);
      const read = new PackageDirectory();
      await readPackage(file, DEFAULT_LAYOUT, {
        directory: read,
        fault: ({ message }) => t.fail(message),
        directoryRead: () => undefined,
        message: () => undefined,
        progress: () => undefined,
      });
      t.deepEqual(directoryAccounts(read), digestDirectory(directory, counters));
    }),
    { numRuns: 100, seed: 5 },
  );
});
