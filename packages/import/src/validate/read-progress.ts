const STEP_BYTES = 512 * 1024 * 1024;

/**
 * A line for each 512 MiB of a long reading. Takes all bytes that have been read so far; `line` makes the words of
 * whole MiB.
 */
export function readProgress(
  line: (mebibytes: number) => string,
  tell: (line: string) => void,
): (bytes: number) => void {
  let next = STEP_BYTES;
  return (bytes) => {
    if (bytes < next) return;
    while (bytes >= next) next += STEP_BYTES;
    tell(line(Math.floor(bytes / 2 ** 20)));
  };
}
