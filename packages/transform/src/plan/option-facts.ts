import { cleanName, LONGEST_TEXT } from '../directory/final-names.js';
import { domainSuffix } from '../directory/forest.js';
import { isoTicks, ticksToText } from '../messages/ticks.js';
import type { TransformOptions } from '../options.js';

/** What plan.json can hold for an option. */
export type PlanValue = string | number | null;

/** An option as the plan file presents it. */
export interface OptionFacts<Value> {
  /** All values, or what they look like when they cannot be listed. */
  readonly allowed: readonly string[] | string;
  /** One sentence for the administrator. */
  readonly explanation: string;
  /** The option's value; undefined for what is not allowed. */
  fromPlan(value: PlanValue): Value | undefined;
  toPlan(value: Value): PlanValue;
}

const LONGEST_SEPARATOR = 16;
const INSTANT = 'null, or an instant in UTC such as "2010-01-01" or "2010-01-01T12:00:00Z"';

/** Every option, in the order of the plan. */
export const OPTION_FACTS: {
  readonly [Name in keyof TransformOptions]: OptionFacts<TransformOptions[Name]>;
} = {
  disabledPrincipals: words(
    ['drop-roles', 'keep-roles'],
    'Whether principals that are disabled lose their roles and scope entries or keep them.',
  ),
  forest: {
    allowed: 'null (derived from the export), or a distinguished name such as "DC=contoso,DC=example"',
    explanation: 'The root of the Active Directory forest; principals of other forests lose their rights.',
    fromPlan: (value) => textOrNull(value, (text) => domainSuffix(text) !== null),
    toPlan: (value) => value,
  },
  disabledRooms: words(
    ['exclude', 'carry'],
    'Whether disabled rooms stay behind with their messages or arrive as disabled rooms.',
  ),
  separator: {
    allowed: `a text of at most ${LONGEST_SEPARATOR} characters without backslash and control characters`,
    explanation: 'What joins the names of parents and child when nested categories are flattened.',
    fromPlan: (value) => {
      const fits = typeof value === 'string' && value.length <= LONGEST_SEPARATOR;
      return fits && cleanName(`a${value}a`, '') === `a${value}a` ? value : undefined;
    },
    toPlan: (value) => value,
  },
  roomNames: words(
    ['prefix-nested', 'prefix-on-conflict', 'keep'],
    'Whether rooms of nested categories get the names of the categories in front of their own.',
  ),
  rootRoomsCategory: {
    allowed: `a name of at most ${LONGEST_TEXT} characters`,
    explanation:
      'The category for rooms that lie directly under the root; made when there is none of that name.',
    fromPlan: (value) => (isUsableName(value) ? value : undefined),
    toPlan: (value) => value,
  },
  emptyCategories: words(['carry', 'drop'], 'Whether categories without rooms are carried or stay behind.'),
  longNames: words(
    ['block', 'shorten'],
    'Whether a name of more than 256 characters is an error or is shortened by rule.',
  ),
  duplicateNames: words(
    ['block', 'suffix'],
    'Whether equal names are an error or all but the first get a number behind them.',
  ),
  targetClashes: words(
    ['block', 'overwrite'],
    'Whether a name that the target has already is an error or the import may overwrite that item.',
  ),
  missingUsers: words(
    ['keep', 'disable'],
    'Whether users with rights whom Active Directory does not show as active keep them or become disabled.',
  ),
  topics: words(
    ['drop', 'append'],
    'Whether topics are dropped or put behind the description where both fit.',
  ),
  forcedSettings: words(
    ['ancestor', 'own'],
    'Which value wins when a category forces a setting that a node below stores otherwise.',
  ),
  categorySettings: words(
    ['own', 'any', 'all'],
    'Whether history and upload of a category are its own, or on when any or all of its rooms have them on.',
  ),
  rootManagers: words(
    ['all-rooms', 'drop'],
    'Whether managers of the root become managers of every room or lose that role.',
  ),
  creators: words(
    ['legacy', 'managers', 'none'],
    'Who may create rooms in a category: as in the legacy, its managers only, or nobody.',
  ),
  outOfScope: words(
    ['block', 'drop', 'widen-scope'],
    'Whether people with a role outside the scope are an error, lose it, or are let into the scope.',
  ),
  missingAuthors: {
    allowed: '"block", or the prinID of a principal as a number',
    explanation:
      'Whether messages of an unknown author are refused, or which principal becomes their author.',
    fromPlan: (value) => {
      if (value === 'block') return value;
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
    },
    toPlan: (value) => value,
  },
  forbiddenCharacters: words(
    ['replace', 'remove', 'refuse'],
    'Whether characters that XML cannot hold are replaced by U+FFFD, removed, or make the message refused.',
  ),
  rtf: words(['carry', 'drop'], 'Whether rich text is carried beside the plain text of a message.'),
  since: instant('Messages before this instant stay behind; null for no limit.'),
  until: instant('Messages at or after this instant stay behind; null for no limit.'),
  asOf: instant(
    'When the export was made; later messages are warned of; null takes the date of its manifest.',
  ),
};

/** In the order of the plan. */
export const OPTION_NAMES = Object.keys(OPTION_FACTS) as readonly (keyof TransformOptions)[];

/** Whether a text can stand as a name in the target as it is. */
export function isUsableName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_TEXT) return false;
  return cleanName(value, '') === value;
}

function words<Word extends string>(allowed: readonly Word[], explanation: string): OptionFacts<Word> {
  return {
    allowed,
    explanation,
    fromPlan: (value) => allowed.find((word) => word === value),
    toPlan: (value) => value,
  };
}

function instant(explanation: string): OptionFacts<bigint | null> {
  return {
    allowed: INSTANT,
    explanation,
    fromPlan: (value) => {
      if (value === null) return null;
      return typeof value === 'string' ? (isoTicks(value) ?? undefined) : undefined;
    },
    toPlan: (value) => (value === null ? null : ticksToText(value)),
  };
}

function textOrNull(value: PlanValue, isFit: (text: string) => boolean): string | null | undefined {
  if (value === null) return null;
  return typeof value === 'string' && isFit(value) ? value : undefined;
}
