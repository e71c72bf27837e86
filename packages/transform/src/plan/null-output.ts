import type { WrittenPart } from '@chatferry/import';

/** Takes a package and writes nothing, for a pass that only counts. It is finished without a part. */
export const NULL_OUTPUT = {
  messages: { message: () => undefined },
  flush: async (): Promise<void> => undefined,
  finish: async (): Promise<readonly WrittenPart[]> => [],
  leave: async (): Promise<void> => undefined,
  abort: async (): Promise<void> => undefined,
};
