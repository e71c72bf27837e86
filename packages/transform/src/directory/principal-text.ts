import type { PrincipalRow } from '@chatferry/export';

/** Whatever is outside XML 1.0, production Char. */
const FORBIDDEN = /(?![\t\n\r\u007f-\u009f])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** The text columns of a principal that the package holds. */
export const PRINCIPAL_TEXTS = [
  'prinUri',
  'prinName',
  'prinDisplayName',
  'prinCompanyName',
  'prinEmail',
  'prinADPath',
  'prinADUserPrincipalName',
] as const satisfies readonly (keyof PrincipalRow)[];

/** The characters of a text that XML 1.0 cannot hold, in order; empty for nearly every text. */
export function forbiddenIn(text: string | null): readonly string[] {
  return text?.match(FORBIDDEN) ?? [];
}

/** The text with each character that XML 1.0 cannot hold replaced by U+FFFD. */
export function withoutForbidden<Text extends string | null>(text: Text): Text | string {
  return text === null ? text : text.replace(FORBIDDEN, '\ufffd');
}
