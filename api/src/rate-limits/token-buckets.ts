import { LRUCache } from "lru-cache";
import type { Rate } from "./rate.ts";

/** Buckets in mind. Past it the one not asked for longest is forgotten, which is to say: full. */
const BUCKETS_MAX = 100_000;

export interface Taken {
  readonly taken: boolean;
  /** Requests left now. */
  readonly left: number;
  /** Until the bucket is full again, or, where nothing is left, until there is one request. */
  readonly resetMs: number;
}

/**
 * A token bucket a key. Of each it keeps one number, the moment at which it will be full again (the theoretical arrival
 * time of GCRA): a full one need not be kept, and none needs a timer.
 */
export class TokenBuckets {
  readonly #fullAtMs: LRUCache<string, number>;
  readonly #windowMs: number;
  readonly #tokenMs: number;

  constructor({ requests, windowS }: Rate, bucketsMax = BUCKETS_MAX) {
    this.#fullAtMs = new LRUCache({ max: bucketsMax });
    this.#windowMs = windowS * 1_000;
    this.#tokenMs = this.#windowMs / requests;
  }

  /** Takes one request out of the key's bucket, if there is one. */
  take(key: string, nowMs: number): Taken {
    // A clock that was set back does not lock anybody out for longer than a window.
    const emptyMs = Math.min(Math.max(0, (this.#fullAtMs.get(key) ?? 0) - nowMs), this.#windowMs);
    const thenMs = emptyMs + this.#tokenMs;
    // Half a microsecond for what thirds of a millisecond add up to.
    const taken = thenMs <= this.#windowMs + 0.0005;
    const goneMs = taken ? thenMs : emptyMs;
    this.#fullAtMs.set(key, nowMs + goneMs);
    const left = Math.max(0, Math.floor((this.#windowMs - goneMs) / this.#tokenMs + 1e-6));
    return { taken, left, resetMs: left > 0 ? goneMs : goneMs + this.#tokenMs - this.#windowMs };
  }
}
