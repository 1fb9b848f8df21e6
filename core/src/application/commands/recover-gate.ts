import type { Clock } from "../ports/clock.ts";
import type { Opening } from "../ports/gate.ts";
import type { SaleLedger } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface RecoverParts {
  readonly ledger: SaleLedger;
  readonly opening: Opening;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export type RecoverOutcome = "opened" | "superseded" | "closed";

/**
 * Opens a sale's gate, for the first time or again: a new epoch fences off every older one, what survives in the gate
 * is adopted by the ledger, and the gate is set up anew from the ledger. A crash at any step leaves the gate shut; run
 * it again. Any process may run it at any time; `seenEpoch` (the epoch at which the caller found the gate broken) and
 * the sale's row decide who wins.
 */
export async function recoverGate(parts: RecoverParts, saleId: string, seenEpoch: number): Promise<RecoverOutcome> {
  const startedMs = parts.clock.nowMs();
  const begun = await parts.ledger.beginRecovery(saleId, seenEpoch);
  if (begun.kind !== "begun") return begun.kind;
  const { epoch, openEpoch } = begun;

  const survivors = await parts.opening.shut(saleId, epoch, openEpoch);
  if (survivors === "superseded") return "superseded";

  const snapshot = await parts.ledger.adopt(saleId, epoch, survivors.holds);
  if (snapshot === "superseded") return "superseded";

  const installed = await parts.opening.install(snapshot, survivors.incarnation);
  if (installed === "superseded") return "superseded";

  const tookMs = parts.clock.nowMs() - startedMs;
  parts.telemetry.emit({ kind: "gate_opened", saleId, epoch, adopted: snapshot.holds.length, tookMs });
  return "opened";
}
