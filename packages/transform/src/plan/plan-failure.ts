import { type Place, RunFailure } from '@chatferry/export';

/** What is wrong with a cell of the plan. */
export interface PlanFault {
  /** Without the place: `action "renam" is unknown`. */
  readonly what: string;
  readonly remedy: string;
}

/** A plan that cannot be followed, with file, line and column (of a CSV file: the cell, counted from 1). */
export function planFailure(place: Place, { what, remedy }: PlanFault): RunFailure {
  return new RunFailure('plan-unusable', `${place.file}:${place.line}:${place.column}: ${what}`, remedy, {
    place,
  });
}
