import { Buffer } from 'node:buffer';
import type { ByteSink } from '@chatferry/export';

/** By byte; XML 1.0 section 3.3.3 turns raw CR, LF and TAB of an attribute into blanks. */
const ESCAPES: readonly (Buffer | undefined)[] = Array.from({ length: 0x40 }, (_, byte) => {
  const reference = {
    38: '&amp;',
    60: '&lt;',
    62: '&gt;',
    34: '&quot;',
    13: '&#xD;',
    10: '&#xA;',
    9: '&#x9;',
  }[byte];
  return reference === undefined ? undefined : Buffer.from(reference);
});

/** Escapes decoded UTF-8 `bytes[0, end)` for an attribute in double quotes. */
export function escapeAttributeInto(sink: ByteSink, bytes: Buffer, end: number): void {
  let run = 0;
  for (let i = 0; i < end; i++) {
    const escaped = ESCAPES[bytes[i] as number];
    if (escaped === undefined) continue;
    sink.copy(bytes, run, i);
    sink.copy(escaped, 0, escaped.length);
    run = i + 1;
  }
  sink.copy(bytes, run, end);
}
