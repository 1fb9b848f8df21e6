import type { Judged, Ticket } from "@flashgate/core";
import { LRUCache } from "lru-cache";

/** Verdicts kept: a verdict never changes, so only memory bounds them. */
const VERDICTS_MAX = 200_000;

/** Somebody who waits for a ticket's verdict. */
export interface Waiter {
  readonly ticket: Ticket;
  /** Called when the verdict is there, and when nobody may wait any more. */
  readonly wake: () => void;
  /** Whether it is not wanted any more. */
  readonly abandoned: () => boolean;
}

/** Verdicts this process has heard of, and those who wait for one. */
export class Verdicts {
  readonly #known = new LRUCache<string, Judged>({ max: VERDICTS_MAX });
  readonly #waiting = new Map<string, Set<Waiter>>();
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

  /** Wakes the waiter whenever there is reason to, until the returned function is called. */
  watch(waiter: Waiter): () => void {
    const { checkoutId } = waiter.ticket;
    const waiters = this.#waiting.get(checkoutId) ?? new Set();
    this.#waiting.set(checkoutId, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiting.get(checkoutId) === waiters) this.#waiting.delete(checkoutId);
    };
  }

  /** Resolves when the verdict is there, after `waitMs`, or when it is not wanted any more (which is noticed late). */
  wait(ticket: Ticket, waitMs: number, abandoned: () => boolean): Promise<void> {
    if (this.#closed || this.#known.has(ticket.checkoutId)) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const unwatch = this.watch({ ticket, abandoned, wake });
      const timer = setTimeout(wake, waitMs);
    });
  }

  /** One ticket of each checkout that is waited for and not known; wakes those who should not wait any more. */
  awaited(): Ticket[] {
    const awaited: Ticket[] = [];
    for (const [checkoutId, waiters] of [...this.#waiting]) {
      for (const waiter of [...waiters]) if (waiter.abandoned()) waiter.wake();
      const [waiter] = waiters;
      if (this.#known.has(checkoutId)) this.#wake(checkoutId);
      else if (waiter) awaited.push(waiter.ticket);
    }
    return awaited;
  }

  /** Ends all waiting, for good. */
  close(): void {
    this.#closed = true;
    for (const checkoutId of [...this.#waiting.keys()]) this.#wake(checkoutId);
  }

  #wake(checkoutId: string): void {
    const waiters = this.#waiting.get(checkoutId);
    if (waiters) for (const { wake } of [...waiters]) wake();
  }
}
