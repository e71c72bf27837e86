import { type Row, ticksOf } from './export-model.js';
import { type PseudoRandom, pseudoRandom } from './pseudo-random.js';
import { nodeGuid } from './sample-tree.js';

/** One message that shows something: room, author, text. */
type Special = readonly [room: number, author: number, content: string, isAlert?: true];

const LINK = 'ma-chan://contoso.example';
const FILE = 'ma-filelink://files.contoso.example';

/** Every kind of content that may be lost or altered on the way. All texts are invented. */
const SPECIALS: readonly Special[] = [
  [20, 14, 'line one\r\nline two\r\n\r\nline four'],
  [20, 14, 'a lone\rreturn, a lone\nfeed and a\ttab'],
  [20, 21, 'control \u0001 and vertical \u000B tab'],
  [20, 21, 'zero \u0000 and noncharacter \uFFFE'],
  [20, 19, 'typed like markup: &lt;b&gt; &amp; &nbsp; &#x41; &#65;'],
  [20, 32, '<b>not bold</b> & "quoted" \'single\' ]]> <![CDATA[x]]> <!-- y --> <?z?>'],
  [20, 38, '😀 👩‍👩‍👧‍👦 🇸🇪 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷'],
  [20, 13, ''],
  [20, 13, '   '],
  [20, 13, '  blanks before and after  '],
  [20, 27, 'Power lost in hall 3', true],
  [20, 27, '[STORY]Night report\r\nAll quiet until 03:12.\r\nThen & then <only then> the pumps.'],
  [24, 28, `See ${LINK}/${nodeGuid(20)} for the watch`],
  [24, 28, `Older talk: ${LINK}/${nodeGuid(36)} (closed)`],
  [24, 12, `Gone: ${LINK}/00000000-1111-4222-8333-444444444444`],
  [24, 17, `${FILE}/0d9f4a52-6b1c-4a8e-8f0e-2f6a1c3b5d70.xlsx "rota & plan.xlsx" 12 kilobytes`],
  [24, 17, '<a href="https://wiki.contoso.example/a?b=1&amp;c=2">wiki</a>'],
  [26, 17, '007'],
  [26, 17, '1e5'],
  [26, 21, 'true'],
  [26, 21, '=HYPERLINK("https://contoso.example")'],
  [26, 21, '[STORY]Handover\n\n- pumps\n- valves', true],
  [29, 24, 'e\u0301 e\u0300 ﬁ Å Å ß İ ı'],
  [29, 23, 'no-break\u00A0space, thin\u2009space, line\u2028separator, next\u0085line, del\u007F'],
  [29, 35, `${FILE}/5b3b8d3e-3a52-4f0c-9a4f-6d1f1b9f7a11.pdf "fixings.pdf" 3 megabytes`],
  [33, 10, 'Hello from Fabrikam'],
  [33, 11, 'Danke! Schöne Grüße aus Köln'],
  [33, 27, 'Delivery moved to Friday', true],
  [34, 22, 'Från Malmö med kärlek: åäö ÅÄÖ'],
  [34, 38, 'New surname, same desk'],
  [36, 25, 'This room will close'],
  [36, 19, `${FILE}/99999999-3a52-4f0c-9a4f-6d1f1b9f7a11.zip "old.zip" 1 megabyte`],
  [37, 16, '明日の会議は十時からです。よろしくお願いします🙇'],
  [40, 15, 'שלום לכולם, הפגישה נדחתה ל-14:30 (room 7)'],
  [40, 15, '\u202Bmixed \u202Aleft\u202C and right\u202C \u200F!'],
  [43, 37, 'He said "yes" & \'no\' <maybe>'],
  [43, 33, `long text: ${'abc äöü 漢字 🚀 '.repeat(280)}end`],
  [44, 21, 'Welcome to the town hall', true],
  [47, 20, 'Anyone in the lobby?'],
  [48, 20, '[STORY]House rules\r\nBe kind.\r\nBe brief.'],
];

const AUTHORS: ReadonlyMap<number, readonly number[]> = new Map([
  [29, [23, 24, 26, 35]],
  [30, [23, 24, 29]],
  [31, [23, 29]],
  [32, [24]],
  [33, [10, 11, 12, 27]],
  [36, [19, 25]],
  [44, [21, 31]],
]);
const ANYONE = [12, 13, 14, 16, 17, 18, 20, 21, 25, 27, 28, 30, 31, 33, 34, 36, 37, 38, 39, 40];

const OPENINGS = [
  'Morning all,',
  'FYI:',
  'Quick one:',
  'Update:',
  'Re last night,',
  'Heads-up,',
  'Thanks!',
  'Hm,',
];
const MIDDLES = [
  'the morning batch finished at',
  'ticket 4711 moved to',
  'queue depth is back to',
  'please look at <draft> no.',
  'R&D asks about item',
  'die Prüfung für Gerät läuft, Nr.',
  'la réunion est déplacée à',
  'temperature in rack 12 is',
];
const ENDINGS = ['– ok?', '.', ' :)', ' (see above)', '!', ' 👍', ', "as agreed"', ' …'];

const EMPTY_ROOMS = [23];
const FIRST_ROOM = 20;
const LAST_ROOM = 49;
const TOTAL = 400;
/** One message of this room carries a date before its predecessor's. */
const OUT_OF_ORDER = { room: 24, position: 4 };
const TICKS_PER_DAY = 864_000_000_000n;

interface Draft {
  readonly room: number;
  readonly author: number;
  readonly content: string;
  readonly isAlert: boolean;
}

/** tblChat of the sample: 400 messages, room by room, chatIDs ascending with a gap now and then. */
export function chatRows(): readonly Row[] {
  const random = pseudoRandom(20100304);
  const drafts = draftMessages(random);
  const rows: Row[] = [];
  for (let room = FIRST_ROOM; room <= LAST_ROOM; room++) {
    let chatID = 0n;
    let date = ticksOf('2009-03-02T07:00:00Z', BigInt(random.below(1_000_000_000)) * 1_000n);
    drafts
      .filter((draft) => draft.room === room)
      .forEach((draft, position) => {
        chatID += random.below(12) === 0 ? 3n : 1n;
        date += BigInt(1 + random.below(90_000)) * 10_000_000n + BigInt(random.below(10_000_000));
        const isEarly = room === OUT_OF_ORDER.room && position === OUT_OF_ORDER.position;
        rows.push({
          channelID: room,
          chatID,
          chatDate: isEarly ? date - 30n * TICKS_PER_DAY : date,
          userId: draft.author,
          isAlert: draft.isAlert,
          content: draft.content,
        });
      });
  }
  return rows;
}

function draftMessages(random: PseudoRandom): readonly Draft[] {
  const drafts: Draft[] = SPECIALS.map(([room, author, content, isAlert]) => ({
    room,
    author,
    content,
    isAlert: isAlert ?? false,
  }));
  const rooms = Array.from({ length: LAST_ROOM - FIRST_ROOM + 1 }, (_, index) => FIRST_ROOM + index);
  const open = rooms.filter((room) => !EMPTY_ROOMS.includes(room));
  for (const room of open) drafts.push(filler(random, room));
  while (drafts.length < TOTAL) drafts.push(filler(random, random.pick(open)));
  return drafts;
}

function filler(random: PseudoRandom, room: number): Draft {
  const number = random.below(2400);
  const content = `${random.pick(OPENINGS)} ${random.pick(MIDDLES)} ${number}${random.pick(ENDINGS)}`;
  return {
    room,
    author: random.pick(AUTHORS.get(room) ?? ANYONE),
    content,
    isAlert: random.below(25) === 0,
  };
}
