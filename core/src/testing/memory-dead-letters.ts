import type { Clock } from "../application/ports/clock.ts";
import type {
  DeadLetterLedger,
  DeadLetterQuery,
  FailedTry,
  SettleFailure,
} from "../application/ports/dead-letter-ledger.ts";
import { isVerdict } from "../domain/checkout.ts";
import { type DeadLetter, TRIES_MAX } from "../domain/dead-letter.ts";
import type { MemoryLedgerSale } from "./memory-ledger-sale.ts";

interface Failed {
  readonly letter: DeadLetter;
  readonly dead: boolean;
}

/** The dead letters of a ledger in memory. */
export abstract class MemoryDeadLetters implements DeadLetterLedger {
  readonly #failed = new Map<string, Failed>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  abstract book(saleId: string): MemoryLedgerSale | undefined;

  async recordFailure({ saleId, epoch, hold, cause }: SettleFailure): Promise<FailedTry> {
    const { checkoutId, userId } = hold;
    const lastFailedAtMs = this.#clock.nowMs();
    const before = this.#failed.get(nameOf(saleId, checkoutId))?.letter;
    const letter = {
      saleId,
      checkoutId,
      userId,
      epoch: Math.max(epoch, before?.epoch ?? 0),
      cause,
      tries: (before?.tries ?? 0) + 1,
      firstFailedAtMs: before?.firstFailedAtMs ?? lastFailedAtMs,
      lastFailedAtMs,
    };
    const dead = letter.tries >= TRIES_MAX;
    this.#failed.set(nameOf(saleId, checkoutId), { letter, dead });
    return { tries: letter.tries, dead };
  }

  async deadAmong(saleId: string, checkoutIds: readonly string[]): Promise<string[]> {
    return checkoutIds.filter((checkoutId) => this.#failed.get(nameOf(saleId, checkoutId))?.dead);
  }

  async revive(saleId: string, checkoutIds: readonly string[]): Promise<void> {
    for (const checkoutId of checkoutIds) {
      const failed = this.#failed.get(nameOf(saleId, checkoutId));
      if (failed) this.#failed.set(nameOf(saleId, checkoutId), { ...failed, dead: false });
    }
  }

  async deadLetters({ saleId, after = "", limit }: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.#waiting()
      .filter((letter) => saleId === undefined || letter.saleId === saleId)
      .filter((letter) => letter.checkoutId > after)
      .sort((a, b) => (a.checkoutId < b.checkoutId ? -1 : 1))
      .slice(0, limit);
  }

  async countDeadLetters(): Promise<number> {
    return this.#waiting().length;
  }

  async failureOf(checkoutId: string): Promise<DeadLetter | null> {
    return [...this.#failed.values()].find(({ letter }) => letter.checkoutId === checkoutId)?.letter ?? null;
  }

  /** Forgets so many failures of a sale at most. Returns how many those were. */
  protected forgetFailures(saleId: string, max: number): number {
    const gone = [...this.#failed].filter(([, { letter }]) => letter.saleId === saleId).slice(0, max);
    for (const [name] of gone) this.#failed.delete(name);
    return gone.length;
  }

  #waiting(): DeadLetter[] {
    return [...this.#failed.values()].flatMap(({ letter, dead }) => {
      const book = this.book(letter.saleId);
      const row = book?.rows.get(letter.checkoutId);
      const isOver = book?.sale.state === "closed" || (row !== undefined && isVerdict(row.status));
      return dead && !isOver ? [letter] : [];
    });
  }
}

function nameOf(saleId: string, checkoutId: string): string {
  return `${saleId}|${checkoutId}`;
}
