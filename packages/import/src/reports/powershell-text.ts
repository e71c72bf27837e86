/**
 * A PowerShell literal.
 * @throws Error for what is not printable ASCII, which the encoding of our scripts cannot promise.
 */
export function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error(`not ASCII: ${JSON.stringify(text)}`);
  return `'${text.replaceAll("'", "''")}'`;
}
