import type { Report } from '@chatferry/export';

/** Counts what passes through; keeps no finding. */
export class FindingCounter {
  errors = 0;
  warnings = 0;
  readonly report: Report;
  readonly #counts = new Map<string, number>();

  constructor(report: Report) {
    this.report = (finding) => {
      if (finding.severity === 'error') this.errors += 1;
      if (finding.severity === 'warning') this.warnings += 1;
      this.#counts.set(finding.rule, (this.#counts.get(finding.rule) ?? 0) + 1);
      report(finding);
    };
  }

  sorted(): Map<string, number> {
    return new Map([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
