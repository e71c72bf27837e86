/** nvarchar(384) of prinADPath, in UTF-16 units (database schema, tblPrincipal). */
const LONGEST_NAME = 384;

/**
 * The domain of a distinguished name (RFC 4514): its trailing `DC` values, lower case, joined by dots, such as
 * `sales.contoso.example`. null when it has none or is longer than 384 UTF-16 units. Escaped and quoted commas do not
 * separate.
 */
export function domainOf(distinguishedName: string): string | null {
  if (distinguishedName.length > LONGEST_NAME) return null;
  const labels: string[] = [];
  for (const part of splitName(distinguishedName).reverse()) {
    const label = /^\s*dc\s*=\s*(.+?)\s*$/i.exec(part)?.[1];
    if (label === undefined) break;
    labels.push(label.toLowerCase());
  }
  return labels.length === 0 ? null : labels.reverse().join('.');
}

function splitName(name: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < name.length; i++) {
    const character = name[i];
    if (character === '\\') i += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      parts.push(name.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(name.slice(start));
  return parts;
}

/** A shorter suffix, such as `example`, is shared by strangers. */
const ROOT_LABELS = 2;

/** The root under which most active principals stand, of two labels; on a tie the first in code-unit order. */
export function forestRoot(
  principals: readonly { readonly disabled: number; readonly adPath: string | null }[],
): string {
  const counts = new Map<string, number>();
  for (const { disabled, adPath } of principals) {
    const domain = disabled === 0 && adPath !== null ? domainOf(adPath) : null;
    if (domain === null) continue;
    const root = domain.split('.').slice(-ROOT_LABELS).join('.');
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  let best = '';
  for (const root of [...counts.keys()].sort()) {
    if ((counts.get(root) ?? 0) > (counts.get(best) ?? 0)) best = root;
  }
  return best;
}
