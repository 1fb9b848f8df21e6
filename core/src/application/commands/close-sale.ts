import type { Sale } from "../../domain/sale.ts";
import type { Opening } from "../ports/gate.ts";
import type { SaleLedger } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { type SweepParts, sweepHolds } from "./sweep-holds.ts";

export interface CloseParts extends SweepParts {
  readonly ledger: SweepParts["ledger"] & SaleLedger;
  readonly opening: Opening;
  readonly telemetry: Telemetry;
}

/** `not_yet`: before settle_until by the ledger's clock. `draining`: sealed, but the gate still holds something. */
export type CloseOutcome = "closed" | "not_yet" | "draining";

/**
 * Ends a sale whose settle_until has passed: seals it in the ledger, which needs no Redis, then expires what the gate
 * still holds, and retires the gate. Repeatable.
 */
export async function closeSale(parts: CloseParts, seen: Sale): Promise<CloseOutcome> {
  if (seen.state !== "closed") {
    if ((await parts.ledger.close(seen.id)) === "not_yet") return "not_yet";
    parts.telemetry.emit({ kind: "sale_closed", saleId: seen.id });
  }
  // A recovery may have opened another epoch since the caller looked; from the seal on none can.
  const sale = seen.state === "closed" ? seen : ((await parts.ledger.find(seen.id)) ?? seen);
  const { more } = await sweepHolds(parts, { ...sale, state: "closed" });
  // Also where holds are left: no recovery will grant what is needed to finalise them.
  const retired = await parts.opening.retire(sale.id, sale.openEpoch);
  if (more || retired === "holds_left") return "draining";
  if (retired === "retired") parts.telemetry.emit({ kind: "gate_retired", saleId: sale.id });
  return "closed";
}
