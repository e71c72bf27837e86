import type { PackageSummary } from '@chatferry/import';

/** Takes a package and writes nothing, for a pass that only counts. Its summary is that of no file. */
export const NULL_OUTPUT = {
  messages: { message: () => undefined },
  flush: async (): Promise<void> => undefined,
  finish: async (): Promise<PackageSummary> => ({ sha256: '', bytes: 0, entries: [] }),
  leave: async (): Promise<void> => undefined,
  abort: async (): Promise<void> => undefined,
};
