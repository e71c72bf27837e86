import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { lineAt, type SourceCode, sourceCode } from './support/source-code.js';

const HOUSE = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Room to the rooms that it may import. */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map([
  ['export', []],
  ['import', ['export']],
  ['transform', ['export', 'import']],
]);

/** What determinism and style forbid in the rooms' sources. */
const FORBIDDEN_CODE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['the type any', /(?<![.\w#])any(?![\w:(?])/g],
  ['a default export', /\bexport\s+default\b|\bas\s+default\b/g],
  ['an enum', /\benum\s+[A-Za-z_$]/g],
  [
    'the clock',
    /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\s(\w]))|(?<!new\s)(?<![.\w])Date\s*\(\s*\)/g,
  ],
  ['chance', /\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int)\b/g],
  ['the locale', /\btoLocale\w*|\blocaleCompare\b|(?<![.\w])Intl\b/g],
];

/** A line of a comment of more than 120 columns; the formatter leaves comments as they are. */
const LONG_COMMENT = /^(?=.{121}) *(?:\/?\*|\/\/)/gmu;

/** An entry of custody tells when; it is no product of the transformation. */
const WALL_CLOCK = 'packages/import/src/custody/wall-clock.ts';
/** What nobody may foresee of a comparison; its outcome does not depend on it. */
const SECRET = 'packages/import/src/source/secret.ts';

const NETWORK_MODULES = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'];
const NETWORK_CODE = /(?<![.\w])fetch\s*\(|\bXMLHttpRequest\b|\bnew\s+WebSocket\b|\bnew\s+EventSource\b/g;
const NETWORK_SCRIPT =
  /\bInvoke-(?:WebRequest|RestMethod)\b|\bNet\.(?:WebClient|Http)\b|\bStart-BitsTransfer\b/gi;

/** Where rules and checks stand, the files there that list them, and the tests that name them. */
const PAGES = [
  { folder: 'packages/transform/src/rules', lists: ['index.ts', 'messages.ts'], tests: 'test/transform' },
  { folder: 'packages/import/src/checks', lists: ['index.ts'], tests: 'test/import' },
];

const SOURCES = filesBelow('packages', /\/src\/.*\.ts$/).map((path) => sourceCode(path, read(path)));

test('there are three packages, no more and no less', (t) => {
  const folders = readdirSync(join(HOUSE, 'packages'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  t.deepEqual(folders.map((folder) => folder.name).sort(), [...MAY_IMPORT.keys()]);
});

test('imports point backward: export <- import <- transform, through the index only', (t) => {
  t.deepEqual(SOURCES.flatMap(wrongImports), []);
});

test('a package declares what it imports, pinned, and no room that it may not import', (t) => {
  t.deepEqual([...MAY_IMPORT.keys()].flatMap(wrongDependencies), []);
});

test('the rooms hold no any, default export, enum, clock, chance or locale', (t) => {
  const found = SOURCES.filter(({ path }) => path !== WALL_CLOCK && path !== SECRET).flatMap((source) =>
    FORBIDDEN_CODE.flatMap(([what, pattern]) =>
      places(source, source.code, pattern).map((at) => `${at}: ${what}`),
    ),
  );
  t.deepEqual(found, []);
  const usersOf = (file: string): string[] =>
    SOURCES.filter(({ imports }) => imports.some((each) => each.endsWith(file))).map(({ path }) => path);
  t.deepEqual(
    usersOf('/wall-clock.js'),
    ['packages/import/src/seal/seal-command.ts'],
    'only custody reads the clock',
  );
  t.deepEqual(
    usersOf('/secret.js'),
    ['packages/import/src/source/room-sum.ts'],
    'only sums of rooms begin with chance',
  );
});

test('no line of a comment is longer than 120 columns', (t) => {
  const files = [...filesBelow('packages', /\/src\/.*\.ts$/), ...filesBelow('test', /\.ts$/)];
  t.deepEqual(
    files.flatMap((path) => places({ path }, read(path), LONG_COMMENT)),
    [],
  );
});

test('no package holds network code', (t) => {
  const code = filesBelow('packages', /\.[cm]?[jt]s$/).map((path) => sourceCode(path, read(path)));
  const modules = code.flatMap((source) =>
    source.imports
      .filter((specifier) => NETWORK_MODULES.includes(specifier.replace(/^node:/, '')))
      .map((specifier) => `${source.path}: imports ${specifier}`),
  );
  const calls = code.flatMap((source) => places(source, source.code, NETWORK_CODE));
  const scripts = filesBelow('packages', /\.ps[md]?1$/).flatMap((path) =>
    places({ path }, read(path), NETWORK_SCRIPT),
  );
  t.deepEqual([...modules, ...calls, ...scripts], []);
});

for (const { folder, lists, tests } of PAGES) {
  test(`${folder}: each file has its page, its id, its line in a list and its test`, (t) => {
    const files = existsSync(join(HOUSE, folder)) ? filesBelow(folder, /\.ts$/) : [];
    const listed = files.filter((path) => lists.includes(posix.basename(path))).map(read);
    const tested = existsSync(join(HOUSE, tests)) ? filesBelow(tests, /\.ts$/).map(read).join('\n') : '';
    const faults = files
      .filter((path) => !lists.includes(posix.basename(path)))
      .flatMap((path) =>
        pageFaults(path, listed).concat(
          isNamed(path, tested) ? [] : [`${path}: no test in ${tests} names it`],
        ),
      );
    t.deepEqual(faults, []);
  });
}

test('the house test sees code where it is, and only there', (t) => {
  const text = [
    "import { a } from 'node:net'; // any",
    "const b = 'new Date()'; /* enum X */ const c = `any §{d as any} any`;",
    'const e = /any"/.test(f) ? 1 / 2 : `§{`§{{ g: any2 }.g}`} any`;',
    "export * from './h.js'; const i = await import('dns'); Buffer.from('x');",
  ]
    .join('\n')
    .replaceAll('§', '$');
  const source = sourceCode('x.ts', text);
  t.deepEqual(source.imports, ['node:net', './h.js', 'dns']);
  t.is(source.code.length, text.length);
  const found = FORBIDDEN_CODE.flatMap(([, pattern]) => places(source, source.code, pattern));
  t.deepEqual(found, ['x.ts:2']);
  const clock = (code: string): number => places(source, code, FORBIDDEN_CODE[3]?.[1] ?? /$/g).length;
  t.deepEqual(['new Date()', 'new Date', 'Date.now()', 'Date()'].map(clock), [1, 1, 1, 1]);
  t.deepEqual(['new Date(0)', 'new Date(ticks)', 'chatDate()', 'new DateRange()'].map(clock), [0, 0, 0, 0]);
});

function wrongImports({ path, imports }: SourceCode): string[] {
  const room = path.split('/')[1] ?? '';
  const own = `packages/${room}/src/`;
  return imports.flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(path), specifier);
      if (!target.startsWith(own)) return [`${path}: ${specifier} leaves the package`];
      return specifier.endsWith('.js') || specifier.endsWith('.json')
        ? []
        : [`${path}: ${specifier} lacks its .js`];
    }
    if (specifier.startsWith('@chatferry/')) {
      const [, target = '', ...inside] = specifier.split('/');
      if (inside.length > 0) return [`${path}: ${specifier} reaches past the index of ${target}`];
      return MAY_IMPORT.get(room)?.includes(target) ? [] : [`${path}: ${room} may not import ${target}`];
    }
    const isBare = !specifier.startsWith('node:') && isBuiltin(specifier);
    return isBare ? [`${path}: ${specifier} lacks its node: prefix`] : [];
  });
}

function wrongDependencies(room: string): string[] {
  const manifest = JSON.parse(read(`packages/${room}/package.json`)) as Record<
    string,
    Record<string, string>
  >;
  const declared = manifest.dependencies ?? {};
  const versions = Object.entries({ ...declared, ...manifest.devDependencies });
  const loose = versions.filter(([, version]) => !/^(?:\d+\.\d+\.\d+[-\w.]*|workspace:\*)$/.test(version));
  const rooms = versions.map(([name]) => name).filter((name) => name.startsWith('@chatferry/'));
  const wrong = rooms.filter((name) => !MAY_IMPORT.get(room)?.includes(name.slice('@chatferry/'.length)));
  const used = SOURCES.filter(({ path }) => path.startsWith(`packages/${room}/`)).flatMap(
    ({ imports }) => imports,
  );
  const outside = used
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map(packageName);
  const missing = [...new Set(outside)].filter((name) => declared[name] === undefined);
  return [
    ...loose.map(([name, version]) => `${room}: ${name} ${version} is not pinned`),
    ...wrong.map((name) => `${room}: may not depend on ${name}`),
    ...missing.map((name) => `${room}: imports ${name} without declaring it`),
  ];
}

/** What a rule's or check's file lacks: its page (a doc comment headed `# <id>`), its id, its place in a list. */
function pageFaults(path: string, lists: readonly string[]): string[] {
  const id = idOf(path);
  const text = read(path);
  const page = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].find(([comment]) =>
    comment.includes(`\n * # ${id}\n`),
  );
  const faults: string[] = [];
  if (page === undefined || page[0].split('\n').length < 6)
    faults.push(`${path}: no page, a doc comment headed "# ${id}"`);
  if (!new RegExp(`\\bid: '${id}'`).test(text)) faults.push(`${path}: its id is not '${id}'`);
  if (!lists.some((list) => isListed(list, id))) faults.push(`${path}: not in the hand-ordered list`);
  return faults;
}

/** Whether a list imports the file and uses what it imports. */
function isListed(list: string, id: string): boolean {
  const imported = new RegExp(`import \\{([^}]+)\\} from '\\./${id}\\.js';`).exec(list);
  const name = imported?.[1]?.trim().replace(/,$/, '');
  return name !== undefined && list.split(new RegExp(`\\b${name}\\b`)).length > 2;
}

function isNamed(path: string, tests: string): boolean {
  return new RegExp(`(?<![\\w-])${idOf(path)}(?![\\w-])`).test(tests);
}

function idOf(path: string): string {
  return posix.basename(path, '.ts');
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function places({ path }: Pick<SourceCode, 'path'>, text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)}`);
}

/** Files below a folder whose path matches, sorted; build output and installed packages left out. */
function filesBelow(folder: string, matching: RegExp): string[] {
  return readdirSync(join(HOUSE, folder), { withFileTypes: true })
    .filter((entry) => !['dist', 'artefact', 'node_modules'].includes(entry.name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(path, matching);
      return matching.test(path) ? [path] : [];
    })
    .sort();
}

function read(path: string): string {
  return readFileSync(join(HOUSE, path), 'utf8');
}
