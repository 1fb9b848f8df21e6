import { AttemptCheck } from "./attempt-check.ts";
import { DemandCheck } from "./demand-check.ts";
import type { Findings } from "./findings.ts";
import { KeyCheck } from "./key-check.ts";
import type { BuyerRow, CheckoutRow, ItemRow, SaleRow } from "./ledger-rows.ts";
import { Losses } from "./losses.ts";
import { StockCheck } from "./stock-check.ts";
import { checkStory, finalStateOf } from "./story-check.ts";
import type { Testimony } from "./testimony.ts";
import { checkAdmission, checkEpochs, checkWindow } from "./window-check.ts";

/** Holds a whole history against the ledger: sale by sale, and within each row by row. */
export class LedgerCheck {
  /** Acknowledged checkouts by the state of their rows. */
  readonly ends = new Map<string, number>();
  readonly #testimony: Testimony;
  readonly #findings: Findings;
  readonly #losses: Losses;
  readonly #keys: KeyCheck;
  readonly #attempts: AttemptCheck;

  constructor(testimony: Testimony, findings: Findings) {
    this.#testimony = testimony;
    this.#findings = findings;
    this.#losses = new Losses(testimony.destructions, testimony.epochs);
    this.#keys = new KeyCheck(testimony.twins, this.#losses, findings);
    this.#attempts = new AttemptCheck(testimony.rumours, findings);
  }

  begin(sales: readonly SaleRow[]): void {
    checkEpochs(this.#findings, sales, this.#testimony, this.#losses);
  }

  sale(sale: SaleRow): SaleCheck {
    const [stock, demand] = [
      new StockCheck(sale, this.#findings),
      new DemandCheck(sale, this.#testimony.rushes, this.#findings),
    ];
    return {
      take: (row) => {
        stock.take(row);
        demand.take(row);
        this.#take(sale, row);
      },
      end: (items, buyers) => {
        stock.end(items, buyers);
        demand.end(stock.soldUnits);
      },
    };
  }

  /** After the last sale: a story that met no row is of a checkout that was promised and forgotten. */
  end(): void {
    this.#keys.end();
    for (const { checkoutId, saleId, acks } of this.#testimony.stories.values()) {
      this.#findings.expect(
        5,
        false,
        () => `checkout ${checkoutId} of ${saleId}, acknowledged at ${acks[0]?.moment.toldAtMs}, has no row`,
      );
    }
  }

  #take(sale: SaleRow, row: CheckoutRow): void {
    const { stories, observations } = this.#testimony;
    const { checkoutId, state } = row;
    checkWindow(this.#findings, sale, row);
    this.#keys.take(sale.id, row);
    const story = stories.get(checkoutId);
    if (story?.saleId === sale.id) {
      const toldOf = (id: string) => observations.of(id);
      checkStory({ findings: this.#findings, losses: this.#losses, toldOf }, sale, story, row);
      checkAdmission(this.#findings, sale, story);
      stories.delete(checkoutId);
      const end = finalStateOf(row) ?? state;
      this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
      return;
    }
    const [end, told] = [finalStateOf(row), observations.of(checkoutId)];
    this.#findings.expect(
      5,
      told === null || told === end,
      () => `${checkoutId} was told ${told}, its row says ${end}`,
    );
    if (state === "confirmed") this.#attempts.take(sale.id, row);
  }
}

/** One sale's rows, then its counters. */
export interface SaleCheck {
  take(row: CheckoutRow): void;
  end(items: readonly ItemRow[], buyers: readonly BuyerRow[]): void;
}
