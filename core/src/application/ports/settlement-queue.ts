import type { Page } from "../../domain/checkout.ts";

/** The way from the gate to the judge: at least once, best effort. The holds are the outbox, so losing a page loses nothing. */
export interface SettlementQueue {
  /** Collects a submitted checkout into the next page; returns at once, and never fails the caller. */
  submit(saleId: string, epoch: number, checkoutId: string): void;
  /** Enqueues a whole page. An error means unknown, never "not enqueued". */
  enqueue(page: Page): Promise<void>;
}
