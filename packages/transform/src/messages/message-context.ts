import { Buffer } from 'node:buffer';
import type { LastChatIdRow, NodeRow, Place } from '@chatferry/export';
import { type DirectoryDraft, isCarried, type PrincipalDraft, type RoomDraft } from '../directory/draft.js';
import type { TransformOptions } from '../options.js';

/**
 * What the directory rules left of the node that a channelID names. `missing`: no node has this id;
 * `unreadable`: the channelID itself did not decode.
 */
export type RoomState = 'carried' | 'excluded' | 'refused' | 'category' | 'missing' | 'unreadable';

/** A room as the message rules see it. */
export interface RoomFacts {
  readonly channelID: number;
  readonly state: RoomState;
  /** Lower case; empty when the room does not exist. */
  readonly guid: string;
  /** The final name of a room that lives, else the name in the source. */
  readonly name: string;
  /** Where the node stands; null when there is none. */
  readonly place: Place | null;
  /** The directory rule that decided about the node; null when it is simply carried, or does not exist. */
  readonly decidedBy: string | null;
  /** Whether the ledger keeps the room's messages under its GUID; otherwise they are unplaced. */
  readonly hasAccount: boolean;
  /** Chat history of the room's category in the target. */
  readonly chatHistory: boolean;
  /** The final name of that category; empty for what is no room of the directory. */
  readonly categoryName: string;
  /** The counter in the source. */
  readonly counter: LastChatIdRow | null;
}

/** An author as the message rules see it. */
export interface AuthorFacts {
  /** The principal that is written: the one it was merged into, or itself. */
  readonly id: number;
  /** GUID of that principal in ASCII, for the ledger's hash. */
  readonly guid: Buffer;
  /** The directory rule that merged it, else null. */
  readonly mergedBy: string | null;
}

/**
 * All that message rules may know of the rest of the export; immutable during pass 2.
 * Memory held: one small object a room and a principal.
 */
export interface MessageContext {
  readonly options: TransformOptions;
  /** By channelID; rooms and categories of the source, ascending by id within rooms. */
  readonly rooms: ReadonlyMap<number, RoomFacts>;
  /** By userId; only principals that the package holds, or that were merged into one. */
  readonly authors: ReadonlyMap<number, AuthorFacts>;
  /** State of every room by GUID, for links in messages. */
  readonly roomStates: ReadonlyMap<string, RoomState>;
}

/** The context after the directory rules have run. */
export function createMessageContext(draft: DirectoryDraft, options: TransformOptions): MessageContext {
  const rooms = roomsOf(draft);
  const roomStates = new Map<string, RoomState>();
  for (const room of rooms.values()) {
    if (room.hasAccount) roomStates.set(room.guid, room.state);
  }
  return { options, rooms, authors: authorsOf(draft), roomStates };
}

/** Facts of a channelID that names no node. */
export function missingRoom(channelID: number): RoomFacts {
  return { ...NO_ROOM, channelID, state: 'missing' };
}

const NO_ROOM: RoomFacts = {
  channelID: 0,
  state: 'unreadable',
  guid: '',
  name: '',
  place: null,
  decidedBy: null,
  hasAccount: false,
  chatHistory: true,
  categoryName: '',
  counter: null,
};

/** Facts of a channelID that did not decode; the ledger counts its messages as unplaced, channel 0. */
export const UNREADABLE_ROOM = NO_ROOM;

function roomsOf(draft: DirectoryDraft): Map<number, RoomFacts> {
  const counters = countersOf(draft);
  const rooms = new Map<number, RoomFacts>();
  const guids = new Set<string>();
  for (const room of draft.rooms.values()) {
    rooms.set(room.id, roomFacts(draft, room, counters.get(room.id) ?? null));
    guids.add(room.guid);
  }
  // What is left of tblNode: categories, and rooms that were refused.
  for (const row of draft.source.nodes) {
    if (row.defects.some((defect) => defect.column === 'nodeID') || rooms.has(row.nodeID)) continue;
    const facts = leftoverFacts(draft, row, guids);
    if (facts.hasAccount) guids.add(facts.guid);
    rooms.set(row.nodeID, facts);
  }
  return rooms;
}

function roomFacts(draft: DirectoryDraft, room: RoomDraft, counter: LastChatIdRow | null): RoomFacts {
  const { state, rule } = draft.fates.of(room.source);
  return {
    channelID: room.id,
    state: state === 'changed' ? 'carried' : state,
    guid: room.guid,
    name: room.name,
    place: room.source.place,
    decidedBy: rule,
    hasAccount: true,
    chatHistory: room.category.chatHistory,
    categoryName: room.category.name,
    counter,
  };
}

/** A refused room keeps an account of its own unless its GUID is missing or another room has it. */
function leftoverFacts(draft: DirectoryDraft, row: NodeRow, guids: ReadonlySet<string>): RoomFacts {
  return {
    ...NO_ROOM,
    channelID: row.nodeID,
    state: row.nodeType ? 'category' : 'refused',
    guid: row.nodeGuid,
    name: row.nodeName,
    place: row.place,
    decidedBy: draft.fates.of(row).rule,
    hasAccount: !row.nodeType && row.nodeGuid !== '' && !guids.has(row.nodeGuid),
  };
}

/** Counters that a rule dropped do not count; of two, the first in file order does. */
function countersOf(draft: DirectoryDraft): Map<number, LastChatIdRow> {
  const counters = new Map<number, LastChatIdRow>();
  for (const row of draft.source.lastChatIds) {
    if (row.defects.length > 0 || counters.has(row.nodeID) || !isCarried(draft, row)) continue;
    counters.set(row.nodeID, row);
  }
  return counters;
}

function authorsOf(draft: DirectoryDraft): Map<number, AuthorFacts> {
  const authors = new Map<number, AuthorFacts>();
  for (const principal of draft.principals.values()) {
    const target = writtenPrincipal(draft, principal);
    if (target === null) continue;
    authors.set(principal.id, {
      id: target.id,
      guid: Buffer.from(target.source.prinGuid, 'latin1'),
      mergedBy:
        target === principal ? null : (draft.fates.of(principal.source).rule ?? 'principal-duplicate'),
    });
  }
  // userIds without a principal, or with one that was refused.
  for (const [userId, { target }] of draft.decisions.principals) {
    const principal =
      target === null || draft.principals.has(userId) ? undefined : draft.principals.get(target);
    const written = principal === undefined ? null : writtenPrincipal(draft, principal);
    if (written === null) continue;
    const guid = Buffer.from(written.source.prinGuid, 'latin1');
    authors.set(userId, { id: written.id, guid, mergedBy: 'principal-remapped' });
  }
  return authors;
}

/** Follows merges to the principal that the package holds; null when there is none. */
function writtenPrincipal(draft: DirectoryDraft, principal: PrincipalDraft): PrincipalDraft | null {
  const seen = new Set<PrincipalDraft>();
  let at: PrincipalDraft | undefined = principal;
  while (at !== undefined && at.mergedInto !== null && !seen.has(at)) {
    seen.add(at);
    at = draft.principals.get(at.mergedInto);
  }
  return at !== undefined && at.mergedInto === null && isCarried(draft, at.source) ? at : null;
}
