import type { Hold } from "../../domain/checkout.ts";
import type { Demand } from "../../domain/lines.ts";
import type { GateTotals, Refusal } from "../../domain/outcomes.ts";
import type { Clock } from "../ports/clock.ts";
import type { Admission } from "../ports/gate.ts";
import type { Ids } from "../ports/ids.ts";
import type { SettlementQueue } from "../ports/settlement-queue.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface ReserveCommand {
  readonly saleId: string;
  readonly userId: string;
  readonly mode: "cart" | "submitted";
  readonly demand: Demand;
  readonly key: string;
  readonly fingerprint: string;
}

/** A checkout that was promised: it ends in exactly one verdict. */
export interface Accepted {
  readonly kind: "accepted";
  readonly checkoutId: string;
  readonly epoch: number;
  /** Null only on a replay whose hold was judged already. */
  readonly hold: Hold | null;
  /** What the gate counts after it; null on a replay. */
  readonly totals: GateTotals | null;
}

/** `outcome_unknown` names the checkout that may exist, so that the shopper can ask for it. */
export type ReserveOutcome =
  | Accepted
  | (Extract<Refusal, { kind: "outcome_unknown" }> & { readonly checkoutId: string })
  | Exclude<Refusal, { kind: "outcome_unknown" }>;

export interface ReserveParts {
  readonly admission: Admission;
  readonly queue: SettlementQueue;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Reserves at the gate and, behind the answer, sends a submitted checkout on its way to the judge. */
export async function reserveCheckout(parts: ReserveParts, command: ReserveCommand): Promise<ReserveOutcome> {
  const { saleId, userId, mode, demand, key, fingerprint } = command;
  const checkoutId = parts.ids.checkoutId();
  const startedMs = parts.clock.nowMs();
  const reply = await parts.admission.reserve({ saleId, checkoutId, userId, mode, demand, key, fingerprint });
  const gateMs = parts.clock.nowMs() - startedMs;
  parts.telemetry.emit({ kind: "attempt", saleId, outcome: reply.kind, gateMs });
  switch (reply.kind) {
    case "held":
      if (mode === "submitted") parts.queue.submit(saleId, reply.epoch, checkoutId);
      return { kind: "accepted", checkoutId, epoch: reply.epoch, hold: reply.hold, totals: reply.totals };
    case "replayed":
      return { kind: "accepted", checkoutId: reply.checkoutId, epoch: reply.epoch, hold: reply.hold, totals: null };
    case "outcome_unknown":
      return { ...reply, checkoutId };
    default:
      return reply;
  }
}
