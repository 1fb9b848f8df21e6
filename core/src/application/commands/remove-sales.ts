import type { RemovalLedger } from "../ports/removal-ledger.ts";
import { type CloseParts, closeSale } from "./close-sale.ts";

export type RemovalParts = CloseParts & { readonly ledger: RemovalLedger };

/** Rows of one step: a hundredth of a second or two of the ledger's time. */
export const REMOVED_ROWS_MAX = 1_000;
/** Longer than any transaction may take: one that had read a sale before it was taken out has ended by then. */
export const REMOVAL_REST_MS = 60_000;

/** `moved`: there may be more to do at once. `idle`: there is not, for a while. */
export type RemovalOutcome = "moved" | "idle";

/**
 * One step of removing the sales that were sealed longer ago than `keepMs`, the oldest first. A sale is begun only once its
 * gate holds nothing and is retired, so that what the gate left ages out; throws where it still holds something.
 * Repeatable, from wherever it was left.
 */
export async function removeSales(parts: RemovalParts, keepMs: number): Promise<RemovalOutcome> {
  const { ledger, telemetry } = parts;
  const step = await ledger.removeRows({ rowsMax: REMOVED_ROWS_MAX, restMs: REMOVAL_REST_MS });
  if (step) {
    telemetry.emit({ kind: "rows_removed", rows: step.rows });
    if (step.isOver) telemetry.emit({ kind: "sale_removed", saleId: step.saleId });
    return "moved";
  }
  const sale = await ledger.oldestSealed(keepMs);
  if (!sale) return "idle";
  // Seen so late, it is no matter of moments: somebody should look at it.
  if ((await closeSale(parts, sale)) !== "closed")
    throw new Error(`the gate of sale "${sale.id}" still holds checkouts`);
  if (await ledger.beginRemoval(sale.id)) telemetry.emit({ kind: "sale_removal_begun", saleId: sale.id });
  return "moved";
}
