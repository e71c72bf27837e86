/** Takes one entry: a principal on the list of a node. */
export type TakeEntry = (nodeId: number, principalId: number) => void;

/** Lists of principals by node id; undefined for a node without one. */
export interface OwnLists {
  get(nodeId: number): ReadonlySet<number> | undefined;
}

/**
 * Lists of principals by node, packed: 8 bytes an entry and one record a node, where a set a node would be ten times
 * that. A list becomes a set when it is asked for, a new one each time.
 *
 * @param visit hands over all entries; called twice, it must hand over the same.
 */
export function packLists(visit: (take: TakeEntry) => void): OwnLists {
  const spans = new Map<number, { start: number; end: number }>();
  visit((nodeId) => {
    const span = spans.get(nodeId);
    if (span === undefined) spans.set(nodeId, { start: 0, end: 1 });
    else span.end += 1;
  });
  let entries = 0;
  for (const span of spans.values()) {
    const length = span.end;
    span.start = entries;
    // From here on the end is where the next entry goes.
    span.end = entries;
    entries += length;
  }
  const packed = new Float64Array(entries);
  visit((nodeId, principalId) => {
    const span = spans.get(nodeId) as { end: number };
    packed[span.end] = principalId;
    span.end += 1;
  });
  return {
    get(nodeId) {
      const span = spans.get(nodeId);
      return span === undefined ? undefined : new Set(packed.subarray(span.start, span.end));
    },
  };
}
