import { CONDITIONS_DOCUMENT } from '@chatferry/export';
import { checkPages, type RulePage, type RulePages, readPages } from '@chatferry/import';
import { RULES_DOCUMENT } from '../room-files.js';
import type { Basis } from '../rule.js';

const BASIS: Readonly<Record<Basis, string>> = {
  G: "Microsoft's migration guide and feature pages",
  S: 'schema, SDK, cmdlet or format pages',
  L: 'the meaning in Group Chat',
  O: 'our decision, because nothing is documented',
};

/**
 * The pages of everything that can be the `rule` of a finding, by id: conditions of the reader, rules, checks. Texts
 * are plain; a section Basis ends by telling what its letters stand for.
 * Reads three small documents. Throws `RunFailure` 'bug' when one is missing from the installation.
 */
export function rulePages(): RulePages {
  return {
    ...withLegends(readPages(CONDITIONS_DOCUMENT)),
    ...withLegends(readPages(RULES_DOCUMENT)),
    ...checkPages(),
  };
}

function withLegends(pages: RulePages): RulePages {
  return Object.fromEntries(Object.entries(pages).map(([id, page]) => [id, withLegend(page)]));
}

function withLegend({ sections }: RulePage): RulePage {
  return {
    sections: sections.map(({ title, text }) => ({
      title,
      text: title === 'Basis' ? `${text} (${legendOf(basisLetters(text))}.)` : text,
    })),
  };
}

/** The letters of a Basis section, each of which stands before its statement: `S: … O: …`. */
export function basisLetters(text: string): Basis[] {
  return Array.from(text.matchAll(/(?<=^|[.;] )[GSLO](?=: )/g), ([letter]) => letter as Basis);
}

function legendOf(letters: readonly Basis[]): string {
  return letters.map((letter) => `${letter} = ${BASIS[letter]}`).join('; ');
}
