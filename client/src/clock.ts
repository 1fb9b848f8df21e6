/** What the library needs of the world beside `fetch`; its tests bring their own. */
export interface World {
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A name that nobody else has. */
  readonly uniqueId: () => string;
  /** Resolves after so many milliseconds; rejects with the signal's reason once that is aborted. */
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const systemWorld: World = {
  nowMs: () => performance.now(),
  random: () => Math.random(),
  uniqueId: () => crypto.randomUUID(),
  pause: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    }),
};
