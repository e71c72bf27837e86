import type { SampledMessage } from './run-summary.js';

/** As `chatferry trace` takes it: room and number, such as `40#7`. */
export function messageKey({ id, roomId }: Pick<SampledMessage, 'id' | 'roomId'>): string {
  return `${roomId}#${id}`;
}

/** Both sides of a message on a terminal; the two names stand for what the reader has. */
export function traceCommand(message: Pick<SampledMessage, 'id' | 'roomId'>): string {
  return `chatferry trace ${messageKey(message)} --handoff handoff --export export`;
}
