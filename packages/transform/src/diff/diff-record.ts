/** A text that is compared but not shown. `bytes` of its decoded UTF-8, `sha256` (hex) over them. */
export interface TextDigest {
  readonly bytes: number;
  readonly sha256: string;
  /** Equal when the texts are to be taken for equal: the SHA-256, over unified line ends when these are ignored. */
  readonly compared: string;
}

/** A field's value as text: numbers in decimal, flags `0` or `1`, GUIDs in lower case; null is NULL or absent. */
export type FieldValue = string | TextDigest | null;

/** One record of an export, a package or a ledger, in the form in which records are compared. */
export interface DiffRecord {
  /** The record's key in words, such as `node 5` or `message 40#7`; unique in its kind unless the data repeat it. */
  readonly key: string;
  /** In the order in which differences are told. Letter case does not tell fields apart. */
  readonly names: readonly string[];
  /** The values of `names`. */
  readonly values: readonly FieldValue[];
}

/** A field whose values are not the same. */
export interface FieldDifference {
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
}

/** Which differences count. */
export interface Comparing {
  /** CR LF and CR are the same as LF. */
  readonly ignoresLineEnds: boolean;
  hidesField(kind: string, field: string): boolean;
}

/** The fields of two records of one kind that differ, in the order of `before`, then those that only `after` has. */
export function differingFields(
  kind: string,
  before: DiffRecord,
  after: DiffRecord,
  comparing: Comparing,
): FieldDifference[] {
  const differences: FieldDifference[] = [];
  const afterValue = lookUp(before, after);
  before.names.forEach((field, index) => {
    const value = before.values[index] ?? null;
    const other = afterValue(field, index);
    if (!isSameValue(value, other, comparing) && !comparing.hidesField(kind, field)) {
      differences.push({ field, before: value, after: other });
    }
  });
  if (before.names === after.names) return differences;
  const known = new Set(before.names.map((name) => name.toLowerCase()));
  after.names.forEach((field, index) => {
    const value = after.values[index] ?? null;
    if (value === null || known.has(field.toLowerCase()) || comparing.hidesField(kind, field)) return;
    differences.push({ field, before: null, after: value });
  });
  return differences;
}

/** Finds values of `other` by the names of `record`; records of one kind mostly share their list of names. */
function lookUp(record: DiffRecord, other: DiffRecord): (field: string, index: number) => FieldValue {
  if (record.names === other.names) return (_, index) => other.values[index] ?? null;
  const values = new Map(other.names.map((name, index) => [name.toLowerCase(), other.values[index] ?? null]));
  return (field) => values.get(field.toLowerCase()) ?? null;
}

function isSameValue(a: FieldValue, b: FieldValue, { ignoresLineEnds }: Comparing): boolean {
  if (a === b) return true;
  const left = comparable(a, ignoresLineEnds);
  return left !== null && left === comparable(b, ignoresLineEnds);
}

/** What equal records have in common and different ones do not; hidden fields and NULL left out. */
export function signatureOf(kind: string, record: DiffRecord, comparing: Comparing): string {
  const fields: [string, string][] = [];
  record.names.forEach((name, index) => {
    const value = comparable(record.values[index] ?? null, comparing.ignoresLineEnds);
    if (value !== null && !comparing.hidesField(kind, name)) fields.push([name.toLowerCase(), value]);
  });
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function comparable(value: FieldValue, ignoresLineEnds: boolean): string | null {
  if (value === null) return null;
  if (typeof value !== 'string') return value.compared;
  return ignoresLineEnds ? unifiedLineEnds(value) : value;
}

/** CR LF and CR as LF. */
export function unifiedLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Hands equal lists of names back as the same list, so that records compare by position. */
export class NameLists {
  readonly #lists = new Map<string, readonly string[]>();

  of(names: readonly string[]): readonly string[] {
    const key = JSON.stringify(names);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    this.#lists.set(key, names);
    return names;
  }
}
