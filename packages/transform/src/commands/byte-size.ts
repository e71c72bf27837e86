import { RunFailure } from '@chatferry/export';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/**
 * Bytes of `500M`, `2G` or `1048576`; K, M, G and T are powers of 1,024, in any letter case, with or without a final
 * `B` or `iB`.
 *
 * @throws RunFailure `arguments` for anything else, for 0, and beyond 2^53.
 */
export function byteSize(option: string, text: string): number {
  const [, digits, unit] = /^([0-9]+(?:\.[0-9]+)?) ?([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const bytes =
    digits === undefined ? 0 : Math.floor(Number(digits) * (UNITS[(unit ?? '').toUpperCase()] ?? 0));
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RunFailure(
    'arguments',
    `${option} ${text} is not a number of bytes`,
    'Write it as 500M, 2G or 1048576; K, M, G and T are powers of 1,024.',
  );
}
