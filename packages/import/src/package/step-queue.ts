/**
 * Steps that are taken one after the other, in the order in which they are added; each waits for the one before it.
 * After a failure none is taken any more, and whoever waits is rejected with it. Memory held: the steps that are not
 * done.
 */
export class StepQueue {
  /** Not done yet, oldest first. */
  readonly #waiting: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  /** What went wrong, as soon as it is known. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The step that was added last; rejects when it or one before it failed. */
  get last(): Promise<void> {
    return this.#last;
  }

  /** Puts `step` behind all others; returns at once. */
  add(step: () => Promise<void>): void {
    const done = this.#last.then(async () => {
      if (this.#failure !== null) throw this.#failure;
      await step();
    });
    this.#last = done;
    this.#waiting.push(done);
    done.then(
      () => this.#waiting.shift(),
      (error: Error) => {
        this.#failure ??= error;
      },
    );
  }

  /** Waits until no more than `count` steps are left to do. Rejects with what went wrong. */
  async atMost(count: number): Promise<void> {
    while (this.#failure === null && this.#waiting.length > count) await this.#waiting[0];
    if (this.#failure !== null) throw this.#failure;
  }

  /** Waits for the step that is the `count`th from the end at the time of the call, if there are so many. */
  async fromEnd(count: number): Promise<void> {
    await this.#waiting[this.#waiting.length - count];
  }

  /** Takes no further step, and waits for the one that is being taken. */
  async giveUp(reason: Error): Promise<void> {
    this.#failure ??= reason;
    await this.#last.catch(() => undefined);
  }
}
