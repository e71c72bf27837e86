import { joined, type Markup, markup, NOTHING, named, row, table } from './html-markup.js';
import type { SampledMessage, SampleSummary } from './run-summary.js';
import { counted, grouped } from './wording.js';

const BREAK: Markup = { html: '<br>' };

/** Messages for the auditor to look up, and how they were drawn. */
export function sampleSection(sample: SampleSummary | null): Markup {
  if (sample === null) return markup`<p>No sample was drawn.</p>`;
  const { messages, of, seed } = sample;
  const rows = messages.map((message) =>
    row(named(message.id, message.contentSha256), [
      named(markup`<bdi>${message.roomName}</bdi>`, message.roomGuid),
      named(
        markup`<span class="word">${message.date}</span>${message.alert ? markup` <strong>alert</strong>` : NOTHING}`,
        message.author,
      ),
      grouped(message.contentBytes),
    ]),
  );
  const drawn = markup`<p>${counted(messages.length, 'message')} of the ${grouped(of)} in the package, drawn with the seed <code>${seed}</code>: the numbers are the first 16 hex digits of the SHA-256 over seed, U+001F and 0, 1, 2, …, modulo ${grouped(of)}; each counts messages in the order of the package, from 0. <code>chatferry trace</code> shows what became of one of them; <code>chatferry view</code> shows rooms with the source beside the target where they differ.</p>
`;
  if (messages.length === 0) return drawn;
  return markup`${drawn}${table(
    'Sample of messages as they were read back from the package.',
    ['Message and SHA-256 of its text', markup`Room`, markup`Date and author`, 'Bytes'],
    { rows },
  )}${texts(messages)}`;
}

/** Only when they were asked for. */
function texts(messages: readonly SampledMessage[]): Markup {
  const shown = messages.filter(({ text }) => text !== undefined);
  if (shown.length === 0) return NOTHING;
  return joined([
    markup`<h3>Their texts</h3>
<p>This page holds personal text, because it was made with <code>--show-text</code>.</p>
`,
    ...shown.map(
      ({
        id,
        roomName,
        text = '',
      }) => markup`<article class="text"><h4>Message ${id} in <bdi>${roomName}</bdi></h4>
<blockquote dir="auto">${lines(text)}</blockquote></article>
`,
    ),
  ]);
}

function lines(text: string): Markup {
  return joined(
    text.split(/\r\n|\r|\n/).map((line, index) => markup`${index === 0 ? NOTHING : BREAK}${line}`),
  );
}
