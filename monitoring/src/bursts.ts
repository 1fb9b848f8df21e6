/** How often a burst that goes on is told of; once nothing came for as long it is over. */
export const BURST_MS = 10_000;
/** Bursts told apart at a time: past it, further ones count as one. */
const BURSTS_MAX = 50;
const FURTHER = "further";

interface Burst {
  times: number;
  tell: (times: number) => void;
}

/**
 * Tells of what may happen thousands of times as of one thing.
 *
 * ```
 *   quiet ── it happens: told in full ──▶ burst ── every BURST_MS: how often since, if at all ──▶ burst
 *     ▲                                     └── BURST_MS without it ──▶ (quiet)
 *     └────────────────────────────────────────────────┘
 * ```
 */
export class Bursts {
  readonly #bursts = new Map<string, Burst>();

  /** `name` says what counts as the same. `first` tells of the one that begins a burst, `more` of those since it was told last. */
  note(name: string, first: () => void, more: (times: number) => void): void {
    const same = this.#bursts.has(name) || this.#bursts.size < BURSTS_MAX ? name : FURTHER;
    const burst = this.#bursts.get(same);
    if (burst) {
      burst.times += 1;
      burst.tell = more;
      return;
    }
    first();
    this.#begin(same, { times: 0, tell: more });
  }

  #begin(name: string, burst: Burst): void {
    this.#bursts.set(name, burst);
    const beat = setInterval(() => {
      if (burst.times > 0) {
        burst.tell(burst.times);
        burst.times = 0;
        return;
      }
      clearInterval(beat);
      this.#bursts.delete(name);
    }, BURST_MS);
    beat.unref();
  }
}
