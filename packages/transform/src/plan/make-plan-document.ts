import { type InputFile, VERSION } from '@chatferry/import';
import { DEFAULT_OPTIONS, type TransformOptions } from '../options.js';
import { OPTION_FACTS, OPTION_NAMES, type OptionFacts, type PlanValue } from './option-facts.js';
import type { FilterEffect, PlanDocument, PlanOption } from './plan-document.js';
import { type RunCounts, touchesOf } from './touches.js';

export interface PlanDocumentFacts {
  readonly inputs: readonly InputFile[];
  /** As applied. */
  readonly options: TransformOptions;
  /** As the plan had them, before the command line overrode some; null when there was no plan. */
  readonly planned: TransformOptions | null;
  readonly counts: RunCounts;
  readonly filters: readonly FilterEffect[];
  readonly authorsWithoutPrincipal: readonly number[];
}

/** plan.json as an object; `canonicalJson` writes it. */
export function makePlanDocument(facts: PlanDocumentFacts): PlanDocument {
  const options = Object.fromEntries(OPTION_NAMES.map((name) => [name, planOption(name, facts)]));
  return {
    version: 1,
    tool: { name: 'chatferry', version: VERSION },
    inputs: facts.inputs.map(({ name, sha256, bytes }) => ({ name, sha256, bytes })),
    options: options as Record<keyof TransformOptions, PlanOption>,
    filters: facts.filters,
    authorsWithoutPrincipal: facts.authorsWithoutPrincipal,
  };
}

/** An option's value as the plan and the reports write it. */
export function plannedValue(name: keyof TransformOptions, options: TransformOptions): PlanValue {
  const facts = OPTION_FACTS[name] as OptionFacts<TransformOptions[keyof TransformOptions]>;
  return facts.toPlan(options[name]);
}

function planOption(
  name: keyof TransformOptions,
  { options, planned, counts }: PlanDocumentFacts,
): PlanOption {
  const { allowed, explanation } = OPTION_FACTS[name];
  const value = plannedValue(name, options);
  const before = planned === null ? value : plannedValue(name, planned);
  return {
    value,
    default: plannedValue(name, DEFAULT_OPTIONS),
    allowed,
    explanation,
    touches: touchesOf(name, counts),
    ...(before === value ? {} : { planned: before }),
  };
}
