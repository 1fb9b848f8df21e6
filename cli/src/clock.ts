import type { Clock } from "@flashgate/core";

/** Time of day: for what is compared with the clocks of others. */
export const wallClock: Clock = { nowMs: () => Date.now() };

/** Never steps: for how long something took. Its zero is arbitrary. */
export const steadyClock: Clock = { nowMs: () => performance.now() };
