import type { FindingGroup } from '@chatferry/import';
import type { TargetField } from './target-records.js';
import type { NoTrace, Trace, TracedSource, TracedTarget } from './trace.js';
import type { TextDigest } from './traced-text.js';

/**
 * A trace for programs, to be printed with sorted keys. Ids beyond 53 bits and ticks are decimal strings.
 *
 * Found: `found` true, `foundIn` source|target, `kind`, `record`, `sentence`, `remarks[]`,
 * `sources[]` { table, place, state, rule, values[] { column, value }, texts[] { column, bytes, sha256, equalsTarget,
 * text? } }, `target` null or { key, place, values[] { field, value }, texts[] }, `findings[]` { rule, severity, count,
 * first[] } with at most 20 each, `account` null or the room's account as in ledger.json, `hanging[]` { relation,
 * table, place, meaning, state, rule }.
 *
 * Not found: `found` false, `sentence`, `looked` { source, target }, `nearest[]`.
 */
export function traceJson(trace: Trace | NoTrace): object {
  if (!trace.isFound) {
    const { sentence, looked, nearest } = trace;
    return { found: false, sentence, looked, nearest };
  }
  const { foundIn, kind, label, sentence, remarks, account, hanging } = trace;
  return {
    found: true,
    ...{ foundIn, kind, record: label, sentence, remarks, account, hanging },
    sources: trace.sources.map(sourceJson),
    target: trace.target === null ? null : targetJson(trace.target),
    findings: trace.findings.map(findingJson),
  };
}

function sourceJson({ table, place, state, rule, values, texts }: TracedSource): object {
  return {
    ...{ table, place, state, rule },
    values: values.map(([column, value]) => ({ column, value })),
    texts: texts.map((text) => ({ ...textJson(text), equalsTarget: text.equalsTarget })),
  };
}

function targetJson({ key, place, values, texts }: TracedTarget): object {
  return {
    ...{ key, place },
    values: values.map(([field, value]: TargetField) => ({ field, value })),
    texts: texts.map(textJson),
  };
}

function textJson({ column, bytes, sha256, text }: TextDigest): object {
  return { column, bytes, sha256, text: text ?? undefined };
}

function findingJson({ rule, severity, count, first }: FindingGroup): object {
  return { rule, severity, count, first };
}
