import { type AuditReport, audit } from "../../domain/audit.ts";
import type { GateReader } from "../ports/gate.ts";
import type { AuditLedger } from "../ports/ledger.ts";

/**
 * Audits one sale. Gate and ledger cannot be read in one instant: the gate is read between two reads of the ledger, and
 * the pair counts only where the ledger stood still meanwhile, else it is read again, at most `triesMax` times. Null:
 * unknown sale.
 */
export async function auditSale(
  parts: { readonly ledger: AuditLedger; readonly gate: GateReader },
  saleId: string,
  triesMax = 5,
): Promise<AuditReport | null> {
  let before = await parts.ledger.facts(saleId);
  for (let tries = 1; before; tries += 1) {
    const gate = await parts.gate.inspect(saleId);
    const after = await parts.ledger.facts(saleId);
    const still = JSON.stringify(before) === JSON.stringify(after);
    if (after && (still || tries >= triesMax)) return audit(after, gate, still);
    before = after;
  }
  return null;
}
