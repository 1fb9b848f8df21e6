import type { AttemptLedger, RefusedAttempt, Sale } from "@flashgate/core";

/** Attempts that wait to be written; past it they are dropped and counted. */
const WAITING_MAX = 20_000;
const PAGE_MAX = 2_000;

/**
 * Writes refused attempts to the ledger, in pages, behind the shoppers' answers. Best effort: a flood or an outage drops
 * some, and `dropped` says how many. Accepted attempts are written where the checkout is.
 */
export class AttemptLog {
  readonly #ledger: AttemptLedger;
  readonly #onDropped: (attempts: number, error: unknown) => void;
  #waiting: RefusedAttempt[] = [];
  #flushing: Promise<void> | undefined;
  #dropped = 0;

  /** `onDropped` is told of every page that could not be written. */
  constructor(ledger: AttemptLedger, onDropped: (attempts: number, error: unknown) => void) {
    this.#ledger = ledger;
    this.#onDropped = onDropped;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a refused attempt, where the sale keeps those. */
  note(sale: Pick<Sale, "id" | "attempts">, attempt: Omit<RefusedAttempt, "saleId">): void {
    if (sale.attempts !== "all") return;
    const { userId, units, outcome, atMs } = attempt;
    if (this.#waiting.length >= WAITING_MAX) this.#dropped += 1;
    else this.#waiting.push({ saleId: sale.id, userId, units, outcome, atMs });
  }

  /** Writes what waits. Never rejects. */
  async flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const page = this.#waiting.splice(0, PAGE_MAX);
      try {
        await this.#ledger.recordRefused(page);
      } catch (error) {
        this.#dropped += page.length;
        this.#onDropped(page.length, error);
        return;
      }
    }
  }
}
