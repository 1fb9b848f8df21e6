import type { AuditReport } from "../../domain/audit.ts";
import type { Sale } from "../../domain/sale.ts";
import type { GateReader } from "../ports/gate.ts";
import type { AuditLedger, SaleLedger } from "../ports/ledger.ts";
import { auditSale } from "../queries/audit-sale.ts";
import { type SweepParts, type SweepReport, sweepHolds } from "./sweep-holds.ts";

export interface ReconcileParts extends SweepParts {
  readonly ledger: SweepParts["ledger"] & SaleLedger & AuditLedger;
  readonly gate: GateReader;
}

/**
 * `report`: what the audit said after the sweep. `recovery`: whether the gate is rebuilt from the ledger; `begun` fences
 * the present opening off, and the scheduler puts the next one in place.
 */
export interface Reconciliation {
  readonly swept: SweepReport | null;
  readonly report: AuditReport;
  readonly recovery: "not_needed" | "begun" | "superseded";
}

/** What only a gate can have wrong: its own books, and the ledger's at rest. */
const OF_THE_GATE: ReadonlySet<number> = new Set([3, 4]);

/**
 * Repairs what may be repaired: moves on the holds that are due, verdicts first, and, where the gate's books are wrong
 * after that, begins a recovery. Stock is written by nothing else. What is wrong in the ledger stays in the report. Null:
 * unknown sale.
 */
export async function reconcileSale(parts: ReconcileParts, saleId: string): Promise<Reconciliation | null> {
  const sale = await parts.ledger.find(saleId);
  if (!sale) return null;
  const swept = sale.state === "open" || sale.state === "closed" ? await sweepHolds(parts, sale) : null;
  const report = await auditSale(parts, saleId);
  if (!report) return null;
  return { swept, report, recovery: await recoverWhere(parts, sale, report) };
}

/** Only of the opening that was looked at: a newer one has been rebuilt already. */
async function recoverWhere(
  { ledger }: ReconcileParts,
  sale: Sale,
  report: AuditReport,
): Promise<Reconciliation["recovery"]> {
  const drifted = report.violations.some(({ invariant }) => OF_THE_GATE.has(invariant));
  if (sale.state !== "open" || !drifted) return "not_needed";
  const begun = await ledger.beginRecovery(sale.id, sale.epoch);
  return begun.kind === "begun" ? "begun" : "superseded";
}
