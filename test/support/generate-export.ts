import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { generatedDirectory, generatedGuid } from './generated-directory.js';
import { messageBlocks } from './generated-messages.js';
import { type LargeShape, largeDocument } from './large-document.js';
import { pseudoRandom } from './pseudo-random.js';

export interface GenerateOptions {
  readonly messages: number;
  /** `elements`: one .NET DataSet; `attributes`: FOR XML AUTO rows under one ROOT. */
  readonly shape: LargeShape;
  /** Default 200. */
  readonly rooms?: number;
  /** Default 500. */
  readonly users?: number;
  /** Default 1. */
  readonly seed?: number;
  /** `room` (default): a room's messages stand together; `date`: as they were sent, rooms interleaved. */
  readonly order?: 'room' | 'date';
}

const CHUNK_BYTES = 1 << 20;
/** More than the longest message. */
const MESSAGE_BYTES = 1 << 14;
/** Entries of the table by which a message of `--order date` finds its room; a power of two. */
const LOTS = 4096;

/**
 * A large export of about 500 bytes a message, in chunks of about 1 MiB. The same options give the same bytes.
 * Memory held: one chunk, the prebuilt texts (about 1 MB) and the directory.
 */
export function* generateExport(options: GenerateOptions): Generator<Buffer> {
  const { messages, shape, rooms = 200, users = 500, seed = 1, order = 'room' } = options;
  const counts = order === 'room' ? shares(messages, rooms) : drawnCounts(messages, rooms, seed);
  const directory = generatedDirectory({ rooms, users, lastChatIds: counts });
  const document = largeDocument(shape, directory);
  const blocks = messageBlocks(shape, seed, generatedGuid);
  const random = pseudoRandom(seed + 1);
  yield Buffer.from(document.before, 'utf8');
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let at = 0;
  for (const { room, chatID, progress } of sequence(order, counts, seed)) {
    const block = blocks[random.below(blocks.length)];
    if (block === undefined) throw new Error('Unexpected missing text block, expected one per number drawn.');
    const author = random.below(users);
    at += chunk.write(
      document.head({ room, chatID, ticks: ticksAt(progress), author, isAlert: block.isAlert }),
      at,
      'latin1',
    );
    at += block.bytes.copy(chunk, at);
    if (at < CHUNK_BYTES - MESSAGE_BYTES) continue;
    yield chunk.subarray(0, at);
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    at = 0;
  }
  yield chunk.subarray(0, at);
  yield Buffer.from(document.after, 'utf8');
}

interface Turn {
  room: number;
  chatID: number;
  /** How far into the years of the export the message was sent, 0 to 1. */
  progress: number;
}

/** The messages in file order. The yielded object is reused. */
function* sequence(order: 'room' | 'date', counts: readonly number[], seed: number): Generator<Turn> {
  const turn: Turn = { room: 0, chatID: 0, progress: 0 };
  if (order === 'room') {
    for (const [room, count] of counts.entries()) {
      turn.room = room;
      for (turn.chatID = 1; turn.chatID <= count; turn.chatID++) {
        turn.progress = turn.chatID / (count + 1);
        yield turn;
      }
    }
    return;
  }
  const sent = counts.map(() => 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let position = 0;
  for (const room of drawnRooms(total, counts.length, seed)) {
    position += 1;
    turn.room = room;
    turn.chatID = sent[room] = (sent[room] ?? 0) + 1;
    turn.progress = position / (total + 1);
    yield turn;
  }
}

/** Busy and quiet rooms: weights fall with the room's number. */
function weights(rooms: number): readonly number[] {
  return Array.from({ length: rooms }, (_, room) => 1 / (room + 4));
}

/** `messages` split by weight, without a remainder. */
function shares(messages: number, rooms: number): readonly number[] {
  const weight = weights(rooms);
  const total = weight.reduce((sum, value) => sum + value, 0);
  const counts = weight.map((value) => Math.floor((messages * value) / total));
  const rest = messages - counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, room) => count + Math.floor(rest / rooms) + (room < rest % rooms ? 1 : 0));
}

function* drawnRooms(messages: number, rooms: number, seed: number): Generator<number> {
  const lots = shares(Math.max(LOTS, rooms), rooms).flatMap((count, room) => Array<number>(count).fill(room));
  const random = pseudoRandom(seed);
  for (let drawn = 0; drawn < messages; drawn++) yield lots[random.below(lots.length)] ?? 0;
}

function drawnCounts(messages: number, rooms: number, seed: number): readonly number[] {
  const counts = Array<number>(rooms).fill(0);
  for (const room of drawnRooms(messages, rooms, seed)) counts[room] = (counts[room] ?? 0) + 1;
  return counts;
}

const FIRST_SECOND = 63_366_364_800;
const SECONDS = 4 * 365 * 86_400;

/** Ticks of an instant between 2009 and 2012, as digits; in two parts, since a number cannot hold them exactly. */
function ticksAt(progress: number): string {
  const whole = Math.floor(progress * SECONDS);
  const fraction = Math.floor((progress * SECONDS - whole) * 1e7);
  return `${FIRST_SECOND + whole}${String(fraction).padStart(7, '0')}`;
}

function optionsFrom(args: readonly string[]): GenerateOptions & { output: string } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: '1000' },
      shape: { type: 'string', default: 'elements' },
      output: { type: 'string', short: 'o' },
      rooms: { type: 'string', default: '200' },
      users: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      order: { type: 'string', default: 'room' },
    },
  });
  const { shape, order, output } = values;
  if (shape !== 'elements' && shape !== 'attributes') throw new Error(`Unexpected --shape ${shape}.`);
  if (order !== 'room' && order !== 'date') throw new Error(`Unexpected --order ${order}.`);
  if (output === undefined) throw new Error('Unexpected missing -o, expected the file to write.');
  const count = (name: 'messages' | 'rooms' | 'users' | 'seed'): number => {
    const number = Number(values[name]);
    if (!Number.isSafeInteger(number) || number < (name === 'rooms' || name === 'users' ? 1 : 0))
      throw new Error(`Unexpected --${name} ${values[name]}, expected a whole number.`);
    return number;
  };
  return {
    messages: count('messages'),
    rooms: count('rooms'),
    users: count('users'),
    seed: count('seed'),
    shape,
    order,
    output,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const options = optionsFrom(process.argv.slice(2));
  await pipeline(
    Readable.from(generateExport(options), { objectMode: true, highWaterMark: 2 }),
    createWriteStream(options.output),
  );
}
