import { Buffer } from 'node:buffer';
import type { ChildPath, ValuePath } from '../layout/layout.js';

/** What a step writes; numbers because the hot path switches on them. */
export const STEP = {
  NOTHING: 0,
  ROOM_ID: 1,
  ID: 2,
  DATE: 3,
  USER_ID: 4,
  ALERT: 5,
  CONTENT: 6,
  RTF: 7,
} as const;

const STEP_OF_FIELD: Readonly<Record<string, number>> = {
  roomId: STEP.ROOM_ID,
  id: STEP.ID,
  date: STEP.DATE,
  userId: STEP.USER_ID,
  alert: STEP.ALERT,
  content: STEP.CONTENT,
  rtf: STEP.RTF,
};

/** Fixed bytes, then a value, then (for an optional value only) fixed bytes that stand or fall with it. */
export interface MessageStep {
  readonly before: Buffer;
  readonly value: number;
  readonly isAttribute: boolean;
  readonly isOptional: boolean;
  readonly after: Buffer;
}

/** What `compileSteps` reads of an element. */
export interface ElementShape {
  readonly name: string;
  readonly attributes: readonly ValuePath[];
  readonly children: readonly ChildPath[];
  /** After the children, such as the end tag. */
  readonly tail: string;
}

/** Compiles an element of the layout into the fewest steps: neighbouring fixed bytes become one. */
export function compileSteps(element: ElementShape): MessageStep[] {
  const steps: MessageStep[] = [];
  let literal = `<${element.name}`;
  const add = (path: ValuePath, before: string, after: string) => {
    const isAttribute = element.attributes.includes(path);
    if (path.field === null) {
      literal += before + escapeConstant(path.constant ?? '') + after;
      return;
    }
    const value = STEP_OF_FIELD[path.field] ?? STEP.NOTHING;
    if (path.optional && literal !== '') steps.push(fixed(literal));
    steps.push({
      before: Buffer.from(path.optional ? before : literal + before),
      value,
      isAttribute,
      isOptional: path.optional,
      after: Buffer.from(path.optional ? after : ''),
    });
    literal = path.optional ? '' : after;
  };
  for (const path of element.attributes) add(path, ` ${path.name}="`, '"');
  literal += '>';
  for (const path of element.children) {
    if (!('entry' in path)) add(path, `<${path.name}>`, `</${path.name}>`);
  }
  steps.push(fixed(literal + element.tail));
  return steps;
}

function fixed(literal: string): MessageStep {
  return {
    before: Buffer.from(literal),
    value: STEP.NOTHING,
    isAttribute: false,
    isOptional: false,
    after: Buffer.alloc(0),
  };
}

/** Fit for attributes and elements alike. */
function escapeConstant(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}
