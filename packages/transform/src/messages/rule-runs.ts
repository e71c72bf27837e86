import type { DirectoryRow, Report } from '@chatferry/export';
import type { FileLinkPlace, JsonValue, RecordState } from '@chatferry/import';
import type { Said } from '../rule.js';
import type { MessageContext, RoomFacts } from './message-context.js';
import type { MessageDraft } from './message-draft.js';
import type { MessageRule, MessageRun, MessageVoice, OrdinaryTerms } from './message-rule.js';

/** Where the voices of the rules lead. */
export interface RuleSinks {
  readonly report: Report;
  readonly fileLinks: { message(place: FileLinkPlace, text: string): void };
}

/** The message rules at work in one pass: runs them in order and stamps id and severity on what they say. */
export class RuleRuns {
  /** The rule that decided about the last message; null when it is simply carried. */
  rule: string | null = null;
  /** Directory rows that message rules changed, with the rule. */
  readonly changedRows: { readonly row: DirectoryRow; readonly rule: string }[] = [];
  readonly #ids: string[] = [];
  readonly #runs: MessageRun[] = [];

  constructor(rules: readonly MessageRule[], context: MessageContext, sinks: RuleSinks) {
    for (const rule of rules) {
      const run = rule.begin(context, this.#voiceOf(rule, sinks));
      if (run === null) continue;
      this.#ids.push(rule.id);
      this.#runs.push(run);
    }
  }

  /** Of each rule at work; undefined where a rule wants to see every message. */
  get terms(): (OrdinaryTerms | undefined)[] {
    return this.#runs.map(({ ordinary }) => ordinary);
  }

  /** What becomes of the message; `rule` says by which rule. The first rule that changes it gives its name. */
  judge(message: MessageDraft): RecordState {
    this.rule = null;
    const runs = this.#runs;
    for (let i = 0; i < runs.length; i++) {
      const ruling = (runs[i] as MessageRun).apply(message);
      if (ruling === undefined) continue;
      if (ruling !== 'changed') {
        this.rule = this.#ids[i] as string;
        return ruling;
      }
      this.rule ??= this.#ids[i] as string;
    }
    return this.rule === null ? 'carried' : 'changed';
  }

  endRoom(room: RoomFacts): void {
    for (const run of this.#runs) run.endRoom?.(room);
  }

  end(): void {
    for (const run of this.#runs) run.end?.();
  }

  /** What the rules remember between two rooms, by rule. */
  save(): Record<string, JsonValue> {
    const saved: Record<string, JsonValue> = {};
    for (const [i, run] of this.#runs.entries()) {
      if (run.save !== undefined) saved[this.#ids[i] as string] = run.save();
    }
    return saved;
  }

  restore(saved: Readonly<Record<string, JsonValue>>): void {
    for (const [i, run] of this.#runs.entries()) {
      const own = saved[this.#ids[i] as string];
      if (own !== undefined) run.restore?.(own);
    }
  }

  #voiceOf(rule: MessageRule, { report, fileLinks }: RuleSinks): MessageVoice {
    return {
      say(place, said) {
        report({ rule: rule.id, place, ...said, severity: severityOf(rule, said) });
      },
      changed: (row) => this.changedRows.push({ row, rule: rule.id }),
      fileLinks: (place, text) => fileLinks.message(place, text),
    };
  }
}

function severityOf(rule: MessageRule, said: Said): (typeof rule.severities)[number] {
  const severity = said.severity ?? rule.severities[0];
  if (!rule.severities.includes(severity)) {
    throw new Error(`rule ${rule.id} said ${severity} but declares ${rule.severities.join(', ')}`);
  }
  return severity;
}
