import type { TargetCategory, TargetDirectory, TargetPrincipal, TargetRoom } from '@chatferry/import';

const NO_AUDIT = { addedBy: null, addedOn: null, updatedBy: null, updatedOn: null };

export function guid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function principal(fields: Partial<TargetPrincipal> & { id: number }): TargetPrincipal {
  return {
    kind: 'principal',
    guid: guid(fields.id),
    uri: `sip:p${fields.id}@contoso.example`,
    principalKind: 'user',
    name: null,
    displayName: null,
    company: null,
    email: null,
    adPath: null,
    userPrincipalName: null,
    disabled: 0,
    ...fields,
  };
}

export function category(fields: Partial<TargetCategory> & { id: number }): TargetCategory {
  return {
    kind: 'category',
    guid: guid(fields.id),
    name: `Category ${fields.id}`,
    description: '',
    invitations: true,
    chatHistory: true,
    fileUpload: false,
    allowed: [],
    denied: [],
    creators: [],
    ...NO_AUDIT,
    ...fields,
  };
}

export function room(fields: Partial<TargetRoom> & { id: number }): TargetRoom {
  return {
    kind: 'room',
    guid: guid(fields.id),
    categoryId: 5,
    name: `Room ${fields.id}`,
    description: '',
    disabled: false,
    type: 'Normal',
    privacy: 'Closed',
    invitations: 'Inherit',
    addInId: null,
    managers: [],
    members: [],
    presenters: [],
    ...NO_AUDIT,
    ...fields,
  };
}

export const EMPTY_DIRECTORY: TargetDirectory = {
  principals: [],
  affiliations: [],
  addIns: [],
  categories: [],
  rooms: [],
  lastChatIds: [],
};

/** Every field filled somewhere and NULL somewhere else; awkward text in names. */
export const SAMPLE_DIRECTORY: TargetDirectory = {
  principals: [
    principal({
      id: 12,
      uri: 'sip:mira@contoso.example',
      name: 'mira',
      displayName: 'Mira "M" <Okafor>\tA&B\r\n',
      company: 'Contoso &amp; Söhne',
      email: 'mira@contoso.example',
      adPath: "CN=Mira O'Kafor,OU=Ops,DC=contoso,DC=example",
      userPrincipalName: 'mira@contoso.example',
      disabled: 2,
    }),
    principal({ id: 1, principalKind: 'system', uri: 'ma-sys:1' }),
    principal({ id: 20, principalKind: 'group', name: 'Ops \u{1F680}' }),
    principal({ id: 21, principalKind: 'folder', adPath: 'OU=Ops,DC=contoso,DC=example' }),
    principal({ id: 22, principalKind: 'domain' }),
  ],
  affiliations: [
    { kind: 'affiliation', principalId: 20, groupIds: [] },
    { kind: 'affiliation', principalId: 12, groupIds: [22, 20] },
  ],
  addIns: [
    { kind: 'addIn', id: guid(0xa2), name: 'Map & more', url: 'https://maps.contoso.example/?a=1&b=2' },
    { kind: 'addIn', id: guid(0xa1).toUpperCase(), name: 'Wiki', url: 'http://wiki' },
  ],
  categories: [
    category({
      id: 5,
      name: '  ]]> עברית',
      description: 'two\r\nlines',
      allowed: [12, 22],
      denied: [12, 20],
      creators: [22, 12],
      addedBy: 1,
      addedOn: 633482073409535482n,
      updatedBy: 12,
      updatedOn: 3155378975999999999n,
    }),
    category({ id: 6, invitations: false, chatHistory: false, fileUpload: true }),
  ],
  rooms: [
    room({
      id: 40,
      type: 'Auditorium',
      privacy: 'Open',
      invitations: 'False',
      disabled: true,
      addInId: guid(0xa2),
      description: '&lt;b&gt;',
      managers: [20],
      members: [12, 9],
      presenters: [12],
      addedBy: 1,
      addedOn: 1n,
    }),
    room({ id: 41, privacy: 'Secret' }),
  ],
  lastChatIds: [],
};
