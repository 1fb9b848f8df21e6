const SAMPLES_MAX = 8;

/**
 * The server's time, from what its answers say of it. Each answer was on its way for a while, so that the latest time told
 * is the truest; counted on a clock that only goes forward, so that nobody who sets their watch moves the sale.
 */
export class ServerClock {
  readonly #steadyMs: () => number;
  readonly #fallbackMs: () => number;
  readonly #offsets: number[] = [];

  /** `fallbackMs`: what the time is as long as the server has not said. */
  constructor(steadyMs: () => number, fallbackMs: () => number) {
    this.#steadyMs = steadyMs;
    this.#fallbackMs = fallbackMs;
  }

  /** Told what time it was at the server when it answered just now. */
  note(serverTime: string): void {
    const serverMs = Date.parse(serverTime);
    if (Number.isNaN(serverMs)) return;
    this.#offsets.push(serverMs - this.#steadyMs());
    if (this.#offsets.length > SAMPLES_MAX) this.#offsets.shift();
  }

  nowMs(): number {
    return this.#offsets.length === 0 ? this.#fallbackMs() : this.#steadyMs() + Math.max(...this.#offsets);
  }
}
