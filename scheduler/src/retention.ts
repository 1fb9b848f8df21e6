import { type RemovalParts, removeSales } from "@flashgate/core";
import type { Duty } from "./beat.ts";

const DAY_MS = 86_400_000;
/** Between two steps while there is something to remove: most of the time is left to whoever sells. */
const STEP_MS = 250;
/** Between two looks while there is not, and after a failure. */
const LOOK_MS = 60_000;

/** Removes sales that were sealed longer ago than so many days: a step a beat, then nothing for a while. */
export class Retention implements Duty {
  readonly name = "retain";
  readonly everyMs = STEP_MS;
  /** Where a step takes long, somebody else needs the ledger. */
  readonly shareMax = 0.1;
  readonly #parts: RemovalParts;
  readonly #keepMs: number;
  #restUntilMs = -Infinity;

  constructor(parts: RemovalParts, days: number) {
    this.#parts = parts;
    this.#keepMs = days * DAY_MS;
  }

  async runOnce(): Promise<void> {
    const { clock, telemetry } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs < this.#restUntilMs) return;
    this.#restUntilMs = nowMs + LOOK_MS;
    let failed = true;
    try {
      if ((await removeSales(this.#parts, this.#keepMs)) === "moved") this.#restUntilMs = nowMs;
      failed = false;
    } finally {
      telemetry.emit({ kind: "retention_ran", failed });
    }
  }
}
