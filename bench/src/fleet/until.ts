import { setTimeout as delay } from "node:timers/promises";

/** Asks every `everyMs` until the answer is yes; whether it was within `timeoutMs`. A question that fails is a no. */
export async function until(
  ask: () => boolean | Promise<boolean>,
  timeoutMs: number,
  { everyMs = 50, signal }: { readonly everyMs?: number; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await Promise.resolve(ask()).catch(() => false)) return true;
    if (performance.now() >= deadlineMs) return false;
    await delay(everyMs, undefined, signal ? { signal } : {});
  }
}
