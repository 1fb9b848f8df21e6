import type { Hold } from "./checkout.ts";
import type { GateTotals } from "./outcomes.ts";
import type { Sale } from "./sale.ts";

/** An idempotency key that must go on answering with its checkout. */
export interface KeyEntry {
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly checkoutId: string;
}

/** Everything a gate is opened with, as the ledger saw it in one transaction. Units throughout. */
export interface GateSnapshot {
  readonly sale: Pick<
    Sale,
    "id" | "epoch" | "opensAtMs" | "closesAtMs" | "settleUntilMs" | "limitPerUser" | "paused" | "pauseVersion"
  >;
  readonly totals: GateTotals;
  /** Units left of every item of the sale, zero included. */
  readonly stock: readonly (readonly [itemId: string, units: number])[];
  /** Units of every user, confirmed and held. */
  readonly buyers: readonly (readonly [userId: string, units: number])[];
  readonly holds: readonly Hold[];
  /** Of every checkout but the rejected, held and confirmed first; a user's key appears once. */
  readonly keys: readonly KeyEntry[];
}
