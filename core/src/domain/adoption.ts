import type { CheckoutRecord, Hold, Verdict } from "./checkout.ts";
import { byCheckoutId, isVerdict } from "./checkout.ts";
import { type Counters, hasRoom } from "./judgement.ts";
import { type Line, unitsOf } from "./lines.ts";
import type { Sale } from "./sale.ts";

/** What a recovery finds in the ledger before it adopts the survivors. */
export interface AdoptionEvidence {
  readonly sale: Pick<Sale, "totalItems" | "itemsSold" | "itemsHeld">;
  /** Rows of the survivors' ids, where they have one. */
  readonly rows: ReadonlyMap<string, Pick<CheckoutRecord, "status" | "lines">>;
  /** Counters of every item that a survivor or its row names. */
  readonly items: ReadonlyMap<string, Counters>;
  /** Checkout id by {@link keyOf}, for every held or confirmed row of the survivors' users and keys. */
  readonly keys: ReadonlyMap<string, string>;
}

/** What the adoption writes for one survivor. */
export type Adoption =
  | { readonly kind: "hold" | "refresh"; readonly hold: Hold }
  /** Ended without its key by somebody who could not ask the gate: the row is given it, so that a replay finds it. */
  | { readonly kind: "name"; readonly hold: Hold }
  | { readonly kind: "reject"; readonly hold: Hold; readonly verdict: Verdict };

/** Name of a user's idempotency key within a sale. */
export function keyOf(hold: Pick<Hold, "userId" | "key">): string {
  return `${hold.userId}|${hold.key}`;
}

/**
 * Step (c) of a recovery: what becomes of the holds that survived in the gate. A survivor without a row is held, one
 * whose row is held refreshes it, one with a verdict is left alone. A key that another checkout owns means that this
 * hold comes from a gate that was lost, be the owner a survivor that is rejected here itself; what does not fit any more
 * is rejected, never an error.
 */
export function adopt(survivors: readonly Hold[], evidence: AdoptionEvidence): Adoption[] {
  const items = new Map([...evidence.items].map(([id, counters]) => [id, { ...counters }]));
  const keys = new Map(evidence.keys);
  const sale = { ...evidence.sale };
  const adoptions: Adoption[] = [];

  const move = (lines: readonly Line[], sign: 1 | -1) => {
    sale.itemsHeld += sign * unitsOf(lines);
    for (const { itemId, quantity } of lines) {
      const item = items.get(itemId);
      if (item) items.set(itemId, { ...item, held: item.held + sign * quantity });
    }
  };

  for (const hold of [...survivors].sort(byCheckoutId)) {
    const row = evidence.rows.get(hold.checkoutId) ?? null;
    if (row && isVerdict(row.status)) {
      const ended = row.status.state === "cancelled" || row.status.state === "expired";
      if (ended && hold.key !== "") adoptions.push({ kind: "name", hold });
      continue;
    }
    const reason = rejection(hold, row, sale, items, keys);
    if (row) move(row.lines, -1);
    if (hold.key !== "" && !keys.has(keyOf(hold))) keys.set(keyOf(hold), hold.checkoutId);
    if (reason) {
      adoptions.push({ kind: "reject", hold, verdict: { state: "rejected", reason } });
      continue;
    }
    move(hold.lines, 1);
    adoptions.push({ kind: row ? "refresh" : "hold", hold });
  }
  return adoptions;
}

function rejection(
  hold: Hold,
  row: Pick<CheckoutRecord, "status" | "lines"> | null,
  sale: AdoptionEvidence["sale"],
  items: ReadonlyMap<string, Counters>,
  keys: ReadonlyMap<string, string>,
): "gate_lost" | "sold_out" | null {
  const owner = hold.key === "" ? undefined : keys.get(keyOf(hold));
  if (owner !== undefined && owner !== hold.checkoutId) return "gate_lost";
  return hasRoom({ sale, lines: hold.lines, row, items }) ? null : "sold_out";
}
