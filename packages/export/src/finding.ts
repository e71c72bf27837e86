/** What the reader must do: `error` blocks the import, `warning` wants a look, `note` wants nothing. */
export type Severity = 'error' | 'warning' | 'note';

/**
 * Where a record stands.
 *
 * `file` is the document's name inside the export or package (never an absolute path).
 * `line` counts from 1 (line feeds before the record, plus one).
 * `column` counts Unicode characters from 1; for UTF-16 sources it is the column of the decoded text.
 * `record` is the record's key, such as `node 5`, `principal 12` or `message 40#7`; null when the place is not a
 * record.
 */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly record: string | null;
}

/**
 * A fault of the data. Message grammar: *Unexpected X, expected Y; did Z.*
 * Never holds message text; names and ids only.
 */
export interface Finding {
  /** Id of the rule, check or reader condition; `chatferry explain <id>` prints its page. */
  readonly rule: string;
  readonly severity: Severity;
  /** null when the finding concerns the whole export or package. */
  readonly place: Place | null;
  readonly message: string;
  readonly seen?: string;
  readonly expected?: string;
  readonly did?: string;
  readonly remedy?: string;
}

/** Receives findings as they arise. Implementations must not keep an unbounded list. */
export type Report = (finding: Finding) => void;
