import type { Finding, Severity } from '@chatferry/export';
import { BlockFile } from './block-file.js';
import { CsvFile } from './csv-file.js';

/** How many findings of a group the reports show; all of them are in findings.ndjson and findings.csv. */
export const FINDINGS_SHOWN = 20;

const CSV_HEADER = [
  'severity',
  'rule',
  'file',
  'line',
  'column',
  'record',
  'message',
  'seen',
  'expected',
  'did',
  'remedy',
];

const SEVERITY_ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** The findings of one rule and severity: how many there are, and the first 20 of them. */
export interface FindingGroup {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  readonly first: readonly Finding[];
}

/** A point in the stream of findings that `rewind` returns to. */
export interface FindingMark {
  readonly ndjson: number;
  readonly csv: number;
  readonly groups: readonly FindingGroup[];
}

interface OpenGroup {
  readonly rule: string;
  readonly severity: Severity;
  count: number;
  readonly first: Finding[];
}

/**
 * Takes findings as they arise: writes each to `findings.ndjson` (one JSON object a line, keys sorted) and
 * `findings.csv`, synchronously in blocks, and counts them by rule and severity.
 * Memory held: the first 20 findings of each rule and severity, 128 rows and two blocks of 64 KiB.
 */
export class FindingSink {
  readonly #ndjson: BlockFile | null;
  readonly #csv: CsvFile | null;
  readonly #groups = new Map<string, OpenGroup>();
  #isMuted: boolean;

  /**
   * @param paths null writes no such file (a dry run, `inspect`).
   * @param kept mark of an earlier run, whose files are gone on with: what is reported until `rewind` is known to it
   *   and goes nowhere.
   * @throws RunFailure `output-unwritable`
   */
  constructor(paths: { readonly ndjson: string | null; readonly csv: string | null }, kept?: FindingMark) {
    this.#ndjson = paths.ndjson === null ? null : new BlockFile(paths.ndjson, kept?.ndjson);
    this.#csv = paths.csv === null ? null : new CsvFile(paths.csv, CSV_HEADER, kept?.csv);
    this.#isMuted = kept !== undefined;
  }

  /** A `Report`: may be handed out as it is. @throws RunFailure `output-unwritable` */
  readonly report = (finding: Finding): void => {
    if (this.#isMuted) return;
    this.#count(finding);
    this.#ndjson?.append(ndjsonLine(finding));
    this.#csv?.row(csvCells(finding));
  };

  /** Errors first, then warnings, then notes; within a severity by rule id. */
  summary(): FindingGroup[] {
    return [...this.#groups.values()]
      .map((group) => ({ ...group, first: [...group.first] }))
      .sort(
        (a, b) =>
          SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity) ||
          (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
      );
  }

  mark(): FindingMark {
    return { ndjson: this.#ndjson?.position ?? 0, csv: this.#csv?.mark() ?? 0, groups: this.summary() };
  }

  /** Forgets what was reported since `mark`, for a pass that starts over. */
  rewind(mark: FindingMark): void {
    this.#isMuted = false;
    this.#ndjson?.truncate(mark.ndjson);
    this.#csv?.truncate(mark.csv);
    this.#groups.clear();
    for (const group of mark.groups) {
      this.#groups.set(keyOf(group), { ...group, first: [...group.first] });
    }
  }

  /** Waits until what was reported before the call is on the disk. */
  async sync(): Promise<void> {
    await Promise.all([this.#ndjson?.sync(), this.#csv?.sync()]);
  }

  close(): void {
    try {
      this.#ndjson?.close();
    } finally {
      this.#csv?.close();
    }
  }

  #count(finding: Finding): void {
    const key = keyOf(finding);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { rule: finding.rule, severity: finding.severity, count: 0, first: [] };
      this.#groups.set(key, group);
    }
    group.count += 1;
    if (group.first.length < FINDINGS_SHOWN) group.first.push(finding);
  }
}

/** How many findings of a severity there are. */
export function countFindings(groups: readonly FindingGroup[], severity: Severity): number {
  return groups.filter((group) => group.severity === severity).reduce((sum, group) => sum + group.count, 0);
}

function keyOf(of: { readonly rule: string; readonly severity: Severity }): string {
  return `${of.severity} ${of.rule}`;
}

function ndjsonLine(finding: Finding): string {
  const { did, expected, message, place, remedy, rule, seen, severity } = finding;
  const where =
    place === null
      ? null
      : { column: place.column, file: place.file, line: place.line, record: place.record };
  return `${JSON.stringify({ did, expected, message, place: where, remedy, rule, seen, severity })}\n`;
}

function csvCells(finding: Finding): string[] {
  const { place } = finding;
  return [
    finding.severity,
    finding.rule,
    place?.file ?? '',
    place === null ? '' : String(place.line),
    place === null ? '' : String(place.column),
    place?.record ?? '',
    finding.message,
    finding.seen ?? '',
    finding.expected ?? '',
    finding.did ?? '',
    finding.remedy ?? '',
  ];
}
