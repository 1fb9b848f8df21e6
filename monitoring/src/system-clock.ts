import type { Clock } from "@flashgate/core";

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
