const FIRST_MS = 100;
const MS_MAX = 5_000;

/**
 * How long to wait before the next try, in milliseconds: anything up to a span that doubles with each try ("full jitter",
 * AWS Architecture Blog, "Exponential Backoff And Jitter"), so that a crowd that failed together does not come back
 * together. Where the server said when, on top of that.
 */
export function backoffMs(failures: number, hintMs: number | null, random: () => number): number {
  const spanMs = Math.min(MS_MAX, FIRST_MS * 2 ** (failures - 1));
  return (hintMs ?? 0) + random() * spanMs;
}
