const MIN_MS = 100;
const MAX_MS = 5_000;
/** A life this long counts as a success. */
const HEALTHY_MS = 10_000;

/** How long a child that died stays down: doubles with every short life, starts anew after a long one. */
export class RestartBackoff {
  #nextMs = MIN_MS;

  /** The pause after a life of `lifeMs`. */
  next(lifeMs: number): number {
    const pauseMs = lifeMs >= HEALTHY_MS ? MIN_MS : this.#nextMs;
    this.#nextMs = Math.min(MAX_MS, pauseMs * 2);
    return pauseMs;
  }
}
