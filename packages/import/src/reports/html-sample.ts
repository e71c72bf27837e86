import { breakable, type Markup, markup, NOTHING, named, row, table } from './html-markup.js';
import { sampleTexts } from './html-sample-texts.js';
import type { RunSummary, SampledMessage } from './run-summary.js';
import { messageKey, traceCommand } from './sample-words.js';
import { counted, grouped, placeInWords } from './wording.js';

/** Messages for the auditor to look up, how they were drawn, and what each was in the export. */
export function sampleSection({ ledger, sample }: Pick<RunSummary, 'ledger' | 'sample'>): Markup {
  if (sample === null) return markup`<p>No sample was drawn.</p>`;
  const { messages, of, seed } = sample;
  const drawn = markup`<p>${counted(messages.length, 'message')} of the ${grouped(of)} in the package, drawn with the seed <code>${seed}</code>: the numbers are the first 16 hex digits of the SHA-256 over seed, U+001F and 0, 1, 2, …, modulo ${grouped(of)}; each counts messages in the order of the package, from 0.</p>
`;
  if (messages.length === 0) return drawn;
  return markup`${drawn}<p>What became of each is what the ledger says.${unknownPlaces(messages)} <code>chatferry trace</code>, as it stands here, shows both sides of a message where chatferry itself is at hand, with <code>--show-text</code> their texts too: put the path of this handoff for <code>handoff</code> and that of the export for <code>export</code>. <code>chatferry view</code> (on the target side: <code>chatferry-validate view</code>) shows rooms, with the source beside the target where they differ.</p>
${table(
  'Sample of messages as they were read back from the package.',
  [
    'Message (room#number) and SHA-256 of its text',
    markup`Room`,
    markup`Date and author`,
    markup`What became of it, and where it stands in the export`,
    'Bytes',
  ],
  { rows: messages.map(messageRow) },
)}${sampleTexts(messages, (guid) => ledger?.rooms[guid]?.name ?? 'no room that is known here')}`;
}

function unknownPlaces(messages: readonly SampledMessage[]): string {
  const isAllKnown = messages.every(({ place }) => place !== null);
  return isAllKnown
    ? ''
    : ' It knows where a message stands in the export only of those that were changed; the others were not looked for there.';
}

function messageRow(message: SampledMessage): Markup {
  const { alert, author, authorName, content, date, roomGuid, roomName } = message;
  const who = authorName === '' ? NOTHING : markup`<br><bdi>${authorName}</bdi>`;
  return row(named(messageKey(message), content.sha256), [
    named(markup`<bdi>${breakable(roomName)}</bdi>`, roomGuid),
    named(
      markup`<span class="word">${date}</span>${alert ? markup` <strong>alert</strong>` : NOTHING}${who}`,
      author,
    ),
    markup`${outcome(message)}${place(message)}${command(message)}`,
    grouped(content.bytes),
  ]);
}

/** No option of it is broken in two. */
function command(message: SampledMessage): Markup {
  const [first = '', ...options] = traceCommand(message).split(/ (?=--)/);
  return markup`<br><span class="id soft">${first}${options.map((option) => markup` <span class="word">${option}</span>`)}</span>`;
}

function outcome({ changedBy, changedFields }: SampledMessage): Markup {
  if (changedBy === null) return markup`Carried as it was`;
  return markup`<strong>Changed</strong> by <code>${changedBy}</code>: ${changedFields.join(', ')}`;
}

function place({ place }: SampledMessage): Markup {
  return place === null
    ? NOTHING
    : markup`<br><bdi class="id soft">${placeInWords({ ...place, record: null })}</bdi>`;
}
