/** How many times a server that dies is restarted before its owner gives up. */
export interface RestartLimit {
  readonly count: number;
  readonly withinMs: number;
}

export const DEFAULT_RESTART_LIMIT: RestartLimit = { count: 5, withinMs: 30_000 };

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Counts the restarts of one server in a sliding window. */
export class RestartBudget {
  readonly #limit: RestartLimit;
  #restartsAtMs: readonly number[] = [];

  constructor(limit: RestartLimit) {
    this.#limit = limit;
  }

  /** Spends one restart: how long to wait before it, or undefined when the limit is reached. */
  spend(nowMs: number): number | undefined {
    const recent = this.#restartsAtMs.filter((atMs) => atMs > nowMs - this.#limit.withinMs);
    if (recent.length >= this.#limit.count) return undefined;
    this.#restartsAtMs = [...recent, nowMs];
    return Math.min(FIRST_DELAY_MS * 2 ** recent.length, LONGEST_DELAY_MS);
  }
}
