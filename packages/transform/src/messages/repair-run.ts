import { ByteSink, TextValue, TRAIT } from '@chatferry/export';
import type { MessageContext } from './message-context.js';
import type { MessageDraft } from './message-draft.js';
import type { MessageRun, MessageVoice, Ruling } from './message-rule.js';
import { type CodePointCounts, describeCodePoints, repairText, type Unwanted } from './repair-text.js';

interface Repair {
  readonly unwanted: Unwanted;
  /** What the finding expects instead. */
  readonly expected: string;
}

const DID = { replace: 'replaced each by U+FFFD', remove: 'removed them', refuse: 'refused it' } as const;

/**
 * A run that repairs content and rtf by the option `forbiddenCharacters`. Looks only at values that the scanner
 * marked as holding a code point that XML 1.0 forbids.
 */
export function repairRun({ options }: MessageContext, voice: MessageVoice, repair: Repair): MessageRun {
  const mode = options.forbiddenCharacters;
  const content = new RepairedText(repair.unwanted, mode === 'replace');
  const rtf = new RepairedText(repair.unwanted, mode === 'replace');

  function tell(message: MessageDraft, counts: CodePointCounts, column: string): Ruling {
    if (counts.size === 0) return undefined;
    const seen = describeCodePoints(counts);
    const did = DID[mode];
    voice.say(message.row.place, {
      message: `Unexpected ${seen} in ${column}, expected ${repair.expected}; ${did}.`,
      seen,
      expected: repair.expected,
      did,
      remedy:
        mode === 'refuse'
          ? 'Mend the text in the source, or choose forbiddenCharacters: replace.'
          : 'None is needed when they are leftovers of pasting; otherwise mend the text in the source.',
      severity: mode === 'refuse' ? 'error' : 'warning',
    });
    return mode === 'refuse' ? 'refused' : 'changed';
  }

  return {
    ordinary: {},
    apply(message) {
      let ruling: Ruling;
      if (message.content?.isForbidden) {
        ruling = tell(message, content.repair(message.text), 'content');
        if (ruling === 'refused') return ruling;
        message.content = content.value;
      }
      if (message.rtf?.isForbidden) {
        const rtfRuling = tell(message, rtf.repair(message.rtf), 'rtf');
        if (rtfRuling === 'refused') return rtfRuling;
        message.rtf = rtf.value;
        ruling ??= rtfRuling;
      }
      return ruling;
    },
  };
}

/** The repaired form of one text; valid until the next repair. Memory held: the longest such text, twice. */
class RepairedText {
  readonly value = new TextValue();
  readonly #repair: { readonly unwanted: Unwanted; readonly replace: boolean };
  readonly #sink = new ByteSink(0x100);
  readonly #decoded = new ByteSink(0x100);
  readonly #plain = new TextValue();

  constructor(unwanted: Unwanted, replace: boolean) {
    this.#repair = { unwanted, replace };
  }

  repair(source: TextValue): CodePointCounts {
    this.#decoded.clear();
    source.appendDecoded(this.#decoded);
    this.#plain.set(this.#decoded.bytes, 0, this.#decoded.length, 'decoded', 0);
    this.#sink.clear();
    const counts = repairText(this.#plain, this.#sink, this.#repair);
    // Surrogates are repaired first, so that controls may remain after them and nothing after controls.
    const traits = this.#repair.unwanted === 'surrogate' ? TRAIT.FORBIDDEN : 0;
    this.value.set(this.#sink.bytes, 0, this.#sink.length, 'decoded', traits);
    return counts;
  }
}
