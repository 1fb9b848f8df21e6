import type { CheckoutRecord, Hold, Judged, Verdict } from "../../domain/checkout.ts";
import type { GateSnapshot } from "../../domain/gate-snapshot.ts";
import type { CatalogueEntry, Item } from "../../domain/item.ts";
import type { LedgerFacts } from "../../domain/ledger-facts.ts";
import type { Line } from "../../domain/lines.ts";
import type { Sale, SalePlan, SaleState } from "../../domain/sale.ts";
import type { DeadLetterLedger } from "./dead-letter-ledger.ts";
import type { OrderLedger } from "./order-ledger.ts";
import type { RemovalLedger } from "./removal-ledger.ts";

/** The life of sales in the ledger. Each method is one transaction. Outages throw. */
export interface SaleLedger {
  /** Creates a sale with its items, state `scheduled`; the sale's id decides the race, once. */
  schedule(plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<"scheduled" | "exists">;
  /**
   * The same, where no sale has a window that overlaps the plan's. Of two such calls with overlapping windows one
   * schedules, whenever they come; {@link schedule} does not ask, and is not asked.
   */
  scheduleApart(plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<ApartReply>;
  find(saleId: string): Promise<Sale | null>;
  list(filter: SaleFilter): Promise<Sale[]>;
  /** By position; empty for an unknown sale. */
  items(saleId: string): Promise<Item[]>;
  /** Recovery (a): epoch += 1, state `recovering`. Refused when closed, or when somebody else began since `seenEpoch`. */
  beginRecovery(saleId: string, seenEpoch: number): Promise<RecoveryBegun>;
  /** Recovery (c): adopts the survivors and opens, only if the epoch is still ours; the snapshot is of this transaction. */
  adopt(saleId: string, epoch: number, survivors: readonly Hold[]): Promise<GateSnapshot | "superseded">;
  /** Says whether a sale is paused. `set`: the sale as it is now, whether or not that changed it. */
  setPaused(saleId: string, paused: boolean): Promise<PauseReply>;
  /** Seals a sale once the ledger's own time is past settle_until: held rows expire, nothing is confirmed after. */
  close(saleId: string): Promise<"closed" | "not_yet">;
}

/** `overlaps` names the latest of the sales whose window the plan's overlaps; nothing is written then. */
export type ApartReply =
  | { readonly kind: "scheduled" | "exists" }
  | { readonly kind: "overlaps"; readonly saleId: string };

/** Sales, newest window first: those in one of `states` (all, unless some are named), behind `after`. */
export interface SaleFilter {
  readonly states?: readonly SaleState[];
  readonly after?: Pick<Sale, "id" | "opensAtMs">;
  readonly limit: number;
}

export type RecoveryBegun =
  | { readonly kind: "begun"; readonly epoch: number; readonly openEpoch: number }
  | { readonly kind: "superseded" }
  | { readonly kind: "closed" };

export type PauseReply =
  | { readonly kind: "set"; readonly sale: Sale }
  | { readonly kind: "closed" }
  | { readonly kind: "unknown_sale" };

/** Where checkouts are judged. Each call is one READ COMMITTED transaction. Outages throw. */
export interface CheckoutLedger {
  /**
   * Confirms all of the holds or none. `contested`, and nothing is written, when any count is not as expected, or a fault keeps
   * one of them from being written.
   */
  settleAll(saleId: string, epoch: number, holds: readonly Hold[]): Promise<Judged[] | "contested">;
  /**
   * Judges one hold with what the ledger says at that moment (see `judge`), and writes the verdict. An ended row that
   * went without its key is given the hold's.
   */
  settleOne(saleId: string, epoch: number, hold: Hold): Promise<SettleReply>;
  /**
   * Writes verdicts that take nothing: inserts each, or turns a `held` row into it (and gives its held units back); a
   * verdict that stands already wins, and an ended row that went without its key is given the tomb's. Returns what
   * stands now, for every tomb that passed the guard or had a verdict.
   */
  entomb(saleId: string, tombs: readonly Tomb[], guard: TombGuard): Promise<Judged[]>;
  /** Rows of these checkouts; absent ones are left out. */
  records(saleId: string, checkoutIds: readonly string[]): Promise<CheckoutRecord[]>;
  /** One checkout's row beside the sale's state, of one instant: what a status is told from. Null: unknown sale. */
  status(saleId: string, checkoutId: string): Promise<LedgerStatus | null>;
}

/** `failed`: a fault keeps this very hold from being judged; it is no outage, and nothing was written. */
export type SettleReply =
  | { readonly kind: "judged"; readonly judged: Judged }
  | { readonly kind: "dropped" }
  | { readonly kind: "retry" }
  | { readonly kind: "failed"; readonly error: unknown };

export interface LedgerStatus {
  readonly record: CheckoutRecord | null;
  readonly openEpoch: number;
  readonly state: SaleState;
}

/** A verdict to be written for a checkout that will never be confirmed, with what is known of it. */
export interface Tomb {
  readonly checkoutId: string;
  readonly userId: string;
  readonly lines: readonly Line[];
  readonly key: string;
  readonly fingerprint: string;
  readonly epoch: number;
  readonly reservedAtMs: number | null;
  /** A cart's deadline, for the `cart_deadline` guard. */
  readonly deadlineMs: number | null;
  readonly verdict: Exclude<Verdict, { state: "confirmed" }>;
}

/**
 * What must be true, by the ledger's own time and state, for a tomb to be written.
 * `cart_deadline`: the tomb's deadline has passed and the sale's epoch is still the one under which the gate claimed it.
 * `settle_until`: the sale's settle_until has passed. `absent`: the checkout has no row; a held one is left as it is and
 * not returned. `none`: always.
 */
export type TombGuard =
  | { readonly kind: "absent" }
  | { readonly kind: "none" }
  | { readonly kind: "cart_deadline"; readonly claimEpoch: number }
  | { readonly kind: "settle_until" };

/** What the audit reads of one sale, of one snapshot. Null: unknown sale. */
export interface AuditLedger {
  facts(saleId: string): Promise<LedgerFacts | null>;
}

/**
 * Refused attempts, best effort; of a sale that does not record `all` none is kept. Accepted ones are written where the
 * checkout's row is, unless the sale records none.
 */
export interface AttemptLedger {
  recordRefused(attempts: readonly RefusedAttempt[]): Promise<void>;
}

export interface RefusedAttempt {
  readonly saleId: string;
  readonly userId: string;
  readonly units: number;
  readonly outcome: string;
  readonly atMs: number;
}

/** What operators look up. */
export interface HistoryLedger {
  /** The sale whose ledger has a row of that checkout; null where none has. */
  saleOf(checkoutId: string): Promise<string | null>;
  /** Recorded attempts of a sale, latest first. */
  attempts(query: AttemptQuery): Promise<RecordedAttempt[]>;
}

export interface AttemptQuery {
  readonly saleId: string;
  readonly userId?: string;
  /** Only the accepted attempt that this checkout began with. */
  readonly checkoutId?: string;
  /** Only attempts of that moment and before; of those, so many are passed over. */
  readonly untilMs?: number;
  readonly skip?: number;
  readonly limit: number;
}

/** `checkoutId` names what an accepted attempt led to; null for a refused one. */
export interface RecordedAttempt extends RefusedAttempt {
  readonly checkoutId: string | null;
}

export interface Ledger
  extends SaleLedger,
    CheckoutLedger,
    DeadLetterLedger,
    AuditLedger,
    AttemptLedger,
    HistoryLedger,
    OrderLedger,
    RemovalLedger {}
