import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@flashgate/core";

export interface SilenceParts {
  readonly clock: Clock;
  readonly everyMs: number;
  /** Failures count as silence once they have lasted this long. */
  readonly silentMs: number;
}

/** Resolves once a server has not answered a single ping for `silentMs`; never, while it answers. */
export async function silenceOf(ping: () => Promise<void>, { clock, everyMs, silentMs }: SilenceParts): Promise<void> {
  let heardMs = clock.nowMs();
  while (clock.nowMs() - heardMs < silentMs) {
    const askedMs = clock.nowMs();
    const heard = await ping().then(
      () => true,
      () => false,
    );
    if (heard) heardMs = askedMs;
    await pause(everyMs, undefined, { ref: false });
  }
}
