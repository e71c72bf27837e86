import { RunFailure } from '@chatferry/export';
import { textLines } from '../handoff/bounded-lines.js';
import { VALIDATE_IN_WORDS } from '../reports/wording.js';
import type { RoomSpool } from './room-spool.js';

const NODE_KEY = /^node ([0-9]{1,10})$/;
const MESSAGE_KEY = /^([0-9]{1,10})#(-?[0-9]{1,19})$/;

/** What became of a room or category that is not in the package. */
export interface NodeLeft {
  readonly state: string;
  readonly rule: string;
}

/**
 * Spools what ledger.ndjson says of messages of the wanted rooms, and tells which nodes it lists as left behind. A
 * handoff without that file says nothing. Memory held: what `textLines` states.
 *
 * @throws RunFailure `input-unreadable` for a line that is not what `transform` writes there.
 */
export async function spoolExceptions(
  path: string,
  into: {
    readonly spool: RoomSpool;
    readonly isWanted: (roomId: number) => boolean;
    readonly nodeLeft: (id: number, left: NodeLeft) => void;
  },
): Promise<void> {
  let number = 0;
  for await (const line of textLines(path)) {
    number += 1;
    const exception = parsed(line);
    if (exception === null) throw unfit(number);
    const { state, rule, place } = exception;
    if (exception.table === 'tblNode' && state !== 'changed') {
      const [, node] = NODE_KEY.exec(exception.key) ?? [];
      if (node !== undefined) into.nodeLeft(Number(node), { state, rule });
    }
    if (exception.table !== 'tblChat') continue;
    const [, room, id] = MESSAGE_KEY.exec(exception.key) ?? [];
    if (room === undefined || id === undefined || !into.isWanted(Number(room))) continue;
    into.spool.add(Number(room), { side: 'ledger', id: BigInt(id), state, rule, place });
  }
}

interface Exception {
  readonly table: string;
  readonly key: string;
  readonly state: string;
  readonly rule: string;
  readonly place: string;
}

function parsed(line: string): Exception | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { table, key, state, rule, place } = value;
  const isText = [table, key, state, rule].every((text) => typeof text === 'string');
  if (!isText) return null;
  const where = isObject(place) ? `${place.file}:${place.line}:${place.column}` : 'no place';
  return { table: String(table), key: String(key), state: String(state), rule: String(rule), place: where };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unfit(line: number): RunFailure {
  return new RunFailure(
    'input-unreadable',
    `Unexpected line ${line} of ledger.ndjson, expected what \`chatferry transform\` writes there`,
    `Run ${VALIDATE_IN_WORDS} on the handoff: its seal tells whether a file was changed.`,
  );
}
