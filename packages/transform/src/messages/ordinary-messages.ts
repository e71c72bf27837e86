import type { Buffer } from 'node:buffer';
import type { HeldMessages } from '@chatferry/export';
import { createStretchWriter, type Layout, type MessageStretch, type StretchWriter } from '@chatferry/import';
import type { RoomFacts } from './message-context.js';
import type { OrdinaryTerms } from './message-rule.js';

/** Where ordinary messages are written. */
export interface StretchOutput {
  readonly layout: Layout;
  /** @param messages how many stand in these bytes, as the layout writes them. */
  records(roomId: number, bytes: Buffer, messages: number): void;
}

/** Of the dates that the kernel can compare, not of those that are instants: the rules' terms say more. */
const LOWEST_DATE = 0n;
const HIGHEST_DATE = (1n << 63n) - 1n;

/**
 * Lets ordinary messages pass many at a time, on the terms of all rules. Memory held: what `StretchWriter` states.
 */
export class OrdinaryMessages {
  readonly writer: StretchWriter;
  readonly #terms: readonly OrdinaryTerms[];
  readonly #output: StretchOutput;

  constructor(terms: readonly OrdinaryTerms[], writer: StretchWriter, output: StretchOutput) {
    this.#terms = terms;
    this.writer = writer;
    this.#output = output;
  }

  isRoom(room: RoomFacts): boolean {
    return room.state === 'carried' && this.#terms.every((term) => term.isRoom?.(room) ?? true);
  }

  /**
   * Takes messages from the beginning of those that are held, writes them and tells the rules; returns how many.
   *
   * @param last the message before, which `take` moves on. @param passed told of each stretch.
   */
  take(
    held: HeldMessages,
    last: { readonly roomId: number; id: bigint; date: bigint },
    passed: (stretch: MessageStretch) => void,
  ): number {
    let taken = 0;
    for (;;) {
      const { address, bytes, count, plainSlots } = held;
      const rest = { address: address + taken * bytes, bytes, count: count - taken, plainSlots };
      const stretch = this.writer.write(rest, last);
      if (stretch === null) return taken;
      this.#output.records(last.roomId, stretch.records, stretch.messages);
      for (const term of this.#terms) term.passed?.(stretch);
      passed(stretch);
      last.id = stretch.lastId;
      last.date = stretch.lastDate;
      taken += stretch.messages;
      if (!stretch.isFull) return taken;
    }
  }
}

/** null when a rule has no terms, or what they ask for is more than the kernel knows. */
export function admitOrdinary(
  terms: readonly (OrdinaryTerms | undefined)[],
  output: StretchOutput,
): OrdinaryMessages | null {
  const known = terms.filter((term) => term !== undefined);
  if (known.length < terms.length) return null;
  const asked = {
    from: known.reduce((from, term) => max(from, term.from ?? LOWEST_DATE), LOWEST_DATE),
    to: known.reduce((to, term) => min(to, term.to ?? HIGHEST_DATE), HIGHEST_DATE),
    markers: [...new Set(known.flatMap((term) => term.markers ?? []))],
  };
  const writer = createStretchWriter(output.layout, asked, (author) => {
    for (const term of known) term.passedBy?.(author);
  });
  return writer === null ? null : new OrdinaryMessages(known, writer, output);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
