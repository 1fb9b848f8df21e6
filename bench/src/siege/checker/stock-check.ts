import { parseLines } from "@flashgate/core";
import type { Findings } from "./findings.ts";
import type { BuyerRow, CheckoutRow, ItemRow, SaleRow } from "./ledger-rows.ts";

interface Taken {
  sold: number;
  held: number;
}

/**
 * Adds up what was sold and held, row by row, and compares it with the stock, the limits and the counters (invariants 1
 * and 2). Its own arithmetic, apart from the product's audit.
 */
export class StockCheck {
  readonly #sale: SaleRow;
  readonly #findings: Findings;
  readonly #items = new Map<string, Taken>();
  readonly #users = new Map<string, number>();
  #sold = 0;
  #held = 0;

  constructor(sale: SaleRow, findings: Findings) {
    this.#sale = sale;
    this.#findings = findings;
  }

  take({ checkoutId, userId, units, state, lines }: CheckoutRow): void {
    if (state !== "confirmed" && state !== "held") return;
    let inLines = 0;
    for (const { itemId, quantity } of parseLines(lines)) {
      const taken = this.#items.get(itemId) ?? { sold: 0, held: 0 };
      taken[state === "confirmed" ? "sold" : "held"] += quantity;
      this.#items.set(itemId, taken);
      inLines += quantity;
    }
    this.#findings.expect(
      1,
      inLines === units,
      () => `checkout ${checkoutId} has ${units} units, its lines ${inLines}`,
    );
    if (state === "held") {
      this.#held += units;
    } else {
      this.#sold += units;
      this.#users.set(userId, (this.#users.get(userId) ?? 0) + units);
    }
  }

  end(items: readonly ItemRow[], buyers: readonly BuyerRow[]): void {
    this.#compareSale(items);
    for (const item of items) this.#compareItem(item);
    const offered = new Set(items.map(({ itemId }) => itemId));
    for (const itemId of this.#items.keys()) {
      this.#findings.expect(1, offered.has(itemId), () => `${this.#sale.id} sold "${itemId}", which it does not offer`);
    }
    this.#compareBuyers(buyers);
  }

  get soldUnits(): number {
    return this.#sold;
  }

  #compareSale(items: readonly ItemRow[]): void {
    const { id, totalUnits, soldUnits, heldUnits } = this.#sale;
    const [sold, held] = [this.#sold, this.#held];
    const stock = items.reduce((sum, item) => sum + item.stock, 0);
    this.#findings.expect(1, sold + held <= totalUnits, () => `${id} gave ${sold} + ${held} of ${totalUnits} units`);
    this.#findings.expect(1, stock === totalUnits, () => `${id} has ${totalUnits} units, its items ${stock}`);
    this.#findings.expect(1, sold === soldUnits, () => `${id} counts ${soldUnits} sold, its rows ${sold}`);
    this.#findings.expect(1, held === heldUnits, () => `${id} counts ${heldUnits} held, its rows ${held}`);
  }

  #compareItem({ itemId, stock, sold, held }: ItemRow): void {
    const taken = this.#items.get(itemId) ?? { sold: 0, held: 0 };
    const name = `${this.#sale.id} item ${itemId}`;
    this.#findings.expect(
      1,
      taken.sold + taken.held <= stock,
      () => `${name} gave ${taken.sold} + ${taken.held} of ${stock} units`,
    );
    this.#findings.expect(
      1,
      taken.sold === sold && taken.held === held,
      () => `${name} counts ${sold} sold and ${held} held, its lines ${taken.sold} and ${taken.held}`,
    );
  }

  #compareBuyers(buyers: readonly BuyerRow[]): void {
    const { id, limitPerUser } = this.#sale;
    const counted = new Map(buyers.map(({ userId, units }) => [userId, units]));
    for (const userId of new Set([...counted.keys(), ...this.#users.keys()])) {
      const units = this.#users.get(userId) ?? 0;
      this.#findings.expect(
        2,
        units <= limitPerUser,
        () => `${id}: ${userId} bought ${units} of ${limitPerUser} units`,
      );
      this.#findings.expect(
        2,
        units === (counted.get(userId) ?? 0),
        () => `${id} counts ${counted.get(userId)} units for ${userId}, the rows ${units}`,
      );
    }
  }
}
