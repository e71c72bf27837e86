import { create } from 'xmlbuilder2';
import type { FindingGroup } from './finding-sink.js';
import type { RunSummary } from './run-summary.js';
import { counted, placeInWords, visible } from './wording.js';

/**
 * `junit.xml`, for the pages of a build server: a test suite of one case for the verdict and one for each rule or check that said
 * something. A case fails when it says errors; what warnings and notes say stands in its output. Form: the JUnit XML that
 * the Ant task writes and Jenkins reads (its schema, `jenkins-junit.xsd`).
 */
export function junitXml(run: RunSummary): string {
  const { verdict, findings } = run;
  const failures = findings.filter(({ severity }) => severity === 'error').length;
  const isReady = verdict.exitCode === 0;
  const suite = create({ version: '1.0', encoding: 'UTF-8' })
    .ele('testsuites')
    .ele('testsuite', {
      name: `${run.tool.name} ${run.command}`,
      tests: findings.length + 1,
      failures: failures + (isReady ? 0 : 1),
      errors: 0,
      skipped: 0,
    });
  const verdictCase = suite.ele('testcase', { classname: run.tool.name, name: 'verdict' });
  if (!isReady) verdictCase.ele('failure', { message: visible(verdict.sentence) });
  for (const group of findings) {
    const name = `${group.rule} (${group.severity})`;
    const testCase = suite.ele('testcase', { classname: `${run.tool.name}.${group.severity}`, name });
    const said = saidOf(group);
    if (group.severity !== 'error') testCase.ele('system-out').txt(said);
    else testCase.ele('failure', { message: counted(group.count, 'error finding') }).txt(said);
  }
  return `${suite.end({ prettyPrint: true })}\n`;
}

function saidOf({ count, first }: FindingGroup): string {
  const lines = first.map(({ place, message }) => `${placeInWords(place)}: ${visible(message)}`);
  const left = count - first.length;
  return [...lines, ...(left > 0 ? [`and ${counted(left, 'more finding')}, in findings.csv`] : [])].join(
    '\n',
  );
}
