import type { Judged } from "@flashgate/core";
import { LRUCache } from "lru-cache";

/** Verdicts kept: a verdict never changes, so only memory bounds them. */
const VERDICTS_MAX = 200_000;

/** Verdicts this process has heard of, and those who wait for one. */
export class Verdicts {
  readonly #known = new LRUCache<string, Judged>({ max: VERDICTS_MAX });
  readonly #waiting = new Map<string, Set<() => void>>();
  #closed = false;

  get(checkoutId: string): Judged | undefined {
    return this.#known.get(checkoutId);
  }

  note(judged: Judged): void {
    this.#known.set(judged.checkoutId, judged);
    this.#wake(judged.checkoutId);
  }

  /** Whether nobody may wait any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when a verdict may be there: it was noted, `waitMs` are over, or {@link wakeAll} was called. */
  wait(checkoutId: string, waitMs: number): Promise<void> {
    if (this.#closed || this.#known.has(checkoutId)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(checkoutId) ?? new Set();
      this.#waiting.set(checkoutId, waiters);
      const wake = () => {
        clearTimeout(timer);
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiting.delete(checkoutId);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      waiters.add(wake);
    });
  }

  /** Ends all waiting, for good. */
  close(): void {
    this.#closed = true;
    this.wakeAll();
  }

  /** Sends everybody to look for themselves: events may have been missed. */
  wakeAll(): void {
    for (const checkoutId of [...this.#waiting.keys()]) this.#wake(checkoutId);
  }

  #wake(checkoutId: string): void {
    for (const wake of [...(this.#waiting.get(checkoutId) ?? [])]) wake();
  }
}
