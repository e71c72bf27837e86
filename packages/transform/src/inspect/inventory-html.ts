import {
  counted,
  type FindingGroup,
  grouped,
  joined,
  type Markup,
  markup,
  NOTHING,
  placeInWords,
  rowMarkup,
  SEVERITY_WORD,
  STYLE,
  tableMarkup,
} from '@chatferry/import';
import type { ExportInventory, RoomSeen } from './inventory.js';
import {
  basisInWords,
  countOrUnknown,
  dayOf,
  messageFacts,
  settingsInWords,
  yearInWords,
} from './inventory-words.js';

/** A page with more rows of one kind than this shows the first and sums up the rest. */
const ROWS_LISTED = 2_000;
/** How far the tree is indented at most, in em. */
const DEEPEST = 20;

/**
 * The inventory as one page that stands alone: no script, no reference to anything outside (its own
 * Content-Security-Policy forbids it), every name escaped. Memory held: the page.
 */
export function inventoryHtml(inventory: ExportInventory): string {
  const { verdict, tool } = inventory;
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdict.sentence}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header class="verdict ${verdict.exitCode === 0 ? 'ready' : 'not-ready'}">
<h1>${verdict.sentence}</h1>
<p>${basisInWords(inventory)}</p>
<p class="soft">${tool.name} ${tool.version}, inspect, exit code ${verdict.exitCode}</p>
</header>
${sections(inventory)}</main>
</body>
</html>
`;
  return page.html;
}

function sections(inventory: ExportInventory): Markup[] {
  return [
    section('Readiness', readiness(inventory.readiness)),
    section('Documents', documents(inventory)),
    section('Tables', tables(inventory)),
    section('Categories', categories(inventory)),
    section('Rooms', rooms(inventory.rooms)),
    section('Principals', principals(inventory)),
    section('Messages', messages(inventory)),
  ];
}

function section(title: string, body: Markup): Markup {
  return markup`<section>
<h2>${title}</h2>
${body}</section>
`;
}

function readiness(groups: readonly FindingGroup[]): Markup {
  if (groups.length === 0) return markup`<p>Nothing would block or change.</p>`;
  return markup`<p>Errors block; warnings and notes tell what would change with the default options.</p>
${groups.map(findingGroup)}`;
}

function findingGroup({ rule, severity, count, first }: FindingGroup): Markup {
  const findings = first.map(({ message, place, remedy }) => {
    const todo = remedy === undefined ? NOTHING : markup`<br>To do: <bdi>${remedy}</bdi>`;
    return markup`<li><bdi>${message}</bdi>${todo}<br><span class="id">${placeInWords(place)}</span></li>
`;
  });
  const left = count - first.length;
  const more = left > 0 ? markup`<p>And ${grouped(left)} more.</p>` : NOTHING;
  return markup`<h3><span class="severity ${severity}">${SEVERITY_WORD[severity]}</span> <code>${rule}</code>: ${counted(count, 'finding')}</h3>
<ul class="findings">
${findings}</ul>
${more}`;
}

function documents(inventory: ExportInventory): Markup {
  const rows = inventory.documents.map((document) =>
    rowMarkup(markup`<bdi>${document.name}</bdi>`, [
      document.bytes === null ? 'not told' : grouped(document.bytes),
      markup`${document.encoding}`,
      markup`${document.shape}`,
      markup`${document.tables.map(({ name, rows: count }) => `${name} ${grouped(count)}`).join(', ')}`,
    ]),
  );
  const exportedOn = inventory.exportedOn === null ? '' : ` Exported on ${inventory.exportedOn}.`;
  return tableMarkup(
    `Documents of the export, as stored.${exportedOn}`,
    ['Document', 'Bytes', markup`Encoding`, markup`Shape`, markup`Rows by table`],
    { rows },
  );
}

function tables(inventory: ExportInventory): Markup {
  const rows = inventory.tables.map(({ name, role, rows: count, damaged, unknownColumns }) =>
    rowMarkup(markup`<bdi>${name}</bdi>`, [
      markup`${role}`,
      grouped(count),
      grouped(damaged),
      markup`${unknownColumns.map((column) => `${column.name} (${grouped(column.rows)})`).join(', ')}`,
    ]),
  );
  const head = ['Table', markup`Role`, 'Rows', 'Damaged', markup`Unknown columns`];
  return tableMarkup('Rows by table; damaged rows cannot be read.', head, { rows });
}

function categories({ categories: all, nodesOutsideTree, directoryRules }: ExportInventory): Markup {
  const listed = all.slice(0, ROWS_LISTED);
  const rows = listed.map((category) =>
    rowMarkup(
      markup`<span style="padding-left: ${Math.min(category.depth, DEEPEST)}em"><bdi>${category.name}</bdi></span>`,
      [
        grouped(category.rooms),
        markup`${settingsInWords(category)}`,
        markup`<bdi>${category.targetName ?? ''}</bdi>`,
      ],
    ),
  );
  const outside = nodesOutsideTree
    .slice(0, ROWS_LISTED)
    .map(({ id, kind, name }) => markup`<li>${kind} ${id} <bdi>${name}</bdi> does not hang on the root</li>`);
  const settings = directoryRules === 'run' ? 'Settings after inheritance.' : 'Settings as stored.';
  return joined([
    tableMarkup(
      `${settings} ${rest(all.length)}`,
      ['Category', 'Rooms', markup`Settings`, markup`In the target`],
      {
        rows,
      },
    ),
    outside.length === 0 ? NOTHING : markup`<ul>${outside}</ul>`,
  ]);
}

function rooms(all: readonly RoomSeen[]): Markup {
  const busiest = all.toSorted((a, b) => b.messages - a.messages || a.id - b.id).slice(0, ROWS_LISTED);
  const rows = busiest.map((room) =>
    rowMarkup(markup`<bdi>${room.name}</bdi><br><span class="id soft">${room.id} ${room.guid}</span>`, [
      markup`<bdi>${room.category ?? ''}</bdi>`,
      markup`${[room.state ?? '', room.type ?? '', room.privacy ?? '', room.isDisabled ? 'disabled' : '']
        .filter((word) => word !== '')
        .join(', ')}`,
      countOrUnknown(room.members),
      countOrUnknown(room.managers),
      countOrUnknown(room.presenters),
      grouped(room.messages),
      grouped(room.textBytes),
      dayOf(room.first),
      dayOf(room.last),
      markup`${room.years.map(({ year, messages: count }) => `${yearInWords(year)}: ${grouped(count)}`).join(', ')}`,
    ]),
  );
  const head = ['Room', markup`Category`, markup`State`, 'Members', 'Managers', 'Presenters', 'Messages'];
  const caption = `Members, managers and presenters with those that are inherited. ${rest(all.length)}`;
  return tableMarkup(caption, [...head, 'Text bytes', 'First', 'Last', markup`By year`], { rows });
}

function principals(inventory: ExportInventory): Markup {
  const rows = inventory.principals.map(({ type, name, isFederated, principals: count, disabled }) =>
    rowMarkup(markup`${type} <bdi>${name}</bdi>${isFederated ? ' (federated)' : ''}`, [
      grouped(count),
      grouped(disabled),
    ]),
  );
  return tableMarkup('Principals by type.', ['Type', 'Principals', 'Disabled'], { rows });
}

function messages({ messages: seen }: ExportInventory): Markup {
  const facts = messageFacts(seen).map(([title, value]) => rowMarkup(title, [markup`${value}`]));
  const years = seen.years.map(({ year, messages: count }) => rowMarkup(yearInWords(year), [grouped(count)]));
  const without = seen.withoutRoom
    .slice(0, ROWS_LISTED)
    .map(({ channelID, messages: count, textBytes }) =>
      rowMarkup(channelID === null ? 'does not decode' : String(channelID), [
        grouped(count),
        grouped(textBytes),
      ]),
    );
  return joined([
    tableMarkup('All messages.', ['Fact', markup`Value`], { rows: facts }),
    tableMarkup('Messages by year.', ['Year', 'Messages'], { rows: years }),
    without.length === 0
      ? NOTHING
      : tableMarkup('Messages whose channelID is no room.', ['channelID', 'Messages', 'Text bytes'], {
          rows: without,
        }),
  ]);
}

function rest(count: number): string {
  return count > ROWS_LISTED
    ? `The first ${grouped(ROWS_LISTED)} of ${grouped(count)}; all are in --json.`
    : '';
}
