import type { CheckoutRecord } from "../../domain/checkout.ts";
import type { Sale, SalePlan } from "../../domain/sale.ts";
import { insist } from "./violation.ts";

/** A row as far as sums go. */
export type SummedRow = Pick<CheckoutRecord, "checkoutId" | "userId" | "lines"> & {
  readonly key: string;
  readonly status: { readonly state: string };
};

interface ItemSums {
  readonly stock: number;
  confirmed: number;
  held: number;
}

/** What the ledger says of itself: the counters that must agree with the rows. */
export interface LedgerCounters {
  readonly sale: Sale;
  readonly items: ReadonlyMap<string, { readonly sold: number; readonly held: number }>;
  readonly buyers: ReadonlyMap<string, number>;
}

/**
 * One sale's books, kept a second time from nothing but the rows as they are written: invariants 1, 2, 7 (one held or
 * confirmed checkout a key) and 10 (epochs only grow, nothing is confirmed after the close).
 */
export class LedgerSums {
  readonly #plan: SalePlan;
  readonly #items = new Map<string, ItemSums>();
  readonly #bought = new Map<string, number>();
  readonly #keyOwners = new Map<string, Set<string>>();
  readonly #totalUnits: number;
  #confirmed = 0;
  #held = 0;
  #epoch = 0;
  #openEpoch = 0;
  #sealed = false;

  constructor(plan: SalePlan, stock: Iterable<readonly [itemId: string, units: number]>) {
    this.#plan = plan;
    for (const [itemId, units] of stock) this.#items.set(itemId, { stock: units, confirmed: 0, held: 0 });
    this.#totalUnits = [...this.#items.values()].reduce((sum, item) => sum + item.stock, 0);
  }

  get totalUnits(): number {
    return this.#totalUnits;
  }

  get confirmedUnits(): number {
    return this.#confirmed;
  }

  get heldUnits(): number {
    return this.#held;
  }

  /** Confirmed units of every user. */
  get bought(): ReadonlyMap<string, number> {
    return this.#bought;
  }

  /** Units of an item that the ledger still has. */
  left(itemId: string): number {
    const item = this.#items.get(itemId);
    return item ? item.stock - item.confirmed - item.held : 0;
  }

  /** A row was written, over `before` where there was one. */
  wrote(row: SummedRow, before: SummedRow | undefined): void {
    if (before) this.#count(before, -1);
    this.#count(row, 1);
    insist(
      10,
      !(this.#sealed && row.status.state === "confirmed"),
      () => `${row.checkoutId} confirmed after the close`,
    );
  }

  /** Compares with the ledger's own counters. Call it between transactions only. */
  compare({ sale, items, buyers }: LedgerCounters): void {
    const { id, limitPerUser } = this.#plan;
    insist(1, sale.itemsSold === this.#confirmed, () => `${id} counts ${sale.itemsSold} sold, rows ${this.#confirmed}`);
    insist(1, sale.itemsHeld === this.#held, () => `${id} counts ${sale.itemsHeld} held, rows ${this.#held}`);
    const taken = this.#confirmed + this.#held;
    insist(1, taken <= this.#totalUnits, () => `${id} oversold: ${taken} taken of ${this.#totalUnits}`);
    for (const [itemId, { stock, confirmed, held }] of this.#items) {
      const item = items.get(itemId);
      const agrees = item?.sold === confirmed && item.held === held;
      insist(1, agrees, () => `${id} ${itemId} counts ${item?.sold}+${item?.held}, rows ${confirmed}+${held}`);
      insist(1, confirmed + held <= stock, () => `${id} ${itemId} oversold: ${confirmed}+${held} of ${stock}`);
    }
    for (const [userId, units] of this.#bought) {
      insist(2, units <= limitPerUser, () => `${userId} bought ${units} of ${limitPerUser} in ${id}`);
      insist(2, buyers.get(userId) === units, () => `${userId} counts ${buyers.get(userId)}, rows ${units}`);
    }
    insist(10, sale.epoch >= this.#epoch, () => `${id} went back from epoch ${this.#epoch} to ${sale.epoch}`);
    insist(10, sale.openEpoch >= this.#openEpoch, () => `${id} reopened epoch ${sale.openEpoch}`);
    insist(10, sale.openEpoch <= sale.epoch, () => `${id} opened epoch ${sale.openEpoch} of ${sale.epoch}`);
    insist(10, !this.#sealed || sale.state === "closed", () => `${id} is ${sale.state} after its close`);
    this.#epoch = sale.epoch;
    this.#openEpoch = sale.openEpoch;
    this.#sealed = sale.state === "closed";
  }

  #count(row: SummedRow, sign: 1 | -1): void {
    const { state } = row.status;
    if (state !== "confirmed" && state !== "held") return;
    for (const { itemId, quantity } of row.lines) {
      const item = this.#items.get(itemId);
      insist(1, item !== undefined, () => `${row.checkoutId} takes ${itemId}, which is not on offer`);
      if (!item) continue;
      if (state === "held") item.held += sign * quantity;
      else item.confirmed += sign * quantity;
      if (state === "held") this.#held += sign * quantity;
      else this.#confirmed += sign * quantity;
      if (state === "confirmed") {
        this.#bought.set(row.userId, (this.#bought.get(row.userId) ?? 0) + sign * quantity);
      }
    }
    if (row.key !== "") this.#own(`${row.userId}|${row.key}`, row.checkoutId, sign);
  }

  #own(name: string, checkoutId: string, sign: 1 | -1): void {
    const owners = this.#keyOwners.get(name) ?? new Set();
    this.#keyOwners.set(name, owners);
    if (sign === 1) owners.add(checkoutId);
    else owners.delete(checkoutId);
    insist(7, owners.size <= 1, () => `key ${name} has checkouts ${[...owners].join(" and ")}`);
  }
}
