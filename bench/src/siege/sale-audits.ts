import { type AuditReport, auditSale, type GateReader, type Sale } from "@flashgate/core";
import type { Destruction } from "./history.ts";
import type { Stores } from "./stores.ts";

/** What the audit is given for a gate that is gone. */
const GONE: GateReader = { totals: async () => null, stock: async () => null, inspect: async () => null };

/**
 * Audits each sale of the ledger. Where Redis data was destroyed after a sale's end its gate is of no account any more,
 * since nobody recovers the gate of a sealed sale (invariant 4 makes that exception): there the ledger stands alone.
 */
export async function auditAll(stores: Stores, destroyed: readonly Destruction[]): Promise<AuditReport[]> {
  const { reader } = await stores.gate();
  const reports: AuditReport[] = [];
  for (const sale of await stores.all()) {
    const gate = lostAfterEnd(sale, destroyed) ? GONE : reader;
    const report = await auditSale({ ledger: stores.ledger, gate }, sale.id);
    if (report) reports.push(report);
  }
  return reports;
}

/** Whether gate data was destroyed when the sale was over: it was not among those that had a gate to lose. */
export function lostAfterEnd(sale: Pick<Sale, "id" | "settleUntilMs">, destroyed: readonly Destruction[]): boolean {
  return destroyed.some((loss) => {
    const untilMs = loss.zombieUntilMs ?? loss.lostAtMs;
    return untilMs >= sale.settleUntilMs && !(sale.id in loss.saleEpochs);
  });
}
