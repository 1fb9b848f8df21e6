import type { Hold, HoldMode, Judged } from "../../domain/checkout.ts";
import type { GateFacts } from "../../domain/gate-facts.ts";
import type { GateSnapshot } from "../../domain/gate-snapshot.ts";
import type { Demand } from "../../domain/lines.ts";
import type { CartReply, GateTotals, PurchaseReply, ReserveReply } from "../../domain/outcomes.ts";
import type { Sale } from "../../domain/sale.ts";

/** The shopper's side of the gate: each call is one atomic step under the lease of the sale's current opening. */
export interface Admission {
  reserve(request: ReserveRequest): Promise<ReserveReply>;
  /** Adds units to the user's own cart; lines are only ever added. */
  addLines(request: CartStep & { readonly demand: Demand }): Promise<CartReply>;
  /** Submits the user's own cart; again is the same answer. */
  purchase(request: CartStep): Promise<PurchaseReply>;
}

export interface ReserveRequest {
  readonly saleId: string;
  readonly checkoutId: string;
  readonly userId: string;
  readonly mode: Exclude<HoldMode, "lapsed">;
  readonly demand: Demand;
  /** Idempotency key, empty for none, and the digest of the request it stands for. */
  readonly key: string;
  readonly fingerprint: string;
}

export interface CartStep {
  readonly saleId: string;
  readonly checkoutId: string;
  readonly userId: string;
}

/** The holds of one opening, for those who judge and sweep them. Outages throw. */
export interface Holds {
  /** The holds still there among these ids. */
  read(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<Hold[]>;
  /**
   * Claims the holds that want a look now, longest due first: carts past their deadline, submitted ones not judged for a
   * while. Whoever claims a hold looks after it; its next look comes after as long again as it is old (bounded).
   */
  claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]>;
  /** Any holds, whatever their due time. */
  some(saleId: string, epoch: number, limit: number): Promise<Hold[]>;
  /** Claims carts past their deadline by the gate's clock (leased): the ids that are `lapsed` now. */
  lapse(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<string[] | "gate_shut">;
  /**
   * Applies verdicts to the ids still held: confirmed ones become sold, others give back units and allowance. Publishes
   * every verdict given. `gate_shut`: not applied; the sweep does it after the recovery.
   */
  finalise(saleId: string, epoch: number, judged: readonly Judged[]): Promise<"done" | "gate_shut">;
}

/** Opening and closing of gates: recovery steps (b) and (d). Outages throw. */
export interface Opening {
  /** (b) Shuts the gate in favour of `epoch` and reads what survives of `openEpoch`. */
  shut(saleId: string, epoch: number, openEpoch: number): Promise<Survivors | "superseded">;
  /** (d) Puts the snapshot in place of the opening before and grants its lease, unless the gate moved on since {@link shut}. */
  install(snapshot: GateSnapshot, incarnation: string): Promise<"installed" | "superseded">;
  /** Whether the gate of `epoch` admits: lease granted, meta open, same server history. */
  isOpen(saleId: string, epoch: number): Promise<boolean>;
  /**
   * Tells the open gate of `epoch` whether its sale is paused (leased); a word older than the one it has changes nothing.
   * `gate_shut`: not told; the opening that follows installs what the ledger says by then.
   */
  tellPaused(saleId: string, epoch: number, pause: Pause): Promise<"told" | "gate_shut">;
  /** Shuts the gate of a closed sale that holds nothing and lets its keys age out. Repeatable. */
  retire(saleId: string, epoch: number): Promise<"retired" | "holds_left" | "gone">;
}

/** Whether a sale is paused, and which of its changes said so. */
export type Pause = Pick<Sale, "paused" | "pauseVersion">;

export interface Survivors {
  readonly holds: readonly Hold[];
  /** Names the server's life in which they were read; another one voids the installation. */
  readonly incarnation: string;
}

/** Reads of a gate as a whole. */
export interface GateReader {
  /** Null where the sale has no gate. */
  totals(saleId: string): Promise<{ readonly epoch: number; readonly totals: GateTotals } | null>;
  /** Units left of every item, each at some moment of the call. Null where the sale has no gate. */
  stock(saleId: string): Promise<ReadonlyMap<string, number> | null>;
  /**
   * Everything, for the audit, and whether it is of one instant; never in a way that keeps shoppers waiting. Null where
   * the sale has no gate.
   */
  inspect(saleId: string): Promise<GateFacts | null>;
}

export interface Gate extends Admission, Holds, Opening, GateReader {}
