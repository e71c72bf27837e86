import type { Check } from '../check.js';
import { addInLegal } from './add-in-legal.js';
import { addInResolves } from './add-in-resolves.js';
import { affiliationLegal } from './affiliation-legal.js';
import { auditLegal } from './audit-legal.js';
import { categoryNotTopLevel } from './category-not-top-level.js';
import { custodyUnbroken } from './custody-unbroken.js';
import { documentFollowsLayout } from './document-follows-layout.js';
import { documentWellFormed } from './document-well-formed.js';
import { handoffReady } from './handoff-ready.js';
import { idUsable } from './id-usable.js';
import { lastChatIdCovers } from './last-chat-id-covers.js';
import { ledgerBalances } from './ledger-balances.js';
import { messageAuthorResolves } from './message-author-resolves.js';
import { messageDateLegal } from './message-date-legal.js';
import { messageInUnloggedCategory } from './message-in-unlogged-category.js';
import { messageKeyUnique } from './message-key-unique.js';
import { messageRoomResolves } from './message-room-resolves.js';
import { nameLength } from './name-length.js';
import { nameUnique } from './name-unique.js';
import { nameUsable } from './name-usable.js';
import { nodeUnique } from './node-unique.js';
import { nothingForbidden } from './nothing-forbidden.js';
import { partsAgree } from './parts-agree.js';
import { presenterIsMember } from './presenter-is-member.js';
import { principalForest } from './principal-forest.js';
import { principalLegal } from './principal-legal.js';
import { principalUnique } from './principal-unique.js';
import { rehearsalAccepted } from './rehearsal-accepted.js';
import { rehearsalBalances } from './rehearsal-balances.js';
import { richTextAscii } from './rich-text-ascii.js';
import { roleInScope } from './role-in-scope.js';
import { roleLegal } from './role-legal.js';
import { roleResolves } from './role-resolves.js';
import { roomWithoutCategory } from './room-without-category.js';
import { scopeNotContradictory } from './scope-not-contradictory.js';
import { sealIntact } from './seal-intact.js';
import { sealSignature } from './seal-signature.js';
import { settingLegal } from './setting-legal.js';
import { sourceAgrees } from './source-agrees.js';
import { zipReadable } from './zip-readable.js';

/** All checks, from the outside of the package to the inside: first what can be read, then what it means. */
export const CHECKS: readonly Check[] = [
  // The handoff and the archive.
  sealIntact,
  sealSignature,
  custodyUnbroken,
  handoffReady,
  partsAgree,
  zipReadable,
  // The documents.
  documentWellFormed,
  documentFollowsLayout,
  nothingForbidden,
  // Categories, rooms and add-ins.
  categoryNotTopLevel,
  nodeUnique,
  idUsable,
  roomWithoutCategory,
  nameUnique,
  nameLength,
  nameUsable,
  settingLegal,
  addInLegal,
  addInResolves,
  auditLegal,
  // Principals.
  principalLegal,
  principalUnique,
  principalForest,
  affiliationLegal,
  // Roles and scope.
  roleResolves,
  roleLegal,
  presenterIsMember,
  roleInScope,
  scopeNotContradictory,
  // Messages.
  messageKeyUnique,
  messageRoomResolves,
  messageAuthorResolves,
  messageDateLegal,
  richTextAscii,
  lastChatIdCovers,
  messageInUnloggedCategory,
  // Everything together.
  ledgerBalances,
  sourceAgrees,
];

/** What a rehearsal says besides; no check looks for it, because it takes a database. */
export const REHEARSAL_CHECKS: readonly Pick<Check, 'id' | 'severities'>[] = [
  rehearsalAccepted,
  rehearsalBalances,
];
