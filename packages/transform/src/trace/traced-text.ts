import { createHash } from 'node:crypto';
import { ByteSink, type TextValue } from '@chatferry/export';

/** A text of a message without the text: what is needed to compare it. */
export interface TextDigest {
  readonly column: 'content' | 'rtf';
  /** Bytes of the decoded text in UTF-8. */
  readonly bytes: number;
  /** Hex, over these bytes. */
  readonly sha256: string;
  /** null unless somebody asked to see it. */
  readonly text: string | null;
}

/** Decodes and hashes the texts of one message that are there. Memory: the longest text. */
export function digestTexts(
  message: { readonly content: TextValue | null; readonly rtf: TextValue | null },
  isTextShown: boolean,
): TextDigest[] {
  const columns = ['content', 'rtf'] as const;
  return columns.flatMap((column) => {
    const value = message[column];
    return value === null ? [] : [digest(column, value, isTextShown)];
  });
}

function digest(column: TextDigest['column'], value: TextValue, isTextShown: boolean): TextDigest {
  const sink = new ByteSink(value.end - value.start + 4);
  value.appendDecoded(sink);
  const sha256 = createHash('sha256').update(sink.view()).digest('hex');
  return { column, bytes: sink.length, sha256, text: isTextShown ? value.toString() : null };
}
