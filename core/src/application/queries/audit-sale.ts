import { type AuditReport, audit } from "../../domain/audit.ts";
import type { GateFacts } from "../../domain/gate-facts.ts";
import type { LedgerFacts } from "../../domain/ledger-facts.ts";
import type { GateReader } from "../ports/gate.ts";
import type { AuditLedger } from "../ports/ledger.ts";

export interface AuditParts {
  readonly ledger: AuditLedger;
  readonly gate: Pick<GateReader, "inspect">;
}

/** What both stores say of one sale. `gate` is null where it is gone; `still`: both are of one instant. */
export interface SaleBooks {
  readonly ledger: LedgerFacts;
  readonly gate: GateFacts | null;
  readonly still: boolean;
}

/**
 * Audits one sale. Gate and ledger cannot be read in one instant: the gate is read between two reads of the ledger, and
 * the pair counts only where both stood still meanwhile, else it is read again, at most `triesMax` times. Null:
 * unknown sale.
 */
export async function auditSale(parts: AuditParts, saleId: string, triesMax = 5): Promise<AuditReport | null> {
  const books = await readBooks(parts, saleId, triesMax);
  return books && audit(books.ledger, books.gate, books.still);
}

/** What an audit is made from. */
export async function readBooks(parts: AuditParts, saleId: string, triesMax: number): Promise<SaleBooks | null> {
  let before = await parts.ledger.facts(saleId);
  for (let tries = 1; before; tries += 1) {
    const gate = await parts.gate.inspect(saleId);
    const after = await parts.ledger.facts(saleId);
    const still = gate?.oneInstant !== false && isSame(before, after);
    if (after && (still || tries >= triesMax)) return { ledger: after, gate, still };
    before = after;
  }
  return null;
}

/** Of plain values. Tells at the first difference, and makes no copy: a ledger may have a million items. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => isSame(Reflect.get(one, name), Reflect.get(other, name)));
}
