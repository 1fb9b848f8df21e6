import type { Hold } from "../../domain/checkout.ts";
import type { Demand } from "../../domain/lines.ts";
import type { Refusal } from "../../domain/outcomes.ts";
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

/**
 * `accepted` is promised: it ends in exactly one verdict. Its hold is null only on a replay whose hold was judged
 * already. `outcome_unknown` names the checkout that may exist, so that the shopper can ask for it.
 */
export type ReserveOutcome =
  | { readonly kind: "accepted"; readonly checkoutId: string; readonly epoch: number; readonly hold: Hold | null }
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
  const checkoutId = parts.ids.checkoutId();
  const startedMs = parts.clock.nowMs();
  const reply = await parts.admission.reserve({ ...command, checkoutId });
  parts.telemetry.emit({ kind: "attempt", outcome: reply.kind, gateMs: parts.clock.nowMs() - startedMs });
  switch (reply.kind) {
    case "held":
      if (command.mode === "submitted") parts.queue.submit(command.saleId, reply.epoch, checkoutId);
      return { kind: "accepted", checkoutId, epoch: reply.epoch, hold: reply.hold };
    case "replayed":
      return { kind: "accepted", checkoutId: reply.checkoutId, epoch: reply.epoch, hold: reply.hold };
    case "outcome_unknown":
      return { ...reply, checkoutId };
    default:
      return reply;
  }
}
