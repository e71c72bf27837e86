import process from 'node:process';

/** What SIGINT and SIGTERM do while a command runs. */
export interface Interrupt {
  /** What is to be cleaned up from now on; a sentence that it resolves with is said then. */
  use(abort: () => unknown): void;
  /** The command is over; does nothing once a signal has come, because the clean-up ends the process itself. */
  forget(): void;
}

/**
 * SIGINT and SIGTERM: says so, cleans up and ends with 2. Further signals wait for the clean-up, for without a handler
 * a second Ctrl+C would kill the process in the middle of it and leave half a handoff behind.
 */
export function onInterrupt(consequence = ''): Interrupt {
  let abort: () => unknown = () => undefined;
  let isLeaving = false;
  const handler = (signal: NodeJS.Signals): void => {
    if (isLeaving) return;
    isLeaving = true;
    console.error(`Could not finish: interrupted (${signal}).${consequence}`);
    const leave = (): never => process.exit(2);
    Promise.resolve()
      .then(() => abort())
      .then((said) => {
        if (typeof said === 'string') console.error(said);
      })
      .then(leave, leave);
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    use(begun) {
      abort = begun;
    },
    forget() {
      if (isLeaving) return;
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
