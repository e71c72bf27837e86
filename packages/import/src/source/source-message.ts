import { Buffer } from 'node:buffer';
import type { PlainRow } from './plain-rows.js';

/** A message as the export has it; what does not decode is null. */
export interface SourceMessage {
  readonly roomId: number | null;
  readonly id: bigint | null;
  /** Canonical decimal digits of the ticks. */
  readonly date: string | null;
  readonly userId: number | null;
  readonly alert: boolean | null;
  readonly content: string | null;
  readonly rtf: string | null;
  /** UTF-8 bytes of content and rtf. */
  readonly textBytes: number;
}

/** The row of tblChat as a message; nothing of a damaged row is believed. */
export function sourceMessage({ columns, damage }: PlainRow): SourceMessage {
  const of = (column: string): string | null => (damage === null ? (columns.get(column) ?? null) : null);
  const content = of('content');
  const rtf = of('rtf');
  return {
    roomId: smallNumber(of('channelid')),
    id: wholeNumber(of('chatid')),
    date: wholeNumber(of('chatdate'))?.toString() ?? null,
    userId: smallNumber(of('userid')),
    alert: flag(of('isalert')),
    content,
    rtf,
    textBytes: bytesOf(content) + bytesOf(rtf),
  };
}

/** A whole number of 32 bits, or null. */
export function smallNumber(text: string | null): number | null {
  const value = wholeNumber(text);
  return value === null || BigInt.asIntN(32, value) !== value ? null : Number(value);
}

/** A whole number of 64 bits, or null. */
export function wholeNumber(text: string | null): bigint | null {
  if (text === null || !/^[ \t\r\n]*[-+]?\d{1,40}[ \t\r\n]*$/.test(text)) return null;
  const value = BigInt(text.trim().replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : null;
}

function flag(text: string | null): boolean | null {
  const word = text?.trim().toLowerCase();
  if (word === '1' || word === 'true') return true;
  return word === '0' || word === 'false' ? false : null;
}

/** Half a surrogate pair counts as three bytes, as everywhere. */
function bytesOf(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text, 'utf8');
}
