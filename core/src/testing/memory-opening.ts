import type { Hold } from "../domain/checkout.ts";
import type { GateSnapshot, KeyEntry } from "../domain/gate-snapshot.ts";
import { type Demand, demandUnits, type Line, mergeLines, unitsOf } from "../domain/lines.ts";
import type { GateTotals, Refusal } from "../domain/outcomes.ts";

type TakeReply = { readonly kind: "taken"; readonly lines: Line[] } | Refusal;

interface OpeningState {
  readonly totals: GateTotals;
  readonly stock: Iterable<readonly [string, number]>;
  readonly buyers: Iterable<readonly [string, number]>;
  readonly holds: Iterable<readonly [string, Hold]>;
  readonly dueAtMs: Iterable<readonly [string, number]>;
  readonly keys: Iterable<readonly [string, KeyEntry]>;
}

/** The counters and holds of one opening in memory, kept as the gate's scripts keep them. */
export class MemoryOpening {
  readonly stock: Map<string, number>;
  readonly buyers: Map<string, number>;
  readonly holds: Map<string, Hold>;
  readonly dueAtMs: Map<string, number>;
  readonly keys: Map<string, KeyEntry>;
  totals: GateTotals;

  constructor(state: OpeningState) {
    this.totals = state.totals;
    this.stock = new Map(state.stock);
    this.buyers = new Map(state.buyers);
    this.holds = new Map(state.holds);
    this.dueAtMs = new Map(state.dueAtMs);
    this.keys = new Map(state.keys);
  }

  /** An opening as the ledger's snapshot describes it. */
  static of({ totals, stock, buyers, holds, keys }: GateSnapshot): MemoryOpening {
    return new MemoryOpening({
      totals,
      stock,
      buyers,
      holds: holds.map((hold) => [hold.checkoutId, hold]),
      dueAtMs: holds.map((hold) => [hold.checkoutId, hold.mode === "submitted" ? hold.sinceMs : hold.deadlineMs]),
      keys: keys.map((entry) => [`${entry.userId}|${entry.key}`, entry]),
    });
  }

  copy(): MemoryOpening {
    return new MemoryOpening(this);
  }

  /** Takes units off the stock, all or nothing; the checks come in the gate's order. */
  take(userId: string, demand: Demand, limit: number): TakeReply {
    const units = demandUnits(demand);
    const wanted = mergeLines(demand.lines);
    for (const { itemId } of wanted) if (!this.stock.has(itemId)) return { kind: "unknown_item", itemId };
    if (this.totals.available < units) return { kind: "sold_out" };
    for (const { itemId, quantity } of wanted) if (this.#left(itemId) < quantity) return { kind: "item_taken", itemId };
    const bought = this.buyers.get(userId) ?? 0;
    if (bought + units > limit) return { kind: "user_limit", unitsLeft: limit - bought };

    const lines = this.#withAny(wanted, demand.any);
    for (const { itemId, quantity } of lines) this.stock.set(itemId, this.#left(itemId) - quantity);
    this.buyers.set(userId, bought + units);
    this.#move({ available: -units, held: units });
    return { kind: "taken", lines };
  }

  /** Ends a hold, if it is still there. */
  end(checkoutId: string, confirmed: boolean): Hold | null {
    const hold = this.holds.get(checkoutId);
    if (!hold) return null;
    const units = unitsOf(hold.lines);
    this.holds.delete(checkoutId);
    this.dueAtMs.delete(checkoutId);
    if (confirmed) {
      this.#move({ held: -units, sold: units });
      return hold;
    }
    this.#move({ held: -units, available: units });
    this.buyers.set(hold.userId, (this.buyers.get(hold.userId) ?? 0) - units);
    for (const { itemId, quantity } of hold.lines) this.stock.set(itemId, this.#left(itemId) + quantity);
    return hold;
  }

  #withAny(wanted: readonly Line[], any: number): Line[] {
    if (any === 0) return [...wanted];
    const taken = new Map(wanted.map(({ itemId, quantity }) => [itemId, quantity]));
    let rest = any;
    while (rest > 0) {
      const before = rest;
      for (const [itemId, left] of this.stock) {
        const mine = taken.get(itemId) ?? 0;
        if (rest === 0 || left <= mine) continue;
        taken.set(itemId, mine + 1);
        rest -= 1;
      }
      if (rest === before) throw new Error("stock and totals disagree");
    }
    return mergeLines([...taken].map(([itemId, quantity]) => ({ itemId, quantity })));
  }

  #left(itemId: string): number {
    return this.stock.get(itemId) ?? 0;
  }

  #move(by: Partial<GateTotals>): void {
    const { available, held, sold } = this.totals;
    this.totals = {
      available: available + (by.available ?? 0),
      held: held + (by.held ?? 0),
      sold: sold + (by.sold ?? 0),
    };
  }
}

/** Why a sale admits nobody at that moment; null where it does. */
export function refusalAt({ paused, opensAtMs, closesAtMs }: GateSnapshot["sale"], nowMs: number): Refusal | null {
  if (paused) return { kind: "sale_paused" };
  if (nowMs < opensAtMs) return { kind: "sale_not_open" };
  return nowMs >= closesAtMs ? { kind: "sale_closed" } : null;
}
