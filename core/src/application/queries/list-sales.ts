import type { Sale } from "../../domain/sale.ts";
import type { SaleLedger } from "../ports/ledger.ts";

export interface SalesPage {
  readonly sales: readonly Sale[];
  readonly hasMore: boolean;
}

/** One page of all sales, sealed ones too, newest window first. Null: `startingAfter` names no sale. */
export async function listSales(
  ledger: Pick<SaleLedger, "find" | "list">,
  page: { readonly startingAfter: string | null; readonly limit: number },
): Promise<SalesPage | null> {
  const after = page.startingAfter === null ? null : await ledger.find(page.startingAfter);
  if (page.startingAfter !== null && !after) return null;
  const sales = await ledger.list({ limit: page.limit + 1, ...(after ? { after } : {}) });
  return { sales: sales.slice(0, page.limit), hasMore: sales.length > page.limit };
}
