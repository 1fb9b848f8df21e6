import type { Hold } from "./checkout.ts";

/** Units of a sale as the gate counts them: `available + held + sold` is the sale's total. */
export interface GateTotals {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

/**
 * Why the gate took nothing, in the order in which it looks. A refusal writes nothing.
 * `gate_shut`: no lease on the current opening; a recovery will open it. `outcome_unknown`: the answer was lost, the
 * hold may be there: ask with the ticket instead of buying twice.
 */
export type Refusal =
  | { readonly kind: "outcome_unknown"; readonly epoch: number }
  | { readonly kind: "gate_shut" }
  | { readonly kind: "key_reused" }
  | { readonly kind: "sale_paused" }
  | { readonly kind: "sale_not_open" }
  | { readonly kind: "sale_closed" }
  | { readonly kind: "backlog_full" }
  | { readonly kind: "unknown_item"; readonly itemId: string }
  | { readonly kind: "sold_out" }
  | { readonly kind: "item_taken"; readonly itemId: string }
  | { readonly kind: "user_limit"; readonly unitsLeft: number };

/** The gate's answer to a reservation. `replayed`: the idempotency key was used before, for the same request. */
export type ReserveReply =
  | { readonly kind: "held"; readonly epoch: number; readonly hold: Hold; readonly totals: GateTotals }
  | { readonly kind: "replayed"; readonly epoch: number; readonly checkoutId: string; readonly hold: Hold | null }
  | Refusal;

/** The gate's answer to a step on a cart. `not_found` also covers somebody else's cart. */
export type CartReply =
  | { readonly kind: "held"; readonly epoch: number; readonly hold: Hold; readonly totals: GateTotals }
  | { readonly kind: "not_found" }
  | { readonly kind: "not_a_cart" }
  | { readonly kind: "expired" }
  | Refusal;

/** The gate's answer to a purchase; replaying it gives the same answer, and says that it is one: `again`. */
export type PurchaseReply =
  | { readonly kind: "submitted"; readonly epoch: number; readonly hold: Hold; readonly again: boolean }
  | { readonly kind: "not_found" }
  | { readonly kind: "expired" }
  | Refusal;

/** What an attempt is recorded and counted as. */
export type AttemptOutcome = ReserveReply["kind"];
