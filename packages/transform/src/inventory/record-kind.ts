import type { ListedRecord } from './listed-record.js';

export type ListedKind = 'room' | 'category' | 'user';

/**
 * Parameters and properties on the pages of Get-/Set-CsPersistentChatRoom, -Category and Get-CsUser, lower case. One of
 * `sure` is enough to know a kind, else it takes two of `likely`.
 */
const SIGNS: readonly {
  readonly kind: ListedKind;
  readonly sure: readonly string[];
  readonly likely: readonly string[];
}[] = [
  {
    kind: 'user',
    sure: ['sipaddress', 'msrtcsip-primaryuseraddress'],
    likely: ['guid', 'objectguid', 'userprincipalname', 'distinguishedname', 'enabled'],
  },
  {
    kind: 'room',
    sure: ['category'],
    likely: ['privacy', 'type', 'managers', 'presenters', 'addin', 'disabled'],
  },
  {
    kind: 'category',
    sure: ['allowedmembers', 'deniedmembers', 'creators'],
    likely: ['invites', 'invitations', 'chathistory', 'fileupload'],
  },
];

/** What a record lists, by the properties that it has; null when they fit no kind. */
export function kindOf({ properties }: ListedRecord): ListedKind | null {
  const sign = SIGNS.find(
    ({ sure, likely }) =>
      sure.some((name) => properties.has(name)) || likely.filter((name) => properties.has(name)).length >= 2,
  );
  if (sign === undefined) return null;
  const isNamed = sign.kind === 'user' || properties.has('name') || properties.has('identity');
  return isNamed ? sign.kind : null;
}
