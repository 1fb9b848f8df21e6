import { type Clock, listSales, type Sale, type SaleLedger, type SalesPage } from "@flashgate/core";
import { LRUCache } from "lru-cache";

/** Answers kept, and how many different ones may be waited for at a time: strangers choose what is asked for. */
const KEPT_MAX = 500;
const READING_MAX = 16;

/**
 * Sales that the board does not show, from the ledger. Whoever asks for the same within one second of the clock is given
 * one read's answer, so that a crowd costs a read a second. Undefined where too much else is being read; an outage throws.
 */
export class SaleArchive {
  readonly #ledger: Pick<SaleLedger, "find" | "list">;
  readonly #clock: Clock;
  readonly #sales = new LRUCache<string, Promise<Sale | null>>({ max: KEPT_MAX });
  readonly #pages = new LRUCache<string, Promise<SalesPage | null>>({ max: KEPT_MAX });
  #reading = 0;

  constructor(parts: { readonly ledger: Pick<SaleLedger, "find" | "list">; readonly clock: Clock }) {
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
  }

  /** Null: there is no such sale. */
  find(saleId: string): Promise<Sale | null> | undefined {
    return this.#once(this.#sales, saleId, () => this.#ledger.find(saleId));
  }

  /** Null: `startingAfter` names no sale. */
  page(page: { readonly limit: number; readonly startingAfter: string | null }): Promise<SalesPage | null> | undefined {
    const name = `${page.limit} ${page.startingAfter ?? ""}`;
    return this.#once(this.#pages, name, () => listSales(this.#ledger, page));
  }

  #once<Answer>(
    kept: LRUCache<string, Promise<Answer>>,
    name: string,
    read: () => Promise<Answer>,
  ): Promise<Answer> | undefined {
    const key = `${Math.floor(this.#clock.nowMs() / 1_000)} ${name}`;
    const known = kept.get(key);
    if (known) return known;
    if (this.#reading >= READING_MAX) return undefined;
    this.#reading += 1;
    const answer = read().finally(() => {
      this.#reading -= 1;
    });
    kept.set(key, answer);
    answer.catch(() => kept.delete(key));
    return answer;
  }
}
