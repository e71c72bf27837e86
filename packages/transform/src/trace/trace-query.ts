/** What can be traced in the directory. */
export type RecordKind = 'room' | 'category' | 'principal' | 'add-in';

/** Which record somebody asks for. GUIDs are in lower case, without braces. */
export type TraceQuery =
  | { readonly by: 'id'; readonly kinds: readonly RecordKind[]; readonly id: number }
  | { readonly by: 'guid'; readonly kinds: readonly RecordKind[]; readonly guid: string }
  | { readonly by: 'name'; readonly kinds: readonly RecordKind[]; readonly name: string }
  | MessageQuery;

/** A message by its room (channelID or GUID) and its number in the room. */
export interface MessageQuery {
  readonly by: 'message';
  readonly room: number | string;
  readonly chatID: bigint;
}

const ALL: readonly RecordKind[] = ['category', 'room', 'principal', 'add-in'];
const KINDS: Readonly<Record<string, readonly RecordKind[]>> = {
  node: ['category', 'room'],
  category: ['category'],
  room: ['room'],
  principal: ['principal'],
  'add-in': ['add-in'],
};
const GUID = '\\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\}?';
const MESSAGE = new RegExp(`^(?:message +|room +)?(?:([0-9]{1,10})|${GUID})#(-?[0-9]{1,19})$`, 'i');
const BY_GUID = new RegExp(`^(?:(node|category|room|principal|add-in) +)?${GUID}$`, 'i');
const BY_ID = /^(node|category|room|principal) +([0-9]{1,10})$/i;

/**
 * Reads what somebody typed: `node 5`, `room 5`, `category 5`, `principal 12`, `add-in <guid>`, a GUID (alone or after
 * such a word), a message as `40#7` or `<room guid>#7` (also as findings write it, `message 40#7`); else a name.
 */
export function parseTraceQuery(text: string): TraceQuery {
  const message = MESSAGE.exec(text);
  if (message !== null) {
    const [, channelID, guid = '', chatID = ''] = message;
    const room = channelID === undefined ? guid.toLowerCase() : Number(channelID);
    return { by: 'message', room, chatID: BigInt(chatID) };
  }
  const guid = BY_GUID.exec(text);
  if (guid !== null) {
    return { by: 'guid', kinds: kindsOf(guid[1]), guid: (guid[2] as string).toLowerCase() };
  }
  const id = BY_ID.exec(text);
  if (id !== null) return { by: 'id', kinds: kindsOf(id[1]), id: Number(id[2]) };
  return { by: 'name', kinds: ALL, name: text };
}

function kindsOf(word: string | undefined): readonly RecordKind[] {
  return word === undefined ? ALL : (KINDS[word.toLowerCase()] ?? ALL);
}
