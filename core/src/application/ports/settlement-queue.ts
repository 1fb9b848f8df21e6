import type { Page } from "../../domain/checkout.ts";

/** The way from the gate to the judge: at least once, best effort. The holds are the outbox, so losing a page loses nothing. */
export interface SettlementQueue {
  /** Collects a submitted checkout into the next page; returns at once, and never fails the caller. */
  submit(saleId: string, epoch: number, checkoutId: string): void;
  /** Enqueues a whole page. An error means unknown, never "not enqueued". */
  enqueue(page: Page): Promise<void>;
}

/** The page jobs of one moment. */
export interface QueueLoad {
  readonly waiting: number;
  readonly active: number;
  /** They wait for another delivery. */
  readonly delayed: number;
  readonly failed: number;
  /** Nobody is given any: somebody stopped the queue. */
  readonly paused: boolean;
  /** When the oldest job that is not done was made; null where there is none. */
  readonly oldestMs: number | null;
}

/** Looks at the queue, for those who watch it. Outages throw. */
export interface QueueReader {
  load(): Promise<QueueLoad>;
}
