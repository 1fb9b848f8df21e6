import type { Sale } from "./sale.ts";

/** A sale as the ledger tells it: each counter beside the sum of the rows it stands for. Units throughout. */
export interface LedgerFacts {
  readonly sale: Sale;
  /** When the sale was sealed; null while it is not. */
  readonly closedAtMs: number | null;
  /** Units of the confirmed rows and of the held rows. */
  readonly confirmedUnits: number;
  readonly heldUnits: number;
  /** Every item: its counters, and the units of the confirmed and held lines that name it. */
  readonly items: readonly ItemFacts[];
  /** Every user with a buyer row or a confirmed checkout. */
  readonly buyers: readonly BuyerFacts[];
  /** (user, idempotency key) pairs with more than one held or confirmed checkout. */
  readonly keysUsedTwice: readonly { readonly userId: string; readonly key: string; readonly checkouts: number }[];
  /** Confirmed checkouts that no recorded attempt names; null where the sale records none. */
  readonly confirmedWithoutAttempt: number | null;
  /** Confirmed checkouts taken outside `[opensAtMs, closesAtMs)`. */
  readonly confirmedOutsideWindow: number;
  /** Confirmed checkouts decided after the sale was sealed. */
  readonly confirmedAfterClose: number;
  /** Checkouts by state (`rejected:<reason>` for the rejected). */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Hourly sales whose window is this sale's hour; 1 for an hourly sale. */
  readonly hourlySalesInWindow: number;
  /** First reservation and last confirmation; null where there is none. */
  readonly firstReservedAtMs: number | null;
  readonly lastConfirmedAtMs: number | null;
}

export interface ItemFacts {
  readonly itemId: string;
  readonly stock: number;
  readonly sold: number;
  readonly held: number;
  readonly confirmedUnits: number;
  readonly heldUnits: number;
}

export interface BuyerFacts {
  readonly userId: string;
  /** The buyer row's counter. */
  readonly units: number;
  /** Sum over the user's confirmed checkouts. */
  readonly confirmedUnits: number;
}
