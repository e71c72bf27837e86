import { type Report, RunFailure } from '@chatferry/export';
import type { Check, CheckContext, CheckSession, ReadFault, RecordKind, Said, Say } from '../check.js';
import type { PackageMessage } from '../read-package/package-message.js';
import { checkPages, type RulePages } from '../reports/rule-pages.js';

interface RunningCheck {
  readonly check: Check;
  readonly session: CheckSession;
  readonly say: Say;
}

/** A check that could not do its work, or not all of it, and why. */
export interface SkippedCheck {
  readonly check: string;
  readonly reason: string;
}

function notEvery(kind: RecordKind): string {
  const word = kind === 'addIn' ? 'add-in' : kind === 'lastChatId' ? 'message counter' : kind;
  return `not every ${word} could be read`;
}

/**
 * Runs checks over one reading of a package and stamps id, severity and place on what they say.
 *
 * A check whose records could not be read whole is skipped from then on: it would report the consequences of a fault
 * that has been reported. One that has not seen all is skipped in the end, although what it found stands. Memory: the
 * checks' own.
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
    // What they found stands; that nothing else is wrong cannot be said.
    for (const running of this.#running) {
      const unseen = this.#skipped.has(running.check.id) ? null : this.#unseen(running);
      if (unseen !== null) this.#skipped.set(running.check.id, unseen);
    }
  }

  /** Why a check has not seen all that it looks at; null when it has. */
  #unseen({ check: { sees = [] }, session }: RunningCheck): string | null {
    const { incomplete, isReadToItsEnd } = this.#context.directory;
    if (sees === 'documents') return isReadToItsEnd ? null : 'not every document could be read to its end';
    const seen: readonly RecordKind[] = session.message === undefined ? sees : [...sees, 'message'];
    const missing = seen.find((kind) => incomplete.has(kind));
    return missing === undefined ? null : notEvery(missing);
  }

  /** The checks whose records are whole so far. */
  #ready(): RunningCheck[] {
    return this.#running.filter(({ check }) => {
      const missing = check.needs.find((kind) => this.#context.directory.incomplete.has(kind));
      if (missing === undefined) return true;
      this.#skipped.set(check.id, notEvery(missing));
      return false;
    });
  }

  #say(check: Check, said: Said): void {
    const severity = said.severity ?? check.severities[0];
    if (!check.severities.includes(severity)) {
      throw new RunFailure('bug', `The check ${check.id} does not declare ${severity}.`, 'Report this.');
    }
    const place = said.place === undefined ? (this.#message?.place() ?? null) : said.place;
    this.#report({ remedy: pageRemedy(check.id), ...said, rule: check.id, severity, place });
  }
}

let pages: RulePages | null = null;

/** What the page of a check tells to do; read once, when there is the first finding. */
function pageRemedy(check: string): string {
  pages ??= checkPages();
  return pages[check]?.sections.find(({ title }) => title === 'Remedy')?.text ?? '';
}
