import { type Directory, type Place, RunFailure } from '@chatferry/export';
import type { PackageMessage } from '@chatferry/import';
import { countOf } from '../directory/label.js';
import { readFindings, readSettled } from './handoff-trail.js';
import { nearestRecords } from './nearest-records.js';
import { readTarget } from './read-target.js';
import type { TracedSides } from './run-trace.js';
import { readSourceMessages, type SourceMessage, type SourceMessages } from './source-messages.js';
import { recordOfRow } from './source-records.js';
import type { NoTrace, Trace, TracedSource, TracedTarget } from './trace.js';
import type { MessageQuery } from './trace-query.js';
import { contradiction, isWritten, statesInWords } from './trace-words.js';
import { digestTexts, type TextDigest } from './traced-text.js';

/** The message of the package, if there is one, and how many messages its room has there. */
interface TargetSearch {
  found: TracedTarget | null;
  authorId: number | null;
  inRoom: number;
}

/** Traces a message: rooms and message numbers keep their ids, so one key serves both sides. */
export async function traceMessage(query: MessageQuery, sides: TracedSides): Promise<Trace | NoTrace> {
  const { handoff, opened, request } = sides;
  const channelID = typeof query.room === 'number' ? query.room : channelOf(query.room, sides.directory);
  if (channelID === null) return noRoom(query, sides);
  const { isTextShown } = request;
  const inSource = await readSourceMessages(opened, {
    channelID,
    chatID: query.chatID,
    isTextShown,
    progress: (bytes) => request.progress('inspection', bytes),
  });
  const inTarget: TargetSearch = { found: null, authorId: null, inRoom: 0 };
  await readTarget({
    zipPaths: handoff.zipPaths,
    layout: request.layout,
    message: (message) => {
      if (message.roomId !== channelID) return;
      inTarget.inRoom += 1;
      if (message.id !== query.chatID || inTarget.found !== null) return;
      inTarget.found = targetMessage(message, isTextShown);
      inTarget.authorId = message.userId;
    },
    progress: (bytes) => request.progress('read-back', bytes),
  });
  const key = `message ${channelID}#${query.chatID}`;
  if (inSource.count === 0 && inTarget.found === null) return notFound(key, channelID, inSource, inTarget);
  return await follow({ key, channelID, inSource, inTarget }, sides);
}

/** @throws RunFailure when several rooms share the GUID. */
function channelOf(guid: string, directory: Directory): number | null {
  const rooms = directory.nodes.filter((row) => row.nodeGuid === guid && !row.nodeType);
  const ids = [...new Set(rooms.map((row) => row.nodeID))];
  if (ids.length > 1) {
    throw new RunFailure(
      'arguments',
      `${countOf(ids.length, 'room')} of the export have the GUID ${guid}: ${ids.join(', ')}.`,
      `Name the room by its id, such as \`${ids[0]}#1\`.`,
    );
  }
  return ids[0] ?? null;
}

function targetMessage(message: PackageMessage, isTextShown: boolean): TracedTarget {
  const { roomId, id, date, userId, alert } = message;
  return {
    key: `message ${roomId}#${id}`,
    place: message.place(),
    values: [
      ['roomId', roomId],
      ['id', id.toString()],
      ['date', date.toString()],
      ['userId', userId],
      ['alert', alert],
    ],
    texts: digestTexts(message, isTextShown),
  };
}

interface FoundMessage {
  readonly key: string;
  readonly channelID: number;
  readonly inSource: SourceMessages;
  readonly inTarget: TargetSearch;
}

async function follow(found: FoundMessage, { directory, handoff }: TracedSides): Promise<Trace> {
  const { inSource, key } = found;
  const target = found.inTarget.found;
  const { messages } = inSource;
  const settledAt = await readSettled(
    handoff.exceptionsPath,
    messages.map(({ place }) => place),
  );
  const sources = messages.map(
    (message): TracedSource => ({
      table: 'tblChat',
      place: message.place,
      ...settledAt(message.place),
      values: message.values,
      texts: message.texts.map((text) => ({ ...text, equalsTarget: isSameText(text, target) })),
    }),
  );
  const findings = await readFindings(handoff.findingsPath, {
    at: [...sources, ...(target === null ? [] : [target])].flatMap(({ place }) => place ?? []),
    ofRule: decidedElsewhere(sources, messages, found.channelID, directory),
    guid: null,
    namesAnywhere: false,
  });
  const there = target === null ? 'not in the package' : 'in the package';
  const states = sources.length === 0 ? 'not in the export' : statesInWords(sources);
  return {
    isFound: true,
    foundIn: sources.length > 0 ? 'source' : 'target',
    kind: 'message',
    label: key,
    sentence: `${key}: ${states}, ${there}.`,
    remarks: remarksOn(found, sources),
    sources,
    target,
    findings,
    account: null,
    hanging: [],
  };
}

function isSameText(text: TextDigest, target: TracedTarget | null): boolean | null {
  if (target === null) return null;
  const written = target.texts.find(({ column }) => column === text.column);
  return written !== undefined && written.bytes === text.bytes && written.sha256 === text.sha256;
}

/** Rules that decide about messages may speak of the room, or of the author, instead of each message. */
function decidedElsewhere(
  sources: readonly TracedSource[],
  messages: readonly SourceMessage[],
  channelID: number,
  directory: Directory,
): (readonly [string, Place])[] {
  const rooms = directory.nodes.filter((row) => row.nodeID === channelID);
  return sources.flatMap(({ rule }, index) => {
    if (rule === null) return [];
    const authors = directory.principals.filter((row) => row.prinID === messages[index]?.userId);
    return [...rooms, ...authors].map(({ place }) => [rule, place] as const);
  });
}

function remarksOn({ inSource, inTarget }: FoundMessage, sources: readonly TracedSource[]): string[] {
  const { count, messages } = inSource;
  const { authorId, found } = inTarget;
  const remarks: string[] = [];
  if (count > messages.length) {
    remarks.push(`${count} rows of tblChat have this key; the first ${messages.length} are shown.`);
  }
  const [author] = messages.filter((_, index) => isWritten(sources[index] as TracedSource));
  if (authorId !== null && author !== undefined && author.userId !== authorId) {
    remarks.push(`Its author, principal ${author.userId}, is written as principal ${authorId}.`);
  }
  return [...remarks, ...contradiction(sources, found !== null, false)];
}

function noRoom(query: MessageQuery, { directory, request }: TracedSides): NoTrace {
  const rooms = directory.nodes.filter((row) => !row.nodeType).map(recordOfRow);
  return {
    isFound: false,
    sentence: `Not found: ${JSON.stringify(request.record)} names no room of the export.`,
    looked: { source: countOf(rooms.length, 'room'), target: 'nothing, because rooms keep their GUIDs' },
    nearest: nearestRecords(rooms, { by: 'guid', kinds: ['room'], guid: String(query.room) }),
  };
}

function notFound(
  key: string,
  channelID: number,
  { inRoom, below, above }: SourceMessages,
  inTarget: TargetSearch,
): NoTrace {
  const near = [below, above].flatMap((chatID) =>
    chatID === null ? [] : [`message ${channelID}#${chatID}`],
  );
  return {
    isFound: false,
    sentence: `Not found: ${key} is neither in the export nor in the package.`,
    looked: {
      source: `${countOf(inRoom, 'message')} of room ${channelID}`,
      target: `${countOf(inTarget.inRoom, 'message')} of room ${channelID}`,
    },
    nearest: near,
  };
}
