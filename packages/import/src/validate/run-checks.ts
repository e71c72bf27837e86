import { type Report, RunFailure } from '@chatferry/export';
import type { Check, CheckContext, CheckSession, ReadFault, Said, Say } from '../check.js';
import type { PackageMessage } from '../read-package/package-message.js';

interface RunningCheck {
  readonly check: Check;
  readonly session: CheckSession;
  readonly say: Say;
}

/** A check that could not do its work, and why. */
export interface SkippedCheck {
  readonly check: string;
  readonly reason: string;
}

/**
 * Runs checks over one reading of a package and stamps id, severity and place on what they say.
 *
 * A check whose records could not be read whole is skipped from then on: it would report the consequences of a fault
 * that has been reported. Memory: the checks' own.
 */
export class CheckRun {
  readonly #running: readonly RunningCheck[];
  readonly #context: CheckContext;
  readonly #report: Report;
  readonly #skipped = new Map<string, string>();
  #onMessages: readonly RunningCheck[] = [];
  #message: PackageMessage | null = null;

  constructor(checks: readonly Check[], context: CheckContext, report: Report) {
    this.#context = context;
    this.#report = report;
    this.#running = checks.map((check) => ({
      check,
      session: check.begin(context),
      say: (said) => this.#say(check, said),
    }));
  }

  /** In the order of the checks' list. */
  get skipped(): SkippedCheck[] {
    return this.#running.flatMap(({ check }) => {
      const reason = this.#skipped.get(check.id);
      return reason === undefined ? [] : [{ check: check.id, reason }];
    });
  }

  /** Marks a check as one that had nothing to look at. */
  skip(check: string, reason: string): void {
    this.#skipped.set(check, reason);
  }

  fault(fault: ReadFault): void {
    for (const { session, say } of this.#running) session.fault?.(fault, say);
  }

  directoryRead(): void {
    for (const { session, say } of this.#ready()) session.directory?.(say);
    this.#onMessages = this.#ready().filter(({ session }) => session.message !== undefined);
  }

  message(message: PackageMessage): void {
    this.#message = message;
    const running = this.#onMessages;
    for (let i = 0; i < running.length; i++) {
      const { session, say } = running[i] as RunningCheck;
      session.message?.(message, say);
    }
  }

  end(): void {
    this.#message = null;
    for (const { session, say } of this.#ready()) session.end?.(say);
    if (!this.#context.directory.incomplete.has('message')) return;
    // What they found stands; that nothing else is wrong cannot be said.
    for (const { check, session } of this.#running) {
      if (session.message !== undefined && !this.#skipped.has(check.id)) {
        this.#skipped.set(check.id, 'not every message could be read');
      }
    }
  }

  /** The checks whose records are whole so far. */
  #ready(): RunningCheck[] {
    return this.#running.filter(({ check }) => {
      const missing = check.needs.find((kind) => this.#context.directory.incomplete.has(kind));
      if (missing === undefined) return true;
      this.#skipped.set(check.id, `not every ${missing} could be read`);
      return false;
    });
  }

  #say(check: Check, said: Said): void {
    const severity = said.severity ?? check.severities[0];
    if (!check.severities.includes(severity)) {
      throw new RunFailure('bug', `The check ${check.id} does not declare ${severity}.`, 'Report this.');
    }
    const place = said.place === undefined ? (this.#message?.place() ?? null) : said.place;
    this.#report({ ...said, rule: check.id, severity, place });
  }
}
