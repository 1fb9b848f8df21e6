import type { GateFacts } from "../../domain/gate-facts.ts";
import { insist } from "./violation.ts";

/** What a gate is measured against. Units. */
export interface GateMeasure {
  readonly saleId: string;
  readonly limitPerUser: number;
  readonly totalUnits: number;
  readonly stock: ReadonlyMap<string, number>;
}

/** What an open gate offers. Units. */
export interface Offer {
  readonly stock: ReadonlyMap<string, number>;
  /** Units counted for every user. */
  readonly buyers: ReadonlyMap<string, number>;
}

/** What the ledger says beside it. Units. */
export interface Backing {
  readonly left: (itemId: string) => number;
  readonly bought: ReadonlyMap<string, number>;
}

/**
 * What makes a 202 honest (invariant 8), at every instant: an open gate offers nothing that the ledger has not left, and
 * allows no user what the ledger would refuse. The ledger decides before the gate gives anything back.
 */
export function checkOffer(saleId: string, { stock, buyers }: Offer, { left, bought }: Backing): void {
  for (const [itemId, units] of stock) {
    insist(
      8,
      units <= left(itemId),
      () => `${saleId} offers ${units} of ${itemId}, the ledger has ${left(itemId)} left`,
    );
  }
  for (const [userId, units] of bought) {
    const counted = buyers.get(userId) ?? 0;
    insist(8, counted >= units, () => `${saleId} counts ${counted} units for ${userId}, who bought ${units}`);
  }
}

/** Invariant 3, of one gate at one instant: every unit is available, held or sold, and nothing is counted twice. */
export function checkGate({ saleId, limitPerUser, totalUnits, stock }: GateMeasure, gate: GateFacts): void {
  const { available, held, sold } = gate.totals;
  const heldBy = new Map<string, number>();
  const boughtBy = new Map<string, number>();
  let heldUnits = 0;
  for (const { userId, lines } of gate.holds) {
    for (const { itemId, quantity } of lines) {
      heldUnits += quantity;
      heldBy.set(itemId, (heldBy.get(itemId) ?? 0) + quantity);
      boughtBy.set(userId, (boughtBy.get(userId) ?? 0) + quantity);
    }
  }
  const where = () => `${saleId} epoch ${gate.epoch}`;
  insist(3, held === heldUnits, () => `${where()}: ${held} held, its holds ${heldUnits}`);
  insist(3, available + held + sold === totalUnits, () => `${where()}: ${available}+${held}+${sold} of ${totalUnits}`);
  insist(3, Math.min(available, held, sold) >= 0, () => `${where()}: negative among ${available}, ${held}, ${sold}`);
  insist(3, gate.stock.size === stock.size, () => `${where()}: ${gate.stock.size} items of ${stock.size}`);
  let left = 0;
  for (const [itemId, units] of gate.stock) {
    const total = stock.get(itemId) ?? 0;
    const taken = heldBy.get(itemId) ?? 0;
    left += units;
    insist(3, units >= 0 && units + taken <= total, () => `${where()}: ${itemId} ${units}+${taken} of ${total}`);
    insist(3, gate.pool.has(itemId) === units > 0, () => `${where()}: ${itemId} with ${units} and the pool disagree`);
  }
  insist(3, left === available, () => `${where()}: stock sums to ${left}, available ${available}`);
  for (const [userId, units] of gate.buyers) {
    const least = boughtBy.get(userId) ?? 0;
    insist(3, units >= least && units <= limitPerUser, () => `${where()}: ${userId} counts ${units}, holds ${least}`);
  }
}
