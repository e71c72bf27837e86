import {
  ADD_IN,
  ANA,
  add,
  addIn,
  affiliation,
  BO,
  category,
  FOLDER,
  MEMBER,
  manifestOf,
  message,
  NIGHT_WATCH,
  nodeGuid,
  OPERATIONS,
  role,
  room,
  scope,
  user,
} from './trouble-base.js';
import type { TroubleCase } from './trouble-cases.js';

/** Errors that the dirty export cannot have, and why. */
export const NOT_IN_DIRTY: Readonly<Record<string, string>> = {
  'root-missing': 'ends the run',
  'category-too-deep': 'needs a thousand categories',
  'table-not-exported': 'an error only when the table is needed, and then it ends the run',
};

const LONG = 'Twenty-one characters'.repeat(13).slice(0, 257);

/** One export with everything that makes a package unfit for the import, each thing once. */
export const DIRTY_EXPORT: TroubleCase = {
  change: [
    add(
      'tblPrincipal',
      user(ANA, 'Ana King'),
      user(30, 'Type Six', { prinTypeID: 6 }),
      user(31, 'Dora Lund', { prinUri: 'sip:ana.rey@contoso.example' }),
      user(32, 'Far Away', { prinADPath: 'CN=Far Away,DC=fabrikam,DC=example' }),
      user(33, 'Out Side'),
    ),
    add('tblPrincipalAffiliations', affiliation(32, FOLDER)),
    add(
      'tblSiopWhiteList',
      addIn(ADD_IN, 'Ticket list', 'https://tickets.contoso.example/list'),
      addIn(nodeGuid(71), 'TICKET VIEWER', 'https://other.contoso.example/'),
      addIn(nodeGuid(72), 'Files', 'ftp://files.contoso.example/'),
    ),
    add(
      'tblNode',
      room(NIGHT_WATCH, OPERATIONS, 'Day watch'),
      room(20, OPERATIONS, 'Perhaps', { nodeType: 'maybe' }),
      room(21, OPERATIONS, 'Twin', { nodeGuid: nodeGuid(NIGHT_WATCH) }),
      room(22, 99, 'Orphan'),
      category(23, 24, 'Hen'),
      category(24, 23, 'Egg'),
      room(25, NIGHT_WATCH, 'Room in a room'),
      room(26, OPERATIONS, '  '),
      room(27, OPERATIONS, LONG),
      room(28, OPERATIONS, 'NIGHT WATCH'),
      room(29, OPERATIONS, 'Watch tower'),
      room(30, OPERATIONS, 'Much described', { nodeDesc: LONG }),
      room(31, OPERATIONS, 'Seven', { visibility: 7 }),
    ),
    add('tblScopePrincipal', scope(OPERATIONS, 99), scope(99, FOLDER)),
    add(
      'tblPrincipalRole',
      role(NIGHT_WATCH, BO, 7),
      role(NIGHT_WATCH, 99, MEMBER),
      role(99, BO, MEMBER),
      role(NIGHT_WATCH, 32, MEMBER),
      role(NIGHT_WATCH, 33, MEMBER),
    ),
    add('tblLastChatId', { nodeID: 98, lastChatID: 4n }),
    add(
      'tblChat',
      message(NIGHT_WATCH, 1n, 'Good morning.'),
      message(NIGHT_WATCH, 2n, 'Who?', { userId: 30 }),
      message(NIGHT_WATCH, 3n, 'When?', { chatDate: 0n }),
      message(NIGHT_WATCH, 4n, null),
      message(NIGHT_WATCH, 5n, 'Bell \u0007'),
      message(NIGHT_WATCH, 6n, 'Half @ pair'),
      message(NIGHT_WATCH, 7n, 'Loud?', { isAlert: 'maybe' }),
      message(NIGHT_WATCH, 8n, 'Coffee@tea'),
      message(NIGHT_WATCH, 9n, 'Good night.'),
      message(22, 1n, 'Where?'),
    ),
  ],
  spoil: (xml) => xml.replace('Half @ pair', 'Half &#xD83D; pair').replace('Coffee@tea', 'Coffee &nbsp; tea'),
  beside: (xml) => ({ ...manifestOf(xml, { tblNode: 99 }), 'more.xml': '' }),
  options: { forbiddenCharacters: 'refuse' },
  target: [
    {
      Identity: 'pool\\Watch Tower',
      Name: 'Watch Tower',
      Category: 'pool\\IT',
      Privacy: 'Closed',
      Type: 'Normal',
    },
  ],
};
