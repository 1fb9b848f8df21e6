import type { Clock } from "../application/ports/clock.ts";
import type { RefusedAttempt } from "../application/ports/ledger.ts";
import type { RemovalLedger, RemovalStep, RemovalTerms } from "../application/ports/removal-ledger.ts";
import type { Sale } from "../domain/sale.ts";
import { MemoryDeadLetters } from "./memory-dead-letters.ts";
import type { MemoryLedgerSale } from "./memory-ledger-sale.ts";

interface Removal {
  readonly book: MemoryLedgerSale;
  emptiedAtMs: number | null;
}

/** The sales of a ledger in memory, and how they leave it. */
export abstract class MemoryRemovals extends MemoryDeadLetters implements RemovalLedger {
  /** Refused attempts as they were recorded. */
  refused: RefusedAttempt[] = [];
  protected readonly sales = new Map<string, MemoryLedgerSale>();
  readonly #clock: Clock;
  readonly #removals = new Map<string, Removal>();
  readonly #removed = new Set<string>();

  constructor(clock: Clock) {
    super(clock);
    this.#clock = clock;
  }

  async oldestSealed(agoMs: number): Promise<Sale | null> {
    const untilMs = this.#clock.nowMs() - agoMs;
    const sealed = [...this.sales.values()].filter(({ closedAtMs }) => closedAtMs !== null && closedAtMs <= untilMs);
    return (
      sealed.map(({ sale }) => sale).sort((a, b) => a.opensAtMs - b.opensAtMs || (a.id < b.id ? -1 : 1))[0] ?? null
    );
  }

  async beginRemoval(saleId: string): Promise<boolean> {
    const book = this.sales.get(saleId);
    if (book?.sale.state !== "closed") return false;
    this.sales.delete(saleId);
    this.#removals.set(saleId, { book, emptiedAtMs: null });
    return true;
  }

  async removeRows({ rowsMax, restMs }: RemovalTerms): Promise<RemovalStep | null> {
    const nowMs = this.#clock.nowMs();
    for (const [saleId, removal] of this.#removals) {
      const { book, emptiedAtMs } = removal;
      if (emptiedAtMs !== null && emptiedAtMs > nowMs - restMs) continue;
      const rows = this.#removeSome(saleId, book, rowsMax);
      removal.emptiedAtMs = rows > 0 ? null : nowMs;
      const isOver = rows === 0 && emptiedAtMs !== null;
      if (isOver) {
        this.#removals.delete(saleId);
        this.#removed.add(saleId);
      }
      return { saleId, rows, isOver };
    }
    return null;
  }

  /** Whether this id is of a sale that was taken out. */
  protected isRemoved(saleId: string): boolean {
    return this.#removals.has(saleId) || this.#removed.has(saleId);
  }

  /** Of the sales that are there, and of those that are on their way out. */
  protected get books(): MemoryLedgerSale[] {
    return [...this.sales.values(), ...[...this.#removals.values()].map(({ book }) => book)];
  }

  #removeSome(saleId: string, book: MemoryLedgerSale, rowsMax: number): number {
    for (const rows of [book.rows, book.attempts, book.buyers, book.items]) {
      const gone = [...rows.keys()].slice(0, rowsMax);
      for (const key of gone) rows.delete(key);
      if (gone.length > 0) return gone.length;
    }
    const refused = this.refused.filter((attempt) => attempt.saleId === saleId).slice(0, rowsMax);
    this.refused = this.refused.filter((attempt) => !refused.includes(attempt));
    return refused.length > 0 ? refused.length : this.forgetFailures(saleId, rowsMax);
  }
}
