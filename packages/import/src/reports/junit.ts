import { serialiseElement, type XmlElement } from '../package/xml-element.js';
import type { FindingGroup } from './finding-sink.js';
import type { RunSummary } from './run-summary.js';
import { counted, placeInWords, visible } from './wording.js';

/**
 * `junit.xml`, for build servers: a test case for the verdict, for the ledger, and for each rule, condition and check,
 * which fails when it has error findings, and is skipped when it had nothing to look at. Warnings and notes stand in
 * the output of their case. Without times, because reports read no clock.
 */
export function junitXml(run: RunSummary): string {
  const rules = new Set([...Object.keys(run.pages), ...run.findings.map(({ rule }) => rule)]);
  const suites = [
    suite('verdict', [verdictCase(run), ledgerCase(run)]),
    suite(
      'findings',
      [...rules].sort().map((rule) =>
        ruleCase(
          rule,
          run.findings.filter((group) => group.rule === rule),
          run.notRun.includes(rule),
        ),
      ),
    ),
  ];
  const root = element('testsuites', { name: `${run.tool.name} ${run.command}`, ...sumOf(suites) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialiseElement(root)}\n`;
}

function suite(name: string, cases: readonly XmlElement[]): XmlElement {
  return element('testsuite', { name, ...countsOf(cases) }, cases);
}

function sumOf(suites: readonly XmlElement[]): Readonly<Record<string, number>> {
  return countsOf(suites.flatMap(({ content }) => content as readonly XmlElement[]));
}

function countsOf(cases: readonly XmlElement[]): Readonly<Record<string, number>> {
  const having = (child: string): number =>
    cases.filter(({ content }) => typeof content !== 'string' && content.some(({ name }) => name === child))
      .length;
  return { tests: cases.length, failures: having('failure'), errors: 0, skipped: having('skipped') };
}

function verdictCase({ verdict }: RunSummary): XmlElement {
  const { exitCode, sentence } = verdict;
  return testCase('verdict', 'exit code 0', exitCode === 0 ? [] : [failure(sentence, 'not ready', sentence)]);
}

function ledgerCase({ imbalances }: RunSummary): XmlElement {
  const failures =
    imbalances.length === 0
      ? []
      : [failure('The ledger does not balance.', 'imbalance', imbalances.join('\n'))];
  return testCase('verdict', 'ledger balances', failures);
}

function ruleCase(rule: string, groups: readonly FindingGroup[], isNotRun: boolean): XmlElement {
  if (isNotRun && groups.length === 0) {
    return testCase('findings', rule, [
      element('skipped', { message: 'nothing to look at in this run' }, []),
    ]);
  }
  const failures = groups
    .filter(({ severity }) => severity === 'error')
    .map((group) => failure(counted(group.count, 'error finding'), rule, textOf(group)));
  const others = groups.filter(({ severity }) => severity !== 'error');
  const output =
    others.length === 0 ? [] : [element('system-out', {}, clean(others.map(textOf).join('\n\n')))];
  return testCase('findings', rule, [...failures, ...output]);
}

function textOf({ count, first, severity }: FindingGroup): string {
  const lines = first.map(({ message, place, remedy }) => {
    const todo = remedy === undefined ? '' : ` To do: ${visible(remedy)}`;
    return `${placeInWords(place)}: ${visible(message)}${todo}`;
  });
  const left = count - first.length;
  const more = left > 0 ? [`and ${left} more, see findings.csv`] : [];
  return [counted(count, severity), ...lines, ...more].join('\n');
}

function testCase(suiteName: string, name: string, content: readonly XmlElement[]): XmlElement {
  return element('testcase', { classname: `chatferry.${suiteName}`, name }, content);
}

function failure(message: string, type: string, text: string): XmlElement {
  return element('failure', { message, type }, clean(text));
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: XmlElement['content'],
): XmlElement {
  return {
    name,
    attributes: Object.entries(attributes).map(([key, value]) => [key, clean(String(value))] as const),
    content,
  };
}

/** Line feeds stay; what else acts instead of being seen, and what XML 1.0 forbids, is shown as its code point. */
function clean(text: string): string {
  return text
    .split('\n')
    .map(visible)
    .join('\n')
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
