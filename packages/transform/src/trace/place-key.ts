import type { Place } from '@chatferry/export';

/** A place as one text, to look records up by. */
export function placeKey({ file, line, column, record }: Place): string {
  return JSON.stringify([file, line, column, record]);
}
