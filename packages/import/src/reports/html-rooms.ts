import { breakable, type Markup, markup, NOTHING, named, row, table } from './html-markup.js';
import type { RoomChange, RunSummary, SettingChange } from './run-summary.js';
import { accessInWords, counted, grouped } from './wording.js';

/** Lines of a table that anybody reads. */
const LISTED = 2_000;

/** Rooms whose settings are not what they were, setting by setting, and where to read who may enter them. */
export function roomsSection({ access, roomChanges }: Pick<RunSummary, 'access' | 'roomChanges'>): Markup {
  const told =
    access === undefined ? NOTHING : markup`<p><code>access.csv</code> ${accessInWords(access)}</p>`;
  return markup`${told}${changesTable(roomChanges)}`;
}

function changesTable(changes: Iterable<RoomChange>): Markup {
  const rows: Markup[] = [];
  let rooms = 0;
  for (const { guid, name, settings } of changes) {
    rooms += 1;
    if (rooms > LISTED) continue;
    rows.push(
      row(named(markup`<bdi>${breakable(name)}</bdi>`, guid), [
        markup`<ul class="changes">${settings.map(changeMarkup)}</ul>`,
      ]),
    );
  }
  if (rooms === 0) return markup`<p>Every room of the package has the settings that it had.</p>`;
  const more =
    rooms > LISTED
      ? markup`<p>And ${grouped(rooms - LISTED)} more rooms: the findings name what was changed in them, and where chatferry itself is at hand, <code>chatferry trace</code> shows one of them on both sides.</p>`
      : NOTHING;
  return markup`${table(
    `${counted(rooms, 'room')} with settings that differ from those that were read, each before → after. Members, managers and presenters are those for whom the role applied, inherited or not: how many, and who was lost or is new.`,
    ['Room', markup`Changed`],
    { rows },
  )}${more}`;
}

function changeMarkup({ after, before, setting }: SettingChange): Markup {
  return markup`<li><b>${setting}</b> <bdi>${before}</bdi> <span aria-hidden="true">→</span><span class="heard"> becomes </span> <bdi>${after}</bdi></li>`;
}
