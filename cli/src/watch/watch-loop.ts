import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import { orInterrupted } from "../interruption.ts";

export interface WatchLoop<Reading> {
  readonly look: () => Promise<Reading>;
  readonly show: (reading: Reading) => void;
  /** From the beginning of one look to that of the next. */
  readonly everyMs: number;
  /** Looks in all. */
  readonly times: number;
  readonly clock: Clock;
  /** Ends the watch at once, which is no fault. */
  readonly signal: AbortSignal;
}

/** Looks and shows until there were enough of it, or the signal comes. */
export async function runWatch<Reading>(loop: WatchLoop<Reading>): Promise<void> {
  const { look, show, everyMs, times, clock, signal } = loop;
  try {
    for (let nth = 1; ; nth += 1) {
      const startedMs = clock.nowMs();
      show(await orInterrupted(look(), signal));
      if (nth >= times) return;
      await delay(Math.max(0, everyMs - (clock.nowMs() - startedMs)), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
