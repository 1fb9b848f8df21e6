import type { Clock } from "@flashgate/core";

const TRIES_MAX = 10;
const WINDOW_MS = 60_000;
/** Addresses kept in mind; past it the one that came first is forgotten. */
const ADDRESSES_MAX = 1_000;

/** How often an address may be wrong: ten times a minute. Whoever is right is forgotten. */
export class SignInTries {
  readonly #clock: Clock;
  readonly #tries = new Map<string, { count: number; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a try. 0 where it may be made, else how long to wait, ms. */
  take(address: string): number {
    const nowMs = this.#clock.nowMs();
    const known = this.#tries.get(address);
    if (known && known.untilMs > nowMs) {
      known.count += 1;
      return known.count > TRIES_MAX ? known.untilMs - nowMs : 0;
    }
    this.#tries.delete(address);
    const [first] = this.#tries.keys();
    if (first !== undefined && this.#tries.size >= ADDRESSES_MAX) this.#tries.delete(first);
    this.#tries.set(address, { count: 1, untilMs: nowMs + WINDOW_MS });
    return 0;
  }

  forget(address: string): void {
    this.#tries.delete(address);
  }
}
