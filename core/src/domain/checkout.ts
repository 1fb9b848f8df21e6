import type { Line } from "./lines.ts";

/** Why the judge turned a checkout down, in the order in which the reasons are tried. */
export type RejectReason = "gate_lost" | "key_reused" | "user_limit" | "sold_out";

/** The one final state of a checkout; always a ledger row, never changed. */
export type Verdict =
  | { readonly state: "confirmed" }
  | { readonly state: "rejected"; readonly reason: RejectReason }
  | { readonly state: "expired" }
  | { readonly state: "cancelled" };

export type VerdictState = Verdict["state"];

/**
 * - `cart`: the shopper still chooses; expires at the deadline.
 * - `submitted`: purchased, waits for its verdict.
 * - `lapsed`: a cart that the gate claimed at its deadline; only an expiry or a cancel can follow.
 */
export type HoldMode = "cart" | "submitted" | "lapsed";

/** A checkout's presence in the gate: its units are off the stock and nobody has judged it yet. */
export interface Hold {
  readonly checkoutId: string;
  readonly userId: string;
  readonly mode: HoldMode;
  readonly lines: readonly Line[];
  /** Idempotency key; empty when the shopper sent none. */
  readonly key: string;
  /** Digest of the request that the key stands for. */
  readonly fingerprint: string;
  /** When the gate took it, by the gate's clock. */
  readonly sinceMs: number;
  /** Until when a cart may be purchased; for a submitted hold the sale's settle_until. */
  readonly deadlineMs: number;
}

/** A checkout's row in the ledger: `held` (adopted by a recovery, not judged) or a verdict. */
export interface CheckoutRecord {
  readonly saleId: string;
  readonly checkoutId: string;
  readonly userId: string;
  readonly lines: readonly Line[];
  readonly epoch: number;
  readonly status: { readonly state: "held" } | Verdict;
  /** When the gate took it; null where only a ticket was left of it. */
  readonly reservedAtMs: number | null;
  readonly decidedAtMs: number | null;
}

/** A checkout and the verdict that stands in the ledger. */
export interface Judged {
  readonly checkoutId: string;
  readonly verdict: Verdict;
  readonly decidedAtMs: number;
}

/** Up to 200 submitted checkouts of one sale and epoch: they travel as one job and settle in one transaction. */
export interface Page {
  readonly saleId: string;
  readonly epoch: number;
  readonly checkoutIds: readonly string[];
}

export const PAGE_CHECKOUTS_MAX = 200;
/** How long a cart may wait for its purchase. */
export const CART_MS = 120_000;

/** Whether a ledger status is final. */
export function isVerdict(status: CheckoutRecord["status"]): status is Verdict {
  return status.state !== "held";
}

/** The fixed order in which checkout rows are locked. */
export function byCheckoutId(a: { readonly checkoutId: string }, b: { readonly checkoutId: string }): number {
  return a.checkoutId < b.checkoutId ? -1 : a.checkoutId > b.checkoutId ? 1 : 0;
}
