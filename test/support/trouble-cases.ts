import type { TransformOptions } from '@chatferry/transform';
import {
  ADD_IN,
  ANA,
  add,
  addIn,
  affiliation,
  BO,
  type Change,
  category,
  dayOf,
  FOLDER,
  MANAGER,
  MEMBER,
  manifestOf,
  message,
  NIGHT_WATCH,
  nodeGuid,
  OPERATIONS,
  PRESENTER,
  role,
  room,
  scope,
  set,
  setAll,
  user,
  withoutTable,
} from './trouble-base.js';

/** What is set in the editable cells of a plan's CSV file, by key of the row. */
export type PlanEdits = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** One thing that can be wrong with an export: how it changes the base, and what is said of it. */
export interface TroubleCase {
  readonly change: readonly Change[];
  /** What else fires, because one row cannot be wrong in one way only. */
  readonly also?: readonly string[];
  readonly options?: Partial<TransformOptions>;
  /** What is done to the text of the export, where no row can say it. */
  readonly spoil?: (xml: string) => string;
  /** Files that lie beside export.xml in the folder that is read, made for the text of the export. */
  readonly beside?: (xml: string) => Readonly<Record<string, string>>;
  /** The lists given with --target and --users. */
  readonly target?: readonly object[];
  readonly users?: readonly object[];
  /** The plan that chatferry proposes for the export, with these cells edited. */
  readonly plan?: PlanEdits;
}

/** What a run says of the base, and so of every case; the checks of the package are among what else fires. */
export const ALWAYS = 'visibility-mapped';

/** Rules and conditions that have no case, and why. */
export const WITHOUT_CASE: Readonly<Record<string, string>> = {
  'root-missing': 'ends the run; its document is among those of fixtures/refuse/document',
  'category-too-deep':
    'needs a thousand categories and as many findings; test/transform/rules-tree.test.ts makes them',
  'capacity-exceeded': 'needs more than two million entries; test/transform/rules-rights.test.ts makes them',
};

const NODES = 'tblNode';
const CHAT = 'tblChat';
const ROLES = 'tblPrincipalRole';
const PRINCIPALS = 'tblPrincipal';
const CARL = user(5, 'Carl Holm');
/** Carl in the folder, with a seat in the room. */
const seated = (columns: object): Change[] => [
  add(PRINCIPALS, { ...CARL, ...columns }),
  add('tblPrincipalAffiliations', affiliation(5, FOLDER)),
  add(ROLES, role(NIGHT_WATCH, 5, MEMBER)),
];
const AUDITORIUM = room(11, OPERATIONS, 'Town hall', { behavior: 5 });
/** A category below Operations with a room in it. */
const NESTED: Change[] = [
  add(NODES, category(3, OPERATIONS, 'Shifts'), room(11, 3, 'Early shift')),
  add('tblScopePrincipal', scope(3, FOLDER)),
];
const second = (content: string, columns: object = {}): Change =>
  add(CHAT, message(NIGHT_WATCH, 2n, content, { ...columns }));

/** Conditions of the reader, in the order of CONDITIONS.md. */
const CONDITION_CASES: Readonly<Record<string, TroubleCase>> = {
  'file-not-read': {
    change: [],
    beside: () => ({
      'more.xml': '',
      'tblNode.bak': 'TAPE',
      'tblNode.xsd': '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>\n',
    }),
  },
  'console-artefact-repaired': {
    change: [],
    spoil: (xml) =>
      `XML_F52E2B61-18A1-11d1-B105-00805F49916B\n----------------------------------------\n${xml}`,
  },
  'record-not-well-formed': {
    change: [second('Coffee@tea')],
    spoil: (xml) => xml.replace('Coffee@tea', 'Coffee &nbsp; tea'),
  },
  'table-not-exported': { change: [withoutTable('tblLastChatId')], also: ['last-chat-id-too-low'] },
  'table-unknown': { change: [add('tblRoomColours', { nodeID: '10', colour: 'blue' })] },
  'table-left-behind': { change: [add('tblFileToken', { fileToken: '7' })] },
  'column-unknown': {
    change: [],
    spoil: (xml) => xml.replace('nodeID="10"', 'nodeID="10" costCentre="100"'),
  },
  'column-not-exported': { change: [setAll(NODES, { filePost: null })], also: ['setting-inherited'] },
  'manifest-mismatch': {
    change: [],
    beside: (xml) => manifestOf(xml, { tblNode: 4 }),
  },
};

/** Directory rules, in running order. */
const DIRECTORY_CASES: Readonly<Record<string, TroubleCase>> = {
  'column-undecodable': { change: [add(NODES, room(11, OPERATIONS, 'Perhaps', { nodeType: 'maybe' }))] },
  'key-duplicate': {
    change: [
      add('tblLastChatId', { nodeID: NIGHT_WATCH, lastChatID: 9n }),
      add('tblSiopWhiteList', addIn(ADD_IN, 'Ticket list', 'https://tickets.contoso.example/list')),
    ],
  },
  'node-id-duplicate': {
    change: [
      add(NODES, room(NIGHT_WATCH, OPERATIONS, 'Night watch'), room(NIGHT_WATCH, OPERATIONS, 'Day watch')),
    ],
  },
  'node-guid-duplicate': {
    change: [add(NODES, room(11, OPERATIONS, 'Day watch', { nodeGuid: nodeGuid(NIGHT_WATCH) }))],
  },
  'node-parent-missing': { change: [add(NODES, room(11, 99, 'Day watch'))] },
  'node-parent-cycle': {
    change: [add(NODES, category(3, 4, 'Hen'), category(4, 3, 'Egg'), room(11, 3, 'Day watch'))],
  },
  'node-parent-is-room': { change: [add(NODES, room(11, NIGHT_WATCH, 'Day watch'))] },
  'principal-id-duplicate': {
    change: [add(PRINCIPALS, user(ANA, 'Ana Rey'), user(ANA, 'Ana King'))],
  },
  'principal-remapped': {
    change: [...seated({}), second('Good night.', { userId: 5 })],
    plan: { 'principals.csv': { '5': { action: 'map', target: String(BO) } } },
  },
  'principal-type-unknown': { change: [add(PRINCIPALS, { ...CARL, prinTypeID: 6 })] },
  'principal-federated': { change: seated({ prinTypeID: 7, prinADPath: null }) },
  'principal-disabled': { change: seated({ prinDisabled: true }) },
  'principal-duplicate': {
    change: [
      add(PRINCIPALS, { ...CARL, prinGuid: user(BO, '').prinGuid as string }),
      add(PRINCIPALS, user(6, 'Dora Lund', { prinUri: 'SIP:Ana.Rey@contoso.example' })),
      second('Good night.', { userId: 5 }),
    ],
    also: ['principal-unique'],
  },
  'principal-foreign-forest': {
    change: seated({ prinADPath: 'CN=Carl Holm,OU=Staff,DC=fabrikam,DC=example' }),
  },
  'principal-gone': {
    change: [add(ROLES, role(NIGHT_WATCH, BO, MEMBER))],
    users: [{ SipAddress: 'sip:ana.rey@contoso.example', Guid: user(ANA, '').prinGuid, Enabled: true }],
  },
  'principal-right-lost': {
    change: [set(PRINCIPALS, ANA, { prinAllowedPermSet: 5n, prinUseInheritedPerms: false })],
  },
  'principal-forbidden-character': { change: [set(PRINCIPALS, ANA, { prinName: 'Ana\u0007 Rey' })] },
  'affiliation-principal-missing': { change: [add('tblPrincipalAffiliations', affiliation(ANA, 99, 1))] },
  'affiliation-to-self': { change: [add('tblPrincipalAffiliations', affiliation(ANA, ANA, -1))] },
  'room-disabled': { change: [add(NODES, room(11, OPERATIONS, 'Old helpdesk', { disabled: true }))] },
  'room-excluded-by-plan': {
    change: [add(NODES, room(11, OPERATIONS, 'Day watch'))],
    plan: { 'rooms.csv': { [nodeGuid(11)]: { action: 'exclude' } } },
  },
  'room-moved-by-plan': {
    change: [
      add(NODES, category(3, 1, 'Archive'), room(11, OPERATIONS, 'Day watch'), room(12, 3, 'Old watch')),
      add('tblScopePrincipal', scope(3, FOLDER)),
    ],
    plan: { 'rooms.csv': { [nodeGuid(11)]: { action: 'move', newCategory: nodeGuid(3) } } },
  },
  'name-unusable': {
    change: [add(NODES, room(11, OPERATIONS, ' Day\\watch'), room(12, OPERATIONS, '  '))],
    also: ['name-usable'],
  },
  'category-nested': { change: NESTED, also: ['room-name-prefixed'] },
  'room-name-prefixed': {
    change: [...NESTED, add(NODES, room(12, 3, 'Night watch'))],
    options: { roomNames: 'prefix-on-conflict' },
    also: ['category-nested'],
  },
  'name-given-by-plan': {
    change: [],
    plan: { 'rooms.csv': { [nodeGuid(NIGHT_WATCH)]: { action: 'rename', newName: 'Watch' } } },
  },
  'room-under-root': { change: [add(NODES, room(11, 1, 'Lobby'))] },
  'category-empty': {
    change: [add(NODES, category(3, 1, 'Empty shelf')), add('tblScopePrincipal', scope(3, FOLDER))],
  },
  'name-too-long': {
    change: [add(NODES, room(11, OPERATIONS, 'Long name '.repeat(26).slice(0, 257)))],
    also: ['name-length'],
  },
  'name-duplicate': { change: [add(NODES, room(11, OPERATIONS, 'NIGHT WATCH'))], also: ['name-unique'] },
  'name-clash-with-target': {
    change: [],
    target: [
      {
        Identity: 'pool\\Night Watch',
        Name: 'Night Watch',
        Category: 'pool\\IT',
        Privacy: 'Closed',
        Type: 'Normal',
      },
    ],
  },
  'description-missing': { change: [set(NODES, NIGHT_WATCH, { nodeDesc: null })] },
  'description-too-long': {
    change: [set(NODES, NIGHT_WATCH, { nodeDesc: 'Long text '.repeat(26).slice(0, 257) })],
    also: ['name-length'],
  },
  'room-topic-lost': { change: [set(NODES, NIGHT_WATCH, { topic: 'Who is awake?' })] },
  'description-forbidden-character': { change: [set(NODES, NIGHT_WATCH, { nodeDesc: 'Bell \u0007 room' })] },
  'setting-inherited': {
    change: [
      set(NODES, OPERATIONS, { invite: null, logged: null, filePost: null, restrictChildCreate: null }),
    ],
  },
  'setting-forced-by-category': {
    change: [
      set(NODES, OPERATIONS, { inheritance: true }),
      set(NODES, NIGHT_WATCH, { logged: false, visibility: 2 }),
    ],
  },
  'visibility-mapped': {
    change: [add(NODES, room(11, OPERATIONS, 'Odd one', { visibility: 7, behavior: 6 }))],
    also: ['auditorium-without-presenter'],
  },
  'invitation-off-by-category': {
    change: [set(NODES, OPERATIONS, { invite: false }), set(NODES, NIGHT_WATCH, { invite: true })],
  },
  'invitation-inherits': { change: [set(NODES, NIGHT_WATCH, { invite: true })] },
  'room-setting-lost': { change: [set(NODES, NIGHT_WATCH, { logged: false, filePost: true })] },
  'role-unknown': {
    change: [
      add('tblRoleType', { rtypeID: 4, rtypeDesc: 'Leiter', rtypeAllowedPermSet: 12276n }),
      add(ROLES, role(NIGHT_WATCH, BO, 4), role(NIGHT_WATCH, BO, 7)),
    ],
  },
  'role-principal-missing': { change: [add(ROLES, role(NIGHT_WATCH, 99, MEMBER))] },
  'role-node-missing': { change: [add(ROLES, role(99, ANA, MEMBER))] },
  'scope-principal-missing': { change: [add('tblScopePrincipal', scope(OPERATIONS, 99))] },
  'scope-node-missing': { change: [add('tblScopePrincipal', scope(99, FOLDER))] },
  'role-duplicate': { change: [add(ROLES, role(NIGHT_WATCH, ANA, MEMBER))] },
  'definer-contradicts-tree': { change: [set(NODES, NIGHT_WATCH, { roleDefinerId: OPERATIONS })] },
  'scope-inherited': {
    change: [
      add(NODES, category(3, 1, 'Projects', { scopeDefinerId: 1 }), room(11, 3, 'Alpha')),
      add('tblScopePrincipal', scope(1, FOLDER)),
    ],
  },
  'manager-from-root': { change: [add(ROLES, role(1, BO, MANAGER))], also: ['creator-derived'] },
  'manager-inherited': { change: [add(ROLES, role(OPERATIONS, BO, MANAGER))], also: ['creator-derived'] },
  'member-inherited': { change: [add(ROLES, role(OPERATIONS, BO, MEMBER))] },
  'creator-derived': {
    change: [set(NODES, OPERATIONS, { restrictChildCreate: true }), add(ROLES, role(OPERATIONS, BO, MEMBER))],
    also: ['member-inherited'],
  },
  'presenter-on-normal-room': { change: [add(ROLES, role(NIGHT_WATCH, BO, PRESENTER))] },
  'role-out-of-scope': {
    change: [add(PRINCIPALS, CARL), add(ROLES, role(NIGHT_WATCH, 5, MEMBER))],
    also: ['role-in-scope'],
  },
  'presenter-not-member': { change: [add(NODES, AUDITORIUM), add(ROLES, role(11, BO, PRESENTER))] },
  'auditorium-without-presenter': { change: [add(NODES, AUDITORIUM)] },
  'add-in-missing': { change: [set(NODES, NIGHT_WATCH, { siopID: nodeGuid(77) })] },
  'add-in-on-category': { change: [set(NODES, OPERATIONS, { siopID: ADD_IN })] },
  'add-in-duplicate-name': {
    change: [add('tblSiopWhiteList', addIn(nodeGuid(77), 'TICKET VIEWER', 'https://other.contoso.example/'))],
    also: ['name-unique'],
  },
  'add-in-url-unusable': {
    change: [
      set('tblSiopWhiteList', ADD_IN, { siopUrl: 'ftp://tickets.contoso.example/' }),
      set(NODES, NIGHT_WATCH, { siopID: ADD_IN }),
    ],
  },
  'last-chat-id-room-missing': {
    change: [add('tblLastChatId', { nodeID: 99, lastChatID: 4n }, { nodeID: OPERATIONS, lastChatID: 4n })],
  },
  'table-not-migrated': {
    change: [
      add('tblPrincipalInvites', {
        prinID: BO,
        invID: 1,
        nodeID: NIGHT_WATCH,
        createdOn: '2011-06-07T08:09:10.000',
      }),
    ],
  },
};

/** Message rules, in running order. */
const MESSAGE_CASES: Readonly<Record<string, TroubleCase>> = {
  'message-room-missing': {
    change: [add(CHAT, message(99, 1n, 'Lost.'), message(OPERATIONS, 1n, 'Astray.'))],
  },
  'message-room-excluded': {
    change: [
      add(NODES, room(11, OPERATIONS, 'Old helpdesk', { disabled: true })),
      add(CHAT, message(11, 1n, 'Bye.')),
    ],
    also: ['room-disabled'],
  },
  'message-column-undecodable': { change: [second('Who?', { userId: 'Ana', isAlert: null })] },
  'message-before-cutoff': { change: [second('Good night.')], options: { since: dayOf(2n) } },
  'message-after-cutoff': { change: [second('Good night.')], options: { until: dayOf(2n) } },
  'message-id-duplicate': {
    change: [add(CHAT, message(NIGHT_WATCH, 1n, 'Good evening.'), message(NIGHT_WATCH, 1n, 'Good morning.'))],
  },
  'message-author-missing': { change: [second('Boo.', { userId: 99 })] },
  'message-date-unusable': {
    change: [
      second('When?', { chatDate: 0n }),
      add(CHAT, message(NIGHT_WATCH, 3n, 'Then.', { chatDate: dayOf(-6000n) })),
    ],
    also: ['message-date-out-of-order'],
  },
  'message-content-missing': { change: [add(CHAT, message(NIGHT_WATCH, 2n, null))] },
  'message-rtf-present': { change: [second('Good night.', { rtf: '{\\rtf1 Good night.}' })] },
  'message-content-lone-surrogate': {
    change: [second('Half @ pair')],
    spoil: (xml) => xml.replace('Half @ pair', 'Half &#xD83D; pair'),
  },
  'message-content-forbidden-character': { change: [second('Bell \u0007 and \uFFFE.')] },
  'message-date-out-of-order': { change: [second('Earlier.', { chatDate: dayOf(0n) })] },
  'message-file-link': { change: [second('See ma-filelink:{report.pdf}.')] },
  'message-room-link': { change: [second(`See ma-chan://contoso.example/${nodeGuid(77)}.`)] },
  'message-in-unlogged-room': {
    change: [set(NODES, OPERATIONS, { logged: false })],
    also: ['message-in-unlogged-category'],
  },
  'message-story': { change: [second('[STORY]A title[/STORY]A long text.')] },
  'message-alert': { change: [second('Fire!', { isAlert: true })] },
  'last-chat-id-too-low': { change: [set('tblLastChatId', NIGHT_WATCH, { lastChatID: 0n })] },
};

/** Every case by the rule or condition that it is about. */
export const TROUBLE_CASES: Readonly<Record<string, TroubleCase>> = {
  ...CONDITION_CASES,
  ...DIRECTORY_CASES,
  ...MESSAGE_CASES,
};
