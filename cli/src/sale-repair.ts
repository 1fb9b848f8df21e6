import {
  type AuditReport,
  auditSale,
  type Clock,
  type Opening,
  type ReconcileParts,
  type Reconciliation,
  reconcileSale,
} from "@flashgate/core";
import { until } from "./until.ts";

/** Whether the gate was rebuilt: `late` where nobody has opened it yet. */
export type Rebuilding = "not_needed" | "rebuilt" | "late";

/** What a repair found and did. */
export interface Repair {
  readonly swept: Reconciliation["swept"];
  readonly rebuilding: Rebuilding;
  /** The audit as it was when the sweep was done, and as it is now. */
  readonly before: AuditReport;
  readonly after: AuditReport;
  readonly epoch: number;
}

export interface RepairParts extends ReconcileParts {
  readonly opening: Pick<Opening, "isOpen">;
  readonly steadyClock: Clock;
}

/** How long a scheduler may take to put the next opening in place, and how often it is looked at. */
const OPENED_MS_MAX = 30_000;
const LOOK_MS = 50;

/**
 * Reconciles a sale as the operators' route does, and waits for what it began: a gate with wrong books is rebuilt by the
 * scheduler. Null: unknown sale.
 */
export async function repairSale(parts: RepairParts, saleId: string): Promise<Repair | null> {
  const done = await reconcileSale(parts, saleId);
  if (!done) return null;
  const { swept, report: before, recovery } = done;
  const rebuilding = recovery === "not_needed" ? recovery : await whenRebuilt(parts, saleId);
  const after = rebuilding === "rebuilt" ? await auditSale(parts, saleId) : before;
  const sale = await parts.ledger.find(saleId);
  return after && sale && { swept, rebuilding, before, after, epoch: sale.epoch };
}

async function whenRebuilt({ ledger, opening, steadyClock }: RepairParts, saleId: string): Promise<Rebuilding> {
  const isOpen = async () => {
    const sale = await ledger.find(saleId);
    return sale?.state === "open" && (await opening.isOpen(saleId, sale.openEpoch)) ? true : null;
  };
  const patience = { clock: steadyClock, everyMs: LOOK_MS, timeoutMs: OPENED_MS_MAX };
  return (await until(isOpen, patience)) ? "rebuilt" : "late";
}
