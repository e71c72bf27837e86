import type { InputFile } from '@chatferry/import';
import type { TransformOptions } from '../options.js';
import type { PlanValue } from './option-facts.js';

/** A filter of `chatferry plan` and what it excluded. */
export interface FilterEffect {
  /** As given: `--exclude-rooms Old*`. */
  readonly filter: string;
  readonly categories: number;
  readonly rooms: number;
  readonly messages: number;
}

/** An option in plan.json. Only `value` is read. */
export interface PlanOption {
  readonly value: PlanValue;
  readonly default: PlanValue;
  readonly allowed: readonly string[] | string;
  readonly explanation: string;
  /** Records of this export that the rules reading the option speak of. */
  readonly touches: number;
  /** The value of the plan, when the command line overrode it. */
  readonly planned?: PlanValue;
}

/** plan.json; its shape is `schemas/plan.schema.json` (JSON Schema 2020-12). Keys sorted. */
export interface PlanDocument {
  readonly version: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** What the plan was made for; a plan fits no other export. */
  readonly inputs: readonly InputFile[];
  readonly options: { readonly [Name in keyof TransformOptions]: PlanOption };
  readonly filters: readonly FilterEffect[];
  /** userIds of messages without a row in tblPrincipal, ascending: each has its row in principals.csv. */
  readonly authorsWithoutPrincipal: readonly number[];
}
