const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The user has had enough. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Ctrl-C and its like, as an AbortSignal: the first aborts it with an {@link Interrupted}, the next are only
 * acknowledged, so that nothing is torn down twice or half.
 */
export function onInterruption(again: () => void): AbortSignal {
  const interruption = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (interruption.signal.aborted) again();
      else interruption.abort(new Interrupted(name));
    });
  }
  return interruption.signal;
}

/** The promise's outcome, or a rejection with the signal's reason if that comes first. */
export function orInterrupted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
