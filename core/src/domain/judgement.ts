import type { CheckoutRecord, Verdict } from "./checkout.ts";
import { isVerdict } from "./checkout.ts";
import { type Line, unitsOf } from "./lines.ts";
import type { Sale } from "./sale.ts";

/** A stock counter pair, of an item or of a whole sale. */
export interface Counters {
  readonly stock: number;
  readonly sold: number;
  readonly held: number;
}

/** Lines that want room in a sale. */
export interface Claim {
  readonly sale: Pick<Sale, "totalItems" | "itemsSold" | "itemsHeld">;
  readonly lines: readonly Line[];
  /** The checkout's own row, where it has one. */
  readonly row: Pick<CheckoutRecord, "status" | "lines"> | null;
  /** The sale's items named in `lines`. */
  readonly items: ReadonlyMap<string, Counters>;
}

/** All that a judgement looks at, read in the transaction that will write it. */
export interface Evidence extends Claim {
  readonly sale: Claim["sale"] & Pick<Sale, "state" | "epoch" | "limitPerUser">;
  /** The epoch whose gate holds the checkout. */
  readonly holdEpoch: number;
  /** Whether another held or confirmed checkout of this user carries the same idempotency key. */
  readonly keyTaken: boolean;
  /** Units confirmed for this user in this sale. */
  readonly buyerUnits: number;
}

/**
 * - `standing`: a verdict is there already (a duplicate delivery); nothing to write.
 * - `verdict`: write it.
 * - `dropped`: not this page's to judge any more; the sweep pages it again from the gate.
 * - `retry`: the sale's gate is being recovered; judge later.
 */
export type Judgement =
  | { readonly kind: "standing"; readonly verdict: Verdict }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "dropped" }
  | { readonly kind: "retry" };

/** The judge: decides one checkout. Pure; the order of the rules is the protocol's. */
export function judge(evidence: Evidence): Judgement {
  const { sale, row } = evidence;
  if (row && isVerdict(row.status)) return { kind: "standing", verdict: row.status };
  if (sale.state === "recovering" || sale.state === "scheduled") return { kind: "retry" };
  if (sale.state === "closed") return { kind: "verdict", verdict: { state: "expired" } };
  if (evidence.holdEpoch !== sale.epoch) {
    return row ? { kind: "dropped" } : { kind: "verdict", verdict: { state: "rejected", reason: "gate_lost" } };
  }
  if (evidence.keyTaken) return { kind: "verdict", verdict: { state: "rejected", reason: "key_reused" } };
  if (evidence.buyerUnits + unitsOf(evidence.lines) > sale.limitPerUser) {
    return { kind: "verdict", verdict: { state: "rejected", reason: "user_limit" } };
  }
  if (!hasRoom(evidence)) return { kind: "verdict", verdict: { state: "rejected", reason: "sold_out" } };
  return { kind: "verdict", verdict: { state: "confirmed" } };
}

/** Whether the lines fit beside what is sold and held. The checkout's own adopted units do not count against it. */
export function hasRoom(claim: Claim): boolean {
  const { sale, lines, row, items } = claim;
  const own = new Map<string, number>();
  for (const line of row?.lines ?? []) own.set(line.itemId, (own.get(line.itemId) ?? 0) + line.quantity);
  for (const { itemId, quantity } of lines) {
    const item = items.get(itemId);
    if (!item || item.sold + item.held - (own.get(itemId) ?? 0) + quantity > item.stock) return false;
  }
  const taken = sale.itemsSold + sale.itemsHeld - unitsOf(row?.lines ?? []);
  return taken + unitsOf(lines) <= sale.totalItems;
}
