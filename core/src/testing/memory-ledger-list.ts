import type { SaleFilter } from "../application/ports/ledger.ts";
import { overlaps, type Sale, type SalePlan } from "../domain/sale.ts";

/** The sales that pass the filter, newest window first. */
export function listOf(sales: readonly Sale[], { states, after, limit }: SaleFilter): Sale[] {
  return sales
    .filter((sale) => states?.includes(sale.state) ?? true)
    .filter((sale) => !after || byWindow(after, sale) < 0)
    .sort(byWindow)
    .slice(0, limit);
}

function byWindow(a: Pick<Sale, "id" | "opensAtMs">, b: Pick<Sale, "id" | "opensAtMs">): number {
  return b.opensAtMs - a.opensAtMs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Of the other sales whose windows overlap a plan's, the latest. */
export function latestBeside(sales: readonly Sale[], plan: SalePlan): Sale | undefined {
  return sales.filter((sale) => sale.id !== plan.id && overlaps(sale, plan)).sort(byWindow)[0];
}
