import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";

export interface Patience {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Ends the wait by rejecting with its reason. */
  readonly signal?: AbortSignal;
}

/** Asks until the answer is not null. Null when that takes longer than the patience lasts. */
export async function until<Answer>(ask: () => Promise<Answer | null>, patience: Patience): Promise<Answer | null> {
  const { clock, everyMs, timeoutMs, signal } = patience;
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== null || clock.nowMs() >= deadlineMs) return answer;
    await delay(everyMs, undefined, signal ? { signal } : {});
  }
}
