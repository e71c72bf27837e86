/** `LDAP://server/` or `GC://` before a distinguished name. */
const PROVIDER = /^(?:LDAP|GC):\/\/(?:[^/,=]*\/)?/i;
/** nvarchar(384) of prinADPath, in UTF-16 units (database schema, tblPrincipal). */
const LONGEST_NAME = 384;
const DOMAIN_COMPONENT = /^\s*DC\s*=\s*(.*?)\s*$/is;

/**
 * The `DC=` components at the end of a distinguished name (RFC 4514), in lower case: `dc=eu,dc=contoso,dc=example`.
 * null when the name does not end in one, or is longer than a column of distinguished names holds. Commas escaped by a
 * backslash or inside quotes separate nothing.
 */
export function domainSuffix(distinguishedName: string): string | null {
  if (distinguishedName.length > LONGEST_NAME) return null;
  const components = splitName(distinguishedName.replace(PROVIDER, ''));
  const domains: string[] = [];
  for (let at = components.length - 1; at >= 0; at -= 1) {
    const label = DOMAIN_COMPONENT.exec(components[at] ?? '')?.[1];
    if (!label) break;
    domains.push(`dc=${label.toLowerCase()}`);
  }
  return domains.length === 0 ? null : domains.reverse().join(',');
}

/** Whether a domain suffix is the forest root or a child domain of it. */
export function isInForest(suffix: string, root: string): boolean {
  return suffix === root || suffix.endsWith(`,${root}`);
}

/**
 * The forest root that the export's domain suffixes suggest: the shortest suffix of two labels or more that
 * occurs and is the most frequent suffix or an ancestor of it; the most frequent one itself when none has two
 * labels. Of equally frequent suffixes the shorter, then the first in code unit order. null without any suffix.
 */
export function likelyForestRoot(suffixes: Iterable<string>): string | null {
  const counts = new Map<string, number>();
  for (const suffix of suffixes) counts.set(suffix, (counts.get(suffix) ?? 0) + 1);
  const byFrequency = [...counts].sort(
    ([one, often], [other, oftener]) => oftener - often || shorterFirst(one, other),
  );
  const mostFrequent = byFrequency[0]?.[0];
  if (mostFrequent === undefined) return null;
  const candidates = [...counts.keys()].filter(
    (suffix) => labels(suffix) > 1 && isInForest(mostFrequent, suffix),
  );
  return candidates.sort(shorterFirst)[0] ?? mostFrequent;
}

function shorterFirst(one: string, other: string): number {
  return labels(one) - labels(other) || (one < other ? -1 : 1);
}

function labels(suffix: string): number {
  return suffix.split(',').length;
}

function splitName(name: string): string[] {
  const components: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at];
    if (character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      components.push(name.slice(start, at));
      start = at + 1;
    }
  }
  components.push(name.slice(start));
  return components;
}
