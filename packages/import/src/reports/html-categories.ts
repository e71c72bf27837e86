import type { LedgerDocument } from '../ledger/ledger.js';
import { barChart } from './charts/bar-chart.js';
import { breakable, details, joined, type Markup, markup, NOTHING, row, table } from './html-markup.js';
import type { CategoryChange } from './run-summary.js';
import { counted, grouped } from './wording.js';

/** Lines of a table that anybody reads. */
const LISTED = 2_000;
const BARS = 20;
const DEEPEST = 8;

/**
 * The tree of categories as it was, beside what has become of each; then the rooms that each category of the package
 * has.
 */
export function categoriesSection(
  categories: readonly CategoryChange[],
  ledger: LedgerDocument | null,
): Markup {
  const tree = categories.filter(({ legacyPath }) => legacyPath.length > 0).toSorted(byPath);
  const made = categories.filter(({ legacyPath }) => legacyPath.length === 0);
  const rows = [...tree, ...made]
    .slice(0, LISTED)
    .map((category) =>
      row(legacyName(category.legacyPath), [
        category.name === null
          ? markup`<em>left behind</em>`
          : markup`<bdi>${breakable(category.name)}</bdi>`,
        grouped(category.roomsRead),
        grouped(category.roomsWritten),
      ]),
    );
  const more = categories.length - rows.length;
  return markup`${table(
    'Before: the tree of categories that was read. After: the one level of categories in the package.',
    ['Before', markup`After`, 'Rooms read', 'Rooms written'],
    {
      rows,
      foot: sums(sumOf('roomsRead', categories), sumOf('roomsWritten', categories)),
    },
  )}${more > 0 ? markup`<p>And ${grouped(more)} more: ledger.json and the package have them all.</p>` : NOTHING}${leftBehind(ledger)}
${roomsChart(categories)}`;
}

/** Both columns come to the same, once the rooms that stayed behind are told. */
function sums(read: number, written: number): Markup {
  const left = read - written;
  const sum = row('Sum', [markup``, grouped(read), grouped(written)]);
  if (left <= 0) return sum;
  return joined([
    sum,
    row('Excluded or refused', [markup``, '', grouped(left)]),
    row('Sum with these', [markup``, grouped(read), grouped(written + left)]),
  ]);
}

/** Which rules left rooms behind; the ledger counts categories among them. */
function leftBehind(ledger: LedgerDocument | null): Markup {
  const shares = Object.entries(ledger?.tables.tblNode?.byRule ?? {}).flatMap(([rule, all]) =>
    all
      .filter(({ state }) => state === 'excluded' || state === 'refused')
      .map(({ records, state }) => `${rule} (${grouped(records)} ${state})`),
  );
  if (shares.length === 0) return NOTHING;
  return markup`<p>Rooms and categories excluded or refused, by rule: ${shares.join(', ')}.</p>
`;
}

function sumOf(key: 'roomsRead' | 'roomsWritten', categories: readonly CategoryChange[]): number {
  return categories.reduce((sum, category) => sum + category[key], 0);
}

function roomsChart(categories: readonly CategoryChange[]): Markup {
  const written = categories
    .flatMap(({ name, roomsWritten }) => (name === null || roomsWritten === 0 ? [] : { name, roomsWritten }))
    .toSorted((a, b) => b.roomsWritten - a.roomsWritten || (a.name < b.name ? -1 : 1));
  if (written.length === 0) return NOTHING;
  const rest = written.slice(BARS);
  const bars = written.slice(0, BARS).map(({ name, roomsWritten }) => ({
    label: name,
    count: roomsWritten,
    kind: 'written',
  }));
  const others = rest.reduce((sum, { roomsWritten }) => sum + roomsWritten, 0);
  const all =
    others === 0
      ? bars
      : [...bars, { label: `${grouped(rest.length)} others`, count: others, kind: 'others' }];
  return markup`<h3 id="rooms-by-category">Rooms by category</h3>
<figure>${barChart('rooms', 'Rooms in the package by category', all)}</figure>
${details(
  'Figures by category',
  table(
    `Rooms in the package, ${counted(written.length, 'category', 'categories')} with rooms.`,
    ['Category', 'Rooms written'],
    {
      rows: written
        .slice(0, LISTED)
        .map(({ name, roomsWritten }) => row(markup`<bdi>${breakable(name)}</bdi>`, [grouped(roomsWritten)])),
      foot: row('Sum', [grouped(written.reduce((sum, { roomsWritten }) => sum + roomsWritten, 0))]),
    },
  ),
)}`;
}

/** Indented by its level; those who listen to the page hear the whole path. */
function legacyName(path: readonly string[]): Markup {
  if (path.length === 0) return markup`<em>(made by a rule)</em>`;
  const above = path.slice(0, -1);
  const heard = above.length === 0 ? NOTHING : markup`<span class="heard">${above.join(' › ')} › </span>`;
  return markup`<span class="level-${Math.min(path.length, DEEPEST)}">${heard}<bdi>${path.at(-1) ?? ''}</bdi></span>`;
}

function byPath({ legacyPath: a }: CategoryChange, { legacyPath: b }: CategoryChange): number {
  const differs = a.findIndex((name, index) => name !== b[index]);
  if (differs < 0) return a.length - b.length;
  const other = b[differs];
  return other === undefined || (a[differs] as string) > other ? 1 : -1;
}
