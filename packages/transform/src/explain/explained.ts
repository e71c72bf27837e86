import { READER_CONDITIONS, type Severity } from '@chatferry/export';
import { CHECKS, REHEARSAL_CHECKS, type RulePage } from '@chatferry/import';
import type { MessageRule } from '../messages/message-rule.js';
import type { DirectoryRule } from '../rule.js';
import { DIRECTORY_RULES } from '../rules/index.js';
import { MESSAGE_RULES } from '../rules/messages.js';
import { rulePages } from './rule-pages.js';

/** Which part of a run reports under an id. */
export type ExplainedKind = 'reader condition' | 'directory rule' | 'message rule' | 'check';

/** One id that findings carry, with what the code says of it and its page. */
export interface Explained {
  readonly id: string;
  readonly kind: ExplainedKind;
  /** What its findings mean; the first is the default. */
  readonly severities: readonly [Severity, ...Severity[]];
  /** The plan option that it reads, if any. */
  readonly option: string | null;
  /** Letters as in `Basis`; empty for checks, whose pages name their sources. */
  readonly basis: readonly string[];
  readonly page: RulePage;
}

/** Everything that can be explained, in the order of a run: reader, directory rules, message rules, checks. */
export function allExplained(): readonly Explained[] {
  const pages = rulePages();
  const withPage = (facts: Omit<Explained, 'page'>): Explained => ({
    ...facts,
    page: pages[facts.id] ?? { sections: [] },
  });
  return [
    ...READER_CONDITIONS.map(({ id, severities, basis }) =>
      withPage({ id, kind: 'reader condition', severities, option: null, basis }),
    ),
    ...DIRECTORY_RULES.map((rule) => withPage(factsOf(rule, 'directory rule'))),
    ...MESSAGE_RULES.map((rule) => withPage(factsOf(rule, 'message rule'))),
    ...[...CHECKS, ...REHEARSAL_CHECKS].map(({ id, severities }) =>
      withPage({ id, kind: 'check', severities, option: null, basis: [] }),
    ),
  ];
}

function factsOf(rule: DirectoryRule | MessageRule, kind: ExplainedKind): Omit<Explained, 'page'> {
  const { id, severities, option, basis } = rule;
  return { id, kind, severities, option, basis };
}

/** What it is about: the first sentence of its page. */
export function summaryOf({ page }: Explained): string {
  const text = page.sections[0]?.text ?? '';
  return /^.*?[^.]\.(?= [A-Z]|$)/.exec(text)?.[0] ?? text;
}
